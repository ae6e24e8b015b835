#pragma once

#include <string>

#include "qflow/model/json.h"

namespace qflow {

// A text that is equal for equal JSON values: RFC 8785, so that 1 and 1.0 are one value. Unlike there, integers beyond
// 2^53 keep all their digits: as keys they differ.
std::string canonical_json(const Json& value);

}  // namespace qflow
