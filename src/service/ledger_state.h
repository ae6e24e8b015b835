#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "qflow/engine/engine_state.h"
#include "qflow/service/deployed_flows.h"
#include "qflow/service/doors.h"
#include "qflow/store/store.h"

namespace qflow {

// The ledger as the engine sees it, in one transaction.
class LedgerState final : public EngineState {
 public:
  LedgerState(Store& store, LedgerWriter& writer, DeployedFlows& flows, const Doors& doors);

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
  Result<std::vector<Judgement>> judge(const Event& event) override;
  Result<RunId> queue_run(RunRequest request) override;
  Status extend_run(const RunId& id, RunRequest request, std::size_t first) override;
  Result<std::optional<RecordedEvent>> cancel_run(const RunId& id, const std::string& reason, Instant now) override;

 private:
  // What the ledger has of the state that was asked for last.
  struct Loaded {
    std::int64_t flow = 0;
    TriggerId joining = {};
    std::string correlation = {};
    TriggerState state = {};

    bool is_of(std::int64_t of_flow, const TriggerId& of_joining, const std::string& of_correlation,
               StatePart part) const {
      return flow == of_flow && joining == of_joining && correlation == of_correlation && state.part == part;
    }
  };

  Ledger& ledger_;
  TriggerLedger& triggers_;
  Store& store_;
  LedgerWriter& writer_;
  DeployedFlows& flows_;
  const Doors& doors_;
  Loaded loaded_ = {};
};

}  // namespace qflow
