#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "qflow/engine/engine.h"
#include "qflow/flowfile/store_config.h"
#include "qflow/service/deployed_flows.h"
#include "qflow/service/doors.h"
#include "qflow/store/store.h"

namespace qflow {

// When those who listen to an event judge it.
enum class Hearing {
  kJudgedAhead,   // before the transaction that records it
  kWhenRecorded,  // inside of it, since they may ask for what comes into the ledger with it: the end of a step
  kNobody,        // it is recorded only: the end of a local run
};

// An event with what its listeners make of it, as long as the deployments are of that generation.
struct JudgedEvent {
  Event event;
  Hearing hearing = Hearing::kJudgedAhead;
  std::vector<Judgement> judgements = {};
  std::int64_t generation = 0;
  std::optional<std::string> idempotency_key = {};
  bool timestamp_given = false;  // else a repeat may differ in it
  // Of the event of a schedule or sensor: the key of its deployment, whose namesakes do not hear it.
  std::optional<std::int64_t> owner = {};
};

// An event of a deployment's own schedule or sensor.
struct OwnEvent {
  Event event;
  std::optional<std::string> idempotency_key = {};  // counts per deployment
  bool timestamp_given = false;
};

// What became of an event that was to be recorded: of a repeat, `id` is that of the first.
struct Intake {
  std::string id;
  bool duplicate = false;
  bool heard = false;  // it has outcomes
};

// Brings events into the ledger and lets the engine decide what they start. For one thread.
class EventIntake {
 public:
  EventIntake(Store& store, const Doors& doors);
  ~EventIntake();

  // Everything that depends on the event alone; before the transaction.
  Result<JudgedEvent> judge(Event event);
  // The same for what a person or a step publishes, which gets its id here. kInvalid: a reserved name (qflow.…), a
  // payload over the store's max_payload, a timestamp more than 24 h ahead.
  Result<JudgedEvent> judge_published(Event event);
  // The same for an event of the deployment's own: kInvalid for its payload and timestamp alone.
  Result<JudgedEvent> judge_own(const DeployedFlow& flow, OwnEvent own);
  Result<std::uint64_t> max_payload();  // bytes
  // The rules alone.
  Status check_published(const Event& event);
  // Reads the store's config.toml, which else the first event that needs it does; kInvalid as load_store_config says.
  Status load_config();
  // Whether its idempotency key was used, so that recording it makes nothing new; with other content kInvalid.
  Result<bool> is_repeat(const JudgedEvent& judged);
  // In the transaction: the event, its outcomes, the runs that it queues. An idempotency key that was used makes
  // nothing new; with other content it is kInvalid.
  Result<Intake> record(LedgerWriter& writer, const JudgedEvent& judged);
  // In the transaction: the same for events that come together, in less time than one by one. `refusal` makes the error
  // of the event at a place into that of all.
  using Refusal = std::function<Error(std::size_t place, Error error)>;
  Result<std::vector<Intake>> record(LedgerWriter& writer, const std::vector<JudgedEvent>& events,
                                     const Refusal& refusal);
  // In the transaction: what is over at `now` fires, of all deployments or of one. How many.
  Result<int> end_debounces(LedgerWriter& writer, Instant now, std::optional<std::int64_t> only = {});
  // In the transaction: an activation by hand; see Engine::activate.
  Result<std::optional<RunId>> activate(LedgerWriter& writer, const Engine::Activation& activation, const Event& event);

  // In the transaction: all that waits for the joining trigger expires. How many events.
  Result<std::size_t> expire_waiting(std::int64_t deployment, const TriggerId& joining, const std::string& reason);
  // In the transaction: runs of the deployment that have not started end as cancelled. How many.
  Result<int> cancel_queued(LedgerWriter& writer, std::int64_t deployment, const std::string& reason, Instant now);

  DeployedFlows& flows() { return flows_; }

 private:
  struct Deciding;
  class Batch;
  Result<std::unique_ptr<Deciding>> begin_deciding(LedgerWriter& writer);
  Result<int> end_debounces(LedgerWriter& writer, const std::vector<DueDebounce>& due, Instant now);
  Status end_debounces_of(const std::vector<Judgement>& listeners, LedgerWriter& writer, Instant now);
  Result<std::vector<Judgement>> hear(const Event& event, const std::optional<std::int64_t>& owner);

  Store& store_;
  const Doors& doors_;
  DeployedFlows flows_;
  ArtifactReader artifacts_;
  std::optional<StoreConfig> config_;
};

}  // namespace qflow
