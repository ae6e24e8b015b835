#include <fmt/format.h>

#include "cli/chain_drawing.h"
#include "cli/command_table.h"
#include "cli/effect_report.h"
#include "cli/overdue_note.h"
#include "cli/run_argument.h"
#include "cli/run_report.h"
#include "cli/run_texts.h"
#include "cli/store_access.h"
#include "cli/table.h"
#include "cli/terminal.h"
#include "qflow/error/printable.h"
#include "qflow/service/explanation.h"
#include "qflow/service/queue_reason.h"
#include "qflow/service/run_inspection.h"
#include "qflow/service/run_objects.h"

namespace qflow {

namespace {

constexpr PositionalSpec kPositionals[] = {{.name = "RUN|EVENT",
                                            .help = "Flow/34, Flow/latest or Flow latest; or the id of an event",
                                            .completes = Completes::kRun},
                                           kLatestWord};

constexpr OptionSpec kOptions[] = {
    {.name = "trigger-chain",
     .help = "what led to the run or event: its triggering runs and events, theirs, and so on"},
    {.name = "downstream", .help = "what the run or event started, directly or not"},
    {.name = "graph", .help = "the steps of a run as a tree, with their statuses"},
    {.name = "json", .help = "as one JSON object"},
};

void print_chain(Context& context, Store& store, const ChainNode& chain, std::string_view arrow,
                 std::string_view option) {
  context.out.write(draw_chain(chain, arrow) + "\n");
  Table table({"", "", "", ""});
  for (const LinkedRun* run : runs_of(chain)) {
    const RunStatus status = status_now(store, run->id, run->status);
    table.add({{run->id.text(), Color::kNone, true},
               {std::string(to_text(status)), color_of(status)},
               {time_taken(run->started_at, has_ended(status) ? run->ended_at : context.clock.now())},
               {run->started_at ? time_for(context, *run->started_at) : "-"}});
  }
  table.print_block(context);
  for (const LinkedRun* run : unfinished_runs_of(chain)) {
    print_note(context,
               fmt::format("the chain is longer; qflow inspect {} --{} shows how it goes on", run->id.text(), option));
  }
}

// Those that were asked for, of a run or an event.
template <class Start>
Status print_chains(Context& context, Store& store, const Start& start, const Arguments& arguments) {
  const bool backwards = arguments.flag("trigger-chain");
  if (backwards) {
    QFLOW_ASSIGN(const ChainNode chain, trigger_chain(store, start));
    print_chain(context, store, chain, "←", "trigger-chain");
  }
  if (arguments.flag("downstream")) {
    QFLOW_ASSIGN(const ChainNode chain, downstream_chain(store, start));
    if (backwards) context.out.write("\n");
    print_chain(context, store, chain, "→", "downstream");
  }
  return {};
}

Status print_run(Context& context, Store& store, const Run& run, const Arguments& arguments) {
  QFLOW_TRY(print_chains(context, store, run, arguments));
  const bool chains = arguments.flag("trigger-chain") || arguments.flag("downstream");
  if (!arguments.flag("graph")) return chains ? Status() : print_run_report(context, store, run);
  if (chains) context.out.write("\n");
  return print_run_graph(context, store, run);
}

// A word alone may have been meant as an event.
Result<RunReference> wanted_run(const std::vector<std::string>& words) {
  const std::string& first = words.front();
  if (words.size() > 1 && is_event_id(first)) {
    return fail(ErrorKind::kUsage, "the id of an event stands alone", "write qflow inspect " + first);
  }
  if (words.size() == 1 && first.find('/') == std::string::npos) {
    return fail(ErrorKind::kInvalid, quoted(first) + " is neither a run nor the id of an event",
                "a run is written Flow/34 or Flow/latest; qflow events lists the ids of events");
  }
  return parse_whole_run(words, "qflow inspect");
}

Status inspect_a_run(Context& context, Store& store, const Arguments& arguments) {
  QFLOW_ASSIGN(const RunReference reference, wanted_run(arguments.positionals()));
  QFLOW_ASSIGN(Run run, find_named_run(context, store, reference, LatestMeans::kNewest));
  run.status = status_now(store, run.id, run.status);
  if (run.reason.empty()) {
    QFLOW_ASSIGN(run.reason, queue_reason(store, context.files, run));
  }
  if (!arguments.flag("json")) return print_run(context, store, run, arguments);
  const InspectOptions options{arguments.flag("trigger-chain"), arguments.flag("downstream")};
  QFLOW_ASSIGN(const Json object, inspect_run(store, run, options));
  print_json(context.out, object);
  return {};
}

// What became of it for each trigger; an event that stood in for one in a local run has no other outcome.
Result<Json> event_json(const Context& context, Store& store, const Event& event, const Arguments& arguments) {
  QFLOW_ASSIGN(const auto outcomes, outcomes_now(store, context.trigger_types, event.id));
  Json object = to_json(event);
  object["outcomes"] = Json::array();
  for (const TriggerOutcome& outcome : outcomes) object["outcomes"].push_back(json_of(outcome));
  QFLOW_ASSIGN(const auto rolled_up_at, store.ledger().triggers().rolled_up_at(event.id));
  object["rolled_up_at"] = json_or_null(rolled_up_at);
  QFLOW_ASSIGN(const std::vector<RunId> runs, store.ledger().runs_triggered_by_event(event.id));
  object["runs"] = Json::array();
  for (const RunId& id : runs) object["runs"].push_back(id.text());
  QFLOW_ASSIGN(object["repeats"], store.ledger().triggers().repeats_of_event(event.id));
  if (arguments.flag("trigger-chain") && event.caused_by) {
    QFLOW_ASSIGN(const Run cause, store.ledger().find_run(*event.caused_by));
    QFLOW_ASSIGN(object["caused_by"], chain_json(store, cause));
  }
  if (arguments.flag("downstream")) {
    QFLOW_ASSIGN(const ChainNode chain, downstream_chain(store, event));
    object["downstream"] = downstream_json(store, chain);
  }
  return object;
}

// What was asked for of an event, which has no steps.
Status print_event(Context& context, Store& store, const Event& event, const Arguments& arguments) {
  QFLOW_TRY(print_chains(context, store, event, arguments));
  if (arguments.flag("trigger-chain") || arguments.flag("downstream")) return {};
  return print_event_report(context, store, event);
}

Status inspect_an_event(Context& context, Store& store, const Arguments& arguments) {
  if (arguments.flag("graph")) {
    return fail(ErrorKind::kUsage, "--graph draws the steps of a run, and an event has none",
                "--downstream shows what it started");
  }
  QFLOW_ASSIGN(const Event event, store.ledger().find_event(arguments.positionals().front()));
  if (!arguments.flag("json")) return print_event(context, store, event, arguments);
  QFLOW_ASSIGN(const Json object, event_json(context, store, event, arguments));
  print_json(context.out, object);
  return {};
}

Result<ExitStatus> run(Context& context, const Arguments& arguments) {
  if (arguments.flag("graph") && arguments.flag("json")) {
    return fail(ErrorKind::kUsage, "--graph and --json exclude each other", "the steps are in --json, too");
  }
  QFLOW_ASSIGN(const std::unique_ptr<Store> store, open_store(context, StoreAccess::kRead));
  const bool is_event = arguments.positionals().size() == 1 && is_event_id(arguments.positionals().front());
  QFLOW_TRY(store->ledger().read([&]() -> Status {
    return is_event ? inspect_an_event(context, *store, arguments) : inspect_a_run(context, *store, arguments);
  }));
  print_overdue_note(context, *store);
  return ExitStatus::kOk;
}

}  // namespace

const Command kInspectCommand = {
    .name = "inspect",
    .group = CommandGroup::kLooking,
    .summary = "one run: steps, parameters, artifacts, trigger, chain; or one event",
    .json =
        "of a run {id, flow, number, status, reason, origin, namespace, context, tags, params, created_at, started_at, "
        "ended_at, scheduled_at, commit, dirty, resumes, caller, trigger, steps: [{id, status, reason, tasks, attempts, started_at, "
        "ended_at}], artifacts: {name: {size, sha256, value | path | gone}}}, where gone says why it is no longer "
        "there; with --trigger-chain trigger.runs[] are such objects too, with --downstream there is downstream: "
        "[{run, status, downstream}]; 64 runs deep they are ids again, and downstream is null where there is more. Of "
        "an event {id, name, timestamp, recorded_at, type, namespace, value, sender, context, payload, caused_by, "
        "outcomes: [{flow, namespace, trigger, outcome, run, by, reason}], rolled_up_at, runs, repeats}, with "
        "--trigger-chain caused_by is a run object, with --downstream there is downstream; rolled_up_at is when qflow "
        "gc gave its outcomes up, repeats how often it was published again with its idempotency key",
    .examples = "  $ qflow inspect TrainingFlow/34\n  $ qflow inspect PredictionFlow latest --trigger-chain\n",
    .positionals = kPositionals,
    .options = kOptions,
    .run = run,
};

}  // namespace qflow
