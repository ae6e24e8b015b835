#pragma once

#include <vector>

#include "expression/syntax.h"

namespace qflow {

// Every reference of the tree to the scope, in the order of the text.
std::vector<Reference> find_references(const Syntax& syntax);

// The references that can't exist in a place.
std::vector<ExpressionProblem> check_references(const Syntax& syntax, const ScopeShape& shape);

// The type that every value of the node has, where its form alone says so.
ExpressionType type_of(const Syntax& syntax, NodeId id);

}  // namespace qflow
