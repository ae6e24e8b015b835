#pragma once

#include <string>

#include "qflow/error/error.h"

namespace qflow {

// kInvalid unless it can be a tag of a run: text of 1 to 200 bytes without control characters.
Status check_tag(const std::string& tag);

}  // namespace qflow
