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
  // 64 lower-case hex digits; afterwards the object is spent, as it is after `digest`.
  std::string finish();
  // The same as 32 bytes.
  std::array<std::uint8_t, 32> digest();

 private:
  // Storage for libcrypto's state, so that its header stays in one file.
  alignas(8) std::array<std::uint8_t, 112> state_;
};

// Two lower-case hexadecimal digits for each byte.
std::string to_hexadecimal(std::string_view bytes);

// Whether the text has the form that `finish` gives.
bool is_sha256(std::string_view text);

// SHA-256 of the bytes as 64 lower-case hex digits.
std::string sha256_hex(std::string_view bytes);

}  // namespace qflow
