#include "flowfile/checked_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "qflow/error/characters.h"

namespace qflow {
namespace {

bool is_variable_name(std::string_view name) {
  if (name.empty() || !begins_name(name[0])) return false;
  return std::all_of(name.begin(), name.end(), [](char c) { return begins_name(c) || is_digit(c); });
}

}  // namespace

bool reject_nul(const Located<std::string>& text, std::string_view key, Diagnostics& diagnostics) {
  if (text.value.find('\0') == std::string::npos) return false;
  diagnostics.error(text.position, fmt::format("`{}` contains a NUL character", key), "programs can't be given one");
  return true;
}

std::optional<Located<std::string>> program_text(std::optional<Located<std::string>> text, std::string_view key,
                                                 Diagnostics& diagnostics) {
  if (!text || reject_nul(*text, key, diagnostics)) return std::nullopt;
  if (!text->value.empty()) return text;
  diagnostics.error(text->position, fmt::format("`{}` is empty", key), "leave the key out or give it a text");
  return std::nullopt;
}

std::optional<Duration> positive_duration(ConfigReader& reader, std::string_view key) {
  const auto duration = reader.duration(key);
  if (!duration) return std::nullopt;
  if (duration->value > Duration::zero()) return duration->value;
  reader.diagnostics().error(duration->position, fmt::format("`{}` must be longer than 0s", key),
                             "leave the key out for no limit");
  return std::nullopt;
}

bool check_variable_name(std::string_view name, std::string_view noun, SourcePosition position,
                         Diagnostics& diagnostics) {
  if (!is_variable_name(name)) {
    const Error error = bad_name(fmt::format("{} name", noun), "letters, digits and '_', first a letter or '_'", name);
    diagnostics.error(position, error.message, error.advice);
    return false;
  }
  if (name.substr(0, 6) == "QFLOW_") {
    diagnostics.error(position, fmt::format("{} {} begins with QFLOW_", noun, qflow::quoted(name)),
                      "those names are set by qflow itself; choose another");
    return false;
  }
  return true;
}

}  // namespace qflow
