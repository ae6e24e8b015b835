#include "qflow/expression/flow_check.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string_view>
#include <unordered_map>

#include "expression/step_scope.h"
#include "expression/text_position.h"
#include "qflow/error/printable.h"
#include "qflow/error/suggestion.h"
#include "qflow/expression/expression.h"
#include "qflow/expression/template.h"
#include "qflow/model/step_graph.h"

namespace qflow {
namespace {

using StepIndex = std::unordered_map<std::string_view, std::size_t>;  // by id

// The steps whose artifacts are in reach of one place of a step.
class Reach {
 public:
  Reach(const FlowDefinition& flow, const StepGraph& graph, const StepIndex& index, std::size_t step, bool sees_itself)
      : flow_(flow), graph_(graph), index_(index), step_(step), sees_itself_(sees_itself) {}

  const std::string& own() const { return flow_.steps[step_].id.text(); }
  bool sees_artifacts() const { return sees_itself_ || !flow_.steps[step_].needs.empty(); }
  bool is_step(const std::string& name) const { return index_.contains(name); }
  // Looked for from name to name: in a long chain, all that are in reach of all steps are many.
  bool contains(const std::string& name) const {
    const auto found = index_.find(name);
    if (found == index_.end()) return false;
    return (sees_itself_ && found->second == step_) || graph_.is_ancestor(found->second, step_);
  }
  std::vector<std::string> names() const {
    std::set<std::string> names;
    for (const std::size_t needed : graph_.ancestors(step_)) names.insert(flow_.steps[needed].id.text());
    if (sees_itself_) names.insert(own());
    return {names.begin(), names.end()};
  }

 private:
  const FlowDefinition& flow_;
  const StepGraph& graph_;
  const StepIndex& index_;
  std::size_t step_;
  bool sees_itself_;  // after it has run
};

bool names_artifacts(const Reference& reference) {
  return reference.path[0] == "artifacts" && reference.path.size() > 1;
}

// Of a name that may be any artifact's.
std::optional<ExpressionProblem> unseen(std::size_t offset, const Reach& reach) {
  if (reach.sees_artifacts()) return std::nullopt;
  return ExpressionProblem{offset, "step " + quoted(reach.own()) + " needs no other step, so it sees no artifacts",
                           "add the step that leaves it to its needs"};
}

// Of a reference that names artifacts: its problem, where it names a step out of reach.
std::optional<ExpressionProblem> unreachable(const Reference& reference, const Reach& reach) {
  const std::vector<std::string>& path = reference.path;
  const bool by_dot_steps = path[1] == ".steps";
  const std::size_t at = by_dot_steps ? 2 : 1;
  const bool goes_on = path.size() > at + 1 || !reference.complete;
  if (path.size() <= at || (!by_dot_steps && !goes_on)) return unseen(reference.offsets[1], reach);
  const std::string& name = path[at];
  const std::size_t offset = reference.offsets[at];
  if (reach.contains(name)) return std::nullopt;
  if (name == reach.own()) {
    return ExpressionProblem{offset, "the artifacts of step " + quoted(name) + " are not there before it has run", ""};
  }
  if (reach.is_step(name)) {
    return ExpressionProblem{
        offset, "step " + quoted(reach.own()) + " does not need " + quoted(name) + ", so it does not see its artifacts",
        "add " + quoted(name) + " to its needs"};
  }
  if (!by_dot_steps) return unseen(offset, reach);
  return ExpressionProblem{offset, "there is no step " + quoted(name), did_you_mean_or_list(name, reach.names())};
}

class StepChecker {
 public:
  StepChecker(const FlowDefinition& flow, Diagnostics& diagnostics)
      : flow_(flow), diagnostics_(diagnostics), scopes_(flow), graph_(flow.steps) {
    for (std::size_t i = 0; i < flow.steps.size(); ++i) places_.emplace(flow.steps[i].id.text(), i);
  }

  void check() {
    for (std::size_t i = 0; i < flow_.steps.size(); ++i) check_step(i);
    for (const auto* hook : {&flow_.hooks.on_success, &flow_.hooks.on_failure}) {
      if (*hook) check_shell(**hook, nullptr, "a hook");
    }
  }

 private:
  void check_step(std::size_t index) {
    const Step& step = flow_.steps[index];
    step_ = &step;
    index_ = index;
    if (step.when) check_condition(*step.when, StepPlace::kWhen, "a step's when");
    if (step.foreach) check_list(*step.foreach);
    if (step.run) check_shell(*step.run, &step, "run");
    for (const auto& argument : step.exec) check_template(argument, StepPlace::kTask, "exec");
    for (const auto& [name, text] : step.environment) check_template(text, StepPlace::kTask, "env");
    if (step.workdir) check_template(*step.workdir, StepPlace::kTask, "workdir");
    for (const StepPublish& publish : step.publish) check_publish(publish);
  }

  void check_publish(const StepPublish& publish) {
    check_template(publish.event, StepPlace::kPublish, "publish");
    if (publish.when) check_condition(*publish.when, StepPlace::kPublish, "the when of publish");
    if (publish.payload) check_payload(*publish.payload);
    for (const auto& [key, text] : publish.fields) check_template(text, StepPlace::kPublish, "publish");
  }

  void check_payload(const ConfigValue& value) {
    if (const auto* text = std::get_if<std::string>(&value.data)) {
      check_template({*text, value.position}, StepPlace::kPublish, "publish");
    } else if (const auto* list = std::get_if<ConfigList>(&value.data)) {
      for (const ConfigValue& element : *list) check_payload(element);
    } else if (const auto* table = std::get_if<ConfigTable>(&value.data)) {
      for (const ConfigEntry& entry : table->entries) check_payload(entry.value);
    }
  }

  void check_condition(const Located<std::string>& text, StepPlace place, std::string_view where) {
    const auto expression = check_expression(text, place, where);
    if (!expression) return;
    const ExpressionType type = expression->type();
    if (type == ExpressionType::kUnknown || type == ExpressionType::kBool) return;
    report(text,
           {0, "this is always " + std::string(to_text(type)) + ", and " + std::string(where) + " is true or false",
            "compare it with something"});
  }

  void check_list(const Located<std::string>& text) {
    const auto expression = check_expression(text, StepPlace::kForeach, "foreach");
    if (!expression) return;
    const ExpressionType type = expression->type();
    if (type == ExpressionType::kUnknown || type == ExpressionType::kList) return;
    report(text, {0, "this is always " + std::string(to_text(type)) + ", and foreach takes a list", ""});
  }

  std::optional<Expression> check_expression(const Located<std::string>& text, StepPlace place,
                                             std::string_view where) {
    positions_.reset();
    auto expression = Expression::parse(text.value);
    if (!expression) {
      report(text, expression.error());
      return std::nullopt;
    }
    check_names(text, *expression, place, where);
    return std::move(*expression);
  }

  void check_template(const Located<std::string>& text, StepPlace place, std::string_view where) {
    if (text.value.find("{{") == std::string::npos) return;
    positions_.reset();
    const auto parsed = Template::parse(text.value);
    if (!parsed) return report(text, parsed.error());
    check_names(text, *parsed, place, where);
  }

  // Of an expression or a template.
  template <class Parsed>
  void check_names(const Located<std::string>& text, const Parsed& parsed, StepPlace place, std::string_view where) {
    const ScopeShape shape = scopes_.shape(*step_, place, std::string(where));
    for (const ExpressionProblem& problem : parsed.check(shape)) report(text, problem);
    const Reach reach(flow_, graph_, places_, index_, place == StepPlace::kPublish);
    for (const Reference& reference : parsed.references()) {
      if (!names_artifacts(reference)) continue;
      if (const auto problem = unreachable(reference, reach)) report(text, *problem);
    }
  }

  void check_shell(const Located<std::string>& text, const Step* step, std::string_view where) {
    positions_.reset();
    for (const std::size_t offset : find_template_braces(text.value, names_in_shell(step))) {
      report(text, {offset, "no templates in " + std::string(where) + ": what they insert would become shell code",
                    shell_advice(text.value.substr(offset), step)});
    }
  }

  // `text` starts with the braces.
  static std::string shell_advice(const std::string& text, const Step* step) {
    std::vector<std::string> path;
    const std::size_t end = text.find("}}");
    const auto expression =
        Expression::parse(std::string_view(text).substr(2, end == std::string::npos ? end : end - 2));
    if (expression) {
      for (const Reference& reference : expression->references()) {
        if (path.empty()) path = reference.path;
      }
    }
    const std::vector<std::string> names = names_in_shell(step);
    const bool known = !path.empty() && std::find(names.begin(), names.end(), path[0]) != names.end();
    const std::string advice = known ? environment_advice(path, step) : "use the environment";
    return step == nullptr ? advice : advice + ", or exec in place of run";
  }

  void report(const Located<std::string>& text, const ExpressionProblem& problem) {
    if (!positions_) positions_.emplace(flow_.text, text.position, text.value);
    diagnostics_.error(positions_->at(problem.offset), problem.message, problem.advice);
  }

  const FlowDefinition& flow_;
  Diagnostics& diagnostics_;
  StepScopes scopes_;
  StepGraph graph_;
  const Step* step_ = nullptr;
  std::size_t index_ = 0;
  StepIndex places_;
  std::optional<PositionsInside> positions_;  // of the text that is looked at, once it has a problem
};

}  // namespace

void check_step_expressions(const FlowDefinition& flow, Diagnostics& diagnostics) {
  StepChecker(flow, diagnostics).check();
}

}  // namespace qflow
