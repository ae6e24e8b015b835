#pragma once

#include <array>
#include <cstdint>

namespace qflow {

// Ten bytes from the system's random source: enough for one event id.
std::array<std::uint8_t, 10> random_bytes();

}  // namespace qflow
