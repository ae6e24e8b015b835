#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "qflow/model/flow_definition.h"

namespace qflow {

// What the namespace options of a command line say instead of the file.
struct NamespaceOverride {
  std::optional<std::string> project;
  std::optional<std::string> branch;
  bool no_branch = false;
  std::optional<bool> production;

  bool empty() const { return !project && !branch && !no_branch && !production; }
};

// The project with what the options change. kUsage: a branch without a project; kInvalid: a project name that breaks
// the rule.
Result<std::optional<Project>> override_project(std::optional<Project> declared, const NamespaceOverride& changes);

// Where the runs and events of a project belong: "foo.prod.bar" and "foo.prod" (production), "foo.test.baaz" (a
// branch), "foo.user.alice" (neither). `user` is the name for the last form. Characters outside [A-Za-z0-9_.-] are
// removed.
std::string project_namespace(const Project& project, std::string_view user);

}  // namespace qflow
