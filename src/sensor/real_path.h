#pragma once

#include "qflow/os/file_system.h"

namespace qflow {

// The absolute path with every link in it followed, and without "." and "..", as realpath(3) gives it. kNotFound where
// something on the way does not exist.
Result<Path> real_path(FileSystem& files, const Path& path);

// Whether `path` is `folder` or below it; both are real paths.
bool is_inside(const Path& path, const Path& folder);

}  // namespace qflow
