#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "qflow/os/process_table.h"

namespace qflow {

// A world of processes that the test makes up: records which signals were sent to whom. This process is number 100,
// the child of number 1.
class FakeProcessTable final : public ProcessTable {
 public:
  using Signal = std::pair<pid_t, int>;

  std::vector<Signal> signals;
  std::string boot = "this-boot";

  // Called at each look at the processes: time passes.
  std::function<void()> on_look;
  // Called for each signal; a world where it works calls `remove` here.
  std::function<void(const Signal&)> on_signal;

  FakeProcessTable() {
    add({1, 0, 1, {}});
    add({100, 1, 100, {}});
  }
  void add(const ProcessInfo& process, std::string environment = "") {
    processes_[process.id] = process;
    environments_[process.id] = std::move(environment);
  }
  void remove(pid_t id) { processes_.erase(id); }

  std::vector<ProcessInfo> processes() override {
    if (on_look) on_look();
    std::vector<ProcessInfo> all;
    for (const auto& [id, process] : processes_) all.push_back(process);
    return all;
  }
  std::string environment(pid_t process) override {
    return processes_.contains(process) ? environments_[process] : std::string();
  }
  void signal(const ProcessInfo& process, int signal) override {
    signals.emplace_back(process.id, signal);
    if (on_signal) on_signal(signals.back());
  }
  ProcessInfo self() override { return processes_.at(100); }
  std::string boot_id() override { return boot; }

 private:
  std::map<pid_t, ProcessInfo> processes_;
  std::map<pid_t, std::string> environments_;
};

}  // namespace qflow
