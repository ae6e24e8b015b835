#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "cli/command_table.h"
#include "cli/deployed_argument.h"
#include "cli/effect_report.h"
#include "cli/overdue_note.h"
#include "cli/run_report.h"
#include "cli/store_access.h"
#include "cli/table.h"
#include "qflow/error/printable.h"
#include "qflow/error/wording.h"
#include "qflow/service/deployment_reference.h"
#include "qflow/service/explanation.h"
#include "qflow/service/queue_reason.h"
#include "qflow/service/run_objects.h"

namespace qflow {

namespace {

constexpr PositionalSpec kPositionals[] = {{.name = "FLOW[/TRIGGER]",
                                            .help = "a deployed flow, or one of its triggers",
                                            .completes = Completes::kDeployedTrigger}};

constexpr OptionSpec kOptions[] = {{.name = "json", .help = "one JSON object per trigger"}};

constexpr std::size_t kShownGroups = 20;

Status add_arrived(Store& store, const WaitingGroup& group, Json& list) {
  for (const ArrivedEvent& arrived : group.arrived) {
    QFLOW_ASSIGN(const Event event, store.ledger().triggers().event_at(arrived.order));
    Json& one = list.emplace_back(to_json(event));
    one["source"] = arrived.source;
    one["correlation"] = group.correlation.empty() ? Json() : parse_json(group.correlation).value_or(Json());
  }
  return {};
}

std::string day_text(std::chrono::sys_days day) {
  return format_instant(day).substr(0, std::string_view("2026-11-20").size());
}

Json daily_json(const std::vector<DailyCount>& counts) {
  Json list = Json::array();
  for (const DailyCount& count : counts) {
    list.push_back({{"day", day_text(count.day)}, {"outcome", to_text(count.outcome)}, {"events", count.events}});
  }
  return list;
}

Json sensors_json(const std::vector<SensorState>& sensors) {
  Json list = Json::array();
  for (const auto& [trigger, known] : sensors) {
    list.push_back({{"trigger", trigger.text()},
                    {"looked_at", json_or_null(known.looked_at)},
                    {"seen", known.looked_at ? Json(known.seen) : Json()},
                    {"next", json_or_null(known.due)},
                    {"failures", known.failures},
                    {"failing_since", json_or_null(known.failing_since)},
                    {"error", text_or_null(known.error)}});
  }
  return list;
}

Json missed_json(const std::vector<MissedBySchedule>& all) {
  Json list = Json::array();
  for (const MissedBySchedule& missed : all) {
    Json one = to_json(missed.instants);
    one["trigger"] = missed.schedule.text();
    list.push_back(std::move(one));
  }
  return list;
}

// "12 fired, 340 filtered".
std::string totals_text(const std::vector<DailyCount>& counts) {
  std::map<std::string_view, std::int64_t> totals;
  for (const DailyCount& count : counts) totals[to_text(count.outcome)] += count.events;
  std::vector<std::string> texts;
  for (const auto& [outcome, events] : totals) texts.push_back(fmt::format("{} {}", events, outcome));
  return fmt::format("{}", fmt::join(texts, ", "));
}

// The keys that the help lists; "waiting" holds what is still missing per correlation value.
Result<Json> json_of(Store& store, const TriggerExplanation& trigger) {
  Json waiting = Json::array(), arrived = Json::array(), filtered = Json::array();
  std::optional<Instant> closes;
  for (const WaitingGroup& group : trigger.waiting) {
    waiting.push_back(
        {{"correlation", group.correlation.empty() ? Json() : parse_json(group.correlation).value_or(Json())},
         {"missing", group.missing.list()}});
    QFLOW_TRY(add_arrived(store, group, arrived));
    if (group.window_closes && (!closes || *group.window_closes < *closes)) closes = group.window_closes;
  }
  for (const TriggerOutcome& outcome : trigger.refused) {
    Json one = qflow::json_of(outcome);
    one["event"] = outcome.event;
    filtered.push_back(std::move(one));
  }
  return Json{{"flow", trigger.flow.text()},
              {"namespace", text_or_null(trigger.name_space)},
              {"trigger", trigger.trigger.text()},
              {"group", trigger.group ? Json(trigger.group->text()) : Json()},
              {"sentence", trigger.sentence},
              {"disabled", text_or_null(trigger.disabled)},
              {"disabled_legs", trigger.disabled_legs},
              {"waiting", std::move(waiting)},
              {"arrived", std::move(arrived)},
              {"filtered", std::move(filtered)},
              {"rolled_up", daily_json(trigger.rolled_up)},
              {"window_closes", json_or_null(closes)},
              {"last", trigger.last_run ? Json(trigger.last_run->text()) : Json()},
              {"next", json_or_null(next_of(trigger))},
              {"missed", missed_json(trigger.missed)},
              {"sensors", sensors_json(trigger.sensors)},
              {"busy_with", trigger.busy_with ? Json(trigger.busy_with->text()) : Json()},
              {"would_fire", text_or_null(trigger.would_fire)}};
}

// What a person has written, perhaps on several lines.
std::string printable_lines(std::string_view text) {
  std::string lines;
  for (std::size_t end = text.find('\n'); end != std::string_view::npos; end = text.find('\n')) {
    lines += printable(text.substr(0, end)) + "\n";
    text.remove_prefix(end + 1);
  }
  return lines + printable(text);
}

std::string origin_of(const Event& event) {
  const std::string context = event.context ? ", context " + printable(*event.context) : "";
  if (event.caused_by) return " from " + event.caused_by->text() + context;
  return (event.sender ? " from " + printable(*event.sender) : "") + context;
}

std::int64_t newest_of(const WaitingGroup& group) {
  std::int64_t newest = 0;
  for (const ArrivedEvent& arrived : group.arrived) newest = std::max(newest, arrived.order);
  return newest;
}

class Printer {
 public:
  Printer(Context& context, Store& store)
      : context_(context), store_(store), painter_(painter_for(context, context.out)) {}

  void print_description(const TriggerExplanation& trigger) {
    if (trigger.flow_description.empty()) return;
    write(painter_.paint(Color::kDim, printable_lines(trigger.flow_description)) + "\n");
  }

  Status print(const TriggerExplanation& trigger) {
    const std::string flow = qualified_name(trigger.name_space, trigger.flow);
    write(fmt::format("{}  {}\n", painter_.paint(Color::kBold, flow + "/" + trigger.trigger.text()),
                      printable(trigger.sentence)));
    if (!trigger.description.empty()) {
      write(painter_.paint(Color::kDim, "  " + printable_lines(trigger.description)) + "\n");
    }
    if (!trigger.disabled.empty()) write(painter_.paint(Color::kYellow, "  " + printable(trigger.disabled)) + "\n");
    for (const std::string& leg : trigger.disabled_legs) {
      write(painter_.paint(Color::kYellow, fmt::format("  its leg {} is disabled\n", leg)));
    }
    if (trigger.waiting.empty() && !trigger.missing.empty()) {
      write(
          fmt::format("  nothing waits; {} needs {}\n", trigger.group ? trigger.group->text() : "it", trigger.missing));
    }
    const bool of_legs = trigger.group || trigger.type == "group";
    QFLOW_TRY(print_groups(trigger.waiting, of_legs));
    print_next(trigger);
    for (const SensorState& sensor : trigger.sensors) print_sensor(sensor, trigger.sensors.size() > 1);
    QFLOW_TRY(print_last(trigger));
    if (!trigger.refused.empty()) {
      const std::string newest = trigger.refused_more ? fmt::format(", the newest {}", trigger.refused.size()) : "";
      write(fmt::format("  not counted lately{}:\n", newest));
    }
    for (const TriggerOutcome& outcome : trigger.refused) QFLOW_TRY(print_refused(outcome));
    if (!trigger.rolled_up.empty()) {
      write(fmt::format("  up to {}, rolled up by qflow gc: {}\n", day_text(trigger.rolled_up.back().day),
                        totals_text(trigger.rolled_up)));
    }
    if (trigger.busy_with) {
      write(fmt::format("  busy: {} has not ended, and when_busy is skip\n", trigger.busy_with->text()));
    }
    const std::string command =
        trigger.would_fire.empty() ? trigger.to_enable : painter_.paint(Color::kCyan, trigger.would_fire);
    write(fmt::format("  to fire {}: {}\n", trigger.group ? trigger.group->text() : "it", command));
    return {};
  }

 private:
  void write(const std::string& text) { context_.out.write(text); }

  // Values that never meet stay, and the newest are those that somebody asks for.
  Status print_groups(const std::vector<WaitingGroup>& groups, bool of_legs) {
    std::vector<const WaitingGroup*> shown;
    for (const WaitingGroup& group : groups) shown.push_back(&group);
    if (shown.size() > kShownGroups) {
      const std::size_t left_out = shown.size() - kShownGroups;
      std::stable_sort(shown.begin(), shown.end(),
                       [](const auto* a, const auto* b) { return newest_of(*a) < newest_of(*b); });
      shown.erase(shown.begin(), shown.end() - static_cast<std::ptrdiff_t>(kShownGroups));
      write(fmt::format("  not shown: {}, which --json lists\n", counted(left_out, "earlier value")));
    }
    for (const WaitingGroup* group : shown) QFLOW_TRY(print_group(*group, of_legs));
    return {};
  }

  Status print_group(const WaitingGroup& group, bool of_legs) {
    if (!group.correlation.empty()) write(fmt::format("  for {}:\n", printable(group.correlation)));
    for (const ArrivedEvent& arrived : group.arrived) {
      QFLOW_ASSIGN(const Event event, store_.ledger().triggers().event_at(arrived.order));
      write(fmt::format("  arrived: {} {}{}  {}{}\n", event.name, time_for(context_, event.timestamp), origin_of(event),
                        painter_.paint(Color::kDim, event.id),
                        arrived.too_old ? ", too old for an event that comes now" : ""));
    }
    if (!group.missing.text.empty()) {
      write(fmt::format("  {} {}\n", painter_.paint(Color::kBlue, "waits for:"), printable(group.missing.text)));
    }
    if (group.due) write("  " + (group.expires ? expiry_text(group) : firing_text(group)) + "\n");
    if (group.window_closes) {
      write(fmt::format("  {} later than {} makes the oldest expire\n", of_legs ? "a leg that is met" : "an event",
                        format_instant(*group.window_closes)));
    }
    return {};
  }

  std::string expiry_text(const WaitingGroup& group) const {
    const std::string due = time_for(context_, *group.due);
    if (*group.due <= context_.clock.now())
      return fmt::format("expires with the next tick: its debounce ended {}", due);
    return fmt::format("expires {}, when its debounce is over, unless it is enabled before", due);
  }

  std::string firing_text(const WaitingGroup& group) const {
    const std::string due = time_for(context_, *group.due);
    if (*group.due <= context_.clock.now()) return fmt::format("fires with the next tick: its debounce ended {}", due);
    if (group.ends_with_event) return fmt::format("fires before the next event, or {}: its debounce was removed", due);
    return fmt::format("fires {}, when its debounce is over", due);
  }

  void print_next(const TriggerExplanation& trigger) {
    for (const TriggerId& ended : trigger.ended) {
      write(fmt::format("  {} has ended: it is not due any more\n", ended == trigger.trigger ? "it" : ended.text()));
    }
    for (const MissedBySchedule& missed : trigger.missed) {
      const std::string name = missed.schedule == trigger.trigger ? "" : missed.schedule.text() + ": ";
      write(fmt::format("  {}missed while disabled: {}\n", name, missed_span(missed.instants)));
    }
    if (!trigger.next) return;
    const bool overdue = *trigger.next <= context_.clock.now();
    const std::string instant = format_instant(*trigger.next);
    write(overdue
              ? fmt::format("  {} {}: no tick has come since\n", painter_.paint(Color::kYellow, "overdue:"), instant)
              : fmt::format("  next: {}\n", instant));
  }

  void print_sensor(const SensorState& sensor, bool named) {
    const KnownSensor& known = sensor.known;
    const std::string name = named ? sensor.trigger.text() + ": " : "";
    if (known.looked_at) {
      write(fmt::format("  {}looked at {}: {}\n", name, time_for(context_, *known.looked_at), printable(known.seen)));
    } else if (known.due && !known.failing_since) {
      write(fmt::format("  {}not looked at yet\n", name));
    }
    if (known.failing_since) {
      write(fmt::format("  {}{} {} ({}): {}\n", name, painter_.paint(Color::kRed, "failing since"),
                        time_for(context_, *known.failing_since), counted(known.failures, "look"),
                        printable(known.error)));
    }
    if (!known.due) return;
    const bool is_due = *known.due <= context_.clock.now();
    write(fmt::format("  {}next look: {}\n", name, is_due ? "with the next tick" : time_for(context_, *known.due)));
  }

  Status print_last(const TriggerExplanation& trigger) {
    if (!trigger.last_run) {
      write("  it has never fired\n");
      return {};
    }
    const RunId& id = *trigger.last_run;
    QFLOW_ASSIGN(const Run run, store_.ledger().run_without_sources(id));
    QFLOW_ASSIGN(const std::string why, queue_reason(store_, context_.files, run));
    write(fmt::format("  fired last: {} {} ({}{}{})\n", id.text(), time_for(context_, *trigger.last_fired),
                      to_text(status_now(store_, id, run.status)), why.empty() ? "" : ": ", why));
    return {};
  }

  Status print_refused(const TriggerOutcome& outcome) {
    QFLOW_ASSIGN(const Event event, store_.ledger().find_event(outcome.event));
    write(fmt::format("    {} {}{}  {}: {}\n", event.name, time_for(context_, event.timestamp), origin_of(event),
                      painter_.paint(Color::kDim, event.id),
                      painter_.paint(Color::kYellow, outcome_text(outcome.outcome))));
    return {};
  }

  Context& context_;
  Store& store_;
  Painter painter_;
};

Result<ExitStatus> run(Context& context, const Arguments& arguments) {
  QFLOW_ASSIGN(const DeployedArgument argument, parse_deployed_argument(arguments.positionals().front()));
  QFLOW_ASSIGN(const std::unique_ptr<Store> store, open_store(context, StoreAccess::kRead));
  QFLOW_ASSIGN(const Deployment deployment, find_deployment(*store, argument.flow));
  Printer printer(context, *store);
  QFLOW_ASSIGN(const auto triggers,
               explain_triggers(*store, context.trigger_types, deployment, argument.trigger, context.clock.now()));
  if (triggers.empty()) print_note(context, full_name(deployment) + " has no triggers: only qflow trigger starts it");
  const bool as_json = arguments.flag("json");
  if (!as_json && !triggers.empty()) printer.print_description(triggers.front());
  for (const TriggerExplanation& trigger : triggers) {
    if (as_json) {
      QFLOW_ASSIGN(const Json line, json_of(*store, trigger));
      print_json_line(context.out, line);
    } else {
      QFLOW_TRY(printer.print(trigger));
    }
  }
  print_overdue_note(context, *store);
  return ExitStatus::kOk;
}

}  // namespace

const Command kExplainCommand = {
    .name = "explain",
    .group = CommandGroup::kTriggers,
    .summary = "why a flow did or did not start",
    .description =
        "For each trigger: what it listens to, what has arrived and from whom, what is missing, when the window "
        "closes, when it fired last, which events were filtered, superseded or expired and why, and a command that "
        "would fire it; in that, ... stands for what only you know. A leg of a group is explained with what its group "
        "waits for.",
    .json =
        "one object per trigger: {flow, namespace, trigger, group, sentence, disabled, disabled_legs, waiting: "
        "[{correlation, missing: [TEXT]}], arrived: [event with source, correlation], filtered: [{event, outcome, "
        "reason, ...}], rolled_up: [{day, outcome, events}], window_closes, last, next, missed: [{trigger, count, first, "
        "last}], sensors: [{trigger, looked_at, seen, next, failures, failing_since, error}], busy_with, would_fire}; group is that of a leg, whose waiting, last and "
        "would_fire are the group's; missing lists what has to come, such as a, b (2 of 24), or c or d; event is the "
        "id of one; rolled_up is what qflow gc keeps of old outcomes; missed is what disabled schedules have missed, of more than "
        "10,000 instants a count of 10000; would_fire is null when the flow file disables "
        "it",
    .examples = "  $ qflow explain PredictionFlow\n  $ qflow explain DailyFlow/all_hours\n",
    .positionals = kPositionals,
    .options = kOptions,
    .run = run,
};

}  // namespace qflow
