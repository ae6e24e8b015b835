#include "qflow/service/run_reference.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "qflow/error/suggestion.h"
#include "qflow/model/project_namespace.h"
#include "qflow/os/decimal.h"
#include "qflow/service/calling_run.h"
#include "qflow/service/run_objects.h"

namespace qflow {

namespace {

std::vector<std::string_view> split(std::string_view text) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t slash = text.find('/');
    parts.push_back(text.substr(0, slash));
    if (slash == std::string_view::npos) return parts;
    text.remove_prefix(slash + 1);
  }
}

// As qflow writes it.
std::optional<std::int64_t> parse_number(std::string_view text) {
  const auto number = parse_decimal<std::int64_t>(text);
  const bool leading_zero = text.size() > 1 && text.front() == '0';
  return number && *number >= 0 && !leading_zero ? number : std::nullopt;
}

tl::unexpected<Error> bad_reference(std::string_view text) {
  return fail(ErrorKind::kInvalid, quoted(text) + " is not a run",
              "a run is written Flow/34 or Flow/latest, a step of it Flow/34/step");
}

// As they are qualified, in order: those that are deployed, and those that runs have.
Result<std::vector<std::string>> known_flow_names(Store& store) {
  std::set<std::string> names;
  QFLOW_ASSIGN(const std::vector<Deployment> deployed, store.ledger().triggers().deployments());
  for (const Deployment& each : deployed) names.insert(qualified_name(each.name_space, each.flow));
  QFLOW_ASSIGN(const std::vector<FlowId> flows, store.ledger().known_flows());
  for (const FlowId& flow : flows) {
    QFLOW_ASSIGN(const std::vector<std::string> name_spaces, store.ledger().namespaces_of(flow));
    for (const std::string& name_space : name_spaces) names.insert(qualified_name(name_space, flow));
  }
  return std::vector<std::string>(names.begin(), names.end());
}

// What to name instead of "Flow/latest", which is searched for in the namespace of who asks.
Result<std::string> advice_on_namespace(Store& store, const RunReference& reference, LatestMeans latest) {
  QFLOW_ASSIGN(const std::optional<Run> run, store.ledger().latest_run(reference.flow, std::nullopt, latest));
  if (!run) return std::string();
  if (run->name_space.empty()) return fmt::format("{}, the newest of all, has no project: name it so", run->id.text());
  return fmt::format("the newest of all is {}, of {}: name that, or {}/latest", run->id.text(), run->name_space,
                     qualified_name(run->name_space, run->id.flow));
}

// The same for a flow that is named without a namespace.
Result<std::string> advice_on_id(Store& store, const FlowId& flow) {
  QFLOW_ASSIGN(const std::vector<Deployment> deployed, store.ledger().triggers().deployments());
  QFLOW_ASSIGN(const std::vector<FlowId> flows, store.ledger().known_flows());
  std::set<std::string> names;
  for (const Deployment& each : deployed) names.insert(each.flow.text());
  for (const FlowId& known : flows) names.insert(known.text());
  if (names.contains(flow.text())) return std::string();
  return did_you_mean_or_list(flow.text(), std::vector<std::string>(names.begin(), names.end()));
}

// The ledger has a crashed run as running until a command that writes records its end.
Result<std::optional<Run>> latest_run(Store& store, const FlowId& flow, const std::optional<std::string>& name_space,
                                      LatestMeans latest) {
  QFLOW_ASSIGN(auto newest, store.ledger().latest_run(flow, name_space, latest));
  if (latest == LatestMeans::kNewest) return newest;
  QFLOW_ASSIGN(const std::vector<RunId> in_hand, store.ledger().runs_in_hand());
  for (const RunId& id : in_hand) {
    if (id.flow != flow || (newest && id.number < newest->id.number)) continue;
    QFLOW_ASSIGN(Run run, store.ledger().find_run(id));
    const bool is_meant = !name_space || run.name_space == *name_space;
    if (is_meant && has_ended(status_now(store, id, run.status))) newest = std::move(run);
  }
  return newest;
}

Result<Run> no_run(Store& store, const RunReference& reference, LatestMeans latest, const std::string& caller) {
  const bool is_qualified = !reference.name_space.empty();
  std::string advice;
  if (is_qualified) {
    QFLOW_ASSIGN(advice, advice_on_flow(store, reference.flow_name()));
  } else if (!caller.empty()) {
    QFLOW_ASSIGN(advice, advice_on_namespace(store, reference, latest));
  }
  if (advice.empty() && !is_qualified) {
    QFLOW_ASSIGN(advice, advice_on_id(store, reference.flow));
  }
  const std::string name = is_qualified ? reference.flow_name() : qualified_name(caller, reference.flow);
  const std::string what = latest == LatestMeans::kNewestEnded ? " has no run that has ended" : " has no run yet";
  return fail(ErrorKind::kNotFound, name + what, std::move(advice));
}

}  // namespace

std::string RunReference::flow_name() const {
  return qualified_name(name_space, flow);
}

Result<RunReference> parse_run_reference(std::string_view text) {
  const auto parts = split(text);
  if (parts.size() < 2 || parts.size() > 4) return bad_reference(text);
  QFLOW_ASSIGN(FlowReference named, parse_flow_reference(parts[0]));
  RunReference reference;
  reference.flow = std::move(named.flow);
  reference.name_space = std::move(named.name_space);
  if (parts[1] != "latest") {
    const auto number = parse_number(parts[1]);
    if (!number || *number == 0) return bad_reference(text);
    reference.number = *number;
  }
  if (parts.size() > 2) {
    QFLOW_ASSIGN(reference.step, StepId::parse(parts[2]));
  }
  if (parts.size() > 3) {
    reference.index = parse_number(parts[3]);
    if (!reference.index) return bad_reference(text);
  }
  return reference;
}

Result<RunReference> parse_run_words(const std::vector<std::string>& words) {
  if (words.size() == 1) return parse_run_reference(words[0]);
  const bool two_words = words.size() == 2 && words[0].find('/') == std::string::npos;
  if (two_words) return parse_run_reference(words[0] + "/" + words[1]);
  return fail(ErrorKind::kUsage, "one run at a time", "write Flow/34, Flow/latest or Flow latest");
}

Result<Run> find_run(Store& store, const RunReference& reference, LatestMeans latest, const std::string& caller) {
  if (reference.number > 0) {
    const std::string& name_space = reference.name_space;
    QFLOW_ASSIGN(Run run, store.ledger().find_run({reference.flow, reference.number}));
    if (name_space.empty() || run.name_space == name_space) return run;
    return fail(ErrorKind::kNotFound, fmt::format("there is no run {} in {}", run.id.text(), name_space),
                fmt::format("it is a run of {}", qualified_name(run.name_space, run.id.flow)));
  }
  const std::string& wanted = reference.name_space.empty() ? caller : reference.name_space;
  const auto name_space = wanted.empty() ? std::nullopt : std::optional(wanted);
  QFLOW_ASSIGN(auto run, latest_run(store, reference.flow, name_space, latest));
  if (run) return std::move(*run);
  return no_run(store, reference, latest, caller);
}

Result<std::string> caller_namespace(Store& store, const Doors& doors) {
  QFLOW_ASSIGN(const std::optional<RunId> caller, calling_run(store, doors));
  if (!caller) return std::string();
  const Result<Run> run = store.ledger().run_without_sources(*caller);
  if (run) return run->name_space;
  if (run.error().kind == ErrorKind::kNotFound) return std::string();
  return tl::make_unexpected(run.error());
}

Result<std::string> advice_on_flow(Store& store, const std::string& name) {
  QFLOW_ASSIGN(const std::vector<std::string> names, known_flow_names(store));
  if (std::find(names.begin(), names.end(), name) != names.end()) return std::string();
  return did_you_mean_or_list(name, names);
}

}  // namespace qflow
