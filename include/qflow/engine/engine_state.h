#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "qflow/engine/arrival.h"
#include "qflow/engine/deployed_flow.h"
#include "qflow/engine/event_judgement.h"
#include "qflow/model/event.h"
#include "qflow/model/event_outcome.h"
#include "qflow/model/run.h"

namespace qflow {

// A run that the engine wants: queued, of origin `deployed`.
struct RunRequest {
  const DeployedFlow* flow = nullptr;
  TriggerRecord trigger;  // its events without their payloads, which may be large and stand where `order` says
  std::string correlation = {};
  Json parameters = Json::object();  // all of the flow's, complete
  std::optional<std::string> context = {};
  std::optional<Instant> scheduled_at = {};
  Instant at;     // when it was decided
  int depth = 1;  // of the chain of runs
};

// The events of a run's trigger, in their order, from the place `first` on.
struct RunEvents {
  std::size_t first = 0;
  std::vector<RecordedEvent> events = {};
};

// What the engine reads and changes, all in one transaction: the ledger, or a simulation's memory. An error leaves
// nothing.
class EngineState {
 public:
  virtual ~EngineState() = default;

  virtual Result<TriggerState> load_state(const DeployedFlow& flow, const TriggerId& joining,
                                          const std::string& correlation, StatePart part) = 0;
  // Of the part that was loaded.
  virtual Status save_state(const DeployedFlow& flow, const TriggerId& joining, const std::string& correlation,
                            const TriggerState& state) = 0;
  virtual Result<Event> load_event(std::int64_t order) = 0;
  // Replaces an earlier outcome of the pair.
  virtual Status set_outcome(std::int64_t event, const DeployedFlow& flow, const TriggerId& trigger,
                             const EventOutcome& outcome) = 0;

  // In the order in which they were made; with a correlation value only those of it.
  virtual Result<std::vector<ActiveRun>> active_runs(const DeployedFlow& flow,
                                                     const std::optional<std::string>& context,
                                                     const std::optional<std::string>& correlation) = 0;
  // With trigger and depth, but without the sources of the trigger, of which there may be many.
  virtual Result<Run> load_run(const RunId& run) = 0;
  // Read backwards from the last one, to the first that `suffices` (it is among them); without such a one all.
  virtual Result<RunEvents> events_of_run(const RunId& run,
                                          const std::function<bool(const RecordedEvent&)>& suffices) = 0;
  virtual Result<RunId> queue_run(RunRequest request) = 0;
  // A queued run takes in a further firing: the request holds all of both, of the sources those from `first` on.
  virtual Status extend_run(const RunId& run, RunRequest request, std::size_t first) = 0;
  // A queued run ends as cancelled, and its end event is returned; a running one is asked to end.
  virtual Result<std::optional<RecordedEvent>> cancel_run(const RunId& run, const std::string& reason, Instant now) = 0;
  // What every deployed flow that listens to the event makes of it.
  virtual Result<std::vector<Judgement>> judge(const Event& event) = 0;
};

}  // namespace qflow
