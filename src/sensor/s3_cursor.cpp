#include "sensor/s3_cursor.h"

#include <algorithm>
#include <cstdint>
#include <optional>

#include "qflow/model/sha256.h"

namespace qflow {
namespace {

constexpr std::string_view kS3Mark = "qflow-s3 1 ";
constexpr std::size_t kSumSize = 16;
constexpr std::size_t kS3Header = kS3Mark.size() + kSumSize + 1;
constexpr std::size_t kDigestDigits = 32;  // of MD5, the ETag of what was uploaded in one piece
constexpr std::string_view kDigits = "0123456789abcdef";

std::string s3_checksum(std::string_view body) {
  return sha256_hex(body).substr(0, kSumSize);
}

void add_number(std::string& bytes, std::uint64_t number) {
  for (; number >= 0x80; number >>= 7) bytes += static_cast<char>(number | 0x80);
  bytes += static_cast<char>(number);
}

bool is_digest(std::string_view etag) {
  return etag.size() == kDigestDigits && etag.find_first_not_of(kDigits) == std::string_view::npos;
}

// A digest has the length 0, which no other ETag has.
void add_etag(std::string& bytes, std::string_view etag) {
  if (!is_digest(etag)) {
    add_number(bytes, etag.size());
    bytes += etag;
    return;
  }
  add_number(bytes, 0);
  for (std::size_t at = 0; at < kDigestDigits; at += 2) {
    bytes += static_cast<char>(kDigits.find(etag[at]) * 16 + kDigits.find(etag[at + 1]));
  }
}

std::string unpacked_digest(std::string_view packed) {
  std::string etag;
  for (char c : packed) {
    const auto byte = static_cast<unsigned char>(c);
    etag += kDigits[byte >> 4];
    etag += kDigits[byte & 15];
  }
  return etag;
}

// Takes what was added from the front; nothing where it is not there.
class Taker {
 public:
  explicit Taker(std::string_view bytes) : rest_(bytes) {}

  bool is_empty() const { return rest_.empty(); }

  std::optional<std::uint64_t> number() {
    std::uint64_t value = 0;
    for (int shift = 0; !rest_.empty() && shift < 63; shift += 7) {
      const auto byte = static_cast<unsigned char>(rest_.front());
      rest_.remove_prefix(1);
      value |= std::uint64_t{byte & 0x7FU} << shift;
      if (byte < 0x80) return value;
    }
    return std::nullopt;
  }

  std::optional<std::string_view> bytes(std::uint64_t size) {
    if (size > rest_.size()) return std::nullopt;
    const std::string_view taken = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return taken;
  }

  std::optional<std::string_view> text() {
    const auto size = number();
    return size ? bytes(*size) : std::nullopt;
  }

  std::optional<std::string> etag() {
    const auto size = number();
    if (!size) return std::nullopt;
    const auto taken = bytes(*size == 0 ? kDigestDigits / 2 : *size);
    if (!taken) return std::nullopt;
    return *size == 0 ? unpacked_digest(*taken) : std::string(*taken);
  }

 private:
  std::string_view rest_;
};

std::optional<KnownObjects> parse_body(std::string_view body) {
  KnownObjects objects;
  Taker taker(body);
  std::string before;
  while (!taker.is_empty()) {
    const auto shared = taker.number();
    const auto suffix = taker.text();
    if (!shared || !suffix || *shared > before.size()) return std::nullopt;
    std::string key = before.substr(0, *shared) + std::string(*suffix);
    auto etag = taker.etag();
    if (!etag || (!objects.empty() && key <= before)) return std::nullopt;
    before = key;
    objects.emplace_back(std::move(key), std::move(*etag));
  }
  return objects;
}

}  // namespace

std::string to_cursor(const KnownObjects& objects) {
  std::string body;
  std::string_view before;
  for (const auto& [key, etag] : objects) {
    const std::size_t most = std::min(before.size(), key.size());
    const auto end = std::mismatch(before.begin(), before.begin() + most, key.begin()).first;
    const auto shared = static_cast<std::size_t>(end - before.begin());
    add_number(body, shared);
    add_number(body, key.size() - shared);
    body += std::string_view(key).substr(shared);
    add_etag(body, etag);
    before = key;
  }
  return std::string(kS3Mark) + s3_checksum(body) + "\n" + body;
}

Result<KnownObjects> parse_s3_cursor(std::string_view bytes) {
  if (bytes.size() >= kS3Header && bytes.starts_with(kS3Mark)) {
    const std::string_view body = bytes.substr(kS3Header);
    const bool is_whole = bytes.substr(kS3Mark.size(), kSumSize) == s3_checksum(body) && bytes[kS3Header - 1] == '\n';
    auto objects = is_whole ? parse_body(body) : std::nullopt;
    if (objects) return std::move(*objects);
  }
  return fail(ErrorKind::kStore, "what the sensor knew of its objects is damaged, or was written by another qflow",
              "qflow sensor reset FLOW/TRIGGER begins anew");
}

}  // namespace qflow
