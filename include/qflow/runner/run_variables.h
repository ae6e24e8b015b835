#pragma once

#include <string_view>

namespace qflow {

// Whether an environment variable describes one run (QFLOW_RUN, QFLOW_PARAM_window, …). What starts another run must
// not hand them on: a process that names a run is a part of it, and is ended with it.
bool is_run_variable(std::string_view name);

}  // namespace qflow
