#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "qflow/error/diagnostic.h"
#include "qflow/model/config_reader.h"
#include "qflow/model/names.h"

namespace qflow {

// The text as a checked name; a broken rule is reported at the text.
template <class Name>
std::optional<Name> checked_name(const std::optional<Located<std::string>>& text, Diagnostics& diagnostics) {
  if (!text) return std::nullopt;
  Result<Name> name = Name::parse(text->value);
  if (name) return std::move(*name);
  diagnostics.error(text->position, name.error().message, name.error().advice);
  return std::nullopt;
}

// Text that a program will get from the system: not empty, and without NUL, which the system can't pass on.
std::optional<Located<std::string>> program_text(std::optional<Located<std::string>> text, std::string_view key,
                                                 Diagnostics& diagnostics);
bool reject_nul(const Located<std::string>& text, std::string_view key, Diagnostics& diagnostics);

// A duration that must be longer than nothing.
std::optional<Duration> positive_duration(ConfigReader& reader, std::string_view key);

// Whether a name can be a variable of a step's environment; else reported. `noun`: "environment variable", "secret".
bool check_variable_name(std::string_view name, std::string_view noun, SourcePosition position,
                         Diagnostics& diagnostics);

}  // namespace qflow
