#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "qflow/expression/expression.h"
#include "qflow/model/json.h"

namespace qflow {

// The number that a token writes, with its sign: an int where it has neither fraction nor exponent and fits 64 bits,
// else a double; too large for a double is a problem. Offsets count from the start of `digits`.
enum class Sign { kPlus, kMinus };
tl::expected<Json, ExpressionProblem> read_number(std::string_view digits, Sign sign);

// The text that a token writes with quotes, prefix and escapes (cel-spec langdef.md, "String and Bytes Values").
tl::expected<std::string, ExpressionProblem> read_text(std::string_view token);

}  // namespace qflow
