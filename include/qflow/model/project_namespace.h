#pragma once

#include <string>
#include <string_view>

#include "qflow/model/flow_definition.h"

namespace qflow {

// Where the runs and events of a project belong: "foo.prod.bar" and "foo.prod" (production), "foo.test.baaz" (a
// branch), "foo.user.alice" (neither). `user` is the name for the last form. Characters outside [A-Za-z0-9_.-] are
// removed.
std::string project_namespace(const Project& project, std::string_view user);

}  // namespace qflow
