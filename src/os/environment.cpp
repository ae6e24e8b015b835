#include "qflow/os/environment.h"

#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <vector>

namespace qflow {

Environment process_environment() {
  Environment environment;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    // POSIX: of a name that occurs twice, getenv gives the first.
    if (char* equals = std::strchr(*entry, '=')) environment.emplace(std::string(*entry, equals), equals + 1);
  }
  return environment;
}

std::optional<std::string> find_variable(const Environment& environment, std::string_view name) {
  auto found = environment.find(name);
  if (found == environment.end() || found->second.empty()) return std::nullopt;
  return found->second;
}

// There is no way to read it but to set it.
int process_umask() {
  const mode_t mask = umask(077);
  umask(mask);
  return static_cast<int>(mask);
}

void set_process_umask(int mask) {
  umask(static_cast<mode_t>(mask));
}

std::string login_name() {
  passwd entry{};
  passwd* found = nullptr;
  std::vector<char> buffer(1024);
  while (getpwuid_r(geteuid(), &entry, buffer.data(), buffer.size(), &found) == ERANGE) {
    buffer.resize(buffer.size() * 2);
  }
  return found == nullptr ? std::to_string(geteuid()) : std::string(entry.pw_name);
}

std::string user_name(const Environment& environment) {
  return find_variable(environment, "QFLOW_USER").value_or(login_name());
}

}  // namespace qflow
