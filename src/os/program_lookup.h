#pragma once

#include <string>

#include "qflow/os/process_launcher.h"

namespace qflow {

// The path to execute for `spec.program`, as the child will see it from its working directory. Without a slash the
// first executable regular file in PATH (of the spec's environment; "/bin:/usr/bin" when it has none) counts, as in
// execvp(3). kNotFound when there is none, kFailed when what there is may not be executed. `found` is what earlier
// searches found; a place that still holds an executable file is taken again.
Result<std::string> find_program(const ProcessSpec& spec, FoundPrograms& found);

}  // namespace qflow
