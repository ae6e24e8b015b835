#include "fault/failing_call.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <mutex>
#include <string>

#include "fault/next_call.h"

namespace qflow::fault {
namespace {

constexpr std::size_t kLineSize = 512;

int open_file(const char* path, int flags) {
  static const auto real = next_call<int(const char*, int, ...)>("open");
  return real(path, flags | O_CLOEXEC);
}

std::string own_arguments() {
  static const auto real = next_call<ssize_t(int, void*, std::size_t)>("read");
  std::array<char, 4096> text;
  const int file = open_file("/proc/self/cmdline", O_RDONLY);
  const ssize_t size = real(file, text.data(), text.size());
  close(file);
  return std::string(text.data(), size < 0 ? 0 : static_cast<std::size_t>(size));
}

bool is_of_the_command() {
  const char* command = std::getenv("FAULT_COMMAND");
  return command == nullptr || own_arguments().find('\0' + std::string(command) + '\0') != std::string::npos;
}

long number_in(const char* variable) {
  const char* text = std::getenv(variable);
  return text == nullptr ? 0 : std::strtol(text, nullptr, 10);
}

struct Plan {
  int calls = -1;  // the file; -1: nothing is noted
  long failing_call = number_in("FAULT_CALL");
  int error = static_cast<int>(number_in("FAULT_ERROR"));

  Plan() {
    const char* file = std::getenv("FAULT_CALLS");
    if (file == nullptr || !is_of_the_command()) return;
    calls = open_file(file, O_WRONLY | O_APPEND);
    // What is called from here on, the compiler's runtime calls (coverage).
    std::atexit([] { plan().calls = -1; });
  }

  static Plan& plan() {
    static Plan only;
    return only;
  }
};

// Appending is atomic and tells the line's place, so the numbers hold among processes; threads share one place.
long note(int file, std::string_view call, std::string_view what) {
  static std::mutex turn;
  const std::lock_guard guard(turn);
  static const auto real = next_call<ssize_t(int, const void*, std::size_t)>("write");
  std::string line = std::string(call) + " " + std::string(what);
  line.resize(kLineSize - 1, ' ');
  line += '\n';
  if (real(file, line.data(), line.size()) != static_cast<ssize_t>(kLineSize)) std::abort();
  return static_cast<long>(lseek(file, 0, SEEK_CUR)) / static_cast<long>(kLineSize);
}

// "" where it has none.
std::string target_of(int descriptor) {
  std::array<char, kLineSize> target{};
  const std::string entry = "/proc/self/fd/" + std::to_string(descriptor);
  return readlink(entry.c_str(), target.data(), target.size() - 1) < 0 ? "" : target.data();
}

}  // namespace

bool fails(std::string_view call, const char* path) {
  const int before = errno;
  const Plan& plan = Plan::plan();
  // How many there are under /proc depends on what else the machine does.
  const bool is_noted = plan.calls >= 0 && !std::string_view(path).starts_with("/proc");
  const bool failing = is_noted && note(plan.calls, call, path) == plan.failing_call;
  errno = failing ? plan.error : before;
  return failing;
}

// Also through another descriptor of the same pipe.
bool fails(std::string_view call, int descriptor) {
  if (descriptor == STDERR_FILENO) return false;
  const std::string target = target_of(descriptor);
  const bool is_output = descriptor == STDOUT_FILENO || target.empty() || target == target_of(STDOUT_FILENO);
  if (is_output) return fails(call, "standard output");
  return target != target_of(STDERR_FILENO) && fails(call, target.c_str());
}

}  // namespace qflow::fault
