#pragma once

#include <sys/eventfd.h>
#include <unistd.h>

#include <functional>
#include <map>
#include <utility>
#include <vector>

#include "qflow/os/process_launcher.h"

namespace qflow {

// Starts nothing: records what should have been started and which signals were sent, and lets the test say how each
// process ends. Process ids count up from 1001. For one thread.
class FakeProcessLauncher : public ProcessLauncher {
 public:
  struct Started {
    pid_t id;
    ProcessSpec spec;
  };
  struct Signal {
    pid_t group;
    int signal;
    friend bool operator==(const Signal&, const Signal&) = default;
  };

  std::vector<Started> started;
  std::vector<Signal> signals;

  // Called in place of each program, as soon as it is started; may write to the spec's descriptors and call `end`.
  std::function<void(const Started&)> on_start;
  // Called for each signal; a world where SIGTERM works calls `end` here.
  std::function<void(const Signal&)> on_signal;

  // The next start fails with this.
  void fail_next(Error error) { next_error_ = std::move(error); }

  void end(pid_t id, ProcessExit exit) {
    Process& process = processes_[id];
    process.exit = exit;
    process.ended = true;
    const std::uint64_t one = 1;
    (void)!write(process.ended_event.descriptor(), &one, sizeof one);
  }
  void end_with_status(pid_t id, int status) { end(id, ProcessExit{status, std::nullopt}); }
  void end_with_signal(pid_t id, int signal) { end(id, ProcessExit{std::nullopt, signal}); }
  // Members of the group that outlive its first process.
  void set_stragglers(pid_t group, bool alive) { processes_[group].stragglers = alive; }

  Result<ChildProcess> start(const ProcessSpec& spec) override {
    if (next_error_) return tl::make_unexpected(*std::exchange(next_error_, std::nullopt));
    pid_t id = next_id_++;
    Process& process = processes_[id];
    process.ended_event = FileHandle(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    ChildProcess child{id, FileHandle(dup(process.ended_event.descriptor()))};
    started.push_back({id, spec});
    if (on_start) on_start(Started{id, spec});
    return child;
  }
  Result<ProcessExit> collect(ChildProcess& child) override {
    Process& process = processes_[child.id];
    if (!process.ended) return fail(ErrorKind::kFailed, "the process has not ended");
    return process.exit;
  }
  void signal_group(pid_t group, int signal) override {
    signals.push_back({group, signal});
    if (on_signal) on_signal({group, signal});
  }
  bool group_alive(pid_t group) override {
    auto found = processes_.find(group);
    return found != processes_.end() && (!found->second.ended || found->second.stragglers);
  }

 private:
  struct Process {
    FileHandle ended_event;
    ProcessExit exit;
    bool ended = false;
    bool stragglers = false;
  };

  std::map<pid_t, Process> processes_;
  std::optional<Error> next_error_;
  pid_t next_id_ = 1001;
};

}  // namespace qflow
