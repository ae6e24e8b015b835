#include <fmt/format.h>

#include "qflow/error/printable.h"
#include "qflow/model/flow_reference.h"
#include "trigger/trigger_keys.h"
#include "trigger/trigger_types.h"

namespace qflow {
namespace {

class FlowTrigger final : public Trigger {
 public:
  using Trigger::Trigger;
  TriggerType type() const override { return TriggerType::kFlow; }
};

// Reads one source after the other of one trigger.
class FlowSources {
 public:
  explicit FlowSources(TriggerSetup& setup) : setup_(setup), diagnostics_(setup.config.diagnostics()) {
    condition_ = read_condition(setup.config);
    step_ = read_step(setup.config);
  }

  void read(const ConfigValue& value) {
    if (const auto* name = std::get_if<std::string>(&value.data)) {
      RunSubscription subscription;
      subscription.condition = condition_;
      subscription.step = step_;
      take_text(subscription, {*name, value.position});
      subscriptions_.push_back(std::move(subscription));
      return;
    }
    ConfigReader table(std::get<ConfigTable>(value.data), "a flow", diagnostics_);
    read_table(table);
    table.finish();
  }

  std::vector<Subscription> take() { return std::move(subscriptions_); }

 private:
  static RunCondition read_condition(ConfigReader& reader) {
    return read_enum<RunCondition>(
        reader, "condition",
        {{"success", RunCondition::kSuccess}, {"failure", RunCondition::kFailure}, {"always", RunCondition::kAlways}});
  }

  std::optional<StepId> read_step(ConfigReader& reader) {
    const auto text = reader.text("source_task_id");
    if (!text) return std::nullopt;
    return checked<StepId>(text->value, text->position);
  }

  void read_table(ConfigReader& table) {
    RunSubscription subscription;
    subscription.source = read_source_keys(table, setup_.flow);
    subscription.condition = table.find("condition") != nullptr ? read_condition(table) : condition_;
    subscription.step = table.find("source_task_id") != nullptr ? read_step(table) : step_;
    const auto name = table.required_text("name");
    const auto project = table.text("project");
    const auto branch = table.text("project_branch");
    if (table.has("project") != table.has("project_branch")) {
      diagnostics_.error(table.source().position, "`project` and `project_branch` go together",
                         "give both, or neither for the flow's own");
    }
    if (name) take_parts(subscription, *name, project, branch);
    subscriptions_.push_back(std::move(subscription));
  }

  void take_text(RunSubscription& subscription, const Located<std::string>& text) {
    const Result<FlowReference> named = parse_flow_reference(text.value);
    if (!named) {
      diagnostics_.error(text.position, named.error().message, named.error().advice);
      return;
    }
    take_flow(subscription, {named->flow.text(), text.position}, text.value);
    const std::string& name_space = named->name_space;
    if (name_space.empty()) return;
    const std::size_t dot = name_space.find('.');
    take_namespace(subscription, {name_space.substr(0, dot), text.position},
                   {name_space.substr(dot + 1), text.position});
  }

  void take_parts(RunSubscription& subscription, const Located<std::string>& name,
                  const std::optional<Located<std::string>>& project,
                  const std::optional<Located<std::string>>& branch) {
    if (name.value.find('.') != std::string::npos) {
      diagnostics_.error(name.position, fmt::format("`name` {} has a dot", qflow::quoted(name.value)),
                         "write project and project_branch beside it");
      return;
    }
    const bool qualified = project && branch;
    take_flow(subscription, name,
              qualified ? fmt::format("{}.{}.{}", project->value, branch->value, name.value) : name.value);
    if (qualified) take_namespace(subscription, *project, *branch);
  }

  void take_flow(RunSubscription& subscription, const Located<std::string>& flow, std::string declared) {
    subscription.flow = checked<FlowId>(flow.value, flow.position).value_or(FlowId());
    subscription.source.name = std::move(declared);
    subscription.source.position = flow.position;
  }

  void take_namespace(RunSubscription& subscription, const Located<std::string>& project,
                      const Located<std::string>& branch) {
    const auto name = checked<ProjectName>(project.value, project.position);
    if (!EventNameRule::holds(branch.value)) {  // a branch is a part of event names
      diagnostics_.error(branch.position, fmt::format("{} is no branch", qflow::quoted(branch.value)),
                         "letters, digits, '_', '.' and '-', as in prod.main");
    } else if (name) {
      subscription.name_space = FlowNamespace{*name, branch.value};
    }
  }

  template <class Name>
  std::optional<Name> checked(const std::string& text, SourcePosition position) {
    Result<Name> name = Name::parse(text);
    if (name) return std::move(*name);
    diagnostics_.error(position, name.error().message, name.error().advice);
    return std::nullopt;
  }

  TriggerSetup& setup_;
  Diagnostics& diagnostics_;
  RunCondition condition_ = RunCondition::kSuccess;
  std::optional<StepId> step_;
  std::vector<Subscription> subscriptions_;
};

}  // namespace

std::unique_ptr<Trigger> create_flow_trigger(TriggerSetup& setup) {
  FlowSources sources(setup);
  read_one_or_many(setup.config, "source_flow_id", "flows", [&](const ConfigValue& value) { sources.read(value); });
  setup.explain_unknown = [](std::string_view key) {
    const bool in_table = key == "project" || key == "project_branch" || key == "count" || key == "distinct";
    return in_table ? fmt::format("belongs in the flow's table: flows = [{{ name = \"...\", {} = ... }}]", key)
                    : std::string();
  };
  return std::make_unique<FlowTrigger>(std::move(setup.rules), sources.take());
}

}  // namespace qflow
