#pragma once

#include "qflow/cli/context.h"
#include "qflow/model/run.h"
#include "qflow/store/store.h"

namespace qflow {

// One run for people, on stdout: status and times, parameters, trigger, steps, artifacts.
Status print_run_report(Context& context, Store& store, const Run& run);

// The steps of the run as a tree with their statuses.
Status print_run_graph(Context& context, Store& store, const Run& run);

// One event for people, on stdout, with the runs that it triggered.
Status print_event_report(Context& context, Store& store, const Event& event);

// "12.5 MiB".
std::string size_text(std::uint64_t bytes);

// "3 min ago" on a terminal, RFC 3339 elsewhere.
std::string time_for(const Context& context, Instant instant);

}  // namespace qflow
