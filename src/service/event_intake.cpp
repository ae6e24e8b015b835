#include "qflow/service/event_intake.h"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <set>
#include <utility>

#include "qflow/engine/due_instants.h"
#include "qflow/error/printable.h"
#include "qflow/model/run_end.h"
#include "qflow/os/random.h"
#include "qflow/trigger/trigger_registry.h"
#include "service/artifact_reading.h"
#include "service/interrupted_work.h"
#include "service/publish_rules.h"
#include "service/schedule_keeping.h"
#include "service/store_settings.h"

namespace qflow {

namespace {

// Others can write in between.
constexpr std::int64_t kSchedulesAtOnce = 1000;
constexpr std::size_t kInstantsAtOnce = 1000;  // of one schedule

std::string content_of(const JudgedEvent& judged) {
  return published_content(judged.event, judged.timestamp_given);
}

Result<std::optional<Intake>> find_first(TriggerLedger& ledger, const JudgedEvent& judged) {
  const std::string& name = judged.event.name;
  if (!judged.idempotency_key) return std::optional<Intake>();
  QFLOW_ASSIGN(const auto used, ledger.used_key(name, *judged.idempotency_key));
  if (!used) return std::optional<Intake>();
  if (used->content != content_of(judged)) {
    return fail(ErrorKind::kInvalid,
                fmt::format("the idempotency key {} was used for {} with other content, as event {}",
                            quoted(given_key(judged)), name, used->event),
                "use a new key for a new event");
  }
  return std::optional<Intake>(Intake{used->event, true});
}

}  // namespace

// One instant of one schedule.
struct EventIntake::DueInstant {
  Instant at;
  std::shared_ptr<const DeployedFlow> flow;
  const Trigger* trigger = nullptr;
};

// The ledger as the engine sees it in one transaction.
class EventIntake::State final : public EngineState {
 public:
  State(Store& store, LedgerWriter& writer, DeployedFlows& flows, const Doors& doors)
      : ledger_(store.ledger()),
        triggers_(store.ledger().triggers()),
        store_(store),
        writer_(writer),
        flows_(flows),
        doors_(doors) {}

  Result<TriggerState> load_state(const DeployedFlow& flow, const TriggerId& joining,
                                  const std::string& correlation) override {
    QFLOW_ASSIGN(TriggerState state, triggers_.state(flow.key, joining, correlation));
    loaded_ = {flow.key, joining, correlation, state};
    return state;
  }
  Status save_state(const DeployedFlow& flow, const TriggerId& joining, const std::string& correlation,
                    const TriggerState& state) override {
    Loaded before = std::exchange(loaded_, {});
    if (!before.is_of(flow.key, joining, correlation)) {
      QFLOW_ASSIGN(before.state, triggers_.state(flow.key, joining, correlation));
    }
    return triggers_.change_state(flow.key, joining, correlation, before.state, state);
  }
  Result<Event> load_event(std::int64_t order) override { return triggers_.event_at(order); }
  Status set_outcome(std::int64_t event, const DeployedFlow& flow, const TriggerId& trigger,
                     const EventOutcome& outcome) override {
    return triggers_.set_outcome(event, flow.key, trigger, outcome);
  }
  Result<std::vector<ActiveRun>> active_runs(const DeployedFlow& flow, const std::optional<std::string>& context,
                                             const std::optional<std::string>& correlation) override {
    return triggers_.active_runs(flow.key, context, correlation);
  }
  Result<Run> load_run(const RunId& run) override { return triggers_.run_without_sources(run); }
  Result<RunEvents> events_of_run(const RunId& run,
                                  const std::function<bool(const RecordedEvent&)>& suffices) override {
    QFLOW_ASSIGN(auto last, triggers_.last_events_of_run(run, suffices));
    return RunEvents{last.first, std::move(last.second)};
  }
  Result<std::vector<Judgement>> judge(const Event& event) override { return flows_.judge(event); }

  Result<RunId> queue_run(RunRequest request) override {
    const FlowDefinition& definition = *request.flow->definition;
    Run run = run_for(std::move(request));
    run.tags = definition.tags;
    run.flow_file = (Path(definition.folder) / definition.file).string();
    QFLOW_ASSIGN(run.id.number, writer_.next_run_number(run.id.flow));
    QFLOW_TRY(writer_.insert_run(run, definition.text));
    return run.id;
  }

  Status extend_run(const RunId& id, RunRequest request, std::size_t first) override {
    Run run = run_for(std::move(request));
    run.id = id;
    return triggers_.extend_run(run, first);
  }

  Result<std::optional<RecordedEvent>> cancel_run(const RunId& id, const std::string& reason, Instant now) override {
    QFLOW_ASSIGN(const Run run, ledger_.find_run(id));
    if (run.status != RunStatus::kQueued) {
      QFLOW_TRY(triggers_.ask_to_cancel(id, reason));
      return std::optional<RecordedEvent>();
    }
    QFLOW_ASSIGN(const RunChanges changes, interrupted_work(store_, run, doors_, reason));
    for (const Attempt& attempt : changes.attempts) QFLOW_TRY(writer_.save_attempt(id, attempt));
    for (const StepState& step : changes.steps) QFLOW_TRY(writer_.save_step(id, step));
    QFLOW_TRY(writer_.end_run(id, RunStatus::kCancelled, reason, now));
    RecordedEvent end{0, run_end_event(run, RunStatus::kCancelled, reason, now)};
    end.event.id = make_event_id(now, random_bytes());
    QFLOW_ASSIGN(end.order, writer_.insert_event(end.event));
    return std::optional<RecordedEvent>(std::move(end));
  }

 private:
  // What the ledger has of the state that was asked for last.
  struct Loaded {
    std::int64_t flow = 0;
    TriggerId joining = {};
    std::string correlation = {};
    TriggerState state = {};

    bool is_of(std::int64_t of_flow, const TriggerId& of_joining, const std::string& of_correlation) const {
      return flow == of_flow && joining == of_joining && correlation == of_correlation;
    }
  };

  static Run run_for(RunRequest request) {
    Run run;
    run.id.flow = request.flow->definition->id;
    run.origin = RunOrigin::kDeployed;
    run.name_space = request.flow->name_space;
    run.context = std::move(request.context);
    run.params = std::move(request.parameters);
    run.created_at = request.at;
    run.scheduled_at = request.scheduled_at;
    run.trigger = std::move(request.trigger);
    run.depth = request.depth;
    run.correlation = std::move(request.correlation);
    run.definition_hash = request.flow->definition_hash;
    run.deployment = request.flow->key;
    return run;
  }

  Ledger& ledger_;
  TriggerLedger& triggers_;
  Store& store_;
  LedgerWriter& writer_;
  DeployedFlows& flows_;
  const Doors& doors_;
  Loaded loaded_ = {};
};

EventIntake::EventIntake(Store& store, const Doors& doors)
    : store_(store), doors_(doors), flows_(store, doors.trigger_types), artifacts_(artifact_reader(&store)) {}

EventIntake::~EventIntake() = default;

Status EventIntake::load_config() {
  if (config_) return {};
  QFLOW_ASSIGN(config_, load_store_config(store_.layout(), doors_.files));
  return {};
}

Result<int> EventIntake::max_chain() {
  QFLOW_TRY(load_config());
  return config_->max_chain;
}

Result<JudgedEvent> EventIntake::judge(Event event) {
  JudgedEvent judged;
  QFLOW_ASSIGN(judged.generation, store_.ledger().triggers().generation());
  QFLOW_ASSIGN(judged.judgements, flows_.judge(event));
  if (!judged.judgements.empty()) QFLOW_TRY(load_config());
  judged.event = std::move(event);
  return judged;
}

Status EventIntake::check_published(const Event& event) {
  QFLOW_TRY(load_config());
  return check_publishable(event, config_->max_payload);
}

Result<JudgedEvent> EventIntake::judge_published(Event event) {
  QFLOW_TRY(check_published(event));
  event.id = make_event_id(event.recorded_at, random_bytes());
  return judge(std::move(event));
}

Result<std::uint64_t> EventIntake::max_payload() {
  QFLOW_TRY(load_config());
  return config_->max_payload;
}

Result<std::vector<Judgement>> EventIntake::hear(const Event& event, const std::optional<std::int64_t>& owner) {
  QFLOW_ASSIGN(auto judgements, flows_.judge(event));
  return owner ? without_namesakes(std::move(judgements), *owner) : std::move(judgements);
}

Result<JudgedEvent> EventIntake::judge_own(const DeployedFlow& flow, JudgedEvent own) {
  QFLOW_TRY(load_config());
  QFLOW_TRY(check_content(own.event, config_->max_payload));
  own.event.id = make_event_id(own.event.recorded_at, random_bytes());
  own.owner = flow.key;
  if (own.idempotency_key) own.idempotency_key = owned_key(flow.key, *own.idempotency_key);
  QFLOW_ASSIGN(own.generation, store_.ledger().triggers().generation());
  QFLOW_ASSIGN(own.judgements, hear(own.event, own.owner));
  return own;
}

Result<bool> EventIntake::is_repeat(const JudgedEvent& judged) {
  return find_first(store_.ledger().triggers(), judged).map([](const auto& first) { return first.has_value(); });
}

// Events that come into the ledger in one transaction.
class EventIntake::Batch {
 public:
  Batch(EventIntake& intake, LedgerWriter& writer)
      : intake_(intake), writer_(writer), state_(intake.store_, writer, intake.flows_, intake.doors_) {}

  Result<Intake> record(const JudgedEvent& judged) {
    QFLOW_ASSIGN(const auto first, find_first(triggers(), judged));
    if (first) {
      QFLOW_TRY(triggers().count_repeat(judged.event.name, *judged.idempotency_key));
      return *first;
    }
    Intake taken{judged.event.id};
    QFLOW_ASSIGN(const std::int64_t order, writer_.insert_event(judged.event));
    if (judged.idempotency_key) {
      QFLOW_TRY(triggers().use_key(judged.event.name, *judged.idempotency_key, order, content_of(judged)));
    }
    if (judged.generation == kHeardByNobody) return taken;
    QFLOW_ASSIGN(const std::vector<Judgement>* const judgements, valid_judgements(judged));
    if (judgements->empty()) return taken;
    QFLOW_TRY(intake_.end_debounces_of(*judgements, writer_, judged.event.recorded_at));
    if (!engine_) {
      QFLOW_ASSIGN(const int limit, intake_.max_chain());
      engine_.emplace(state_, intake_.artifacts_, limit);
    }
    QFLOW_TRY(engine_->take_of_batch({order, judged.event}, *judgements));
    taken.heard = true;
    return taken;
  }

  Status end() { return engine_ ? engine_->end_batch() : Status(); }

 private:
  TriggerLedger& triggers() { return intake_.store_.ledger().triggers(); }

  Result<const std::vector<Judgement>*> valid_judgements(const JudgedEvent& judged) {
    QFLOW_ASSIGN(const std::int64_t generation, triggers().generation());
    if (generation == judged.generation) return &judged.judgements;
    QFLOW_ASSIGN(judged_again_.emplace_back(), intake_.hear(judged.event, judged.owner));
    return &judged_again_.back();
  }

  EventIntake& intake_;
  LedgerWriter& writer_;
  State state_;
  std::deque<std::vector<Judgement>> judged_again_;  // they keep the flows that the engine looks at until the end
  std::optional<Engine> engine_;
};

Result<Intake> EventIntake::record(LedgerWriter& writer, const JudgedEvent& judged) {
  Batch batch(*this, writer);
  QFLOW_ASSIGN(Intake taken, batch.record(judged));
  QFLOW_TRY(batch.end());
  return taken;
}

Result<std::vector<Intake>> EventIntake::record(LedgerWriter& writer, const std::vector<JudgedEvent>& events,
                                                const Refusal& refusal) {
  Batch batch(*this, writer);
  std::vector<Intake> taken;
  taken.reserve(events.size());
  for (std::size_t i = 0; i < events.size(); ++i) {
    Result<Intake> one = batch.record(events[i]);
    if (!one) return tl::make_unexpected(refusal(i, std::move(one.error())));
    taken.push_back(std::move(*one));
  }
  QFLOW_TRY(batch.end());
  return taken;
}

Result<int> EventIntake::end_debounces(LedgerWriter& writer, Instant now, std::optional<std::int64_t> only) {
  TriggerLedger& triggers = store_.ledger().triggers();
  QFLOW_ASSIGN(const std::vector<DueDebounce> due,
               only ? triggers.due_debounces(now, {*only}) : triggers.due_debounces(now));
  return end_debounces(writer, due, now);
}

// A listener's runs stand in the order in which its firings came about: one whose debounce is over came before the
// event, also when no tick has noticed.
Status EventIntake::end_debounces_of(const std::vector<Judgement>& listeners, LedgerWriter& writer, Instant now) {
  std::set<std::int64_t> flows;
  for (const Judgement& listener : listeners) flows.insert(listener.flow->key);
  QFLOW_ASSIGN(const std::vector<DueDebounce> due, store_.ledger().triggers().due_debounces(now, flows));
  return end_debounces(writer, due, now).map([](int) {});
}

Result<int> EventIntake::end_debounces(LedgerWriter& writer, const std::vector<DueDebounce>& due, Instant now) {
  State state(store_, writer, flows_, doors_);
  QFLOW_ASSIGN(const int limit, max_chain());
  for (const DueDebounce& one : due) {
    QFLOW_ASSIGN(const auto flow, flows_.find_readable(one.deployment));
    if (!flow) continue;
    const Trigger* joining = find_trigger(flow->triggers, one.trigger);
    if (joining == nullptr) continue;
    QFLOW_TRY(Engine(state, artifacts_, limit).end_debounce(*flow, *joining, one.correlation, now));
  }
  return static_cast<int>(due.size());
}

Status EventIntake::collect_instants(LedgerWriter& writer, const DueSchedule& due, Instant now,
                                     std::vector<DueInstant>& instants) {
  Ledger& ledger = store_.ledger();
  QFLOW_ASSIGN(const auto flow, flows_.find_readable(due.deployment));
  if (!flow) {
    ++stuck_;
    return {};
  }
  const Trigger* trigger = find_trigger(flow->triggers, due.trigger);
  const ScheduleSubscription* schedule = trigger != nullptr ? schedule_of(*trigger) : nullptr;
  if (schedule == nullptr) return ledger.triggers().save_schedule(due.deployment, due.trigger, std::nullopt);
  const DueInstants found = due_instants(*schedule, due.due, now, kInstantsAtOnce);
  QFLOW_TRY(ledger.triggers().move_schedule(due.deployment, due.trigger, found.next));
  if (found.missed) {
    QFLOW_TRY(record_missed(ledger, writer, *flow, *trigger, *found.missed, catchup_reason(*schedule), now));
  }
  for (const Instant at : found.firing) instants.push_back({at, flow, trigger});
  return {};
}

Result<int> EventIntake::take_due_instants(LedgerWriter& writer, Instant now) {
  const std::int64_t known = std::exchange(stuck_, 0);
  QFLOW_ASSIGN(const auto due, store_.ledger().triggers().due_schedules(now, kSchedulesAtOnce + known));
  std::vector<DueInstant> instants;
  for (const DueSchedule& one : due) QFLOW_TRY(collect_instants(writer, one, now, instants));
  std::stable_sort(instants.begin(), instants.end(),
                   [](const DueInstant& a, const DueInstant& b) { return a.at < b.at; });
  std::vector<JudgedEvent> events;
  events.reserve(instants.size());
  for (const DueInstant& instant : instants) {
    JudgedEvent event{.event = due_event(*instant.flow, *instant.trigger, instant.at, now), .timestamp_given = true};
    QFLOW_ASSIGN(events.emplace_back(), judge_own(*instant.flow, std::move(event)));
  }
  QFLOW_TRY(record(writer, events, [](std::size_t, Error error) { return error; }));
  return std::max(0, static_cast<int>(due.size()) - static_cast<int>(known));
}

Status EventIntake::expire_waiting(std::int64_t deployment, const TriggerId& joining, const std::string& reason) {
  TriggerLedger& triggers = store_.ledger().triggers();
  QFLOW_ASSIGN(const std::vector<CorrelatedState> states, triggers.states(deployment, joining));
  for (const CorrelatedState& one : states) {
    for (const WaitingEvent& event : one.state.waiting) {
      QFLOW_TRY(triggers.set_outcome(event.event, deployment, event.trigger, {Outcome::kExpired, reason}));
    }
    QFLOW_TRY(triggers.change_state(deployment, joining, one.correlation, one.state, {}));
  }
  return {};
}

Result<int> EventIntake::cancel_queued(LedgerWriter& writer, std::int64_t deployment, const std::string& reason,
                                       Instant now) {
  QFLOW_ASSIGN(const std::vector<ActiveRun> active, store_.ledger().triggers().active_runs(deployment));
  State state(store_, writer, flows_, doors_);
  QFLOW_ASSIGN(const int limit, max_chain());
  int cancelled = 0;
  for (const ActiveRun& run : active) {
    if (run.status != RunStatus::kQueued) continue;
    QFLOW_ASSIGN(const auto end, state.cancel_run(run.run, reason, now));
    if (!end) continue;
    QFLOW_ASSIGN(const std::vector<Judgement> judgements, flows_.judge(end->event));
    QFLOW_TRY(Engine(state, artifacts_, limit).take(*end, judgements));
    ++cancelled;
  }
  return cancelled;
}

Result<std::optional<RunId>> EventIntake::activate(LedgerWriter& writer, const Engine::Activation& activation,
                                                   const Event& event) {
  RecordedEvent recorded{0, event};
  QFLOW_ASSIGN(recorded.order, writer.insert_event(event));
  QFLOW_TRY(end_debounces(writer, event.recorded_at, activation.flow->key).map([](int) {}));
  State state(store_, writer, flows_, doors_);
  QFLOW_ASSIGN(const int limit, max_chain());
  return Engine(state, artifacts_, limit).activate(activation, recorded);
}

}  // namespace qflow
