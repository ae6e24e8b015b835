#pragma once

#include <sys/types.h>

#include <map>
#include <memory>
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
  // kDies: the system kills the child when the thread that started it ends. What the child starts itself stays.
  enum class WithParent { kStays, kDies };
  enum class Group { kNew, kNewSession };

  std::string program;
  std::vector<std::string> arguments;    // with argv[0]
  std::vector<std::string> environment;  // "NAME=value"
  std::string folder;                    // working directory; "" for the parent's
  int input = -1;
  int output = -1;
  int error_output = -1;
  WithParent with_parent = WithParent::kStays;
  Group group = Group::kNew;
  // A file, open for appending, in which the child notes itself before its program starts (process_journal.h).
  int journal = -1;
  std::string journal_note;
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
  // Whether any process of the group is left; only after its first process was collected.
  virtual bool group_alive(pid_t group) = 0;
};

// Where programs were found in one search path (PATH).
struct FoundPrograms {
  std::string search_path;
  std::map<std::string, std::string> files;  // program → file
};

struct ChangedSignals;

// For one thread: it remembers where programs were found. It makes this process the parent of what its children leave
// behind (PR_SET_CHILD_SUBREAPER): in a container, nobody else may collect those. Its children begin with every signal
// at its default; what this process handles or ignores is noted when the launcher is made.
class PosixProcessLauncher final : public ProcessLauncher {
 public:
  PosixProcessLauncher();
  Result<ChildProcess> start(const ProcessSpec& spec) override;
  Result<ProcessExit> collect(ChildProcess& child) override;
  void signal_group(pid_t group, int signal) override;
  bool group_alive(pid_t group) override;

 private:
  FoundPrograms found_;
  std::shared_ptr<const ChangedSignals> signals_;
};

}  // namespace qflow
