#pragma once

#include <cstdint>
#include <string>

#include "qflow/os/file_system.h"
#include "qflow/store/store_layout.h"
#include "store/background_sync.h"
#include "store/out_folder.h"

namespace qflow {

// Moves and copies of what becomes an object.

// Modes of objects: nobody writes them, executables stay executable.
std::uint32_t sealed_mode(const FileInfo& info);

// Puts a copy in the place of the file, so that other names of the same file no longer reach it.
Status replace_by_copy(FileSystem& files, const Path& path);

// Copies a sealed output to `target`, which must not exist, with its modes; of a folder everything in it.
Status copy_output(FileSystem& files, const Output& output, const Path& target);

// What has to be synced for the output to be on disk under `path`.
void add_output(BackgroundSync& sync, const Output& output, const Path& path);

// Moves what is at `path` into the quarantine folder, under its hash and a number. Nothing there is no error.
Status set_aside(FileSystem& files, const StoreLayout& layout, const std::string& sha256);

}  // namespace qflow
