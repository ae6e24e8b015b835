#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "qflow/model/json.h"
#include "qflow/model/names.h"

namespace qflow {

// Texts of the ledger as values of the model. What does not parse was changed by somebody else: kStore, "damaged".

Error damaged_row(std::string_view what, std::string_view text);

template <class Name>
Result<Name> stored_name(std::string_view text) {
  auto name = Name::parse(text);
  if (!name) return tl::make_unexpected(damaged_row("name", text));
  return *std::move(name);
}

// For the enumerations of the model: `parse` gives an optional.
template <class Parse>
auto stored_choice(std::string_view text, Parse parse) -> Result<typename decltype(parse(text))::value_type> {
  auto value = parse(text);
  if (!value) return tl::make_unexpected(damaged_row("word", text));
  return *value;
}

Result<Json> stored_json(std::string_view text);

}  // namespace qflow
