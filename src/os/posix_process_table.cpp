#include <dirent.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "os/system_text.h"
#include "qflow/os/decimal.h"
#include "qflow/os/file_system.h"
#include "qflow/os/process_table.h"

namespace qflow {
namespace {

// /proc/PID/stat (proc(5)): "id (name) state parent group …", the start in clock ticks as the 22nd field. The name may
// hold anything, parentheses too, so what counts comes after the last one.
std::optional<ProcessInfo> read_process(pid_t id) {
  const std::string text = system_text(fmt::format("/proc/{}/stat", id));
  const std::size_t name_end = text.rfind(") ");
  if (name_end == std::string::npos) return std::nullopt;
  const std::vector<std::string_view> words = words_of(std::string_view(text).substr(name_end + 2));
  constexpr std::size_t kState = 0, kParent = 1, kGroup = 2, kStart = 19;
  if (words.size() <= kStart || words[kState] == "Z" || words[kState] == "X") return std::nullopt;
  const auto parent = parse_decimal<pid_t>(words[kParent]), group = parse_decimal<pid_t>(words[kGroup]);
  const auto start = parse_decimal<std::int64_t>(words[kStart]);
  if (!parent || !group || !start) return std::nullopt;
  static const std::int64_t ticks = sysconf(_SC_CLK_TCK);
  return ProcessInfo{id, *parent, *group, std::chrono::microseconds(*start * (1'000'000 / ticks))};
}

bool is_ours(pid_t id) {
  struct stat status {};
  if (stat(fmt::format("/proc/{}", id).c_str(), &status) != 0) return false;
  return geteuid() == 0 || status.st_uid == geteuid();
}

}  // namespace

std::vector<ProcessInfo> PosixProcessTable::processes() {
  std::vector<ProcessInfo> processes;
  const std::unique_ptr<DIR, int (*)(DIR*)> folder(opendir("/proc"), closedir);
  if (!folder) return processes;
  while (const dirent* entry = readdir(folder.get())) {
    const auto id = parse_decimal<pid_t>(entry->d_name);
    if (!id || !is_ours(*id)) continue;
    if (const auto process = read_process(*id)) processes.push_back(*process);
  }
  return processes;
}

std::string PosixProcessTable::environment(pid_t process) {
  return system_text(fmt::format("/proc/{}/environ", process));
}

// A pidfd stays with its process, so that nothing happens between the question who it is and the signal.
void PosixProcessTable::signal(const ProcessInfo& process, int signal) {
  const FileHandle handle(static_cast<int>(syscall(SYS_pidfd_open, process.id, 0)));
  if (!handle) return;
  const auto now = read_process(process.id);
  if (now && now->started == process.started) {
    syscall(SYS_pidfd_send_signal, handle.descriptor(), signal, nullptr, 0);
  }
}

ProcessInfo PosixProcessTable::self() {
  return read_process(getpid()).value_or(ProcessInfo{getpid(), getppid(), getpgrp(), {}});
}

std::string PosixProcessTable::boot_id() {
  std::string id = system_text("/proc/sys/kernel/random/boot_id");
  while (!id.empty() && id.back() == '\n') id.pop_back();
  return id;
}

}  // namespace qflow
