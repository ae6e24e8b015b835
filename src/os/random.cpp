#include "qflow/os/random.h"

#include <sys/random.h>

namespace qflow {

std::array<std::uint8_t, 10> random_bytes() {
  std::array<std::uint8_t, 10> bytes{};
  // Up to 256 bytes are never cut short or interrupted once the pool is ready (getrandom(2)).
  while (getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) {
  }
  return bytes;
}

}  // namespace qflow
