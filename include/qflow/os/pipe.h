#pragma once

#include <chrono>
#include <optional>
#include <vector>

#include "qflow/error/error.h"
#include "qflow/os/file_system.h"

namespace qflow {

// A pipe; both ends are close-on-exec, reading never blocks.
struct Pipe {
  FileHandle read_end;
  FileHandle write_end;
};

Result<Pipe> make_pipe();

enum class PipeState { kData, kEmpty, kClosed };

struct PipeRead {
  PipeState state = PipeState::kEmpty;
  std::size_t size = 0;
};

// What is in the pipe now, up to `size` bytes.
PipeRead read_pipe(const FileHandle& read_end, char* buffer, std::size_t size);

// Waits until one of the descriptors is readable (or closed at the other end) or `limit` has passed (absent: for
// ever); returns for each whether it is. Descriptors below 0 are passed over. A signal ends the wait early.
std::vector<bool> wait_readable(const std::vector<int>& descriptors, std::optional<std::chrono::microseconds> limit);

}  // namespace qflow
