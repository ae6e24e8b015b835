#pragma once

#include <cstdint>
#include <string>

namespace qflow {

// "1,234,567": a number as people read it.
std::string with_thousands(std::uint64_t number);

}  // namespace qflow
