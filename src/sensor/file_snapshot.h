#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "qflow/error/error.h"
#include "qflow/time/duration.h"
#include "qflow/time/instant.h"
#include "sensor/file_version.h"

namespace qflow {

// A version that was seen, but may still be growing.
struct PendingVersion {
  FileVersion version;
  Instant since;  // the first of the observations that agree
};

// What was known of one file after a look; at least one of both is there.
struct FileRecord {
  std::string_view path;
  std::optional<FileVersion> known = {};  // the version that fired, or was there at the baseline
  std::optional<PendingVersion> pending = {};
};

// What was known of a folder, in bytes: a mark with the version of the format, a checksum, the places whose baseline is
// still to be taken, and the records in the order of their paths, each without what its path shares with the one
// before. Numbers are LEB128; times and inodes are differences to the ones before. About 20 bytes for a file.
class SnapshotWriter {
 public:
  explicit SnapshotWriter(const std::vector<std::string>& unread);

  // In the order of the paths.
  void add(const FileRecord& record);
  std::string finish();

 private:
  void add_number(std::uint64_t number);
  void add_text(std::string_view text);
  void add_version(const FileVersion& version);

  std::string bytes_;
  std::string path_;
  FileVersion previous_;
};

class SnapshotReader {
 public:
  // kStore when the bytes are damaged or no snapshot. They outlive the reader.
  static Result<SnapshotReader> open(std::string_view bytes);

  const std::vector<std::string>& unread() const { return unread_; }
  // Moves to the first or next record; false after the last. kStore as `open`.
  Result<bool> next();
  // Good until the next move.
  const FileRecord& record() const { return record_; }

 private:
  explicit SnapshotReader(std::string_view rest) : rest_(rest) {}
  std::uint64_t take_number();
  std::string_view take_text();
  FileVersion take_version();

  std::string_view rest_;
  bool broken_ = false;  // the bytes ended too early
  std::vector<std::string> unread_;
  std::string path_;
  FileVersion previous_;
  FileRecord record_;
};

}  // namespace qflow
