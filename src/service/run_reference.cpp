#include "qflow/service/run_reference.h"

#include <fmt/format.h>

#include "qflow/error/suggestion.h"
#include "qflow/model/project_namespace.h"
#include "qflow/os/decimal.h"

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

Result<Run> no_run(Store& store, const RunReference& reference, LatestMeans latest) {
  QFLOW_ASSIGN(const std::vector<FlowId> flows, store.ledger().known_flows());
  std::vector<std::string> names;
  for (const FlowId& flow : flows) names.push_back(flow.text());
  const std::string what = latest == LatestMeans::kNewestEnded ? " has no run that has ended" : " has no run yet";
  return fail(ErrorKind::kNotFound, reference.flow_name() + what, did_you_mean(reference.flow.text(), names));
}

}  // namespace

std::string RunReference::flow_name() const {
  return qualified_name(name_space, flow);
}

Result<FlowReference> parse_flow_reference(std::string_view text) {
  const std::size_t dot = text.rfind('.');
  FlowReference reference;
  if (dot == std::string_view::npos) {
    QFLOW_ASSIGN(reference.flow, FlowId::parse(text));
    return reference;
  }
  if (dot == 0) return tl::make_unexpected(bad_name(FlowIdRule::kNoun, FlowIdRule::kRule, text));
  QFLOW_ASSIGN(reference.flow, FlowId::parse(text.substr(dot + 1)));
  reference.name_space = text.substr(0, dot);
  return reference;
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

Result<Run> find_run(Store& store, const RunReference& reference, LatestMeans latest) {
  const std::string& name_space = reference.name_space;
  if (reference.number > 0) {
    QFLOW_ASSIGN(Run run, store.ledger().find_run({reference.flow, reference.number}));
    if (name_space.empty() || run.name_space == name_space) return run;
    return fail(ErrorKind::kNotFound, fmt::format("there is no run {} in {}", run.id.text(), name_space),
                fmt::format("it is a run of {}", qualified_name(run.name_space, run.id.flow)));
  }
  QFLOW_ASSIGN(auto run, store.ledger().latest_run(
                             reference.flow, name_space.empty() ? std::nullopt : std::optional<std::string>(name_space),
                             latest == LatestMeans::kNewestEnded));
  if (run) return std::move(*run);
  return no_run(store, reference, latest);
}

}  // namespace qflow
