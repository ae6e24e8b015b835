#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "qflow/error/error.h"
#include "qflow/time/instant.h"

namespace qflow {

// JSON values: payloads, parameters, artifacts. Integers beyond 64 signed bits are doubles.
using Json = nlohmann::json;

// How deep arrays and objects may nest in what people, programs and steps give.
inline constexpr int kMaxJsonDepth = 512;

// In what qflow itself has written: it wraps such values, the parameters of a run in the event of its end, a value of
// that in the parameters of the next run, and so on down a chain.
inline constexpr int kMaxStoredJsonDepth = 8 * kMaxJsonDepth;

// Parses one JSON text (RFC 8259). Of equal keys the last counts. An error is kInvalid and names line and column
// ("line 1, column 9: ..."); a byte order mark, invalid UTF-8 and nesting beyond `max_depth` are refused.
Result<Json> parse_json(std::string_view text, int max_depth = kMaxJsonDepth);

// Whether arrays and objects nest deeper; looks no deeper itself.
bool is_deeper_than(int depth, const Json& value);

// The value, or null; instants as text (RFC 3339).
Json json_or_null(const std::optional<Instant>& instant);
template <class Value>
Json json_or_null(const std::optional<Value>& value) {
  return value ? Json(*value) : Json();
}

// Compact text; object keys in byte order. Invalid UTF-8 (possible only in strings that qflow took from the system)
// becomes U+FFFD.
std::string to_compact(const Json& value);

// The same on several lines, indented by two, without a trailing newline.
std::string to_pretty(const Json& value);

// How a value reads where text is needed (exec, env, workdir, QFLOW_PARAM_...): strings as they are, all else compact.
std::string to_plain_text(const Json& value);

// "an integer", "text", "a list": how messages name the type of a value.
std::string_view type_name(const Json& value);

}  // namespace qflow
