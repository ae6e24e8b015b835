#pragma once

#include <string>
#include <string_view>

#include "qflow/error/error.h"
#include "qflow/os/file_system.h"

namespace qflow {

// The system's text for an errno value ("Permission denied").
std::string_view system_reason(int error);

// "can't ACTION PATH: reason"; kNotFound for ENOENT and ENOTDIR, else kStore.
tl::unexpected<Error> system_failure(std::string_view action, const Path& path, int error);

// The same for an open descriptor, whose path is asked of /proc.
tl::unexpected<Error> system_failure(std::string_view action, const FileHandle& file, int error);

// The path that a descriptor was opened by, or "descriptor N".
std::string path_of(const FileHandle& file);

}  // namespace qflow
