#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "qflow/engine/engine.h"
#include "qflow/engine/given.h"
#include "qflow/engine/memory_state.h"
#include "qflow/time/duration.h"

namespace qflow {

struct SimulationRules {
  int max_chain = 50;
  std::optional<Duration> runs_take = {};  // then they end, as succeeded; absent: only what is given ends them
  std::string name_space = {};             // of runs that were started elsewhere
  ArtifactReader artifacts = {};           // absent: no run has artifacts
  std::size_t most_events = 1'000'000;     // a simulation with more is refused: it keeps all that happens in memory
};

// A run that would have been made. Its `created_at` is when its trigger fired.
struct SimulatedFiring {
  const DeployedFlow* flow = nullptr;
  const MemoryState::MemoryRun* run = nullptr;
};

// What became of an event at a trigger, in the end.
struct SimulatedOutcome {
  const Event* event = nullptr;
  const DeployedFlow* flow = nullptr;
  TriggerId trigger;
  EventOutcome outcome;
};

// What waits at a trigger, or a group, under one correlation value.
struct SimulatedWait {
  const DeployedFlow* flow = nullptr;
  const Trigger* joining = nullptr;
  std::string correlation;
  std::string reason;  // "for second", "for the end of the debounce"
  std::vector<std::pair<TriggerId, const Event*>> events;
};

// The engine on a virtual clock: what the flows would do as deployed ones, from an empty ledger. No step is executed;
// runs start as soon as policy and max_parallel let them. The results point into the simulation. For one thread.
class Simulation {
 public:
  Simulation(std::vector<std::shared_ptr<const DeployedFlow>> flows, SimulationRules rules);
  Simulation(const Simulation&) = delete;
  Simulation& operator=(const Simulation&) = delete;

  // Before `run`. Of things at one instant, the one given first happens first.
  void give(Given given);

  // Everything that happens from `from` to `last`, both included; what is given outside is passed over. At one instant
  // debounces end first, then runs, then come due instants, then what is given. Once. kInvalid: an end of a run that is
  // not running, or more events than may be.
  Status run(Instant from, Instant last);

  std::vector<SimulatedFiring> firings() const;              // in their order
  std::vector<SimulatedOutcome> outcomes() const;            // by event, then in the order of deployments and files
  std::vector<SimulatedOutcome> outcomes_but_fired() const;  // the same without those that made a run
  std::vector<SimulatedWait> waiting() const;                // by flow, trigger, correlation value
  const std::vector<std::shared_ptr<const DeployedFlow>>& flows() const { return state_.flows(); }
  std::size_t repeats() const { return repeats_; }  // publications that an idempotency key made harmless

 private:
  std::vector<SimulatedOutcome> outcomes(bool fired_from_the_start) const;

  enum class Kind { kDebounce, kRunEnd, kDueInstant, kGiven };
  struct Next {
    Instant at;
    Kind kind = Kind::kGiven;
    friend auto operator<=>(const Next&, const Next&) = default;
  };
  struct Timetable {
    std::shared_ptr<const DeployedFlow> flow;
    const Trigger* trigger = nullptr;
    const Schedule* schedule = nullptr;
  };

  std::optional<Next> next() const;
  Status happen(const Next& next);
  Status end_debounce(Instant now);
  Status end_next_run(Instant now);
  Status take_due_instant(Instant due);
  Status take_given(const Given& given);
  Status publish(const Given::Publication& publication, Instant now);
  Status end_given(const Given::End& end, Instant now);
  Result<std::optional<RunId>> running_run(const Given::End& end) const;
  Status end_elsewhere(const Given::End& end, Instant now);
  Status end_run(const RunId& run, RunStatus status, const std::string& reason, Instant now,
                 const Json& payload = Json::object());
  Status take(const RecordedEvent& event);
  Status settle(Instant now);

  SimulationRules rules_;
  MemoryState state_;
  Engine engine_;
  std::vector<Given> given_;
  std::size_t next_given_ = 0;
  std::vector<Timetable> timetables_;              // of the schedules that are enabled
  std::set<std::pair<Instant, std::size_t>> due_;  // instant → place among the timetables
  std::multimap<Instant, RunId> ends_;
  std::map<std::pair<std::string, std::string>, std::string> used_keys_;  // event name, key → content
  std::size_t repeats_ = 0;
};

}  // namespace qflow
