#pragma once

#include <string>
#include <vector>

#include "qflow/error/error.h"
#include "qflow/model/json.h"

namespace qflow {

enum class ValueKind { kNull, kNumber, kBool, kText, kBytes };

// A value as a database shows it: numbers in decimal with all their digits, "true" or "false", bytes as "\x0aff".
struct DatabaseValue {
  ValueKind kind = ValueKind::kNull;
  std::string text = {};
  friend bool operator==(const DatabaseValue&, const DatabaseValue&) = default;
};

struct DatabaseRow {
  std::vector<std::string> columns;
  std::vector<DatabaseValue> values;
};

// The value for a payload. A number whose digits a double of JSON can't keep, and one that is not finite, is text.
Json to_json(const DatabaseValue& value);

// A form for cursors that `parse_stored` takes back unchanged: null, or the kind and the text.
Json to_stored(const DatabaseValue& value);
// kInvalid when it is anything else.
Result<DatabaseValue> parse_stored(const Json& stored);

// Bytes that differ for any two different lists of values, for hashing.
std::string to_hashable(const std::vector<DatabaseValue>& values);

}  // namespace qflow
