#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "qflow/os/file_system.h"
#include "qflow/runner/log_record.h"

namespace qflow {

// Reads the log of one attempt, which may still grow: each call goes on where the last one ended. A log that does not
// exist yet is empty.
class LogReader {
 public:
  using Use = std::function<void(const LogRecord& record)>;

  LogReader(FileSystem& files, Path path) : files_(files), path_(std::move(path)) {}

  // Every whole record that has come since the last call. Lines of another shape are passed over.
  Status read_new(const Use& use);

 private:
  void take_lines(const Use& use);

  FileSystem& files_;
  Path path_;
  FileHandle file_;
  std::string pending_;  // the beginning of a record
};

}  // namespace qflow
