#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "qflow/model/json.h"
#include "qflow/model/names.h"
#include "qflow/model/trigger_record.h"
#include "qflow/time/instant.h"

namespace qflow {

enum class RunStatus { kQueued, kRunning, kSucceeded, kFailed, kCancelled, kCrashed };
enum class RunOrigin { kLocal, kDeployed };

std::string_view to_text(RunStatus status);
std::string_view to_text(RunOrigin origin);
std::optional<RunStatus> parse_run_status(std::string_view text);
std::optional<RunOrigin> parse_run_origin(std::string_view text);
bool has_ended(RunStatus status);

// With the run that did, the reason why when_busy = "replace" cancelled a run.
inline constexpr std::string_view kReplacedBy = "replaced by ";

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
  int depth = 1;                           // of the chain of triggers, and calls, that led to it
  std::string correlation;                 // the value that its events agree on (canonical JSON), or ""
  std::optional<std::int64_t> deployment;  // key of the deployment that queued it
  int crashes = 0;                         // how often its executing process was killed and it went on
  std::optional<Instant> removed_at;       // when gc gave up its results; the run itself stays
  std::optional<RunId> resumes;            // the run whose results it began with
  std::optional<RunId> caller;  // whose step or hook executes it, and waits for it; of a local or resumed run
};

// A deployed run that is queued or running.
struct ActiveRun {
  RunId run;
  RunStatus status = RunStatus::kQueued;
  std::optional<TriggerId> trigger = {};
  std::string correlation = {};
  bool has_begun = false;    // also one that waits to go on after a crash
  bool is_outdated = false;  // of an earlier version of the flow than the one that is deployed now
};

}  // namespace qflow
