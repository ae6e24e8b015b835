#include "qflow/model/config_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "qflow/error/printable.h"
#include "qflow/error/suggestion.h"

namespace qflow {
namespace {

constexpr std::int64_t kNoMinimum = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kNoMaximum = std::numeric_limits<std::int64_t>::max();

template <class T>
const T* get(const ConfigEntry& entry) {
  return std::get_if<T>(&entry.value.data);
}

template <class T>
Located<T> located(const ConfigEntry& entry, T value) {
  return {std::move(value), entry.value.position};
}

// The value as one writes it in TOML, where it is short enough for an example.
std::string as_written(const ConfigValue& value) {
  constexpr std::size_t kMaxExample = 40;
  if (std::holds_alternative<ConfigList>(value.data) || std::holds_alternative<ConfigTable>(value.data)) return {};
  const Json json = to_json(value);
  std::string text = to_compact(json);
  return text.size() <= kMaxExample && printable(text) == text && !json.is_null() ? text : std::string();
}

// What to write where text stands that reads as the wanted value.
std::string without_quotes(const ConfigEntry& entry, bool (*fits)(const Json&)) {
  const auto* text = get<std::string>(entry);
  if (text == nullptr) return {};
  const auto json = parse_json(*text);
  return json && fits(*json) ? "write it without quotes: " + to_compact(*json) : std::string();
}

std::string in_quotes(const ConfigValue& value) {
  const auto* date = std::get_if<ConfigDateTime>(&value.data);
  const std::string text = date != nullptr ? date->text : as_written(value);
  return text.empty() ? std::string() : "write it in quotes: \"" + text + "\"";
}

std::string in_brackets(const ConfigValue& value) {
  if (!std::holds_alternative<std::string>(value.data)) return {};
  const std::string text = as_written(value);
  return text.empty() ? std::string() : "write it in brackets: [" + text + "]";
}

// "at least 1", "between 1 and 5"; a bound at the end of the type is none.
template <class T>
std::string range_text(T minimum, T maximum, T no_minimum, T no_maximum) {
  if (maximum == no_maximum) return fmt::format("at least {}", minimum);
  if (minimum == no_minimum) return fmt::format("at most {}", maximum);
  return fmt::format("between {} and {}", minimum, maximum);
}

}  // namespace

ConfigReader::ConfigReader(const ConfigTable& table, std::string what, Diagnostics& diagnostics)
    : table_(table), what_(std::move(what)), diagnostics_(diagnostics) {}

const ConfigEntry* ConfigReader::find(std::string_view key) {
  allow(key);
  return table_.find(key);
}

bool ConfigReader::has(std::string_view key) const {
  return table_.find(key) != nullptr;
}

void ConfigReader::allow(std::string_view key) {
  if (std::find(known_.begin(), known_.end(), key) == known_.end()) known_.emplace_back(key);
}

void ConfigReader::wrong_type(const ConfigEntry& entry, std::string_view expected, std::string help) {
  diagnostics_.error(entry.value.position,
                     fmt::format("`{}` must be {}; is {}", printable(entry.key), expected, entry.value.type_name()),
                     std::move(help));
}

void ConfigReader::bad_value(const ConfigEntry& entry, const Error& error) {
  diagnostics_.error(entry.value.position, fmt::format("`{}`: {}", printable(entry.key), error.message), error.advice);
}

std::optional<Located<std::string>> ConfigReader::text(std::string_view key) {
  const ConfigEntry* entry = find(key);
  if (entry == nullptr) return {};
  if (const auto* value = get<std::string>(*entry)) return located(*entry, *value);
  wrong_type(*entry, "text", in_quotes(entry->value));
  return {};
}

std::optional<Located<std::string>> ConfigReader::required_text(std::string_view key) {
  if (find(key) != nullptr) return text(key);
  diagnostics_.error(table_.position, fmt::format("missing key '{}' in {}", key, what_),
                     fmt::format("add {} = \"...\"", key));
  return {};
}

std::optional<Located<std::int64_t>> ConfigReader::integer(std::string_view key, std::int64_t minimum,
                                                           std::int64_t maximum) {
  const ConfigEntry* entry = find(key);
  if (entry == nullptr) return {};
  const auto* value = get<std::int64_t>(*entry);
  if (value == nullptr) {
    wrong_type(*entry, "an integer", without_quotes(*entry, [](const Json& json) { return json.is_number_integer(); }));
    return {};
  }
  if (*value >= minimum && *value <= maximum) return located(*entry, *value);
  diagnostics_.error(entry->value.position, fmt::format("`{}` must be {}; is {}", key,
                                                        range_text(minimum, maximum, kNoMinimum, kNoMaximum), *value));
  return {};
}

std::optional<Located<double>> ConfigReader::number(std::string_view key, double minimum, double maximum) {
  const ConfigEntry* entry = find(key);
  if (entry == nullptr) return {};
  double value = 0;
  if (const auto* number = get<double>(*entry)) {
    value = *number;
  } else if (const auto* integer = get<std::int64_t>(*entry)) {
    value = static_cast<double>(*integer);
  } else {
    wrong_type(*entry, "a number", without_quotes(*entry, [](const Json& json) { return json.is_number(); }));
    return {};
  }
  if (std::isfinite(value) && value >= minimum && value <= maximum) return located(*entry, value);
  constexpr double kMax = std::numeric_limits<double>::max();
  const bool unbounded = minimum <= -kMax && maximum >= kMax;
  const std::string range =
      unbounded ? "finite" : range_text(std::max(minimum, -kMax), std::min(maximum, kMax), -kMax, kMax);
  diagnostics_.error(entry->value.position, fmt::format("`{}` must be {}; is {}", key, range, value));
  return {};
}

std::optional<Located<bool>> ConfigReader::boolean(std::string_view key) {
  const ConfigEntry* entry = find(key);
  if (entry == nullptr) return {};
  if (const auto* value = get<bool>(*entry)) return located(*entry, *value);
  std::string help = without_quotes(*entry, [](const Json& json) { return json.is_boolean(); });
  wrong_type(*entry, "a boolean", help.empty() ? "write true or false" : std::move(help));
  return {};
}

std::optional<Located<Duration>> ConfigReader::duration(std::string_view key) {
  const ConfigEntry* entry = find(key);
  if (entry == nullptr) return {};
  const auto* value = get<std::string>(*entry);
  if (value == nullptr) {
    const auto* integer = get<std::int64_t>(*entry);
    const bool seconds = integer != nullptr && *integer >= 0;
    wrong_type(*entry, "a duration",
               seconds ? fmt::format("write \"{}s\" for seconds", *integer) : "write it as \"90s\" or \"1h30m\"");
    return {};
  }
  const auto parsed = parse_duration(*value);
  if (parsed) return located(*entry, *parsed);
  bad_value(*entry, parsed.error());
  return {};
}

std::optional<Located<Instant>> ConfigReader::instant(std::string_view key) {
  const ConfigEntry* entry = find(key);
  if (entry == nullptr) return {};
  const auto* text = get<std::string>(*entry);
  const auto* date = get<ConfigDateTime>(*entry);
  if (text == nullptr && date == nullptr) {
    wrong_type(*entry, "an instant", "write it as \"2026-11-20T10:00:00Z\"");
    return {};
  }
  const auto parsed = text != nullptr ? parse_instant(*text) : parse_datetime(date->text);
  if (parsed) return located(*entry, *parsed);
  bad_value(*entry, parsed.error());
  return {};
}

std::optional<Located<std::string>> ConfigReader::choice(std::string_view key,
                                                         const std::vector<std::string>& choices) {
  auto value = text(key);
  if (!value || std::find(choices.begin(), choices.end(), value->value) != choices.end()) return value;
  diagnostics_.error(value->position,
                     fmt::format("`{}` must be one of {}; is {}", key, quoted_list(choices), quoted(value->value)),
                     did_you_mean(value->value, choices));
  return {};
}

std::vector<Located<std::string>> ConfigReader::text_list(std::string_view key) {
  const ConfigEntry* entry = find(key);
  if (entry == nullptr) return {};
  const auto* list = get<ConfigList>(*entry);
  if (list == nullptr) {
    wrong_type(*entry, "a list of text", in_brackets(entry->value));
    return {};
  }
  std::vector<Located<std::string>> texts;
  for (const ConfigValue& element : *list) {
    if (const auto* text = std::get_if<std::string>(&element.data)) {
      texts.push_back({*text, element.position});
    } else {
      wrong_element(*entry, element, "text", in_quotes(element));
    }
  }
  return texts;
}

const ConfigTable* ConfigReader::table(std::string_view key) {
  const ConfigEntry* entry = find(key);
  if (entry == nullptr) return nullptr;
  const auto* value = get<ConfigTable>(*entry);
  if (value == nullptr) {
    const bool list = get<ConfigList>(*entry) != nullptr;
    wrong_type(*entry, "a table",
               list ? fmt::format("write [{}] instead of [[{}]]", key, key) : "write { key = value }");
  }
  return value;
}

std::vector<const ConfigTable*> ConfigReader::tables(std::string_view key) {
  const ConfigEntry* entry = find(key);
  if (entry == nullptr) return {};
  const auto* list = get<ConfigList>(*entry);
  if (list == nullptr) {
    const bool table = get<ConfigTable>(*entry) != nullptr;
    wrong_type(*entry, "a list of tables",
               table ? fmt::format("write [[{}]] instead of [{}]", key, key) : std::string());
    return {};
  }
  std::vector<const ConfigTable*> tables;
  for (const ConfigValue& element : *list) {
    if (const auto* table = std::get_if<ConfigTable>(&element.data)) {
      tables.push_back(table);
    } else {
      wrong_element(*entry, element, "a table", {});
    }
  }
  return tables;
}

void ConfigReader::wrong_element(const ConfigEntry& entry, const ConfigValue& element, std::string_view expected,
                                 std::string help) {
  diagnostics_.error(
      element.position,
      fmt::format("each element of `{}` must be {}; this is {}", printable(entry.key), expected, element.type_name()),
      std::move(help));
}

std::string ConfigReader::advice_for_unknown(std::string_view key) const {
  constexpr std::size_t kMostListed = 12;
  if (known_.size() <= kMostListed) return did_you_mean_or_list(key, known_);
  const std::string suggestion = did_you_mean(key, known_);
  return suggestion.empty() ? "qflow help flow-file lists the keys" : suggestion;
}

void ConfigReader::finish(const ExplainUnknown& explain) {
  for (const ConfigEntry& entry : table_.entries) {
    if (std::find(known_.begin(), known_.end(), entry.key) != known_.end()) continue;
    const std::string better = explain ? explain(entry.key) : std::string();
    if (better.empty()) {
      diagnostics_.error(entry.key_position, fmt::format("unknown key {} in {}", quoted(entry.key), what_),
                         advice_for_unknown(entry.key));
    } else {
      diagnostics_.error(entry.key_position, fmt::format("key {} {}", quoted(entry.key), better));
    }
  }
}

}  // namespace qflow
