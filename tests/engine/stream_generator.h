#pragma once

#include <cstdint>
#include <vector>

#include "engine/reference_model.h"

namespace qflow::reference {

// Versions of one flow, and what happens to it.
struct Stream {
  std::vector<Flow> versions;
  std::vector<Step> steps;
  bool in_batches = false;  // events that follow each other are one batch for the engine
};

// Streams with neighbouring seeds share the flow, whose building takes longer than a stream.
inline constexpr std::uint64_t kStreamsPerFlow = 8;

// Random, and always the same for one seed. Names, values and instants are few, so that they often meet.
std::vector<Flow> generate_versions(std::uint64_t seed);
std::vector<Step> generate_steps(std::uint64_t seed, const std::vector<Flow>& versions);

}  // namespace qflow::reference
