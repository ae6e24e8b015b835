#include "sensor/hmac_sha256.h"

#include <doctest/doctest.h>

#include "qflow/model/sha256.h"

using namespace qflow;

namespace {

std::string hex(std::string_view bytes) {
  std::string text;
  for (char c : bytes) {
    char digits[3];
    std::snprintf(digits, sizeof digits, "%02x", static_cast<unsigned char>(c));
    text += digits;
  }
  return text;
}

std::string counted(int from, int to) {
  std::string bytes;
  for (int value = from; value <= to; ++value) bytes += static_cast<char>(value);
  return bytes;
}

}  // namespace

// RFC 4231, section 4; case 5 there is about cut output.
TEST_CASE("HMAC-SHA-256 answers as in RFC 4231") {
  struct Row {
    std::string key;
    std::string message;
    std::string expected;
  };
  const Row rows[] = {
      {std::string(20, '\x0b'), "Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
      {"Jefe", "what do ya want for nothing?", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
      {std::string(20, '\xaa'), std::string(50, '\xdd'),
       "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"},
      {counted(1, 25), std::string(50, '\xcd'), "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"},
      {std::string(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First",
       "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
      {std::string(131, '\xaa'),
       "This is a test using a larger than block-size key and a larger than block-size data. The key needs to be "
       "hashed before being used by the HMAC algorithm.",
       "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.message);
    CHECK(hex(hmac_sha256(row.key, row.message)) == row.expected);
  }
}

TEST_CASE("a key of a whole block is used as it is, one byte more is hashed first") {
  const std::string longer(65, 'k');
  Sha256 hash;
  hash.update(longer);
  const auto digest = hash.digest();
  CHECK(hmac_sha256(longer, "m") == hmac_sha256(std::string(digest.begin(), digest.end()), "m"));
  const std::string block(64, 'k');
  CHECK(hmac_sha256(block, "m") != hmac_sha256(std::string(64, 'l'), "m"));
  CHECK(hmac_sha256("short", "m") == hmac_sha256(std::string("short\0\0", 7), "m"));
}
