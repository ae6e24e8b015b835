#include "engine/stream_text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>

namespace qflow::reference {
namespace {

std::string seconds(Seconds seconds) {
  return fmt::format("\"{}s\"", seconds);
}

std::string source_text(const Trigger& trigger, const Source& source) {
  std::string keys = fmt::format("name = \"{}\"", source.name);
  if (source.count > 0) keys += fmt::format(", count = {}", source.count);
  if (source.distinct) keys += ", distinct = \"event.payload.part\"";
  if (source.needs_go) keys += ", when = \"event.payload.go == 1\"";
  if (source.value) keys += fmt::format(", value = \"{}\"", *source.value);
  constexpr std::array<const char*, 3> conditions = {"success", "failure", "always"};
  if (trigger.of_runs) {
    keys += fmt::format(", condition = \"{}\"", conditions[static_cast<std::size_t>(source.condition)]);
  }
  // One source of an event trigger sets the parameters of its payload's names by itself.
  const bool by_name = !trigger.of_runs && trigger.sources.size() == 1;
  if (source.sets_n && !by_name) {
    keys += fmt::format(", parameters = {{ n = \"{}\" }}", trigger.of_runs ? "params.n" : "n");
  }
  return "{ " + keys + " }";
}

std::string names_text(const Names& names) {
  if (names.kind == Names::Kind::kName) return names.name;
  std::vector<std::string> parts;
  for (const Names& part : names.parts) parts.push_back(names_text(part));
  return fmt::format("({})", fmt::join(parts, names.kind == Names::Kind::kAnd ? " && " : " || "));
}

std::string match_text(const Match& match) {
  switch (match.kind) {
    case Match::Kind::kAll:
      return "\"all\"";
    case Match::Kind::kAny:
      return "\"any\"";
    case Match::Kind::kAtLeast:
      return std::to_string(match.number);
    case Match::Kind::kNames:
      break;
  }
  return "\"" + names_text(match.names) + "\"";
}

// What a leg leaves to its group.
std::string joining_keys(const Trigger& trigger) {
  constexpr std::array<const char*, 3> joins = {"latest", "oldest", "all"};
  std::string text = fmt::format("join = \"{}\"\n", joins[static_cast<std::size_t>(trigger.join)]);
  if (trigger.within) text += fmt::format("within = {}\n", seconds(*trigger.within));
  if (trigger.correlate) text += "correlate = \"event.payload.day\"\n";
  if (trigger.first_letter) text += "context = \"event.context.substring(0, 1)\"\n";
  if (trigger.debounce) text += fmt::format("debounce = {}\n", seconds(*trigger.debounce));
  if (trigger.max_wait) text += fmt::format("max_wait = {}\n", seconds(*trigger.max_wait));
  return text;
}

std::string trigger_text(const Trigger& trigger, bool is_leg) {
  const char* type = trigger.is_group() ? "group" : trigger.of_runs ? "flow" : "event";
  std::string text = fmt::format("\n[[triggers]]\nid = \"{}\"\ntype = \"{}\"\n", trigger.id, type);
  std::vector<std::string> sources;
  for (const Source& source : trigger.sources) sources.push_back(source_text(trigger, source));
  if (!sources.empty()) {
    text += fmt::format("{} = [{}]\n", trigger.of_runs ? "flows" : "events", fmt::join(sources, ", "));
  }
  text += fmt::format("match = {}\n", match_text(trigger.match));
  if (!trigger.enabled) text += "enabled = false\n";
  if (trigger.needs_ok) text += "when = \"event.payload.ok == 1\"\n";
  return is_leg ? text : text + joining_keys(trigger);
}

bool is_leg(const Flow& flow, const std::string& id) {
  for (const Trigger& trigger : flow.triggers) {
    for (const std::string& leg : trigger.legs) {
      if (leg == id) return true;
    }
  }
  return false;
}

std::string json_of(const Value& value) {
  if (value.kind == Value::Kind::kNull) return "null";
  if (value.kind == Value::Kind::kText) return "\"" + value.text + "\"";
  return fmt::format("{}{}", value.number, value.with_point ? ".0" : "");
}

void add_field(std::vector<std::string>& fields, const char* name, const Value& value) {
  if (value.kind != Value::Kind::kMissing) fields.push_back(fmt::format("\"{}\":{}", name, json_of(value)));
}

std::string payload_text(const Step& event) {
  std::vector<std::string> fields;
  add_field(fields, "ok", event.ok);
  add_field(fields, "go", event.go);
  add_field(fields, "day", event.day);
  add_field(fields, "part", event.part);
  if (event.status.empty()) {
    add_field(fields, "n", event.n);
  } else {
    fields.push_back(fmt::format("\"status\":\"{}\"", event.status));
    std::vector<std::string> params;
    add_field(params, "n", event.n);
    fields.push_back(fmt::format("\"params\":{{{}}}", fmt::join(params, ",")));
  }
  return fmt::format("{{{}}}", fmt::join(fields, ","));
}

std::string event_text(const Step& event) {
  std::string text = fmt::format("{} {}", event.name, payload_text(event));
  if (event.timestamp != event.at) text += fmt::format(" timestamp={}s", event.timestamp);
  if (event.context) text += " context=" + *event.context;
  if (event.value) text += " value=" + *event.value;
  if (event.cause_depth > 0) text += fmt::format(" caused by a run of depth {}", event.cause_depth);
  if (event.cause_own > 0) text += fmt::format(" caused by the newest run but {}", event.cause_own - 1);
  return text;
}

}  // namespace

std::string toml_of(const Flow& flow) {
  constexpr std::array<const char*, 5> policies = {"parallel", "queue", "coalesce", "skip", "replace"};
  std::string text = fmt::format("[parameters.n]\ntype = \"int\"\ndefault = 0\n\n[run]\nwhen_busy = \"{}\"\n",
                                 policies[static_cast<std::size_t>(flow.policy)]);
  if (flow.max_parallel) text += fmt::format("max_parallel = {}\n", *flow.max_parallel);
  for (const Trigger& trigger : flow.triggers) text += trigger_text(trigger, is_leg(flow, trigger.id));
  return text;
}

std::string line_of(const Step& step) {
  const auto at = [&](const std::string& what) { return fmt::format("{:>4}s  {}", step.at, what); };
  switch (step.kind) {
    case Step::Kind::kEvent:
      return at(event_text(step));
    case Step::Kind::kWait:
      return at("-");
    case Step::Kind::kStart:
      return at("start queued runs");
    case Step::Kind::kEnd:
      return at(fmt::format("end the running run {} as {}", step.number, step.status));
    case Step::Kind::kDeploy:
      return at(fmt::format("deploy version {}", step.number));
    case Step::Kind::kEnable:
      return at("enable '" + step.name + "'");
    case Step::Kind::kDisable:
      break;
  }
  return at("disable '" + step.name + "'");
}

std::string line_of(const Outcome& outcome) {
  constexpr std::array<const char*, 8> fates = {"waiting",  "fired",   "superseded", "expired",
                                                "filtered", "skipped", "coalesced",  "stopped"};
  std::string text = fates[static_cast<std::size_t>(outcome.fate)];
  if (outcome.run > 0) text += fmt::format(" run {}", outcome.run);
  if (outcome.by >= 0) text += fmt::format(" by {}", outcome.by);
  return text;
}

std::string line_of(const Run& run) {
  constexpr std::array<const char*, 4> states = {"queued", "running", "ended", "cancelled"};
  std::vector<std::string> events;
  for (const auto& event : run.events) events.push_back(fmt::format("{}→{}", event.first, event.second));
  return fmt::format("run {} {}{} of {} context={} depth={} n={} events {}", run.number,
                     states[static_cast<std::size_t>(run.state)], run.asked_to_end ? " (asked to end)" : "",
                     run.trigger, run.context.value_or("-"), run.depth,
                     run.n.kind == Value::Kind::kMissing ? "default" : json_of(run.n), fmt::join(events, " "));
}

}  // namespace qflow::reference
