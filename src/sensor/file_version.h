#pragma once

#include <cstdint>

namespace qflow {

// What tells one content of a file from the next, without reading it.
struct FileVersion {
  std::uint64_t size = 0;        // bytes
  std::int64_t modified_ns = 0;  // since 1970
  std::uint64_t inode = 0;       // with the time of its birth in it; another one: the file was replaced

  friend bool operator==(const FileVersion&, const FileVersion&) = default;
};

}  // namespace qflow
