#pragma once

#include <optional>
#include <string_view>

#include "qflow/error/diagnostic.h"
#include "qflow/model/config_value.h"

namespace qflow {

// Reads TOML 1.0 (https://toml.io/en/v1.0.0; a byte order mark is skipped) into a tree that keeps every position and
// the order of the text. Broken TOML is one error and nothing; infinities and NaN are errors each, and left out.
std::optional<ConfigTable> parse_toml(std::string_view text, Diagnostics& diagnostics);

}  // namespace qflow
