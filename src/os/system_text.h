#pragma once

#include <string>

#include "qflow/os/file_system.h"

namespace qflow {

// What a file of /proc says; "" when there is none.
inline std::string system_text(const std::string& path) {
  PosixFileSystem files;
  return read_file(files, path).value_or("");
}

}  // namespace qflow
