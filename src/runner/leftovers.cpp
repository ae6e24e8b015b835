#include "qflow/runner/leftovers.h"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <map>
#include <set>
#include <string_view>
#include <thread>

#include "qflow/runner/run_journal.h"

namespace qflow {

namespace {

constexpr std::chrono::seconds kPatience{1};  // from SIGTERM to SIGKILL
constexpr std::chrono::seconds kGiveUp{10};
constexpr std::chrono::milliseconds kPause{5};

// Between a process's start, which the system rounds to 10 ms, and its line in the journal.
constexpr std::chrono::seconds kLongestStart{1};

RunJournal journal_of(const RunId& run, const StoreLayout& layout, FileSystem& files) {
  return parse_run_journal(read_file(files, layout.run_lock(run)).value_or(""));
}

// `journaled` are tasks or hooks.
template <class Journaled>
Remains remains_among(const std::vector<Journaled>& journaled, const RunId& run, const StoreLayout& layout,
                      FileSystem& files, ProcessTable& processes) {
  Remains remains;
  const auto origin = journal_origin(layout.run_lock(run), files, processes);
  for (const Journaled& one : journaled) {
    if (origin && one.origin == *origin) remains.leaders.push_back(one.process);
  }
  remains.entries = {"QFLOW_RUN=" + run.text(), "QFLOW_STORE=" + layout.root().string()};
  return remains;
}

bool has_entry(std::string_view environment, std::string_view entry) {
  for (std::size_t at = environment.find(entry); at != std::string_view::npos; at = environment.find(entry, at + 1)) {
    const bool begins = at == 0 || environment[at - 1] == '\0';
    const std::size_t end = at + entry.size();
    if (begins && (end == environment.size() || environment[end] == '\0')) return true;
  }
  return false;
}

class LeftoverSearch {
 public:
  LeftoverSearch(const Remains& remains, ProcessTable& processes) : entries_(remains.entries), processes_(processes) {
    for (const JournaledProcess& leader : remains.leaders) groups_[leader.id] = leader.at;
  }

  std::vector<ProcessInfo> find() {
    std::map<pid_t, ProcessInfo> all;
    for (const ProcessInfo& process : processes_.processes()) all[process.id] = process;
    const std::set<pid_t> spared = own_line(all);
    std::vector<ProcessInfo> found;
    for (const auto& [id, process] : all) {
      if (!spared.contains(id) && (is_in_group(process, all) || is_marked(id))) found.push_back(process);
    }
    return found;
  }

 private:
  std::set<pid_t> own_line(const std::map<pid_t, ProcessInfo>& all) const {
    std::set<pid_t> line;
    pid_t id = processes_.self().id;
    for (auto found = all.find(id); line.insert(id).second && found != all.end(); found = all.find(id)) {
      id = found->second.parent;
    }
    return line;
  }

  // As long as a group has members its number is not given to a new process: a leader that started at another time
  // leads another group, one that is gone has left its own.
  bool is_in_group(const ProcessInfo& process, const std::map<pid_t, ProcessInfo>& all) const {
    const auto group = groups_.find(process.group);
    if (group == groups_.end()) return false;
    const auto leader = all.find(process.group);
    const ProcessInfo& oldest = leader == all.end() ? process : leader->second;
    if (leader == all.end()) return oldest.started + kLongestStart >= group->second;
    return oldest.started + kLongestStart >= group->second && oldest.started <= group->second + kLongestStart;
  }

  bool is_marked(pid_t id) const {
    if (entries_.empty()) return false;
    const std::string environment = processes_.environment(id);
    return std::all_of(entries_.begin(), entries_.end(), [&](const auto& one) { return has_entry(environment, one); });
  }

  const std::vector<std::string>& entries_;
  ProcessTable& processes_;
  std::map<pid_t, std::chrono::microseconds> groups_;  // → when it was started
};

}  // namespace

Remains remains_of(const RunId& run, const StoreLayout& layout, FileSystem& files, ProcessTable& processes) {
  return remains_among(journal_of(run, layout, files).tasks, run, layout, files, processes);
}

Remains remains_of_hooks(const RunId& run, RunStatus status, const StoreLayout& layout, FileSystem& files,
                         ProcessTable& processes) {
  Remains remains = remains_among(journal_of(run, layout, files).hooks, run, layout, files, processes);
  remains.entries.push_back("QFLOW_STATUS=" + std::string(to_text(status)));
  return remains;
}

bool end_leftovers(const Remains& remains, ProcessTable& processes, Clock& clock) {
  LeftoverSearch search(remains, processes);
  const auto began = clock.monotonic();
  std::set<pid_t> asked;
  // A process may start another one between a look and the signal, so that one empty look proves little.
  for (int empty_looks = 0; empty_looks < 2;) {
    const std::vector<ProcessInfo> found = search.find();
    empty_looks = found.empty() ? empty_looks + 1 : 0;
    const auto waited = clock.monotonic() - began;
    if (waited > kGiveUp) return found.empty();
    for (const ProcessInfo& process : found) {
      if (waited >= kPatience) processes.signal(process, SIGKILL);
      if (waited < kPatience && asked.insert(process.id).second) processes.signal(process, SIGTERM);
    }
    if (!found.empty()) std::this_thread::sleep_for(kPause);
  }
  return true;
}

std::vector<Attempt> journaled_attempts(const RunId& run, const StoreLayout& layout, FileSystem& files) {
  std::vector<Attempt> attempts;
  for (const JournaledTask& task : journal_of(run, layout, files).tasks) {
    Attempt attempt;
    attempt.step = task.step;
    attempt.index = task.index;
    attempt.number = task.attempt;
    attempts.push_back(std::move(attempt));
  }
  return attempts;
}

}  // namespace qflow
