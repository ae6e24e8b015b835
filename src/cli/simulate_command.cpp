#include <fmt/format.h>

#include <algorithm>

#include "cli/command_table.h"
#include "cli/flow_argument.h"
#include "cli/simulation_report.h"
#include "cli/store_access.h"
#include "cli/terminal.h"
#include "qflow/error/wording.h"
#include "qflow/service/deployed_flows.h"
#include "qflow/service/flow_simulation.h"
#include "qflow/service/input_file.h"

namespace qflow {

namespace {

constexpr PositionalSpec kPositionals[] = {{.name = "FILE",
                                            .help = "flow files; without any the deployed flows",
                                            .count = PositionalSpec::Count::kAny,
                                            .completes = Completes::kFile}};

constexpr OptionSpec kOptions[] = {
    {.name = "from", .value = "T", .help = "when the clock starts: RFC 3339, or a date (UTC)"},
    {.name = "until", .value = "T", .help = "when it stops, not included"},
    {.name = "events",
     .value = "FILE",
     .help = "what is published and which runs end, as JSON Lines (- for standard input)",
     .completes = Completes::kFile},
    {.name = "runs-take",
     .value = "D",
     .help = "runs succeed after this long, such as 10m; without it only the events file ends them"},
    {.name = "json", .help = "one JSON object per firing, then one per outcome"},
};

struct Span {
  Instant from;
  Instant until;
};

Result<Instant> read_instant(const Arguments& arguments, const char* option) {
  const std::optional<std::string> text = arguments.value(option);
  if (!text)
    return fail(ErrorKind::kUsage, fmt::format("qflow simulate needs --{}", option), "write --from and --until");
  const Result<Instant> instant = parse_datetime(*text);
  if (instant) return *instant;
  return tl::make_unexpected(Error{ErrorKind::kUsage, fmt::format("option --{}: {}", option, instant.error().message),
                                   instant.error().advice});
}

Result<Span> read_span(const Arguments& arguments) {
  Span span;
  QFLOW_ASSIGN(span.from, read_instant(arguments, "from"));
  QFLOW_ASSIGN(span.until, read_instant(arguments, "until"));
  if (span.from < span.until) return span;
  return fail(ErrorKind::kUsage, "option --until: it is not later than --from");
}

Result<std::optional<Duration>> read_runs_take(const Arguments& arguments) {
  const std::optional<std::string> text = arguments.value("runs-take");
  if (!text) return std::nullopt;
  const Result<Duration> length = parse_duration(*text);
  if (length) return std::optional(*length);
  return tl::make_unexpected(
      Error{ErrorKind::kUsage, "option --runs-take: " + length.error().message, length.error().advice});
}

// What is given, and to which flows.
struct World {
  std::vector<std::shared_ptr<const DeployedFlow>> flows;
  SimulationRules rules;
  std::vector<Given> given;
};

Result<std::vector<Given>> read_rows(Context& context, const std::string& file) {
  if (file == "-") {
    QFLOW_ASSIGN(const std::string text, context.in.read_all());
    return parse_given_rows(text, "standard input");
  }
  QFLOW_ASSIGN(const std::string text, read_input_file(context.files, context.folder / file, file, kLongestInput));
  return parse_given_rows(text, file);
}

Result<World> world_of_files(Context& context, const std::vector<std::string>& files) {
  World world;
  QFLOW_ASSIGN(std::vector<LoadedFlow> flows, load_checked_flows(context, files));
  QFLOW_ASSIGN(world.flows, deploy_in_memory(std::move(flows), context.environment));
  return world;
}

void note_left_out(Context& context, std::size_t events) {
  if (events == 0) return;
  print_note(context, counted(events, "event is left out: qflow gc has removed its payload",
                              "events are left out: qflow gc has removed their payloads"));
}

Result<World> world_of_store(Context& context, const Span& span, bool with_history) {
  World world;
  QFLOW_ASSIGN(const std::unique_ptr<Store> store, open_store(context, StoreAccess::kRead));
  DeployedFlows deployed(*store, context.trigger_types);
  QFLOW_ASSIGN(world.flows, deployed.all_readable());
  for (const std::string& note : deployed.passed_over()) print_note(context, note);
  QFLOW_ASSIGN(world.rules.max_chain, max_chain_of(*store, context.files));
  if (with_history) {
    QFLOW_ASSIGN(RecordedPast past, recorded_past(*store, span.from, span.until));
    world.given = std::move(past.given);
    note_left_out(context, past.left_out);
  }
  if (world.flows.empty()) print_note(context, "no flow is deployed; name flow files, or deploy them");
  return world;
}

// Runs that were started elsewhere belong where all the flows do, if there is one such place.
std::string shared_namespace(const World& world) {
  const auto& flows = world.flows;
  const bool one = std::all_of(flows.begin(), flows.end(),
                               [&](const auto& flow) { return flow->name_space == flows.front()->name_space; });
  return one && !flows.empty() ? flows.front()->name_space : "";
}

void note_rows_outside(Context& context, const World& world, const Span& span) {
  const auto outside = std::count_if(world.given.begin(), world.given.end(),
                                     [&](const Given& row) { return row.at < span.from || row.at >= span.until; });
  if (outside == 0) return;
  print_note(context, fmt::format("passed over {} before --from or from --until on", counted(outside, "row")));
}

void note_disabled_schedules(Context& context, const World& world) {
  for (const auto& flow : world.flows) {
    for (const auto& trigger : flow->triggers) {
      if (schedule_of(*trigger) == nullptr || is_enabled(*flow, *trigger)) continue;
      print_note(context, fmt::format("{}/{} is disabled", full_name(*flow), trigger->id().text()));
    }
  }
}

// No step is executed, so that only a row ends one.
void note_steps_listened_to(Context& context, const World& world) {
  const auto is_given = [&](const RunSubscription& run) {
    return std::any_of(world.given.begin(), world.given.end(), [&](const Given& row) {
      const auto* end = std::get_if<Given::End>(&row.what);
      return end != nullptr && end->flow == run.flow && end->step == run.step;
    });
  };
  for (const auto& flow : world.flows) {
    for (const auto& trigger : flow->triggers) {
      const auto& sources = trigger->subscriptions();
      const auto unheard = std::find_if(sources.begin(), sources.end(), [&](const Subscription& source) {
        const auto* run = std::get_if<RunSubscription>(&source);
        return run != nullptr && run->step && !is_given(*run);
      });
      if (unheard == sources.end() || !is_enabled(*flow, *trigger)) continue;
      const auto& run = std::get<RunSubscription>(*unheard);
      print_note(context, fmt::format("{}/{} listens to the step {} of {}, and no step is executed; give it an end row "
                                      "with \"step\": \"{}\"",
                                      full_name(*flow), trigger->id().text(), run.step->text(), run.flow.text(),
                                      run.step->text()));
    }
  }
}

void print_json_results(Context& context, const Simulation& simulation) {
  for (const SimulatedFiring& firing : simulation.firings()) print_json_line(context.out, json_of(firing));
  for (const SimulatedOutcome& outcome : simulation.outcomes()) print_json_line(context.out, json_of(outcome));
}

Result<ExitStatus> run(Context& context, const Arguments& arguments) {
  QFLOW_ASSIGN(const Span span, read_span(arguments));
  QFLOW_ASSIGN(const std::optional<Duration> runs_take, read_runs_take(arguments));
  const std::optional<std::string> events = arguments.value("events");
  const std::vector<std::string>& files = arguments.positionals();
  QFLOW_ASSIGN(World world, files.empty() ? world_of_store(context, span, !events) : world_of_files(context, files));
  if (events) {
    QFLOW_ASSIGN(world.given, read_rows(context, *events));
  }
  note_rows_outside(context, world, span);
  note_disabled_schedules(context, world);
  note_steps_listened_to(context, world);
  world.rules.runs_take = runs_take;
  world.rules.name_space = shared_namespace(world);
  Simulation simulation(std::move(world.flows), std::move(world.rules));
  for (Given& given : world.given) simulation.give(std::move(given));
  QFLOW_TRY(simulation.run(span.from, span.until - Duration(1)));
  if (arguments.flag("json")) {
    print_json_results(context, simulation);
  } else {
    const SimulationReport report(simulation);
    report.print_timeline(context);
    print_note(context, report.summary());
  }
  return ExitStatus::kOk;
}

}  // namespace

const Command kSimulateCommand = {
    .name = "simulate",
    .group = CommandGroup::kWriting,
    .summary = "what would fire when, and with what parameters, on a virtual clock",
    .description =
        "The flows are treated as deployed ones, by the same rules as in a store, with nothing waiting at the start. "
        "No step is executed and nothing is written: a run starts at once, unless its flow is busy, and ends by a row "
        "of the events file, or after --runs-take with success. Its end is an event again.\n\n"
        "Each row of the events file is {\"at\", \"event\": {…}, \"idempotency_key\"?} or {\"at\", \"end\": {\"run\": "
        "\"F/1\", \"status\", \"step\"?}}; runs count from 1 in the simulation. Without FILE and --events, what was "
        "published to the store in that time happens again; runs that were started by hand are left out.\n\n"
        "Columns: when, flow and trigger, what became of it (and what is odd about that night), events, parameters; a "
        "line for each firing, and for each event that came to something else.",
    .json =
        "one object per firing: {at, flow, namespace, trigger, type, events, params, context, run, note}, then one per "
        "event and trigger: {event, flow, namespace, trigger, outcome, reason}; events are objects as qflow events "
        "prints them",
    .examples =
        "  $ qflow simulate --from 2026-03-01 --until 2026-03-08\n"
        "  $ qflow simulate flows/*.toml --from 2026-03-01 --until 2026-03-02 --events day.jsonl --runs-take 10m\n",
    .positionals = kPositionals,
    .options = kOptions,
    .run = run,
};

}  // namespace qflow
