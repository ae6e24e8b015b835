#pragma once

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "expression/json_scope.h"

namespace qflow {

// One fact of a table.
struct Row {
  const char* expression;
  const char* expected;
};

inline void check_rows(const std::vector<Row>& rows, const Scope& scope) {
  for (const Row& row : rows) {
    const std::string expression = row.expression;
    CAPTURE(expression);
    CHECK_EQ(outcome(expression, scope), std::string(row.expected));
  }
}

}  // namespace qflow
