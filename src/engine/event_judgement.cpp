#include "qflow/engine/event_judgement.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "engine/canonical_json.h"
#include "qflow/error/printable.h"
#include "qflow/error/suggestion.h"
#include "qflow/trigger/source_filter.h"

namespace qflow {

namespace {

std::string quoted_space(const std::string& name_space) {
  return name_space.empty() ? "no project" : quoted(name_space);
}

std::string wanted_namespace(const Subscription& subscription, const std::string& own) {
  const auto* run = std::get_if<RunSubscription>(&subscription);
  return run != nullptr && run->name_space ? run->name_space->project.text() + "." + run->name_space->branch : own;
}

// The value that the expression has for the event; kRefused when it has none.
Result<Json> value_of(std::string_view what, const Expression& expression, const EventScope& scope) {
  const Result<Value> value = expression.evaluate(scope);
  if (!value)
    return fail(ErrorKind::kRefused, fmt::format("`{}` can't be decided: {}", what, with_suggestion(value.error())));
  Result<Json> json = value->to_json();
  if (!json) return fail(ErrorKind::kRefused, fmt::format("`{}`: {}", what, json.error().message));
  return json;
}

// The same as canonical text; kRefused for null too.
Result<std::string> key_value(std::string_view what, const Expression& expression, const EventScope& scope) {
  QFLOW_ASSIGN(const Json value, value_of(what, expression, scope));
  if (value.is_null()) return fail(ErrorKind::kRefused, fmt::format("`{}` is null", what));
  return canonical_json(value);
}

bool reads_own_context(const Expression& expression) {
  const std::vector<Reference> references = expression.references();
  return std::any_of(references.begin(), references.end(),
                     [](const Reference& one) { return one.path.size() > 1 && one.path[1] == "context"; });
}

// Everything after the event's name, in this order: enabled, namespace, filters and `when`, a custom type's own rules,
// the group's `when`, mapping, `correlate`, `distinct`, `context`. The first that refuses says why.
class Judge {
 public:
  Judge(const EventScope& scope, const std::optional<std::string>& cause_space, const ArtifactReader& artifacts)
      : scope_(scope), cause_space_(cause_space), artifacts_(artifacts) {}

  // kRefused with why the event is filtered.
  Status examine(Judgement& judgement) const {
    const DeployedFlow& flow = *judgement.flow;
    const Trigger& trigger = *judgement.trigger;
    const Trigger& joining = trigger.joining();
    const Subscription& subscription = trigger.subscriptions()[judgement.source];
    const SourceRules& source = source_of(subscription);
    if (!is_enabled(flow, trigger)) return fail(ErrorKind::kRefused, "disabled");
    QFLOW_TRY(refuse_for(refusal_by_namespace(subscription, flow.name_space, cause_space_)));
    QFLOW_TRY(refuse_for(refusal(trigger, subscription, scope_)));
    if (trigger.rules().is_custom) {
      QFLOW_TRY(refuse_for(refusal_by_type(trigger, {.event = scope_.event(), .name_space = flow.name_space})));
    }
    if (&joining != &trigger) QFLOW_TRY(refuse_for(refusal_by_when(joining, scope_)));
    const auto mapped = map_event(source.mapping, flow.definition->parameters, scope_.event(), artifacts_);
    if (!mapped) return tl::make_unexpected(mapped.error());
    QFLOW_ASSIGN(judgement.correlation, correlation_of(joining, scope_));
    if (source.distinct) {
      QFLOW_ASSIGN(judgement.distinct, key_value("distinct", *source.distinct, scope_));
    }
    return run_context(joining, scope_).map([](const auto&) {});
  }

 private:
  static Status refuse_for(std::optional<std::string> reason) {
    if (reason) return fail(ErrorKind::kRefused, std::move(*reason));
    return {};
  }

  const EventScope& scope_;
  const std::optional<std::string>& cause_space_;
  const ArtifactReader& artifacts_;
};

// Schedules and sensors listen to events that they make themselves.
bool makes_its_events(const Trigger& trigger) {
  return schedule_of(trigger) != nullptr || sensor_of(trigger) != nullptr;
}

}  // namespace

// Of several sources with one name (runs of several namespaces), the one that the event gets through counts.
std::vector<Judgement> judge_event(const std::shared_ptr<const DeployedFlow>& flow, const EventScope& scope,
                                   const std::optional<std::string>& cause_space, const ArtifactReader& artifacts) {
  const Judge judge(scope, cause_space, artifacts);
  std::vector<Judgement> judgements;
  const auto listening = flow->listeners.find(scope.event().name);
  if (listening == flow->listeners.end()) return judgements;
  for (const Trigger* trigger : listening->second) {
    std::optional<Judgement> best;
    for (std::size_t i = 0; i < trigger->subscriptions().size() && (!best || best->refusal); ++i) {
      if (!listens_to(*trigger, trigger->subscriptions()[i], flow->name_space, scope.event().name)) continue;
      Judgement judgement{flow, trigger};
      judgement.source = i;
      if (const Status passed = judge.examine(judgement); !passed) judgement.refusal = passed.error().message;
      if (!best || !judgement.refusal) best = std::move(judgement);
    }
    if (best) judgements.push_back(std::move(*best));
  }
  return judgements;
}

std::vector<Judgement> without_namesakes(std::vector<Judgement> judgements, std::int64_t owner) {
  std::erase_if(judgements, [&](const Judgement& judgement) {
    return makes_its_events(*judgement.trigger) && judgement.flow->key != owner;
  });
  return judgements;
}

std::vector<Judgement> without_other_branches(std::vector<Judgement> judgements, const Event& event) {
  const std::string own_space = event.name_space.value_or("");
  const auto owner = std::find_if(judgements.begin(), judgements.end(), [&](const Judgement& judgement) {
    return makes_its_events(*judgement.trigger) && judgement.flow->name_space == own_space;
  });
  if (owner == judgements.end()) return judgements;
  return without_namesakes(std::move(judgements), owner->flow->key);
}

Result<std::string> correlation_of(const Trigger& joining, const EventScope& scope) {
  if (!joining.rules().correlate) return std::string();
  return key_value("correlate", *joining.rules().correlate, scope);
}

const Subscription* source_heard(const DeployedFlow& flow, const Trigger& trigger, const Event& event) {
  for (const Subscription& subscription : trigger.subscriptions()) {
    if (listens_to(trigger, subscription, flow.name_space, event.name)) return &subscription;
  }
  return nullptr;
}

bool is_of_namespace(const Subscription& subscription, const std::string& own,
                     const std::optional<std::string>& cause_space) {
  if (!std::holds_alternative<RunSubscription>(subscription)) return true;
  return cause_space.value_or("") == wanted_namespace(subscription, own);
}

std::optional<std::string> refusal_by_namespace(const Subscription& subscription, const std::string& own,
                                                const std::optional<std::string>& cause_space) {
  if (is_of_namespace(subscription, own, cause_space)) return std::nullopt;
  const std::string wanted = wanted_namespace(subscription, own);
  return fmt::format("the run belongs to {}, not to {}", quoted_space(cause_space.value_or("")), quoted_space(wanted));
}

Result<std::optional<std::string>> run_context(const Trigger& joining, const EventScope& scope) {
  if (!joining.rules().context) return scope.event().context;
  const Expression& context = *joining.rules().context;
  const Result<Json> value = value_of("context", context, scope);
  if (!value && !scope.event().context && reads_own_context(context)) return std::nullopt;
  if (!value) return tl::make_unexpected(value.error());
  return value->is_null() ? std::nullopt : std::optional(to_plain_text(*value));
}

}  // namespace qflow
