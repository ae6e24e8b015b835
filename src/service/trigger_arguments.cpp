#include "qflow/service/trigger_arguments.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "qflow/error/printable.h"
#include "qflow/model/run_end.h"
#include "qflow/model/step_state.h"
#include "qflow/os/random.h"
#include "qflow/service/input_file.h"
#include "qflow/service/run_objects.h"
#include "qflow/service/run_reference.h"

namespace qflow {

namespace {

constexpr std::uint64_t kLongestEvent = 1024 * 1024;

// A step that was taken over from an earlier run has no event of its own in this one.
Result<Event> taken_over_event(const Run& run, const StepState& step, const Doors& doors) {
  Event event = step_end_event(run, step);
  event.recorded_at = doors.clock.now();
  event.id = make_event_id(event.recorded_at, random_bytes());
  return event;
}

Result<Event> step_event(Store& store, const Run& run, const StepId& step, const Doors& doors) {
  QFLOW_ASSIGN(const auto flow, recorded_flow(store, run));
  QFLOW_TRY(find_step(*flow, step).map([](std::size_t) {}));
  QFLOW_ASSIGN(const std::vector<StepState> states, store.ledger().steps(run.id));
  const auto state =
      std::find_if(states.begin(), states.end(), [&](const StepState& each) { return each.step == step; });
  const std::string what = fmt::format("the step {} of {}", quoted(step.text()), run.id.text());
  if (state == states.end() || !state->ended_at) return fail(ErrorKind::kNotFound, what + " was never started");
  if (state->status == StepStatus::kSkipped) {
    return fail(ErrorKind::kNotFound, fmt::format("{} was skipped: {}", what, state->reason),
                "a trigger on a step never hears of that");
  }
  auto ended = store.ledger().end_event(run.id, step);
  if (ended || ended.error().kind != ErrorKind::kNotFound) return ended;
  return taken_over_event(run, *state, doors);
}

Result<TriggerSource> run_source(const std::string& argument, const std::string& name_space, Store* store,
                                 const Doors& doors) {
  QFLOW_ASSIGN(const RunReference reference, parse_run_reference(argument));
  if (store == nullptr) {
    return fail(ErrorKind::kNotFound, "there is no run " + quoted(argument) + ": this folder has no store yet",
                "run " + reference.flow.text() + " first, or name another store with --store");
  }
  QFLOW_ASSIGN(const Run run, find_run(*store, reference, LatestMeans::kNewestEnded, name_space));
  if (!has_ended(run.status)) {
    return fail(ErrorKind::kBusy,
                run.id.text() + " has not ended: it is " + std::string(to_text(status_now(*store, run.id, run.status))),
                "wait for its end, or name " + reference.flow.text() + "/latest, the newest run that has ended");
  }
  TriggerSource source;
  if (reference.step) {
    QFLOW_ASSIGN(source.event, step_event(*store, run, *reference.step, doors));
  } else {
    QFLOW_ASSIGN(source.event, store->ledger().end_event(run.id, std::nullopt));
  }
  source.short_name = run.id.flow.text();
  source.run = run.id;
  source.step = reference.step;
  return source;
}

Result<TriggerSource> new_event(Event event, const Doors& doors) {
  event.recorded_at = doors.clock.now();
  event.id = make_event_id(event.recorded_at, random_bytes());
  return TriggerSource{event, event.name, std::nullopt, std::nullopt};
}

Result<Event> json_event(std::string_view text, const std::string& origin, const Doors& doors) {
  const auto object = parse_json(text, kMaxJsonDepth + 1);  // around its payload
  if (!object) return tl::make_unexpected(with_context(origin, object.error()));
  auto event = parse_event(*object, doors.clock.now());
  if (!event) return tl::make_unexpected(with_context(origin, event.error()));
  return event;
}

// The object that is written where the argument says; the argument itself where it is no place.
Result<std::string> read_written_event(std::string argument, const Doors& doors) {
  std::string text;
  std::string origin;
  if (argument == "-") {
    origin = "--trigger -";
    QFLOW_ASSIGN(text, doors.read_input());
  } else if (argument.starts_with('@')) {
    origin = argument.substr(1);
    QFLOW_ASSIGN(text, read_input_file(doors.files, doors.folder / origin, origin, kLongestEvent));
  } else {
    return argument;
  }
  // What is wrong with it is told with its place, which the text has no more.
  QFLOW_TRY(json_event(text, origin, doors).map([](const Event&) {}));
  return text;
}

Result<TriggerSource> recorded_event(const std::string& id, Store* store) {
  if (store == nullptr) return fail(ErrorKind::kNotFound, "there is no event " + id + ": this folder has no store yet");
  QFLOW_ASSIGN(Event event, store->ledger().find_event(id));
  if (event.payload.is_null()) {
    return fail(ErrorKind::kNotFound, "qflow gc has removed the payload of the event " + id,
                "write the event as a JSON object");
  }
  std::string name = event.name;
  return TriggerSource{std::move(event), std::move(name), std::nullopt, std::nullopt};
}

Result<TriggerSource> named_event(const std::string& name, const Doors& doors) {
  QFLOW_ASSIGN(const EventName checked, EventName::parse(name));
  Event event;
  event.name = checked.text();
  event.timestamp = doors.clock.now();
  return new_event(std::move(event), doors);
}

}  // namespace

Result<std::vector<std::string>> read_written_events(std::vector<std::string> arguments, const Doors& doors) {
  for (std::string& argument : arguments) {
    QFLOW_ASSIGN(argument, read_written_event(std::move(argument), doors));
  }
  return arguments;
}

Result<TriggerSource> parse_trigger_argument(const std::string& argument, const std::string& name_space, Store* store,
                                             const Doors& doors) {
  const std::size_t first = argument.find_first_not_of(" \t\r\n");
  if (first == std::string::npos) {
    return fail(ErrorKind::kInvalid, "--trigger is empty", "name a run (Flow/34), an event, or a JSON object");
  }
  if (argument[first] == '{' || argument[first] == '[' || argument[first] == '"') {
    QFLOW_ASSIGN(Event event, json_event(argument, "--trigger", doors));
    return new_event(std::move(event), doors);
  }
  if (argument.find('/') != std::string::npos) return run_source(argument, name_space, store, doors);
  if (is_event_id(argument)) return recorded_event(argument, store);
  if (argument.ends_with(".json") && exists(doors.files, doors.folder / argument).value_or(false)) {
    return fail(ErrorKind::kInvalid, fmt::format("{} is a file, and would be the name of an event", quoted(argument)),
                fmt::format("write --trigger @{} for the event that it holds", printable(argument)));
  }
  return named_event(argument, doors);
}

}  // namespace qflow
