#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "qflow/error/error.h"
#include "qflow/os/file_system.h"

namespace qflow {

// How a process ended: by exit, or by a signal.
struct ProcessExit {
  std::optional<int> exit_status;
  std::optional<int> signal;
};

// What to start. `program` is looked up in PATH of `environment` unless it contains a slash. The child is the leader
// of a new process group, has default signal handling, `input` (-1: /dev/null), `output` and `error_output` as its
// descriptors 0 to 2, and none of the parent's others.
struct ProcessSpec {
  std::string program;
  std::vector<std::string> arguments;    // with argv[0]
  std::vector<std::string> environment;  // "NAME=value"
  std::string folder;                    // working directory; "" for the parent's
  int input = -1;
  int output = -1;
  int error_output = -1;
};

// A running child. `exited` is a descriptor (pidfd) that polls readable once the process has ended.
struct ChildProcess {
  pid_t id = 0;  // also its group's
  FileHandle exited;
};

// Starts programs and signals them. Starting never copies this process's memory (vfork semantics).
class ProcessLauncher {
 public:
  virtual ~ProcessLauncher() = default;
  // kNotFound when the program or folder does not exist, kInvalid when arguments or environment are too long (E2BIG;
  // the message names the largest environment variable), kFailed otherwise.
  virtual Result<ChildProcess> start(const ProcessSpec& spec) = 0;
  // How the child ended; only after `exited` is readable.
  virtual Result<ProcessExit> collect(ChildProcess& child) = 0;
  // Sends to the whole group of the child; a group that is gone is no error.
  virtual void signal_group(pid_t group, int signal) = 0;
  // Whether any process of the group is left.
  virtual bool group_alive(pid_t group) = 0;
};

class PosixProcessLauncher final : public ProcessLauncher {
 public:
  Result<ChildProcess> start(const ProcessSpec& spec) override;
  Result<ProcessExit> collect(ChildProcess& child) override;
  void signal_group(pid_t group, int signal) override;
  bool group_alive(pid_t group) override;
};

}  // namespace qflow
