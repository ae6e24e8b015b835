#include "qflow/service/event_intake.h"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <memory>
#include <set>
#include <tuple>
#include <utility>

#include "qflow/engine/due_instants.h"
#include "qflow/error/printable.h"
#include "qflow/os/random.h"
#include "qflow/trigger/trigger_registry.h"
#include "service/artifact_reading.h"
#include "service/ledger_state.h"
#include "service/publish_rules.h"
#include "service/store_settings.h"

namespace qflow {

namespace {

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

// Those of one instant end by deployment, then in the order of the file, then by correlation value.
struct EndedDebounce {
  DueDebounce due;
  std::shared_ptr<const DeployedFlow> flow;
  std::ptrdiff_t place = 0;  // of its trigger in the flow

  bool operator<(const EndedDebounce& other) const {
    return std::tie(due.due, due.deployment, place, due.correlation) <
           std::tie(other.due.due, other.due.deployment, other.place, other.due.correlation);
  }
};

}  // namespace

// The engine on the ledger, in one transaction.
struct EventIntake::Deciding {
  Deciding(EventIntake& intake, LedgerWriter& writer, int max_chain)
      : state(intake.store_, writer, intake.flows_, intake.doors_), engine(state, intake.artifacts_, max_chain) {}

  LedgerState state;
  Engine engine;
};

EventIntake::EventIntake(Store& store, const Doors& doors)
    : store_(store), doors_(doors), flows_(store, doors.trigger_types), artifacts_(artifact_reader(&store)) {}

EventIntake::~EventIntake() = default;

Status EventIntake::load_config() {
  if (config_) return {};
  QFLOW_ASSIGN(config_, load_store_config(store_.layout(), doors_.files));
  return {};
}

Result<std::unique_ptr<EventIntake::Deciding>> EventIntake::begin_deciding(LedgerWriter& writer) {
  QFLOW_TRY(load_config());
  return std::make_unique<Deciding>(*this, writer, config_->max_chain);
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

Result<JudgedEvent> EventIntake::judge_own(const DeployedFlow& flow, OwnEvent own) {
  QFLOW_TRY(load_config());
  QFLOW_TRY(check_content(own.event, config_->max_payload));
  JudgedEvent judged;
  judged.event = std::move(own.event);
  judged.event.id = make_event_id(judged.event.recorded_at, random_bytes());
  judged.owner = flow.key;
  if (own.idempotency_key) judged.idempotency_key = owned_key(flow.key, *own.idempotency_key);
  judged.timestamp_given = own.timestamp_given;
  QFLOW_ASSIGN(judged.generation, store_.ledger().triggers().generation());
  QFLOW_ASSIGN(judged.judgements, hear(judged.event, judged.owner));
  return judged;
}

Result<bool> EventIntake::is_repeat(const JudgedEvent& judged) {
  return find_first(store_.ledger().triggers(), judged).map([](const auto& first) { return first.has_value(); });
}

// Events that come into the ledger in one transaction.
class EventIntake::Batch {
 public:
  Batch(EventIntake& intake, LedgerWriter& writer) : intake_(intake), writer_(writer) {}

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
    if (judged.hearing == Hearing::kNobody) return taken;
    QFLOW_ASSIGN(const std::vector<Judgement>* const judgements, valid_judgements(judged));
    if (judgements->empty()) return taken;
    // A due instant comes when it is due, however late a tick notices.
    const Instant at = due_instant(judged.event).value_or(judged.event.recorded_at);
    QFLOW_TRY(intake_.end_debounces_of(*judgements, writer_, at));
    if (!deciding_) {
      QFLOW_ASSIGN(deciding_, intake_.begin_deciding(writer_));
    }
    QFLOW_TRY(deciding_->engine.take_of_batch({order, judged.event}, *judgements));
    taken.heard = true;
    return taken;
  }

  Status end() { return deciding_ ? deciding_->engine.end_batch() : Status(); }

 private:
  TriggerLedger& triggers() { return intake_.store_.ledger().triggers(); }

  Result<const std::vector<Judgement>*> valid_judgements(const JudgedEvent& judged) {
    QFLOW_ASSIGN(const std::int64_t generation, triggers().generation());
    if (judged.hearing == Hearing::kJudgedAhead && generation == judged.generation) return &judged.judgements;
    QFLOW_ASSIGN(judged_again_.emplace_back(), intake_.hear(judged.event, judged.owner));
    return &judged_again_.back();
  }

  EventIntake& intake_;
  LedgerWriter& writer_;
  std::deque<std::vector<Judgement>> judged_again_;  // they keep the flows that the engine looks at until the end
  std::unique_ptr<Deciding> deciding_;
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
  if (due.empty()) return 0;
  std::vector<EndedDebounce> ended;
  for (const DueDebounce& one : due) {
    QFLOW_ASSIGN(auto flow, flows_.find_readable(one.deployment));
    if (!flow) continue;
    const auto joining = std::find_if(flow->triggers.begin(), flow->triggers.end(),
                                      [&](const auto& trigger) { return trigger->id() == one.trigger; });
    if (joining == flow->triggers.end()) continue;
    const std::ptrdiff_t place = joining - flow->triggers.begin();
    ended.push_back({one, std::move(flow), place});
  }
  std::sort(ended.begin(), ended.end());
  QFLOW_ASSIGN(const auto deciding, begin_deciding(writer));
  for (const EndedDebounce& one : ended) {
    const Trigger& joining = *one.flow->triggers[static_cast<std::size_t>(one.place)];
    QFLOW_TRY(deciding->engine.end_debounce(*one.flow, joining, one.due.correlation, now));
  }
  return static_cast<int>(due.size());
}

Result<std::size_t> EventIntake::expire_waiting(std::int64_t deployment, const TriggerId& joining,
                                                const std::string& reason) {
  TriggerLedger& triggers = store_.ledger().triggers();
  std::set<std::int64_t> expired;
  QFLOW_ASSIGN(const std::vector<CorrelatedState> states, triggers.states(deployment, joining));
  for (const CorrelatedState& one : states) {
    for (const WaitingEvent& event : one.state.waiting) {
      QFLOW_TRY(triggers.set_outcome(event.event, deployment, event.trigger, {Outcome::kExpired, reason}));
      expired.insert(event.event);
    }
    QFLOW_TRY(triggers.change_state(deployment, joining, one.correlation, one.state, {}));
  }
  return expired.size();
}

Result<int> EventIntake::cancel_queued(LedgerWriter& writer, std::int64_t deployment, const std::string& reason,
                                       Instant now) {
  QFLOW_ASSIGN(const std::vector<ActiveRun> active, store_.ledger().triggers().active_runs(deployment));
  QFLOW_ASSIGN(const auto deciding, begin_deciding(writer));
  int cancelled = 0;
  for (const ActiveRun& run : active) {
    if (run.status != RunStatus::kQueued) continue;
    QFLOW_ASSIGN(const bool ended, deciding->engine.cancel(run.run, reason, now));
    QFLOW_TRY(deciding->engine.end_batch());
    if (ended) ++cancelled;
  }
  return cancelled;
}

Result<std::optional<RunId>> EventIntake::activate(LedgerWriter& writer, const Engine::Activation& activation,
                                                   const Event& event) {
  RecordedEvent recorded{0, event};
  QFLOW_ASSIGN(recorded.order, writer.insert_event(event));
  QFLOW_TRY(end_debounces(writer, event.recorded_at, activation.flow->key).map([](int) {}));
  QFLOW_ASSIGN(const auto deciding, begin_deciding(writer));
  return deciding->engine.activate(activation, recorded);
}

}  // namespace qflow
