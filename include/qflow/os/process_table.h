#pragma once

#include <sys/types.h>

#include <chrono>
#include <string>
#include <vector>

namespace qflow {

// A process that runs now.
struct ProcessInfo {
  pid_t id = 0;
  pid_t parent = 0;
  pid_t group = 0;
  std::chrono::microseconds started{0};  // since the system's start, as exact as the system tells (10 ms)
};

// What runs on this machine, as far as this user may see and end it.
class ProcessTable {
 public:
  virtual ~ProcessTable() = default;
  // This user's processes (root: everybody's), without those that have ended and wait to be collected.
  virtual std::vector<ProcessInfo> processes() = 0;
  // The environment that the process's program was started with: "NAME=value" entries, each followed by a NUL byte; ""
  // when it can't be read, the process has ended, or the kernel is still about to start the program.
  virtual std::string environment(pid_t process) = 0;
  // Sends to that very process: one that has its number by now gets nothing.
  virtual void signal(const ProcessInfo& process, int signal) = 0;
  // This process.
  virtual ProcessInfo self() = 0;
  // Another text after each start of the system: process ids of an earlier one mean nothing.
  virtual std::string boot_id() = 0;
};

// From /proc (proc(5)).
class PosixProcessTable final : public ProcessTable {
 public:
  std::vector<ProcessInfo> processes() override;
  std::string environment(pid_t process) override;
  void signal(const ProcessInfo& process, int signal) override;
  ProcessInfo self() override;
  std::string boot_id() override;
};

}  // namespace qflow
