#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <memory_resource>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "qflow/engine/engine_state.h"

namespace qflow {

// A ledger in memory: everything that the engine reads and changes, in maps and vectors. It starts and ends runs as
// dispatch would, executes nothing, and knows no transactions. Of what it keeps, nothing is ever given up.
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
  // A run of a deployed flow. There may be a million of them, so it has no copies of what the events say.
  struct MemoryRun {
    RunId id;
    std::int64_t flow = 0;     // key of the deployment
    std::int64_t version = 0;  // of the deployed flow that decided it
    RunStatus status = RunStatus::kQueued;
    TriggerKind kind = TriggerKind::kEvent;
    std::optional<TriggerId> trigger;
    std::vector<const RecordedEvent*> events;  // of its trigger, in the order of its sources
    Json params = Json::object();
    std::optional<std::string> context;
    std::string correlation;
    int depth = 1;
    Instant created_at;
    std::optional<Instant> started_at;
    std::optional<Instant> ended_at;
    std::optional<Instant> scheduled_at;
    bool asked_to_end = false;
    std::string end_reason;  // why it was asked
  };

  explicit MemoryState(ArtifactReader artifacts) : artifacts_(std::move(artifacts)) {}

  // Takes the place of the deployment with this key, and touches nothing else. What waits stays.
  void put_flow(std::shared_ptr<const DeployedFlow> flow);
  const std::vector<std::shared_ptr<const DeployedFlow>>& flows() const { return flows_; }
  // The deployment with the key; null when there is none.
  std::shared_ptr<const DeployedFlow> find_flow(std::int64_t key) const;

  // Gives the event the next place, counted from 1, and an id if it has none.
  const RecordedEvent& record(Event event);
  // Whether a deployed flow listens to events of this name, or one of its former versions did.
  bool is_heard(const std::string& name) const { return listeners_.contains(name); }
  // A run that nothing here has started, but that events may be caused by. With number 0 it gets the next one of its
  // flow.
  RunId add_run(Run run);

  // The open debounces that are due at `until` or before, the earliest first; of one instant by deployment, then in the
  // order of the file, then by correlation value.
  std::vector<StateKey> due_debounces(Instant until) const;
  // When the next open debounce is due, and whose it is.
  std::optional<std::pair<Instant, StateKey>> next_debounce() const;

  // Queued runs start in the order in which they were made, as far as policy and max_parallel let them. Those that did.
  std::vector<RunId> start_runs(Instant now);
  // The run is over; what its end starts is for the caller to find out.
  void end_run(const RunId& run, RunStatus status, Instant now);
  // The running runs that were asked to end, in the order of the asking.
  const std::vector<RunId>& runs_to_cancel() const { return to_cancel_; }
  const std::string& end_reason(const RunId& run) const { return find_made(run)->end_reason; }
  // A run of a deployment here; null when there is none.
  const MemoryRun* find_made(const RunId& run) const;
  // Of the running ones of a deployment, the one that was made first.
  std::optional<RunId> oldest_running(std::int64_t flow) const;

  const std::map<StateKey, TriggerState>& states() const { return states_; }
  std::size_t events() const { return events_.size(); }
  const Event& event_at(std::int64_t order) const { return record_at(order).event; }
  // Every outcome in the order in which it was set; of a pair the last one counts.
  const std::pmr::deque<OutcomeChange>& history() const { return history_; }
  // The runs of deployed flows in the order in which they were made.
  const std::pmr::deque<MemoryRun>& runs() const { return runs_; }

  Result<TriggerState> load_state(const DeployedFlow& flow, const TriggerId& joining, const std::string& correlation,
                                  StatePart part) override;
  Status save_state(const DeployedFlow& flow, const TriggerId& joining, const std::string& correlation,
                    const TriggerState& state) override;
  Result<Event> load_event(std::int64_t order) override;
  Status set_outcome(std::int64_t event, const DeployedFlow& flow, const TriggerId& trigger,
                     const EventOutcome& outcome) override;
  Result<std::vector<ActiveRun>> active_runs(const DeployedFlow& flow, const std::optional<std::string>& context,
                                             const std::optional<std::string>& correlation) override;
  Result<Run> load_run(const RunId& run) override;
  Result<RunEvents> events_of_run(const RunId& run, const std::function<bool(const RecordedEvent&)>& suffices) override;
  Result<RunId> queue_run(RunRequest request) override;
  Status extend_run(const RunId& run, RunRequest request, std::size_t first) override;
  Result<std::optional<RecordedEvent>> cancel_run(const RunId& run, const std::string& reason, Instant now) override;
  Result<std::vector<Judgement>> judge(const Event& event) override;

 private:
  // What dispatch asks of the runs of one deployment that have not ended, in the order in which they were made.
  struct Activity {
    std::set<std::size_t> queued;
    std::deque<std::size_t> running;
    std::map<std::optional<std::string>, int> busy_contexts;
  };

  const RecordedEvent& record_at(std::int64_t order) const { return events_[static_cast<std::size_t>(order - 1)]; }
  std::optional<std::size_t> place_of(const RunId& run) const;
  MemoryRun* find_run(const RunId& run);
  void fill(MemoryRun& made, RunRequest request, std::size_t first);
  Run described(const MemoryRun& made) const;
  void start_runs(const DeployedFlow& flow, Activity& activity, Instant now, std::vector<RunId>& started);
  void index_names(std::size_t place);
  void end_activity(std::size_t place);
  // When an open debounce is due, and whose it is.
  struct Hold {
    Instant due;
    std::int64_t flow = 0;
    std::size_t place = 0;  // of the trigger in its flow's file
    StateKey key;
    friend auto operator<=>(const Hold&, const Hold&) = default;
  };
  Hold hold_of(const StateKey& key, Instant due) const;
  void set_hold(const StateKey& key, const std::optional<HeldFiring>& before, const std::optional<HeldFiring>& after);
  void sort_holds();

  ArtifactReader artifacts_;
  std::pmr::monotonic_buffer_resource memory_;  // of what is only added to
  std::vector<std::shared_ptr<const DeployedFlow>> flows_;
  std::unordered_map<std::int64_t, std::size_t> flow_places_;         // key → place
  std::unordered_map<std::string, std::set<std::size_t>> listeners_;  // event name → places, maybe of former versions
  std::pmr::deque<RecordedEvent> events_{&memory_};                   // in the order of their places
  std::map<StateKey, TriggerState> states_;
  std::set<Hold> holds_;
  std::pmr::deque<OutcomeChange> history_{&memory_};
  std::pmr::deque<MemoryRun> runs_{&memory_};
  // Numbers, ascending, and places.
  std::unordered_map<FlowId, std::vector<std::pair<std::int64_t, std::size_t>>> run_places_;
  std::unordered_map<std::int64_t, Activity> activities_;  // by key of the deployment
  std::set<std::int64_t> to_start_;  // keys where something has happened since the last start_runs
  std::vector<RunId> to_cancel_;
  std::map<RunId, Run> other_runs_;
  std::unordered_map<FlowId, std::int64_t> numbers_;  // the last of each flow
};

}  // namespace qflow
