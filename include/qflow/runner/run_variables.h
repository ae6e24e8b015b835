#pragma once

#include <set>
#include <string>
#include <string_view>

#include "qflow/os/environment.h"

namespace qflow {

// Whether an environment variable describes one run (QFLOW_RUN, QFLOW_PARAM_window, …). What starts another run must
// not hand them on: a process that names a run is a part of it, and is ended with it.
bool is_run_variable(std::string_view name);

// A step's environment names the secrets that the step was given, "DB_PASSWORD,API_TOKEN": a qflow that is called in it
// keeps them from what it starts.
inline constexpr std::string_view kGivenSecrets = "QFLOW_SECRETS";
std::set<std::string> given_secrets(const Environment& environment);

}  // namespace qflow
