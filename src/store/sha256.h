#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace qflow {

// SHA-256 (FIPS 180-4) of bytes that come in pieces.
class Sha256 {
 public:
  Sha256();
  void update(std::string_view bytes);
  // 64 lower-case hex digits; afterwards the object is spent.
  std::string finish();

 private:
  // Storage for libcrypto's state, so that its header stays in one file.
  alignas(8) std::array<std::uint8_t, 112> state_;
};

// Whether the text has the form that `finish` gives.
bool is_sha256(std::string_view text);

}  // namespace qflow
