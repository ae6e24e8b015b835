#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "qflow/model/event.h"
#include "qflow/model/json.h"
#include "qflow/model/names.h"
#include "qflow/time/instant.h"

namespace qflow {

enum class RunStatus { kQueued, kRunning, kSucceeded, kFailed, kCancelled, kCrashed };
enum class StepStatus { kPending, kRunning, kSucceeded, kFailed, kSkipped, kCancelled };
enum class RunOrigin { kLocal, kDeployed };

std::string_view to_text(RunStatus status);
std::string_view to_text(StepStatus status);
std::string_view to_text(RunOrigin origin);
std::optional<RunStatus> parse_run_status(std::string_view text);
std::optional<StepStatus> parse_step_status(std::string_view text);
std::optional<RunOrigin> parse_run_origin(std::string_view text);
bool has_ended(RunStatus status);

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

// One run of a flow.
struct Run {
  RunId id;
  RunStatus status = RunStatus::kQueued;
  std::string reason;
  RunOrigin origin = RunOrigin::kLocal;
  std::string name_space;  // project.branch, or ""
  std::optional<std::string> context;
  Json params = Json::object();
  std::vector<std::string> tags;
  Instant created_at;
  std::optional<Instant> started_at;
  std::optional<Instant> ended_at;
  std::optional<Instant> scheduled_at;
  std::optional<TriggerRecord> trigger;
  std::string definition_hash;  // of the flow file's text; the ledger keeps it
  std::string flow_file;        // absolute path when it was started
  std::string git_commit;       // of the flow's folder, or ""
  bool git_dirty = false;
  int depth = 1;                           // of the chain of triggers that led to it
  std::string correlation;                 // the value that its events agree on (canonical JSON), or ""
  std::optional<std::int64_t> deployment;  // key of the deployment that queued it
  int crashes = 0;                         // how often its executing process was killed and it went on
  std::optional<Instant> removed_at;       // when gc gave up its results; the run itself stays
  std::optional<RunId> resumes;            // the run whose results it began with
};

// A deployed run that is queued or running.
struct ActiveRun {
  RunId run;
  RunStatus status = RunStatus::kQueued;
  std::optional<TriggerId> trigger = {};
  std::string correlation = {};
  bool is_outdated = false;  // of an earlier version of the flow than the one that is deployed now
};

// One attempt of one task of a step.
struct Attempt {
  StepId step;
  std::optional<std::int64_t> index;  // of a foreach, from 0
  int number = 1;
  StepStatus status = StepStatus::kRunning;
  std::string reason;
  std::optional<int> exit_status;
  std::optional<int> signal;
  Instant started_at;
  std::optional<Instant> ended_at;
};

// One step of a run.
struct StepState {
  StepId step;
  StepStatus status = StepStatus::kPending;
  std::string reason;
  std::int64_t tasks = 1;
  std::int64_t attempts = 0;
  std::optional<Instant> started_at;
  std::optional<Instant> ended_at;
};

}  // namespace qflow
