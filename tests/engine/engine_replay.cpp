#include "engine/engine_replay.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "engine/stream_text.h"
#include "qflow/model/run_end.h"
#include "qflow/trigger/trigger_registry.h"
#include "support/built_triggers.h"

namespace qflow::reference {
namespace {

Result<Json> no_artifacts(const Event&, std::string_view name) {
  return fail(ErrorKind::kNotFound, "there is no artifact " + std::string(name));
}

Instant instant_of(Seconds seconds) {
  static const Instant start = *parse_instant("2026-03-01T09:00:00Z");
  return start + std::chrono::seconds(seconds);
}

FlowId flow_id(std::string_view text) {
  return *FlowId::parse(text);
}

void add_field(Json& object, const char* name, const Value& value) {
  if (value.kind == Value::Kind::kNull) object[name] = nullptr;
  if (value.kind == Value::Kind::kText) object[name] = value.text;
  if (value.kind != Value::Kind::kNumber) return;
  object[name] = value.with_point ? Json(static_cast<double>(value.number)) : Json(value.number);
}

Json payload_of(const Step& event) {
  Json payload = Json::object();
  add_field(payload, "ok", event.ok);
  add_field(payload, "go", event.go);
  add_field(payload, "day", event.day);
  add_field(payload, "part", event.part);
  if (event.status.empty()) {
    add_field(payload, "n", event.n);
  } else {
    payload["status"] = event.status;
    add_field(payload["params"] = Json::object(), "n", event.n);
  }
  return payload;
}

// The newest run that has started for place 1, the one before for 2.
std::optional<RunId> started_run(const MemoryState& state, int place) {
  for (auto made = state.runs().rbegin(); made != state.runs().rend(); ++made) {
    if (made->started_at && --place == 0) return made->id;
  }
  return std::nullopt;
}

Event event_of(const Step& step, const std::optional<RunId>& own_cause) {
  Event event;
  const bool of_run = !step.status.empty();
  event.name = of_run ? "qflow.run." + step.name : step.name;
  event.timestamp = instant_of(step.timestamp);
  event.recorded_at = instant_of(step.at);
  if (of_run) event.type = "run";
  event.value = step.value;
  event.context = step.context;
  event.payload = payload_of(step);
  if (step.cause_depth > 0) event.caused_by = RunId{flow_id(of_run ? step.name : "G"), step.cause_depth};
  if (own_cause) event.caused_by = own_cause;
  return event;
}

// Runs of other flows, whose number is their depth.
void add_causes(MemoryState& state) {
  for (const char* flow : {"G", "H"}) {
    for (int depth = 1; depth <= kMaxChain + 1; ++depth) {
      qflow::Run run;
      run.id = {flow_id(flow), depth};
      run.status = RunStatus::kSucceeded;
      run.depth = depth;
      state.add_run(std::move(run));
    }
  }
}

std::string text_of(const std::optional<Expression>& expression) {
  return expression ? expression->text() : "";
}

// What the join state of a trigger depends on.
std::string shape_of(const qflow::Trigger& trigger) {
  std::string shape = fmt::format("{} {} {}", to_text(trigger.type()), static_cast<int>(trigger.rules().join),
                                  text_of(trigger.rules().correlate));
  for (const Subscription& subscription : trigger.subscriptions()) {
    const SourceRules& source = source_of(subscription);
    shape += fmt::format("\n{} {} {}", source.name, source.count, text_of(source.distinct));
    const auto* run = std::get_if<RunSubscription>(&subscription);
    if (run != nullptr) shape += to_text(run->condition);
  }
  for (const qflow::Trigger* leg : trigger.legs()) shape += "\n" + leg->id().text() + " " + shape_of(*leg);
  return shape;
}

bool same_shape(const DeployedFlow& before, const DeployedFlow& after, const TriggerId& joining) {
  const qflow::Trigger* old = find_trigger(before.triggers, joining);
  const qflow::Trigger* now = find_trigger(after.triggers, joining);
  return now != nullptr && shape_of(*old) == shape_of(*now);
}

// Ledgers count from 1.
int number_of(std::int64_t order) {
  return static_cast<int>(order) - 1;
}

// Of the recorded event with the id; 0: there is none.
std::int64_t place_of(const MemoryState& state, const std::string& id) {
  std::int64_t place = static_cast<std::int64_t>(state.events());
  while (place > 0 && state.event_at(place).id != id) --place;
  return place;
}

Fate fate_of(qflow::Outcome outcome) {
  return static_cast<Fate>(static_cast<int>(outcome));
}
static_assert(static_cast<int>(qflow::Outcome::kWaiting) == static_cast<int>(Fate::kWaiting));
static_assert(static_cast<int>(qflow::Outcome::kFiltered) == static_cast<int>(Fate::kFiltered));
static_assert(static_cast<int>(qflow::Outcome::kStopped) == static_cast<int>(Fate::kStopped));

RunState state_of(RunStatus status) {
  if (status == RunStatus::kQueued) return RunState::kQueued;
  if (status == RunStatus::kRunning) return RunState::kRunning;
  return status == RunStatus::kCancelled ? RunState::kCancelled : RunState::kEnded;
}

}  // namespace

std::vector<std::shared_ptr<DeployedFlow>> build_versions(const std::vector<Flow>& versions) {
  std::vector<std::shared_ptr<DeployedFlow>> built;
  for (const Flow& version : versions) {
    const std::string text = toml_of(version);
    BuiltFlow flow = build_flow(text);
    INFO(text);
    REQUIRE(problem_lines(flow.diagnostics) == "");
    auto deployed = std::make_shared<DeployedFlow>(std::make_shared<const FlowDefinition>(std::move(flow.flow)),
                                                   std::move(flow.triggers), "");
    deployed->key = 1;
    deployed->version = static_cast<std::int64_t>(built.size()) + 1;
    built.push_back(std::move(deployed));
  }
  return built;
}

Replay::Replay(const std::vector<std::shared_ptr<DeployedFlow>>& versions, bool in_batches)
    : versions_(versions),
      state_(no_artifacts),
      artifacts_(no_artifacts),
      engine_(state_, artifacts_, kMaxChain),
      in_batches_(in_batches) {
  for (const auto& version : versions_) {
    version->enabled = true;
    version->disabled.clear();
  }
  state_.put_flow(versions_.front());
  add_causes(state_);
}

void Replay::apply(const Step& step) {
  if (step.kind != Step::Kind::kEvent) end_batch();
  if (!engine_ends_debounce(step)) end_debounces(step);
  switch (step.kind) {
    case Step::Kind::kEvent:
      take(step);
      break;
    case Step::Kind::kWait:
      break;
    case Step::Kind::kStart:
      state_.start_runs(instant_of(step.at));
      break;
    case Step::Kind::kEnd:
      end_run(step);
      break;
    case Step::Kind::kDeploy:
      deploy(step.number);
      break;
    case Step::Kind::kEnable:
      set_enabled(step.name, true);
      break;
    case Step::Kind::kDisable:
      set_enabled(step.name, false);
      break;
  }
  end_debounces(step);
  note_caused();
  note_changes();
  check_waiting();
  ++steps_;
}

// In the order of their instants, however late they are noticed.
void Replay::end_debounces(const Step& step) {
  const Instant now = instant_of(step.at);
  for (auto due = state_.due_debounces(now); !due.empty(); due = state_.due_debounces(now)) {
    const MemoryState::StateKey key = due.front();
    must(engine_.end_debounce(flow(), *find_trigger(flow().triggers, key.joining), key.correlation, now));
    if (!breach_.empty()) return;
  }
  note_caused();
}

// Whether the order does not matter in which a debounce ends and the event is taken: the engine has to see for itself
// that the one comes first.
bool Replay::engine_ends_debounce(const Step& step) const {
  if (step.kind != Step::Kind::kEvent || step.cause_own > 0) return false;
  if (flow().definition->run.when_busy == WhenBusy::kReplace) return false;  // the end of a run is an event too
  const TriggerList& triggers = flow().triggers;
  return triggers.size() == 1 && !triggers.front()->rules().correlate;
}

void Replay::take(const Step& step) {
  const RecordedEvent event = state_.record(event_of(step, started_run(state_, step.cause_own)));
  const Result<std::vector<Judgement>> judgements = state_.judge(event.event);
  if (!judgements) return blame(judgements.error().message);
  note_listeners(*judgements);
  must(in_batches_ ? engine_.take_of_batch(event, *judgements) : engine_.take(event, *judgements));
}

void Replay::deploy(int version) {
  const DeployedFlow& next = *versions_[static_cast<std::size_t>(version)];
  std::vector<MemoryState::StateKey> changed;
  for (const auto& state : state_.states()) {
    if (!same_shape(flow(), next, state.first.joining)) changed.push_back(state.first);
  }
  for (const MemoryState::StateKey& key : changed) expire(key);
  versions_[static_cast<std::size_t>(version)]->enabled = flow().enabled;
  versions_[static_cast<std::size_t>(version)]->disabled = std::set<TriggerId>(flow().disabled);
  version_ = static_cast<std::size_t>(version);
  state_.put_flow(versions_[version_]);
}

// What waits where a deploy has changed the rules.
void Replay::expire(const MemoryState::StateKey& key) {
  for (const WaitingEvent& waiting : state_.states().at(key).waiting) {
    must(state_.set_outcome(waiting.event, flow(), waiting.trigger, {qflow::Outcome::kExpired, "changed by a deploy"}));
  }
  must(state_.save_state(flow(), key.joining, key.correlation, {}));
}

void Replay::end_run(const Step& step) {
  int which = step.number;
  for (const MemoryState::MemoryRun& made : state_.runs()) {
    if (made.status != RunStatus::kRunning || which-- > 0) continue;
    const RunId run = made.id;
    const RunStatus status = *parse_run_status(step.status);
    state_.end_run(run, status, instant_of(step.at));
    const qflow::Run ended = *state_.load_run(run);
    const RecordedEvent& end = state_.record(run_end_event(ended, status, "", instant_of(step.at)));
    const Result<std::vector<Judgement>> judgements = state_.judge(end.event);
    if (!judgements) return blame(judgements.error().message);
    note_listeners(*judgements);
    return must(engine_.take(end, *judgements));
  }
}

void Replay::set_enabled(const std::string& trigger, bool enabled) {
  DeployedFlow& flow = *versions_[version_];
  if (trigger.empty()) {
    flow.enabled = enabled;
  } else if (enabled) {
    flow.disabled.erase(*TriggerId::parse(trigger));
  } else {
    flow.disabled.insert(*TriggerId::parse(trigger));
  }
}

// ---- What holds for every pair

void Replay::must(const Status& status) {
  if (!status) blame("an error: " + status.error().message);
}

void Replay::blame(const std::string& breach) {
  if (breach_.empty()) breach_ = fmt::format("at step {}: {}", steps_, breach);
}

Replay::Pair* Replay::find_pair(int event, const std::string& trigger) {
  const auto found = std::find_if(pairs_.rbegin(), pairs_.rend(),
                                  [&](const Pair& pair) { return pair.event == event && pair.trigger == trigger; });
  return found != pairs_.rend() ? &*found : nullptr;
}

// The pairs of the events that the engine has caused.
void Replay::note_caused() {
  for (Result<Event> event = state_.load_event(events_ + 1); event; event = state_.load_event(events_ + 1)) {
    const Result<std::vector<Judgement>> judgements = state_.judge(*event);
    if (!judgements) return blame(judgements.error().message);
    note_listeners(*judgements);
  }
}

// The pairs of the next event.
void Replay::note_listeners(const std::vector<Judgement>& judgements) {
  const int number = number_of(++events_);
  for (const Judgement& one : judgements) pairs_.push_back({number, one.trigger->id().text(), {}});
}

// A pair gets an outcome with its event, and waiting is the only one that gives way to another.
void Replay::note_changes() {
  const auto& history = state_.history();
  for (; changes_ < history.size(); ++changes_) {
    const auto& change = history[changes_];
    const int event = number_of(change.pair.event);
    Pair* pair = find_pair(event, change.pair.trigger.text());
    if (pair == nullptr) return blame("an outcome of a pair that does not listen: " + change.pair.trigger.text());
    Outcome outcome{fate_of(change.outcome.outcome)};
    if (change.outcome.run) outcome.run = static_cast<int>(change.outcome.run->number);
    if (change.outcome.by) outcome.by = number_of(place_of(state_, *change.outcome.by));
    if (!change.outcome.run && change.outcome.reason.empty()) blame("no reason for " + line_of(outcome));
    if (pair->outcome && pair->outcome->fate != Fate::kWaiting) {
      blame(fmt::format("event {} at {} was {} and becomes {}", event, pair->trigger, line_of(*pair->outcome),
                        line_of(outcome)));
    }
    pair->outcome = outcome;
  }
  for (const Pair& pair : pairs_) {
    if (!pair.outcome) blame(fmt::format("event {} has no outcome at {}", pair.event, pair.trigger));
  }
}

// What waits is in exactly one state, and nothing else is.
void Replay::check_waiting() {
  std::size_t in_states = 0;
  for (const auto& [key, state] : state_.states()) {
    bool held = false;
    for (const WaitingEvent& waiting : state.waiting) {
      ++in_states;
      held = held || waiting.held;
      const Pair* pair = find_pair(number_of(waiting.event), waiting.trigger.text());
      const bool waits = pair != nullptr && pair->outcome && pair->outcome->fate == Fate::kWaiting;
      if (!waits) blame(fmt::format("event {} is in a state and does not wait", number_of(waiting.event)));
    }
    if (held != state.held.has_value()) blame("a debounce without events, or events without one");
  }
  const auto waiting = std::count_if(pairs_.begin(), pairs_.end(), [](const Pair& pair) {
    return pair.outcome && pair.outcome->fate == Fate::kWaiting;
  });
  if (static_cast<std::size_t>(waiting) != in_states) {
    blame(fmt::format("{} pairs wait, {} are in states", waiting, in_states));
  }
}

// ---- Runs

std::vector<Run> Replay::runs() const {
  std::vector<Run> runs;
  for (const MemoryState::MemoryRun& made : state_.runs()) runs.push_back(described(made));
  return runs;
}

Run Replay::described(const MemoryState::MemoryRun& made) const {
  Run run;
  run.number = static_cast<int>(made.id.number);
  run.state = state_of(made.status);
  run.asked_to_end = made.asked_to_end;
  run.trigger = made.trigger->text();
  run.context = made.context;
  run.depth = made.depth;
  const int n = made.params.at("n").get<int>();
  if (n != 0) run.n = {Value::Kind::kNumber, n};
  for (const RecordedEvent* event : made.events) {
    const int number = number_of(event->order);
    for (const Pair& pair : pairs_) {
      const bool fired = pair.outcome && pair.outcome->run == run.number;
      if (pair.event == number && fired) run.events.emplace_back(number, pair.trigger);
    }
  }
  std::sort(run.events.begin(), run.events.end());
  return run;
}

}  // namespace qflow::reference
