#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "qflow/engine/engine.h"

namespace qflow {

// A ledger in memory: everything that the engine reads and changes, in maps and vectors. It starts and ends runs as
// dispatch would, executes nothing, and knows no transactions.
class MemoryState final : public EngineState {
 public:
  // Of an event and a trigger, of the deployment with the key.
  struct Pair {
    std::int64_t event = 0;
    std::int64_t flow = 0;
    TriggerId trigger;
    friend auto operator<=>(const Pair&, const Pair&) = default;
  };
  struct OutcomeChange {
    Pair pair;
    EventOutcome outcome;
  };
  // A join state, of the deployment with the key.
  struct StateKey {
    std::int64_t flow = 0;
    TriggerId joining;
    std::string correlation;
    friend auto operator<=>(const StateKey&, const StateKey&) = default;
  };
  struct MemoryRun {
    Run run;
    std::int64_t flow = 0;
    std::string correlation;
    std::vector<RecordedEvent> events;
    bool asked_to_end = false;
  };

  explicit MemoryState(ArtifactReader artifacts) : artifacts_(std::move(artifacts)) {}

  // Takes the place of the deployment with this key, and touches nothing else. What waits stays.
  void put_flow(std::shared_ptr<const DeployedFlow> flow);
  const std::vector<std::shared_ptr<const DeployedFlow>>& flows() const { return flows_; }

  // Gives the event the next place, counted from 1, and an id if it has none.
  RecordedEvent record(Event event);
  // The place of a recorded event.
  std::int64_t order_of(const std::string& id) const { return orders_.at(id); }
  // A run of another flow that events may be caused by.
  void add_run(Run run);

  // What waits in a state that goes away ends as expired with the reason.
  Status drop_state(const StateKey& key, const std::string& reason);
  // The open debounces that are due at `until` or before, the earliest first; of one instant in the order of the
  // states' keys.
  std::vector<StateKey> due_debounces(Instant until) const;

  // Queued runs start in the order in which they were made, as far as policy and max_parallel let them.
  void start_runs(Instant now);
  // The run is over; its end event, not yet judged.
  RecordedEvent end_run(const RunId& run, RunStatus status, const std::string& reason, Instant now);

  const std::map<StateKey, TriggerState>& states() const { return states_; }
  const std::map<Pair, EventOutcome>& outcomes() const { return outcomes_; }
  // Every outcome in the order in which it was set.
  const std::vector<OutcomeChange>& history() const { return history_; }
  // The runs of deployed flows in the order in which they were made.
  const std::vector<MemoryRun>& runs() const { return runs_; }

  Result<TriggerState> load_state(const DeployedFlow& flow, const TriggerId& joining,
                                  const std::string& correlation) override;
  Status save_state(const DeployedFlow& flow, const TriggerId& joining, const std::string& correlation,
                    const TriggerState& state) override;
  Result<Event> load_event(std::int64_t order) override;
  Status set_outcome(std::int64_t event, const DeployedFlow& flow, const TriggerId& trigger,
                     const EventOutcome& outcome) override;
  Result<std::vector<ActiveRun>> active_runs(const DeployedFlow& flow,
                                             const std::optional<std::string>& context) override;
  Result<Run> load_run(const RunId& run) override;
  Result<std::vector<RecordedEvent>> events_of_run(const RunId& run) override;
  Result<RunId> queue_run(const RunRequest& request) override;
  Status extend_run(const RunId& run, const RunRequest& request) override;
  Result<std::optional<RecordedEvent>> cancel_run(const RunId& run, const std::string& reason, Instant now) override;
  Result<std::vector<Judgement>> judge(const Event& event) override;

 private:
  MemoryRun* find_run(const RunId& run);
  void fill(MemoryRun& made, const RunRequest& request);
  bool may_start(const MemoryRun& made) const;

  ArtifactReader artifacts_;
  std::vector<std::shared_ptr<const DeployedFlow>> flows_;
  std::vector<Event> events_;                   // the first has place 1
  std::map<std::string, std::int64_t> orders_;  // event id → place
  std::map<StateKey, TriggerState> states_;
  std::map<Pair, EventOutcome> outcomes_;
  std::vector<OutcomeChange> history_;
  std::vector<MemoryRun> runs_;
  std::map<RunId, Run> other_runs_;
  std::map<FlowId, std::int64_t> numbers_;  // the last of each flow
};

}  // namespace qflow
