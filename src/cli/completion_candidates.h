#pragma once

#include <string>
#include <vector>

#include "qflow/cli/command.h"
#include "qflow/cli/context.h"
#include "qflow/error/error.h"

namespace qflow {

struct Candidate {
  std::string text;
  std::string help;
};

using Candidates = std::vector<Candidate>;

// What completes such a value on a line with the other words `words`: what the store and the flow on the line know;
// none for what the scripts complete themselves. The error of a store or a flow that can't be read.
Result<Candidates> find_candidates(Context& context, Completes asked, const std::vector<std::string>& words);

}  // namespace qflow
