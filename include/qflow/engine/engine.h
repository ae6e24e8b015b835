#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "qflow/engine/arrival.h"
#include "qflow/engine/busy_policy.h"
#include "qflow/engine/deployed_flow.h"
#include "qflow/engine/event_judgement.h"
#include "qflow/model/event.h"
#include "qflow/model/event_outcome.h"
#include "qflow/model/run.h"

namespace qflow {

// A run that the engine wants: queued, of origin `deployed`.
struct RunRequest {
  const DeployedFlow* flow = nullptr;
  TriggerRecord trigger;
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
                                          const std::string& correlation) = 0;
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

// Decides what events start. Everything that it needs to know is in its arguments and the state.
class Engine {
 public:
  // Runs deeper than `max_chain` are not made.
  Engine(EngineState& state, const ArtifactReader& artifacts, int max_chain);
  ~Engine();

  // The event has just been recorded (at event.recorded_at); `judgements` are those of all listeners. Each of them gets
  // its one outcome, others that change get theirs, runs are queued.
  Status take(const RecordedEvent& event, const std::vector<Judgement>& judgements);

  // The same for events of one transaction, which must end with end_batch(): queued runs get all that joins them only
  // then, so that the cost of it grows with the number of events, not with its square. What is deployed outlives it.
  Status take_of_batch(const RecordedEvent& event, const std::vector<Judgement>& judgements);
  Status end_batch();

  // A debounce is over at `now` or before.
  Status end_debounce(const DeployedFlow& flow, const Trigger& joining, const std::string& correlation, Instant now);

  // `qflow trigger`: the activation is an event, recorded already, that counts as meeting `trigger`; null: the flow
  // itself. Passes over debounce. `parameters` (-p, of the parameters' types) win over mapped ones, `context` over the
  // events'. The run that was queued; none when a leg only left a token. kBusy: under `skip`; kRefused: the chain is
  // too long; kInvalid: a required parameter is not set, or the activation's own value of one does not fit.
  struct Activation {
    const DeployedFlow* flow = nullptr;
    const Trigger* trigger = nullptr;
    std::string correlation = {};
    Json parameters = Json::object();
    std::optional<std::string> context = {};
  };
  Result<std::optional<RunId>> activate(const Activation& activation, const RecordedEvent& event);

 private:
  struct FiringAttempt;
  Status take_one(const RecordedEvent& event, const Judgement& judgement);
  Status let_arrive(FiringAttempt attempt, const Trigger& heard, WaitingEvent event);
  Status fire_due(const DeployedFlow& flow, const Trigger& joining, const std::string& correlation, TriggerState& state,
                  Instant now);
  Status release_hold(const DeployedFlow& flow, const Trigger& joining, const std::string& correlation,
                      TriggerState& state, Instant at);
  Status note_waiting(const DeployedFlow& flow, const Trigger& heard, const TriggerState& state, std::int64_t event);
  Status note_held(const DeployedFlow& flow, const std::vector<WaitingEvent>& held);
  Status note_dropped(const DeployedFlow& flow, const Trigger& joining, const std::vector<DroppedEvent>& dropped);
  Status note_all(const FiringAttempt& attempt, const EventOutcome& outcome);
  Status check_fit(const Activation& activation, const Event& event) const;
  Result<std::vector<WaitingEvent>> activated_events(const Activation& activation, const RecordedEvent& event);

  // The stages of a firing, in their order.
  Result<std::optional<RunId>> fire(FiringAttempt attempt);
  Status load_events(FiringAttempt& attempt);
  Status evaluate(FiringAttempt& attempt);
  Status list_activation(FiringAttempt& attempt);
  Result<std::optional<RunId>> wait_again(const FiringAttempt& attempt);
  Status look_at_causes(FiringAttempt& attempt);
  Result<std::string> chain_text(const FiringAttempt& attempt);
  Result<std::optional<RunId>> start_or_join(FiringAttempt& attempt);
  Result<std::optional<RunId>> queue(FiringAttempt& attempt, const BusyDecision& decision);
  Result<std::optional<RunId>> join(FiringAttempt attempt, const RunId& run);
  Status extend(FiringAttempt& attempt, const RunId& run);

  EngineState& state_;
  const ArtifactReader& artifacts_;
  int max_chain_;
  std::map<RunId, std::unique_ptr<FiringAttempt>> joining_;  // each all of a batch that joins the run
};

}  // namespace qflow
