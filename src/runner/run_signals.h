#pragma once

#include <optional>
#include <string>

#include "qflow/runner/runner.h"

namespace qflow {

// Why the signal asks the run to end; nothing when it was meant for another run, which this process executed before:
// the ledger knows.
std::optional<std::string> stop_reason(int signal, const RunId& run, Store& store);

// A run that would have succeeded is cancelled.
void note_signal(RunOutcome& outcome, int signal, std::string reason);

}  // namespace qflow
