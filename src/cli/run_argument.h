#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "qflow/cli/command.h"
#include "qflow/cli/context.h"
#include "qflow/model/run.h"
#include "qflow/service/run_reference.h"
#include "qflow/store/store.h"

namespace qflow {

// The second word of "Flow latest", where one run is asked for.
inline constexpr PositionalSpec kLatestWord = {.name = "latest",
                                               .help = "behind a flow's name: its newest run",
                                               .count = PositionalSpec::Count::kOptional,
                                               .completes = Completes::kLatest};

// How many of the words at the start name a run: two for "Flow latest" and "Flow 34", else one.
std::size_t count_run_words(const std::vector<std::string>& words);

// One run as a whole, as parse_run_words() reads it; kUsage in the name of the command when a step or a task is named.
Result<RunReference> parse_whole_run(const std::vector<std::string>& words, std::string_view command);

// find_run() for who called this command: a step of a run has its namespace.
Result<Run> find_named_run(Context& context, Store& store, const RunReference& reference, LatestMeans latest);

}  // namespace qflow
