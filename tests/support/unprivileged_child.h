#pragma once

#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <functional>

#include "qflow/os/file_system.h"

namespace qflow {

// What `body` returns in a process of its own; as a user who may not write everywhere, where that is possible. That
// user owns the folder and everything in it.
inline bool in_child_as_nobody(const Path& folder, const std::function<bool()>& body) {
  constexpr uid_t kNobody = 65534;
  if (getuid() == 0) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
      REQUIRE(lchown(entry.path().c_str(), kNobody, kNobody) == 0);
    }
    REQUIRE(chown(folder.c_str(), kNobody, kNobody) == 0);
  }
  pid_t child = fork();
  if (child == 0) {
    if (getuid() == 0 && (setgid(kNobody) != 0 || setuid(kNobody) != 0)) _exit(2);
    _exit(body() ? 0 : 1);
  }
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

}  // namespace qflow
