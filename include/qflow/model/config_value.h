#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "qflow/error/diagnostic.h"
#include "qflow/model/json.h"

namespace qflow {

struct ConfigValue;
struct ConfigEntry;

// A table of a configuration text, in the order of the text, with where it was opened.
struct ConfigTable {
  SourcePosition position;
  std::vector<ConfigEntry> entries;

  const ConfigEntry* find(std::string_view key) const;
};

using ConfigList = std::vector<ConfigValue>;

// A TOML date, time or date-time, as written.
struct ConfigDateTime {
  std::string text;
};

// One value of a flow file with the position of its first character. The only form in which TOML leaves its parser,
// so that flow keys and trigger types (custom ones too) are read and reported in one way (config_reader.h).
struct ConfigValue {
  SourcePosition position;
  std::variant<bool, std::int64_t, double, std::string, ConfigDateTime, ConfigList, ConfigTable> data;

  // "text", "an integer", "a table": for messages.
  std::string_view type_name() const;
};

struct ConfigEntry {
  std::string key;
  SourcePosition key_position;
  ConfigValue value;
};

// The value as JSON: dates become text; infinities and NaN become null (the reader has refused them before).
Json to_json(const ConfigValue& value);

}  // namespace qflow
