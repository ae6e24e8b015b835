#include "sensor/hmac_sha256.h"

#include "qflow/model/sha256.h"

namespace qflow {
namespace {

constexpr std::size_t kBlockSize = 64;

std::string digest_of(std::string_view first, std::string_view second) {
  Sha256 hash;
  hash.update(first);
  hash.update(second);
  const auto digest = hash.digest();
  return std::string(digest.begin(), digest.end());
}

std::string padded(std::string key, char pad) {
  for (char& byte : key) byte = static_cast<char>(byte ^ pad);
  return key;
}

}  // namespace

std::string hmac_sha256(std::string_view key, std::string_view message) {
  std::string block = key.size() > kBlockSize ? digest_of(key, {}) : std::string(key);
  block.resize(kBlockSize, '\0');
  return digest_of(padded(block, 0x5c), digest_of(padded(block, 0x36), message));
}

}  // namespace qflow
