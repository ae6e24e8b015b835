#pragma once

#include <cstddef>
#include <string>
#include <utility>

#include "qflow/expression/expression.h"

namespace qflow {

inline tl::unexpected<ExpressionProblem> problem(std::size_t offset, std::string message, std::string advice = {}) {
  return tl::make_unexpected(ExpressionProblem{offset, std::move(message), std::move(advice)});
}

}  // namespace qflow
