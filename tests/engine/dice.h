#pragma once

#include <array>
#include <cstdint>
#include <random>

namespace qflow::reference {

// Chance that is the same everywhere for one seed, which the distributions of the standard library are not.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : engine_(seed) {}

  int below(int bound) { return static_cast<int>(engine_() % static_cast<std::uint64_t>(bound)); }
  int between(int low, int high) { return low + below(high - low + 1); }
  bool percent(int chance) { return below(100) < chance; }
  template <class List>
  auto pick(const List& list) {
    return *(list.begin() + below(static_cast<int>(list.size())));
  }

 private:
  std::mt19937_64 engine_;
};

// What the random flows listen to.
inline constexpr std::array<const char*, 3> kEventNames = {"a", "b", "c"};
inline constexpr std::array<const char*, 2> kFlowNames = {"G", "H"};

}  // namespace qflow::reference
