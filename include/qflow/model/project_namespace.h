#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "qflow/model/flow_definition.h"

namespace qflow {

// What the namespace options of a command line say instead of the file.
struct NamespaceOverride {
  std::optional<std::string> project;
  bool project_is_default = false;  // `project` counts only where the file names none
  std::optional<std::string> branch;
  bool no_branch = false;
  std::optional<bool> production;

  bool empty() const { return !project && !branch && !no_branch && !production; }
};

// The project with what the options change. kUsage: a branch without a project, a default for a project that has
// another name; kInvalid: a project name that breaks the rule, a branch of which no character stays in names.
Result<std::optional<Project>> override_project(std::optional<Project> declared, const NamespaceOverride& changes);

// Where the runs and events of a project belong: "foo.prod.bar" and "foo.prod" (production), "foo.test.baaz" (a
// branch), "foo.user.alice" (neither). `user` is the name for the last form. Characters outside [A-Za-z0-9_.-] are
// removed.
std::string project_namespace(const Project& project, std::string_view user);

// "the branch 'b/a' is used as 'ba': ..." when characters were removed for project_namespace(), else "". Of a branch
// that the flow file names there is a warning instead.
std::string namespace_note(const Project& project, std::string_view user);

// "foo.prod.bar.HelloFlow", or the bare id outside of projects (an empty namespace).
std::string qualified_name(std::string_view name_space, const FlowId& flow);

// The project alone, without branch and production; none of an empty namespace.
std::optional<Project> project_of(std::string_view name_space);

// What puts a flow into that namespace, whatever its file says. A user's namespace becomes that of who calls.
NamespaceOverride override_to(std::string_view name_space);

}  // namespace qflow
