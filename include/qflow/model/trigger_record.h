#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "qflow/model/event.h"
#include "qflow/model/names.h"

namespace qflow {

// How a trigger was declared; the names of the seeds' MetaflowTrigger.type.
enum class TriggerKind { kRun, kManyRuns, kOneOfRuns, kEvent, kManyEvents, kOneOfEvents, kMixed };
std::string_view to_text(TriggerKind kind);
std::optional<TriggerKind> parse_trigger_kind(std::string_view text);

// One thing that triggered a run: an event, and the run whose end it is, if it is one.
struct TriggerSource {
  Event event;
  std::string short_name;  // what trigger["..."] takes: the event's short name, or the flow's id
  std::optional<RunId> run;
  std::optional<StepId> step;  // for a trigger on one step
  std::int64_t order = 0;      // the event's place in the ledger; 0: not known here
};

// Why a run exists, kept for ever. `sources` is in the order of the declaration, then of time (simulated: of the
// command line).
struct TriggerRecord {
  TriggerKind kind = TriggerKind::kEvent;
  std::optional<TriggerId> trigger_id;
  std::size_t declared_sources = 1;  // `event` and `run` are null when several are declared and taken
  std::vector<TriggerSource> sources;
  std::vector<std::string> declared_names;  // every name that trigger["..."] knows, taken or not
};

}  // namespace qflow
