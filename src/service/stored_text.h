#pragma once

#include <cstdint>
#include <string>

#include "qflow/os/file_system.h"

namespace qflow {

// The whole of a file that people put into the store; kInvalid when it is larger than `limit` bytes, kStore when it is
// no regular file: a FIFO would be waited for.
Result<std::string> read_stored_text(FileSystem& files, const Path& path, std::uint64_t limit);

}  // namespace qflow
