#pragma once

#include <cstdint>
#include <string>

#include "qflow/os/file_system.h"

namespace qflow {

// The text of a file that a person named, such as a flow file or events, as `written`. kNotFound, kInvalid when it is
// a folder or larger than `limit` bytes, kStore when it can't be read.
Result<std::string> read_input_file(FileSystem& files, const Path& path, const std::string& written,
                                    std::uint64_t limit);

}  // namespace qflow
