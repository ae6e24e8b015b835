#pragma once

#include <sys/types.h>

#include <array>

#include "qflow/error/error.h"

namespace qflow {

// The signals that this process handles or ignores at this moment.
struct ChangedSignals {
  int count = 0;
  std::array<int, 64> numbers{};
};
ChangedSignals changed_signals();

// What the child needs, all of it made before it exists: it shares this process's memory until it executes its
// program, so it may neither allocate nor lock.
struct ChildPlan {
  const char* program = nullptr;
  char* const* arguments = nullptr;
  char* const* environment = nullptr;
  const char* folder = nullptr;       // null: stay
  int descriptors[3] = {-1, -1, -1};  // what becomes 0, 1, 2; -1: /dev/null
  bool new_session = false;           // else a new process group
  bool dies_with_parent = false;
  int journal = -1;              // a file opened for appending, or -1
  char* journal_line = nullptr;  // as journal_line() makes it; the child fills it in
  std::size_t journal_line_size = 0;
  pid_t parent = 0;                         // this process
  const ChangedSignals* signals = nullptr;  // what the child sets back
};

// The steps of a child that can go wrong.
enum class ChildStep { kNone, kProcess, kDescriptors, kFolder, kProgram };

// A child, or the step that failed and its errno value; then no process is left.
struct ChildStart {
  pid_t process = -1;
  int pidfd = -1;
  ChildStep failed_step = ChildStep::kNone;
  int error = 0;
};

// Starts the child by clone(2) with CLONE_VM and CLONE_VFORK, as glibc's posix_spawn does and for its reason: nothing
// is copied however large this process is. It is done here because the child has steps of its own to take between
// clone and exec, for which posix_spawn has no place.
ChildStart start_child(const ChildPlan& plan);

}  // namespace qflow
