#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "qflow/runner/runner.h"
#include "runner/secret_mask.h"

namespace qflow {

// What every process of a run finds in its environment ("NAME=value"): what qflow itself was given, without the
// variables of another run and without secrets; the run's own variables and parameters, of which the longest are left
// out where all take more than 1 MiB.
std::vector<std::string> run_environment(const RunPlan& plan, const StoreLayout& layout);

void add_variable(std::vector<std::string>& environment, std::string_view name, std::string_view value);

// The same where the name may be there already.
void set_variable(std::vector<std::string>& environment, std::string_view name, std::string_view value);

// A JSON value as plain text. Null is left out, and so is what a variable can't hold: NUL bytes, and more than 65,536
// bytes (Linux refuses 128 KiB); the file that QFLOW_PARAMS names has all.
void add_value(std::vector<std::string>& environment, std::string_view name, const Json& value);

// A shell's text goes on its command line up to this size (one argument may have 128 KiB), else through a file.
inline constexpr std::size_t kLongestInlineScript = 100'000;

// Hides all secrets of the run.
SecretMask run_mask(const RunPlan& plan);

}  // namespace qflow
