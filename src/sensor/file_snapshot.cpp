#include "sensor/file_snapshot.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace qflow {
namespace {

constexpr std::string_view kMark = "qflow files 1\n";
constexpr std::size_t kHeader = kMark.size() + sizeof(std::uint64_t);
constexpr char kHasKnown = 1;
constexpr char kHasPending = 2;

// Differs for any two texts that differ in one byte only: each step can be undone. For accidents, not against malice.
std::uint64_t checksum(std::string_view bytes) {
  std::uint64_t sum = bytes.size();
  while (!bytes.empty()) {
    std::uint64_t word = 0;
    const std::size_t size = std::min(bytes.size(), sizeof word);
    std::memcpy(&word, bytes.data(), size);
    sum = (sum ^ word) * 0x9E3779B97F4A7C15U;
    sum ^= sum >> 32;
    bytes.remove_prefix(size);
  }
  return sum;
}

// Small numbers of either sign become small ones without sign.
std::uint64_t folded(std::uint64_t difference) {
  return (difference << 1) ^ (0 - (difference >> 63));
}
std::uint64_t unfolded(std::uint64_t number) {
  return (number >> 1) ^ (0 - (number & 1));
}

std::uint64_t bits(std::int64_t number) {
  return static_cast<std::uint64_t>(number);
}

tl::unexpected<Error> damaged() {
  return fail(ErrorKind::kStore, "what the sensor knew of its files is damaged, or was written by another qflow",
              "qflow sensor reset FLOW/TRIGGER begins anew");
}

}  // namespace

SnapshotWriter::SnapshotWriter(const std::vector<std::string>& unread) : bytes_(kMark) {
  bytes_.resize(kHeader);
  add_number(unread.size());
  for (const std::string& place : unread) add_text(place);
}

void SnapshotWriter::add_number(std::uint64_t number) {
  for (; number >= 0x80; number >>= 7) bytes_ += static_cast<char>(number | 0x80);
  bytes_ += static_cast<char>(number);
}

void SnapshotWriter::add_text(std::string_view text) {
  add_number(text.size());
  bytes_ += text;
}

void SnapshotWriter::add_version(const FileVersion& version) {
  add_number(version.size);
  add_number(folded(bits(version.modified_ns) - bits(previous_.modified_ns)));
  add_number(folded(version.inode - previous_.inode));
  previous_ = version;
}

void SnapshotWriter::add(const FileRecord& record) {
  const auto differs = std::mismatch(path_.begin(), path_.end(), record.path.begin(), record.path.end());
  const auto shared = static_cast<std::size_t>(differs.first - path_.begin());
  add_number(shared);
  add_text(record.path.substr(shared));
  path_ = record.path;
  bytes_ += static_cast<char>((record.known ? kHasKnown : 0) | (record.pending ? kHasPending : 0));
  if (record.known) add_version(*record.known);
  if (!record.pending) return;
  add_version(record.pending->version);
  add_number(folded(bits(record.pending->since.time_since_epoch().count())));
}

std::string SnapshotWriter::finish() {
  const std::uint64_t sum = checksum(std::string_view(bytes_).substr(kHeader));
  std::memcpy(bytes_.data() + kMark.size(), &sum, sizeof sum);
  return std::move(bytes_);
}

Result<SnapshotReader> SnapshotReader::open(std::string_view bytes) {
  if (bytes.size() < kHeader || !bytes.starts_with(kMark)) return damaged();
  SnapshotReader reader(bytes.substr(kHeader));
  std::uint64_t sum = 0;
  std::memcpy(&sum, bytes.data() + kMark.size(), sizeof sum);
  if (sum != checksum(reader.rest_)) return damaged();
  for (std::uint64_t left = reader.take_number(); left > 0 && !reader.broken_; --left) {
    reader.unread_.emplace_back(reader.take_text());
  }
  if (reader.broken_) return damaged();
  return reader;
}

std::uint64_t SnapshotReader::take_number() {
  std::uint64_t number = 0;
  for (unsigned shift = 0; !rest_.empty() && shift < 64; shift += 7) {
    const auto byte = static_cast<unsigned char>(rest_.front());
    rest_.remove_prefix(1);
    number |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
    if (byte < 0x80) return number;
  }
  broken_ = true;
  return 0;
}

std::string_view SnapshotReader::take_text() {
  const std::uint64_t size = take_number();
  if (size > rest_.size()) broken_ = true;
  if (broken_) return {};
  std::string_view text = rest_.substr(0, size);
  rest_.remove_prefix(size);
  return text;
}

FileVersion SnapshotReader::take_version() {
  FileVersion version;
  version.size = take_number();
  version.modified_ns = static_cast<std::int64_t>(bits(previous_.modified_ns) + unfolded(take_number()));
  version.inode = previous_.inode + unfolded(take_number());
  previous_ = version;
  return version;
}

Result<bool> SnapshotReader::next() {
  if (rest_.empty()) return false;
  const std::uint64_t shared = take_number();
  if (shared > path_.size()) return damaged();
  path_.resize(shared);
  path_ += take_text();
  if (rest_.empty()) return damaged();
  const char has = rest_.front();
  rest_.remove_prefix(1);
  record_ = {};
  record_.path = path_;
  if ((has & kHasKnown) != 0) record_.known = take_version();
  if ((has & kHasPending) != 0) {
    const FileVersion version = take_version();
    record_.pending = PendingVersion{version, Instant(Duration(static_cast<std::int64_t>(unfolded(take_number()))))};
  }
  if (broken_) return damaged();
  return true;
}

}  // namespace qflow
