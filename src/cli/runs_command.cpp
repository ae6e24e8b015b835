#include <fmt/format.h>
#include <fmt/ranges.h>

#include <set>

#include "cli/command_table.h"
#include "cli/namespace_options.h"
#include "cli/overdue_note.h"
#include "cli/run_texts.h"
#include "cli/since_option.h"
#include "cli/store_access.h"
#include "cli/table.h"
#include "qflow/error/suggestion.h"
#include "qflow/model/run_summary.h"
#include "qflow/service/run_objects.h"
#include "qflow/service/run_reference.h"

namespace qflow {

namespace {

constexpr std::int64_t kMostRuns = 1'000'000'000;
constexpr std::int64_t kRunsOnTerminal = 20;

constexpr PositionalSpec kPositionals[] = {{.name = "FLOW",
                                            .help = "runs of this flow only",
                                            .count = PositionalSpec::Count::kOptional,
                                            .completes = Completes::kFlow}};

constexpr OptionSpec kOwnOptions[] = {
    {.name = "status",
     .value = "STATUS",
     .help = "queued, running, succeeded, failed, cancelled or crashed",
     .completes = Completes::kChoice,
     .choices = "queued|running|succeeded|failed|cancelled|crashed"},
    {.name = "tag", .value = "T", .help = "runs with this tag", .completes = Completes::kTag},
    {.name = "context", .value = "C", .help = "runs with this context"},
    {.name = "since", .value = "T", .help = "runs made since then: an instant, or a duration such as 2h"},
    {.name = "limit", .value = "N", .help = "so many, the newest (on a terminal 20)"},
    {.name = "json", .help = "one JSON object per run"},
};

constexpr auto kOptions = with_namespace_options(kOwnOptions);

Result<RunFilter> read_filter(const Context& context, const Arguments& arguments) {
  RunFilter filter;
  if (!arguments.positionals().empty()) {
    QFLOW_ASSIGN(FlowReference named, parse_flow_reference(arguments.positionals().front()));
    filter.flow = std::move(named.flow);
    if (!named.name_space.empty()) filter.name_space = std::move(named.name_space);
  }
  if (const auto status = arguments.value("status")) filter.status = parse_run_status(*status);
  filter.tag = arguments.value("tag");
  filter.context = arguments.value("context");
  if (const auto since = arguments.value("since")) {
    QFLOW_ASSIGN(filter.since, parse_since(*since, context.clock.now()));
  }
  QFLOW_ASSIGN(filter.limit, arguments.integer("limit", 1, kMostRuns));
  return filter;
}

// The project of a flow that is deployed, or that ran last: branches of one project are asked for without naming it.
Result<std::optional<Project>> project_of_flow(Store& store, const FlowId& flow) {
  std::set<std::string> projects;
  QFLOW_ASSIGN(const std::vector<Deployment> deployed, store.ledger().triggers().deployments(flow));
  for (const Deployment& deployment : deployed) {
    if (const auto project = project_of(deployment.name_space)) projects.insert(project->name.value);
  }
  if (projects.size() > 1) {
    return fail(ErrorKind::kInvalid, fmt::format("{} is deployed in {} projects", flow.text(), projects.size()),
                fmt::format("name one with --project: {}", fmt::join(projects, ", ")));
  }
  if (projects.size() == 1) return project_of(*projects.begin());
  QFLOW_ASSIGN(const std::optional<Run> newest, store.ledger().latest_run(flow, std::nullopt, LatestMeans::kNewest));
  return newest ? project_of(newest->name_space) : std::nullopt;
}

Status choose_namespace(Context& context, const NamespaceOverride& options, Store& store, RunFilter& filter) {
  if (options.empty()) return {};
  if (filter.name_space) {
    return fail(ErrorKind::kUsage, "the flow's name says its namespace, and the options say one too",
                "leave the options out, or name the flow alone");
  }
  std::optional<Project> declared;
  if (filter.flow && !options.project) {
    QFLOW_ASSIGN(declared, project_of_flow(store, *filter.flow));
  }
  QFLOW_ASSIGN(const auto project, override_project(std::move(declared), options));
  filter.name_space = project_namespace(*project, user_name(context.environment));
  print_namespace_note(context, project);
  return {};
}

// A run whose process died is in the ledger as running, and shown as crashed.
bool status_may_differ(const std::optional<RunStatus>& status) {
  return status == RunStatus::kRunning || status == RunStatus::kCrashed;
}

Result<std::vector<Run>> find_runs(Store& store, RunFilter filter) {
  const std::optional<RunStatus> wanted = filter.status;
  const std::optional<std::int64_t> limit = filter.limit;
  if (status_may_differ(wanted)) {
    filter.status = std::nullopt;
    filter.limit = std::nullopt;
  }
  QFLOW_ASSIGN(std::vector<Run> runs, store.ledger().list_runs(filter));
  for (Run& run : runs) run.status = status_now(store, run.id, run.status);
  if (wanted) std::erase_if(runs, [&](const Run& run) { return run.status != *wanted; });
  if (limit && runs.size() > static_cast<std::size_t>(*limit)) runs.resize(static_cast<std::size_t>(*limit));
  return runs;
}

Status check_qualified_flow_known(Store& store, const FlowId& flow, const std::string& name_space) {
  QFLOW_ASSIGN(const std::optional<Run> run, store.ledger().latest_run(flow, name_space, LatestMeans::kNewest));
  if (run) return {};
  const std::string name = qualified_name(name_space, flow);
  QFLOW_ASSIGN(std::string advice, advice_on_flow(store, name));
  if (advice.empty()) return {};
  return fail(ErrorKind::kNotFound, fmt::format("no run of the flow {}", quoted(name)), std::move(advice));
}

Status check_flow_known(Store& store, const RunFilter& filter) {
  if (!filter.flow) return {};
  if (filter.name_space) return check_qualified_flow_known(store, *filter.flow, *filter.name_space);
  QFLOW_ASSIGN(const std::vector<FlowId> flows, store.ledger().known_flows());
  std::vector<std::string> names;
  for (const FlowId& flow : flows) {
    if (flow == *filter.flow) return {};
    names.push_back(flow.text());
  }
  QFLOW_ASSIGN(const std::vector<Deployment> deployed, store.ledger().triggers().deployments(*filter.flow));
  if (!deployed.empty()) return {};
  return fail(ErrorKind::kNotFound, fmt::format("no run of the flow {}", quoted(filter.flow->text())),
              did_you_mean_or_list(filter.flow->text(), names));
}

void print_table(const Context& context, const std::vector<Run>& runs) {
  Table table({"RUN", "STATUS", "STARTED", "TOOK", "TRIGGER", "CONTEXT", "TAGS", "REASON", "NAMESPACE"});
  const Instant now = context.clock.now();
  for (const Run& run : runs) {
    const bool by_one_run = run.trigger && run.trigger->sources.size() == 1 && run.trigger->sources.front().run;
    table.add({{run.id.text(), Color::kBold, true},
               {std::string(to_text(run.status)), color_of(run.status)},
               {list_time(context, run.started_at)},
               {time_taken(run.started_at, run.status == RunStatus::kRunning ? now : run.ended_at)},
               {trigger_names(run.trigger), Color::kNone, by_one_run},
               {run.context.value_or("-")},
               {joined(run.tags)},
               {run.reason.empty() ? "-" : run.reason},
               {run.name_space.empty() ? "-" : run.name_space}});
  }
  table.print(context);
}

Result<ExitStatus> run(Context& context, const Arguments& arguments) {
  QFLOW_ASSIGN(RunFilter filter, read_filter(context, arguments));
  QFLOW_ASSIGN(const NamespaceOverride options, read_namespace(arguments));
  QFLOW_ASSIGN(const std::unique_ptr<Store> store, open_store(context, StoreAccess::kRead));
  QFLOW_TRY(check_flow_known(*store, filter));
  QFLOW_TRY(choose_namespace(context, options, *store, filter));
  const bool as_json = arguments.flag("json");
  const bool shortened = !as_json && !filter.limit && context.out.is_terminal();
  if (shortened) filter.limit = kRunsOnTerminal + 1;
  QFLOW_ASSIGN(std::vector<Run> runs, find_runs(*store, filter));
  const bool more = shortened && runs.size() > static_cast<std::size_t>(kRunsOnTerminal);
  if (more) runs.pop_back();
  if (as_json) {
    for (const Run& each : runs) print_json_line(context.out, run_summary(each));
  } else {
    print_table(context, runs);
  }
  if (more) print_note(context, fmt::format("the newest {}; --limit N shows more", kRunsOnTerminal));
  print_overdue_note(context, *store);
  return ExitStatus::kOk;
}

}  // namespace

const Command kRunsCommand = {
    .name = "runs",
    .group = CommandGroup::kLooking,
    .summary = "list runs, the newest first",
    .description =
        "Columns: run, status, start, time taken, what triggered it, context, tags, reason, namespace; - where there "
        "is none.",
    .json =
        "one object per run: {id, flow, number, status, reason, origin, namespace, context, tags, params, "
        "created_at, started_at, ended_at, scheduled_at, commit, dirty, resumes, caller}",
    .examples = "  $ qflow runs TrainingFlow --status failed --since 2d\n",
    .positionals = kPositionals,
    .options = kOptions,
    .run = run,
};

}  // namespace qflow
