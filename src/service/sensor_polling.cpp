#include "qflow/service/sensor_polling.h"

#include <map>
#include <utility>

#include "qflow/service/deployed_flows.h"
#include "qflow/trigger/trigger_registry.h"
#include "service/publish_rules.h"
#include "service/sensor_keeping.h"
#include "service/sensor_round.h"
#include "service/store_settings.h"

namespace qflow {

namespace {

constexpr std::chrono::seconds kLookPatience{10};

// Those whose next look, the first one, fires nothing.
Status add_without_baseline(TriggerLedger& ledger, DeployedFlows& flows, std::int64_t deployment,
                            std::vector<DueSensor>& sensors) {
  QFLOW_ASSIGN(const auto candidates, ledger.sensors_without_cursor(deployment));
  if (candidates.empty()) return {};
  QFLOW_ASSIGN(const auto flow, flows.find(deployment));
  for (const DueSensor& one : candidates) {
    const Trigger* trigger = find_trigger(flow->triggers, one.trigger);
    const SensorRules* rules = trigger != nullptr ? sensor_of(*trigger) : nullptr;
    QFLOW_ASSIGN(const auto known, ledger.sensor(deployment, one.trigger));
    if (rules == nullptr || !known || std::holds_alternative<ExecSensor>(rules->watched)) continue;
    if (known->baselined || rules->baseline == SensorBaseline::kIgnore) sensors.push_back(one);
  }
  return {};
}

// What a tick would refuse is an error here too.
Status leave_out_repeats(Store& store, const DeployedFlow& flow, const Trigger& sensor, const Doors& doors,
                         Peek& peek) {
  EventIntake intake(store, doors);
  const Instant now = doors.clock.now();
  std::vector<JudgedEvent> events;
  std::map<std::string, std::size_t> first_uses;  // of keys: which event
  std::vector<SensedChange> fresh;
  for (const SensedChange& change : peek.sighting.changes) {
    const std::size_t place = events.size();
    QFLOW_ASSIGN(events.emplace_back(), judge_change(intake, change, flow, sensor, now));
    QFLOW_ASSIGN(bool repeat, intake.is_repeat(events[place]));
    if (change.idempotency_key) {
      const auto [first, is_new] = first_uses.emplace(*change.idempotency_key, place);
      if (content_of(events[first->second]) != content_of(events[place])) {
        return tl::make_unexpected(refusal_of_look(peek.sighting, events, place, {ErrorKind::kInvalid, "", ""}));
      }
      repeat = repeat || !is_new;
    }
    if (repeat) {
      ++peek.repeats;
    } else {
      fresh.push_back(change);
    }
  }
  peek.sighting.changes = std::move(fresh);
  return {};
}

}  // namespace

Result<PollReport> poll_sensors(Store& store, const Doors& doors, RunDispatcher& dispatcher) {
  QFLOW_ASSIGN(const auto due, store.ledger().triggers().due_sensors(doors.clock.now()));
  if (due.empty()) return PollReport();
  SensorRound round(store, doors, dispatcher, kLookPatience);
  QFLOW_TRY(round.run(due, SensorRound::Which::kDue));
  return round.report();
}

Result<std::map<std::int64_t, std::vector<std::string>>> take_baselines(Store& store,
                                                                        const std::vector<std::int64_t>& deployments,
                                                                        const Doors& doors) {
  DeployedFlows flows(store, doors.trigger_types);
  std::vector<DueSensor> sensors;
  for (const std::int64_t deployment : deployments) {
    QFLOW_TRY(add_without_baseline(store.ledger().triggers(), flows, deployment, sensors));
  }
  RunDispatcher dispatcher(store, doors);
  SensorRound round(store, doors, dispatcher, std::chrono::seconds(0));
  QFLOW_TRY(round.run(sensors, SensorRound::Which::kAll));
  return round.notes();
}

Result<Peek> peek_at_sensor(Store& store, const DeployedFlow& flow, const TriggerId& trigger, const Doors& doors) {
  QFLOW_ASSIGN(const Trigger* sensor, named_sensor(flow, trigger));
  QFLOW_ASSIGN(LookOrder order, order_look(store, flow, *sensor, doors));
  QFLOW_ASSIGN(const StoreConfig config, load_store_config(store.layout(), doors.files));
  order.max_payload = config.max_payload;
  order.now = doors.clock.now();
  Peek peek;
  QFLOW_ASSIGN(peek.sighting, carry_out(order, doors.files, doors.launcher, doors.clock));
  QFLOW_TRY(leave_out_repeats(store, flow, *sensor, doors, peek));
  return peek;
}

Status reset_sensor(Store& store, const DeployedFlow& flow, const TriggerId& trigger, const Doors& doors) {
  QFLOW_ASSIGN(const Trigger* sensor, named_sensor(flow, trigger));
  return store.ledger().write(Durability::kPower, [&](LedgerWriter&) -> Status {
    return forget_sensor(store.ledger(), flow, *sensor, doors.clock.now());
  });
}

}  // namespace qflow
