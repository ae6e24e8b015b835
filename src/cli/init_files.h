#pragma once

#include <string_view>

namespace qflow {

// The flow that `qflow init` writes, and that the manual shows: it runs at once.
std::string_view example_flow();

}  // namespace qflow
