#pragma once

#include <vector>

#include "cli/terminal.h"
#include "qflow/cli/context.h"
#include "qflow/model/json.h"
#include "qflow/store/trigger_ledger.h"

namespace qflow {

// {flow, namespace, trigger, outcome, run, by, reason}
Json json_of(const TriggerOutcome& outcome);

// A line for each: what fired, what waits for what, what was filtered and why.
void print_effects(Context& context, OutputStream& stream, const std::vector<TriggerOutcome>& effects);

Color color_of(Outcome outcome);

// "fired PredictionFlow/3", "superseded by 0198…: a newer one …".
std::string outcome_text(const EventOutcome& outcome);

}  // namespace qflow
