#include "qflow/model/sha256.h"

// libcrypto's EVP interface would set up its providers, a millisecond in a process that lives for two; the functions
// below it are deprecated for new code in general, not wrong.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>

#include <algorithm>
#include <new>

#include "qflow/error/characters.h"

namespace qflow {
namespace {

SHA256_CTX* context(std::array<std::uint8_t, 112>& state) {
  static_assert(sizeof(SHA256_CTX) <= sizeof state && alignof(SHA256_CTX) <= 8);
  return std::launder(reinterpret_cast<SHA256_CTX*>(state.data()));
}

}  // namespace

Sha256::Sha256() {
  SHA256_Init(new (state_.data()) SHA256_CTX);
}

void Sha256::update(std::string_view bytes) {
  SHA256_Update(context(state_), bytes.data(), bytes.size());
}

std::string Sha256::finish() {
  const std::array<std::uint8_t, SHA256_DIGEST_LENGTH> bytes = digest();
  return to_hexadecimal({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

std::array<std::uint8_t, 32> Sha256::digest() {
  std::array<std::uint8_t, SHA256_DIGEST_LENGTH> digest;
  SHA256_Final(digest.data(), context(state_));
  return digest;
}

std::string to_hexadecimal(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

bool is_sha256(std::string_view text) {
  return text.size() == 2 * SHA256_DIGEST_LENGTH && std::all_of(text.begin(), text.end(), is_lower_hex);
}

std::string sha256_hex(std::string_view bytes) {
  Sha256 hash;
  hash.update(bytes);
  return hash.finish();
}

}  // namespace qflow
