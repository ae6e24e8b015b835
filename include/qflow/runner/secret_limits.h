#pragma once

#include <cstddef>

namespace qflow {

// Shorter secrets would hide ordinary text in logs; they are refused before a run starts.
inline constexpr std::size_t kShortestSecret = 6;

}  // namespace qflow
