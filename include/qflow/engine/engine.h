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
#include "qflow/engine/engine_state.h"
#include "qflow/engine/event_judgement.h"
#include "qflow/model/event.h"
#include "qflow/model/event_outcome.h"
#include "qflow/model/run.h"

namespace qflow {

struct FiringAttempt;

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

  // Ends a run that is queued as cancelled, and its listeners take the end as by take_of_batch(); asks one that is
  // running to end. Whether it has ended.
  Result<bool> cancel(const RunId& run, const std::string& reason, Instant now);

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
  Result<std::optional<RunId>> deepest_cause(const RunId& run);
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
