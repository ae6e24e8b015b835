#include "service/sensor_round.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "qflow/os/process_journal.h"
#include "qflow/runner/run_variables.h"
#include "qflow/service/deployed_flows.h"
#include "qflow/trigger/source_filter.h"
#include "qflow/trigger/trigger_registry.h"
#include "service/deployed_environment.h"
#include "service/look_journal.h"
#include "service/outlast_writers.h"
#include "service/publish_rules.h"
#include "service/secrets.h"
#include "service/sensor_keeping.h"

namespace qflow {

namespace {

constexpr std::ptrdiff_t kMostAtOnce = 128;
constexpr std::chrono::seconds kGrace{1};  // after a sensor's own time-out
constexpr std::chrono::minutes kLongestBackOff{15};
constexpr int kMostDoublings = 10;

// Ticks do not come to the second: a look each minute shall not become one every other minute.
Instant next_look(const SensorRules& rules, Instant begun) {
  return begun + rules.poll - std::min<Duration>(rules.poll / 10, std::chrono::seconds(5));
}

// The poll interval, doubled with each failure.
Instant next_try(const SensorRules& rules, std::int64_t failures, Instant now) {
  if (rules.poll >= kLongestBackOff) return now + rules.poll;
  const auto doublings = std::min<std::int64_t>(failures - 1, kMostDoublings);
  return now + std::min<Duration>(rules.poll * (std::int64_t{1} << doublings), kLongestBackOff);
}

bool is_due(const KnownSensor& sensor, Instant now) {
  return *sensor.due <= now || (sensor.set_at && *sensor.set_at > now);
}

SecretSource secrets_of(const StoreLayout& layout, Environment environment, FileSystem& files) {
  return [layout, environment = std::move(environment), &files](const std::string& name) -> Result<std::string> {
    QFLOW_ASSIGN(const ParameterName checked, ParameterName::parse(name));
    QFLOW_ASSIGN(auto value, find_secret(checked, environment, layout, files));
    if (value) return std::move(*value);
    return fail(ErrorKind::kNotFound, "no value for the secret '" + name + "'",
                "set the environment variable, or write it to " + layout.secret(checked).string());
  };
}

// As a run of the flow has it, whoever calls the tick.
Environment sensor_environment(const Environment& own, const Deployment& deployment) {
  Environment environment = deployed_environment(own, deployment);
  std::erase_if(environment, [](const auto& variable) { return is_run_variable(variable.first); });
  return environment;
}

bool starts_programs(const SensorRules& rules) {
  return std::holds_alternative<ExecSensor>(rules.watched);
}

Event event_of(const SensedChange& change, const DeployedFlow& flow, const Trigger& trigger, Instant now) {
  Event event;
  event.name = listened_name(trigger, trigger.subscriptions().front(), "");
  event.type = "sensor";
  event.name_space = event_namespace(flow);
  event.timestamp = change.timestamp.value_or(now);
  event.recorded_at = now;
  event.value = change.value;
  event.sender = change.sender;
  event.context = change.context;
  event.payload = change.payload;
  return event;
}

// With where the change stands in what a program printed.
Error refusal_of(const SensedChange& change, Error error) {
  if (change.origin.empty() || error.kind != ErrorKind::kInvalid) return error;
  return with_context(change.origin, std::move(error));
}

}  // namespace

Error refusal_of_look(const Sighting& sighting, const std::vector<JudgedEvent>& events, std::size_t place,
                      Error error) {
  const auto where = [](std::size_t) { return std::string("in another event of this look"); };
  return refusal_of(sighting.changes[place], refusal_in_batch(events, place, std::move(error), where));
}

Result<const Trigger*> named_sensor(const DeployedFlow& flow, const TriggerId& id) {
  QFLOW_ASSIGN(const Trigger* trigger, named_trigger(flow, id));
  if (sensor_of(*trigger) != nullptr) return trigger;
  return fail(ErrorKind::kInvalid, fmt::format("{}/{} is no sensor", full_name(flow), id.text()),
              "it is of type " + trigger->rules().type);
}

Result<LookOrder> order_look(Store& store, const DeployedFlow& flow, const Trigger& trigger, const Doors& doors) {
  TriggerLedger& ledger = store.ledger().triggers();
  QFLOW_ASSIGN(const auto known, ledger.sensor(flow.key, trigger.id()));
  QFLOW_ASSIGN(const Deployment deployment, ledger.deployment(flow.key));
  LookOrder order;
  order.rules = *sensor_of(trigger);
  // What happened while it was disabled is not new either.
  if (known && known->baselined) order.rules.baseline = SensorBaseline::kIgnore;
  QFLOW_ASSIGN(order.cursor, ledger.sensor_cursor(flow.key, trigger.id()));
  order.folder = flow.definition->folder;
  order.environment = sensor_environment(doors.environment, deployment);
  order.secret = secrets_of(store.layout(), order.environment, doors.files);
  return order;
}

Result<JudgedEvent> judge_change(EventIntake& intake, const SensedChange& change, const DeployedFlow& flow,
                                 const Trigger& trigger, Instant now) {
  OwnEvent event{.event = event_of(change, flow, trigger, now),
                 .idempotency_key = change.idempotency_key,
                 .timestamp_given = change.timestamp.has_value()};
  return intake.judge_own(flow, std::move(event)).map_error([&](Error error) {
    return refusal_of(change, std::move(error));
  });
}

SensorRound::SensorRound(Store& store, const Doors& doors, RunDispatcher& dispatcher,
                         std::chrono::microseconds patience)
    : store_(store),
      doors_(doors),
      dispatcher_(dispatcher),
      intake_(store, doors),
      until_(doors.clock.monotonic() + patience),
      crew_(doors.files, doors.clock) {}

Status SensorRound::run(const std::vector<DueSensor>& sensors, Which which) {
  if (sensors.empty()) return {};
  which_ = which;
  QFLOW_TRY(doors_.files.make_folder(store_.layout().sensors()));
  for (const DueSensor& sensor : sensors) watches_.emplace_back().sensor = sensor;
  QFLOW_TRY(start_ready());
  while (!is_over()) {
    const auto left = std::max(next_wake() - doors_.clock.monotonic(), std::chrono::microseconds(0));
    // What has ended counts, however long recording the others took.
    if (const auto finished = crew_.wait(left)) {
      QFLOW_TRY(take(*finished));
    } else {
      QFLOW_TRY(give_up_late_looks());
    }
    QFLOW_TRY(start_ready());
  }
  return {};
}

Status SensorRound::start_ready() {
  const auto now = doors_.clock.monotonic();
  auto looking = std::count_if(watches_.begin(), watches_.end(), [](const Watch& one) { return one.looking; });
  for (Watch& watch : watches_) {
    if (looking >= kMostAtOnce) return {};
    if (watch.done || watch.looking || watch.next > now) continue;
    QFLOW_TRY(start(watch));
    looking += watch.looking ? 1 : 0;
  }
  return {};
}

// Whatever is wrong with one sensor or its flow is its own failure: the others are looked at all the same.
Status SensorRound::start(Watch& watch) {
  if (!watch.begun) {
    const Result<bool> wanted = prepare(watch);
    watch.done = !wanted || !*wanted;
    if (watch.done) watch.lock = FileHandle();
    if (!wanted) return fail_look(watch, wanted.error());
    if (!*wanted) return {};
    watch.begun = doors_.clock.now();
  }
  watch.looking = true;
  watch.deadline = doors_.clock.monotonic() + watch.order.rules.timeout + kGrace;
  watch.order.id = static_cast<std::size_t>(&watch - watches_.data());
  watch.order.now = doors_.clock.now();
  ++report_.looks;
  crew_.start(watch.order);
  return {};
}

// What was due may have been looked at by another tick just now.
Result<bool> SensorRound::prepare(Watch& watch) {
  const DueSensor& sensor = watch.sensor;
  TriggerLedger& ledger = store_.ledger().triggers();
  QFLOW_ASSIGN(const auto before, ledger.sensor(sensor.deployment, sensor.trigger));
  if (!before) return false;
  watch.revision = before->revision;
  QFLOW_ASSIGN(const bool mine, lock(watch, *before));
  if (!mine) return false;
  QFLOW_ASSIGN(const auto known, ledger.sensor(sensor.deployment, sensor.trigger));
  const Instant now = doors_.clock.now();
  if (!known || !known->due || (which_ == Which::kDue && !is_due(*known, now))) return false;
  watch.revision = known->revision;
  QFLOW_ASSIGN(const auto flow, intake_.flows().find(sensor.deployment));
  QFLOW_ASSIGN(const Trigger* trigger, named_sensor(*flow, sensor.trigger));
  QFLOW_ASSIGN(watch.order, order_look(store_, *flow, *trigger, doors_));
  QFLOW_ASSIGN(watch.order.max_payload, intake_.max_payload());
  if (starts_programs(watch.order.rules)) {
    QFLOW_TRY(end_programs_left(watch.lock_path, doors_.files, doors_.processes, doors_.clock));
    watch.order.journal = watch.lock.descriptor();
    QFLOW_ASSIGN(watch.order.journal_note, journal_origin(watch.lock_path, doors_.files, doors_.processes));
  }
  return true;
}

Result<bool> SensorRound::lock(Watch& watch, const KnownSensor& known) {
  watch.lock_path = store_.layout().sensor_lock(watch.sensor.key, known.watched);
  QFLOW_ASSIGN(watch.lock, doors_.files.open(watch.lock_path, OpenMode::kLock));
  const Status mine = doors_.files.try_lock(watch.lock);
  if (mine) return true;
  watch.lock = FileHandle();
  if (mine.error().kind != ErrorKind::kBusy) return tl::make_unexpected(mine.error());
  note(watch, "is being looked at by another process, which takes what is there");
  return false;
}

bool SensorRound::is_over() const {
  return std::all_of(watches_.begin(), watches_.end(), [](const Watch& watch) { return watch.done; });
}

std::chrono::microseconds SensorRound::next_wake() const {
  const auto now = doors_.clock.monotonic();
  auto wake = std::chrono::microseconds::max();
  for (const Watch& watch : watches_) {
    // One that could look already waits for the end of another look.
    if (!watch.done && (watch.looking || watch.next > now)) {
      wake = std::min(wake, watch.looking ? watch.deadline : watch.next);
    }
  }
  return wake;
}

// A system call that hangs can't be ended: its thread, and the sensor's lock, stay until it returns.
Status SensorRound::give_up_late_looks() {
  for (Watch& watch : watches_) {
    if (watch.done || !watch.looking || watch.deadline > doors_.clock.monotonic()) continue;
    watch.done = true;
    watch.looking = false;
    QFLOW_TRY(
        fail_look(watch, {ErrorKind::kFailed, "it did not answer within " + format_duration(watch.order.rules.timeout),
                          "see whether a file system or a network hangs"}));
  }
  return {};
}

void SensorRound::release(Watch& watch) {
  // Who finds lines there looks for what they name, which has ended.
  if (starts_programs(watch.order.rules)) (void)empty_look_journal(watch.lock_path, doors_.files);
  watch.lock = FileHandle();
}

// Others may look at it as soon as it is done, whatever this round waits for.
Status SensorRound::take(const FinishedLook& finished) {
  Watch& watch = watches_[finished.id];
  Status taken;
  if (!watch.done) {
    watch.looking = false;
    watch.done = true;
    taken = finished.sighting ? take_sighting(watch, *finished.sighting) : fail_look(watch, finished.sighting.error());
  }
  if (watch.done) release(watch);
  return taken;
}

Status SensorRound::take_sighting(Watch& watch, const Sighting& sighting) {
  // Who reported it may not do so again.
  Result<bool> recorded = record(watch, sighting);
  while (!recorded && was_kept_out(store_.ledger(), recorded.error())) recorded = record(watch, sighting);
  // Such as a payload beyond max_payload. Of the ledger's own troubles the next attempt to write will tell.
  if (!recorded) return fail_look(watch, recorded.error());
  if (!*recorded) return {};
  note(watch, fmt::format("sees {} now; what changes later fires", sighting.seen));
  plan_next(watch, sighting);
  if (sighting.changes.empty()) return {};
  report_.changes += static_cast<int>(sighting.changes.size());
  QFLOW_ASSIGN(const int started, dispatcher_.dispatch());
  report_.started += started;
  return {};
}

void SensorRound::note(const Watch& watch, const std::string& text) {
  notes_[watch.sensor.deployment].push_back(fmt::format("trigger {} {}", watch.sensor.trigger.text(), text));
}

void SensorRound::plan_next(Watch& watch, const Sighting& sighting) {
  watch.next = doors_.clock.monotonic();
  if (!sighting.more) watch.next += sighting.unsettled.value_or(Duration(0));
  watch.done = (!sighting.more && !sighting.unsettled) || watch.next >= until_;
  if (!watch.done) watch.order.cursor = sighting.cursor;
}

Result<std::optional<KnownSensor>> SensorRound::still_known(const Watch& watch) {
  auto known = store_.ledger().triggers().sensor(watch.sensor.deployment, watch.sensor.trigger);
  if (known && *known && (*known)->revision != watch.revision) return std::optional<KnownSensor>();
  return known;
}

Result<std::vector<JudgedEvent>> SensorRound::judge(const Watch& watch, const Sighting& sighting, Instant now) {
  std::vector<JudgedEvent> events;
  if (sighting.changes.empty()) return events;
  QFLOW_ASSIGN(const auto flow, intake_.flows().find(watch.sensor.deployment));
  QFLOW_ASSIGN(const Trigger* trigger, named_sensor(*flow, watch.sensor.trigger));
  for (const SensedChange& change : sighting.changes) {
    QFLOW_ASSIGN(events.emplace_back(), judge_change(intake_, change, *flow, *trigger, now));
  }
  return events;
}

Result<bool> SensorRound::record(Watch& watch, const Sighting& sighting) {
  const Instant now = doors_.clock.now();
  QFLOW_ASSIGN(const std::vector<JudgedEvent> events, judge(watch, sighting, now));
  const auto durability = sighting.changes.empty() ? Durability::kProcess : Durability::kPower;
  bool counts = false;
  QFLOW_TRY(store_.ledger().write(durability, [&](LedgerWriter& writer) -> Status {
    QFLOW_ASSIGN(auto known, still_known(watch));
    counts = known.has_value();
    if (!counts) return {};
    const auto refused = [&](std::size_t i, Error error) {
      return refusal_of_look(sighting, events, i, std::move(error));
    };
    QFLOW_TRY(intake_.record(writer, events, refused));
    return save_progress(watch, sighting, *known, now);
  }));
  if (counts) ++watch.revision;
  return counts;
}

Status SensorRound::save_progress(const Watch& watch, const Sighting& sighting, KnownSensor& known, Instant now) {
  const bool moved = sighting.cursor != watch.order.cursor.value_or("");
  known.looked_at = now;
  known.seen = sighting.seen;
  known.failures = 0;
  known.failing_since.reset();
  known.error.clear();
  known.baselined = true;
  known.set_at = now;
  // After a baseline the next tick looks: who tries things out does not want to wait.
  known.due = sighting.more || which_ == Which::kAll ? now : next_look(watch.order.rules, *watch.begun);
  ++known.revision;
  QFLOW_TRY(store_.ledger().triggers().save_sensor(watch.sensor.deployment, watch.sensor.trigger, known));
  if (!moved) return {};
  std::optional<std::string> cursor;
  if (!sighting.cursor.empty()) cursor = sighting.cursor;
  return store_.ledger().triggers().save_sensor_cursor(watch.sensor.deployment, watch.sensor.trigger, cursor);
}

Status SensorRound::fail_look(Watch& watch, const Error& error) {
  note(watch, "can't look yet: " + to_text(error));
  return store_.ledger().write(Durability::kProcess, [&](LedgerWriter&) -> Status {
    QFLOW_ASSIGN(auto known, still_known(watch));
    if (!known) return {};
    const Instant now = doors_.clock.now();
    ++known->failures;
    if (!known->failing_since) known->failing_since = now;
    known->error = to_text(error);
    known->set_at = now;
    known->due = next_try(watch.order.rules, known->failures, now);
    return store_.ledger().triggers().save_sensor(watch.sensor.deployment, watch.sensor.trigger, *known);
  });
}

}  // namespace qflow
