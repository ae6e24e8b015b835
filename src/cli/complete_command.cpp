#include <fmt/format.h>

#include <set>

#include "cli/command_table.h"
#include "cli/store_access.h"
#include "qflow/error/printable.h"
#include "qflow/service/flow_loading.h"
#include "qflow/store/store_location.h"

namespace qflow {

namespace {

constexpr std::int64_t kMostRuns = 50;

constexpr PositionalSpec kPositionals[] = {
    {.name = "KIND", .help = "flow, run, parameter or tag"},
    {.name = "PREFIX", .help = "what stands there already", .count = PositionalSpec::Count::kOptional},
    {.name = "WORD", .help = "the words of the line", .count = PositionalSpec::Count::kAny},
};

struct Candidate {
  std::string text;
  std::string help;
};

using Candidates = std::vector<Candidate>;

Result<std::vector<Run>> newest_runs(Store& store) {
  RunFilter filter;
  filter.limit = kMostRuns;
  return store.ledger().list_runs(filter);
}

Result<Candidates> flows(Store& store) {
  QFLOW_ASSIGN(const std::vector<FlowId> ids, store.ledger().known_flows());
  Candidates list;
  for (const FlowId& id : ids) list.push_back({id.text(), "flow"});
  return list;
}

Result<Candidates> runs(Store& store) {
  QFLOW_ASSIGN(const std::vector<FlowId> ids, store.ledger().known_flows());
  Candidates list;
  for (const FlowId& id : ids) list.push_back({id.text() + "/latest", "the newest run"});
  QFLOW_ASSIGN(const std::vector<Run> newest, newest_runs(store));
  for (const Run& run : newest) list.push_back({run.id.text(), std::string(to_text(run.status))});
  return list;
}

Result<Candidates> tags(Store& store) {
  QFLOW_ASSIGN(const std::vector<Run> newest, newest_runs(store));
  std::set<std::string> known;
  for (const Run& run : newest) known.insert(run.tags.begin(), run.tags.end());
  Candidates list;
  for (const std::string& tag : known) list.push_back({tag, "tag"});
  return list;
}

Result<Candidates> deployed(Store& store) {
  QFLOW_ASSIGN(const std::vector<Deployment> deployments, store.ledger().triggers().deployments());
  Candidates list;
  for (const Deployment& deployment : deployments) {
    list.push_back({deployment.flow.text(), "deployed flow"});
    for (const DeployedTrigger& trigger : deployment.triggers) {
      list.push_back({deployment.flow.text() + "/" + trigger.id.text(), "trigger"});
    }
  }
  return list;
}

// What deployed flows listen to.
Result<Candidates> events(Store& store) {
  QFLOW_ASSIGN(const std::vector<std::string> names, store.ledger().triggers().awaited_events());
  Candidates list;
  for (const std::string& name : names) list.push_back({name, "event"});
  return list;
}

// Of the first word that is a flow file.
Candidates parameters(Context& context, const std::vector<std::string>& words) {
  for (const std::string& word : words) {
    const Result<FileInfo> info = context.files.info(context.folder / word, FollowLinks::kYes);
    if (!info || info->type != FileType::kRegular) continue;
    const Result<LoadedFlow> flow = load_flow_file(context.files, context.folder, word);
    if (!flow) continue;
    Candidates list;
    for (const Parameter& parameter : flow->definition->parameters) {
      list.push_back({parameter.name.text() + "=", parameter.help});
    }
    return list;
  }
  return {};
}

Result<Candidates> find_candidates(Context& context, const std::string& kind, const std::vector<std::string>& words) {
  if (kind == "parameter") return parameters(context, words);
  QFLOW_ASSIGN(const std::unique_ptr<Store> store, open_store(context, StoreAccess::kRead));
  if (kind == "flow") return flows(*store);
  if (kind == "run") return runs(*store);
  if (kind == "tag") return tags(*store);
  if (kind == "deployed") return deployed(*store);
  if (kind == "event") return events(*store);
  return Candidates();
}

// The line that is being completed may name another store.
void take_store_option(Context& context, const std::vector<std::string>& words) {
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i].starts_with("--store=")) context.options.store = words[i].substr(8);
    if (words[i] != "--store" || i + 1 >= words.size()) continue;
    const bool equals_between = words[i + 1] == "=" && i + 2 < words.size();
    context.options.store = words[i + (equals_between ? 2 : 1)];
  }
}

// A shell that completes shows no errors: whatever goes wrong, there are no candidates.
Result<ExitStatus> run(Context& context, const Arguments& arguments) {
  const std::vector<std::string>& given = arguments.positionals();
  const std::string prefix = given.size() > 1 ? given[1] : "";
  const std::vector<std::string> words(
      given.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(given.size(), 2)), given.end());
  context.options.verbosity = Verbosity::kQuiet;
  take_store_option(context, words);
  const Result<Candidates> candidates = find_candidates(context, given.front(), words);
  if (!candidates) return ExitStatus::kOk;
  for (const Candidate& candidate : *candidates) {
    if (!candidate.text.starts_with(prefix)) continue;
    context.out.write(fmt::format("{}\t{}\n", candidate.text, printable(candidate.help)));
  }
  return ExitStatus::kOk;
}

}  // namespace

const Command kCompleteCommand = {
    .name = "complete",
    .group = CommandGroup::kHidden,
    .summary = "candidates for the completion scripts",
    .positionals = kPositionals,
    .run = run,
};

}  // namespace qflow
