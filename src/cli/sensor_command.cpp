#include <fmt/format.h>

#include "cli/command_table.h"
#include "cli/deployed_argument.h"
#include "cli/store_access.h"
#include "cli/terminal.h"
#include "qflow/error/printable.h"
#include "qflow/error/wording.h"
#include "qflow/service/deployed_flows.h"
#include "qflow/service/deployment_reference.h"
#include "qflow/service/sensor_polling.h"
#include "qflow/trigger/trigger_registry.h"
#include "qflow/trigger/trigger_sentence.h"

namespace qflow {

namespace {

constexpr PositionalSpec kPositionals[] = {
    {.name = "peek|reset", .help = "look now, or forget", .completes = Completes::kChoice, .choices = "peek|reset"},
    {.name = "FLOW/TRIGGER",
     .help = "a sensor of a deployed flow; the flow alone if it has only one",
     .completes = Completes::kSensor}};

constexpr OptionSpec kOptions[] = {{.name = "json", .help = "with peek: one JSON object"}};

constexpr std::size_t kShownChanges = 20;

struct NamedSensor {
  std::shared_ptr<const DeployedFlow> flow;
  TriggerId trigger;

  std::string name() const { return full_name(*flow) + "/" + trigger.text(); }
};

Result<TriggerId> only_sensor(const DeployedFlow& flow) {
  std::vector<std::string> names;
  for (const auto& trigger : flow.triggers) {
    if (sensor_of(*trigger) != nullptr) names.push_back(full_name(flow) + "/" + trigger->id().text());
  }
  if (names.size() == 1) return TriggerId::parse(names.front().substr(names.front().rfind('/') + 1));
  if (names.empty()) return fail(ErrorKind::kInvalid, full_name(flow) + " has no sensor");
  return fail(ErrorKind::kInvalid, fmt::format("{} has {} sensors", full_name(flow), names.size()),
              fmt::format("name one of {}", fmt::join(names, ", ")));
}

Result<NamedSensor> find_sensor(const Context& context, Store& store, const std::string& text) {
  QFLOW_ASSIGN(const DeployedArgument argument, parse_deployed_argument(text));
  QFLOW_ASSIGN(const Deployment deployment, find_deployment(store, argument.flow));
  NamedSensor sensor;
  DeployedFlows flows(store, context.trigger_types);
  QFLOW_ASSIGN(sensor.flow, flows.find(deployment.key));
  if (argument.trigger) {
    sensor.trigger = *argument.trigger;
  } else {
    QFLOW_ASSIGN(sensor.trigger, only_sensor(*sensor.flow));
  }
  return sensor;
}

Json json_of(const SensedChange& change) {
  return {{"payload", change.payload},
          {"timestamp", json_or_null(change.timestamp)},
          {"value", json_or_null(change.value)},
          {"sender", json_or_null(change.sender)},
          {"context", json_or_null(change.context)},
          {"idempotency_key", json_or_null(change.idempotency_key)}};
}

Json json_of(const NamedSensor& sensor, const Peek& peek, bool first) {
  const Sighting& sighting = peek.sighting;
  Json changes = Json::array();
  for (const SensedChange& change : sighting.changes) changes.push_back(json_of(change));
  Json seconds;
  if (sighting.unsettled) seconds = std::chrono::duration<double>(*sighting.unsettled).count();
  return {{"flow", sensor.flow->definition->id.text()},
          {"namespace", text_or_null(sensor.flow->name_space)},
          {"trigger", sensor.trigger.text()},
          {"seen", sighting.seen},
          {"first", first},
          {"changes", std::move(changes)},
          {"repeats", peek.repeats},
          {"more", sighting.more},
          {"unsettled_seconds", std::move(seconds)}};
}

void print_changes(Context& context, const Sighting& sighting) {
  const auto write = [&](const std::string& text) { context.out.write(text); };
  const std::size_t count = sighting.changes.size();
  if (count == 0) {
    write("  would report nothing\n");
    return;
  }
  write(fmt::format("  would report {}{} {}:\n", count, sighting.more ? " and more" : "",
                    count == 1 ? "change" : "changes"));
  for (std::size_t i = 0; i < count && i < kShownChanges; ++i) {
    write(fmt::format("    {}\n", printable(to_compact(sighting.changes[i].payload))));
  }
  if (count > kShownChanges) write(fmt::format("    and {} more; --json shows all\n", count - kShownChanges));
}

void print_peek(Context& context, const NamedSensor& sensor, const Peek& peek, bool first) {
  const Sighting& sighting = peek.sighting;
  const Painter painter = painter_for(context, context.out);
  const auto write = [&](const std::string& text) { context.out.write(text); };
  const Trigger* trigger = find_trigger(sensor.flow->triggers, sensor.trigger);
  write(fmt::format("{}  {}\n", painter.paint(Color::kBold, sensor.name()), printable(describe(*trigger))));
  write(fmt::format("  sees {}\n", printable(sighting.seen)));
  if (first) write("  it was never looked at before\n");
  if (sighting.unsettled) {
    write(fmt::format("  something is still changing; the next look in {} may report it\n",
                      format_duration(*sighting.unsettled)));
  }
  if (peek.repeats > 0) {
    write(fmt::format("  {}\n", counted(peek.repeats, "change is known by its idempotency key",
                                        "changes are known by their idempotency keys")));
  }
  print_changes(context, sighting);
}

Result<ExitStatus> peek(Context& context, const Arguments& arguments) {
  QFLOW_ASSIGN(const std::unique_ptr<Store> store, open_store(context, StoreAccess::kRead));
  QFLOW_ASSIGN(const NamedSensor sensor, find_sensor(context, *store, arguments.positionals().back()));
  QFLOW_ASSIGN(const Peek found, peek_at_sensor(*store, *sensor.flow, sensor.trigger, doors_of(context)));
  QFLOW_ASSIGN(const auto known, store->ledger().triggers().sensor(sensor.flow->key, sensor.trigger));
  const bool first = !known || !known->baselined;
  if (arguments.flag("json")) {
    print_json(context.out, json_of(sensor, found, first));
  } else {
    print_peek(context, sensor, found, first);
  }
  return ExitStatus::kOk;
}

Result<ExitStatus> reset(Context& context, const Arguments& arguments) {
  if (arguments.flag("json")) {
    return fail(ErrorKind::kUsage, "option --json belongs to qflow sensor peek", "a reset has nothing to show");
  }
  QFLOW_ASSIGN(const std::unique_ptr<Store> store, open_store(context, StoreAccess::kWrite));
  QFLOW_ASSIGN(const NamedSensor sensor, find_sensor(context, *store, arguments.positionals().back()));
  QFLOW_TRY(reset_sensor(*store, *sensor.flow, sensor.trigger, doors_of(context)));
  context.out.write(sensor.name() + " begins anew with the next tick\n");
  return ExitStatus::kOk;
}

Result<ExitStatus> run(Context& context, const Arguments& arguments) {
  const std::string& what = arguments.positionals().front();
  if (what == "peek") return peek(context, arguments);
  if (what == "reset") return reset(context, arguments);
  return fail(ErrorKind::kUsage, "sensor has no " + quoted(what), "qflow sensor peek FLOW/TRIGGER, or reset");
}

}  // namespace

const Command kSensorCommand = {
    .name = "sensor",
    .group = CommandGroup::kTriggers,
    .summary = "look at what a sensor watches, or let it begin anew",
    .description =
        "peek looks now and says what the sensor would report, or why its look would fail; nothing is recorded, and "
        "the next tick reports it. reset forgets what the sensor has seen, its cursor and its failures: the next look "
        "is the first one, and its baseline decides whether what is there fires.",
    .json =
        "{flow, namespace, trigger, seen, first, changes: [{payload, timestamp, value, sender, context, "
        "idempotency_key}], repeats, more, unsettled_seconds}; repeats: so many changes more are known by their "
        "idempotency keys; first: it was never looked at before; more: there are more than "
        "one look reports; unsettled_seconds is null unless something is still changing",
    .examples = "  $ qflow sensor peek OrdersFlow/new_files\n  $ qflow sensor reset OrdersFlow/new_files\n",
    .positionals = kPositionals,
    .options = kOptions,
    .run = run,
};

}  // namespace qflow
