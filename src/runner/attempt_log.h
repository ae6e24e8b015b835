#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "qflow/os/clock.h"
#include "qflow/os/file_system.h"
#include "qflow/runner/run_reporter.h"

namespace qflow {

// The log of one attempt: each line of output with time and stream, as "2026-11-20T10:00:00.123Z out text". A piece of
// a line that goes on in the next record has "out+" or "err+". Bytes are kept as they came, but for the newline. Past
// `limit` bytes one note ends the log, and what follows is dropped. `place` is asked, and the file and its folder are
// made, with the first record: most tasks say nothing.
class AttemptLog {
 public:
  AttemptLog(FileSystem& files, Clock& clock, std::function<Path()> place, std::uint64_t limit);

  enum class Piece { kWholeLine, kGoesOn };
  void add(TaskStream stream, std::string_view text, Piece piece);
  // Writes what is held back; called when there is nothing to read, and at the end.
  Status flush();

 private:
  FileSystem& files_;
  Clock& clock_;
  std::function<Path()> place_;
  std::uint64_t limit_;
  std::uint64_t size_ = 0;
  bool cut_ = false;
  FileHandle file_;
  std::string buffer_;
};

}  // namespace qflow
