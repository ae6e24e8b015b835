#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "qflow/error/error.h"
#include "sensor/http_transport.h"

namespace qflow {

// What is known of the thing at an address. Each part is absent when the server, or our reading, did not give it.
struct HttpState {
  std::optional<std::string> etag;           // as the server wrote it: "\"abc\"", "W/\"abc\""
  std::optional<std::string> last_modified;  // as the server wrote it
  // Whether another change could no longer get the same `last_modified`, which has whole seconds only (RFC 9110,
  // section 8.8.2.2); before that, asking "modified since?" would miss it.
  bool last_modified_is_final = false;
  std::optional<std::string> sha256;  // of the body
  std::optional<std::uint64_t> size;  // of the body, in bytes
};

// What the headers say; the body's parts are absent.
HttpState state_in(const HttpAnswer& answer);

// Whether these are different things: by the ETags (weakly compared), if both have one; else by Last-Modified and the
// hash of the body, as far as both have them. With nothing in common, they are.
bool is_changed(const HttpState& before, const HttpState& now);

// The cursor of the sensor; kStore for a damaged one.
std::string to_cursor(const HttpState& state);
Result<HttpState> parse_http_cursor(std::string_view text);

// "etag \"abc\", 1,024 bytes"
std::string describe(const HttpState& state);

}  // namespace qflow
