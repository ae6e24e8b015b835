#include "qflow/trigger/source_filter.h"

#include <fmt/format.h>

#include <array>
#include <exception>

#include "qflow/error/printable.h"
#include "qflow/error/suggestion.h"
#include "qflow/model/event_names.h"

namespace qflow {
namespace {

constexpr std::array<std::string_view, 11> kEventFields = {"id",      "name",      "timestamp", "recorded_at",
                                                           "type",    "namespace", "value",     "sender",
                                                           "context", "payload",   "caused_by"};

std::optional<std::string> differs(std::string_view what, const std::optional<std::string>& wanted,
                                   const std::optional<std::string>& actual) {
  if (!wanted || wanted == actual) return std::nullopt;
  if (!actual) return fmt::format("{} is absent, not {}", what, qflow::quoted(*wanted));
  return fmt::format("{} is {}, not {}", what, qflow::quoted(*actual), qflow::quoted(*wanted));
}

std::optional<std::string> filter(const EventSubscription& wanted, const Event& event) {
  if (auto reason = differs("type", wanted.event_type, event.type)) return reason;
  if (auto reason = differs("namespace", wanted.name_space, event.name_space)) return reason;
  if (auto reason = differs("value", wanted.value, event.value)) return reason;
  return differs("sender", wanted.sender, event.sender);
}

bool meets(RunCondition condition, std::string_view status) {
  switch (condition) {
    case RunCondition::kSuccess:
      return status == "succeeded";
    case RunCondition::kFailure:
      return status == "failed" || status == "crashed";
    case RunCondition::kAlways:
      break;
  }
  return status == "succeeded" || status == "failed" || status == "crashed" || status == "cancelled";
}

std::optional<std::string> filter(const RunSubscription& wanted, const Event& event) {
  const auto found = event.payload.is_object() ? event.payload.find("status") : event.payload.end();
  const bool known = found != event.payload.end() && found->is_string();
  const std::string status = known ? found->get<std::string>() : "unknown";
  if (meets(wanted.condition, status)) return std::nullopt;
  return fmt::format("status is {}, the condition is {}", qflow::quoted(status), to_text(wanted.condition));
}

template <class Other>
std::optional<std::string> filter(const Other&, const Event&) {
  return std::nullopt;
}

std::optional<std::string> why_not(const std::optional<Expression>& when, const Scope& scope) {
  if (!when) return std::nullopt;
  const Result<bool> holds = when->evaluate_bool(scope);
  if (!holds) return "`when` can't be decided: " + with_suggestion(holds.error());
  if (*holds) return std::nullopt;
  return when->explain(scope);
}

// The name of the events that a subscription listens to, in parts; "" after the last one.
struct NameParts {
  using Parts = std::array<std::string_view, 4>;

  const Trigger& trigger;
  std::string_view name_space;

  Parts operator()(const EventSubscription& subscription) const {
    if (!subscription.namespaced || name_space.empty()) return {subscription.event.text()};
    return {name_space, ".", subscription.event.text()};
  }
  Parts operator()(const RunSubscription& subscription) const {
    if (!subscription.step) return {kRunEnds, subscription.flow.text()};
    return {kStepEnds, subscription.flow.text(), ".", subscription.step->text()};
  }
  Parts operator()(const ScheduleSubscription&) const { return own(kDueInstants); }
  Parts operator()(const SensorSubscription&) const { return own(kSensorChanges); }
  Parts operator()(const CliSubscription&) const { return own(kActivations); }
  Parts operator()(const ApiSubscription&) const { return own(kApiCalls); }

  Parts own(std::string_view beginning) const {
    return {beginning, trigger.flow_id().text(), ".", trigger.id().text()};
  }
};

}  // namespace

Result<Value> EventScope::root(std::string_view name) const {
  if (name == "event") {
    if (!value_) value_ = Value(to_json(event_));
    return *value_;
  }
  return fail(ErrorKind::kNotFound, fmt::format("there is no {} in a trigger", qflow::quoted(name)), "use event");
}

ScopeShape event_scope_shape(std::string place) {
  ScopeShape shape;
  shape.roots.push_back({"event", false, {kEventFields.begin(), kEventFields.end()}});
  shape.place = std::move(place);
  for (const char* name : {"params", "run", "artifacts", "trigger", "item", "index"}) {
    shape.absent.push_back({name, "a trigger sees only the event: event.payload, event.context, ..."});
  }
  return shape;
}

std::string listened_name(const Trigger& trigger, const Subscription& subscription, std::string_view name_space) {
  std::string name;
  for (const std::string_view part : std::visit(NameParts{trigger, name_space}, subscription)) name += part;
  return name;
}

bool listens_to(const Trigger& trigger, const Subscription& subscription, std::string_view name_space,
                std::string_view event_name) {
  for (const std::string_view part : std::visit(NameParts{trigger, name_space}, subscription)) {
    if (!event_name.starts_with(part)) return false;
    event_name.remove_prefix(part.size());
  }
  return event_name.empty();
}

std::optional<std::string> refusal(const Trigger& trigger, const Subscription& subscription, const EventScope& scope) {
  const auto by_filter = [&](const auto& one) { return filter(one, scope.event()); };
  if (auto reason = std::visit(by_filter, subscription)) return reason;
  if (auto reason = why_not(source_of(subscription).when, scope)) return reason;
  return why_not(trigger.rules().when, scope);
}

std::optional<std::string> refusal_by_when(const Trigger& trigger, const EventScope& scope) {
  return why_not(trigger.rules().when, scope);
}

// Nobody else's event is lost, and no run fails, because one type's code can't cope with an event.
std::optional<std::string> refusal_by_type(const Trigger& trigger, const TriggerContext& context) try {
  if (!trigger.rules().is_custom || trigger.should_trigger(context)) return std::nullopt;
  TriggerResult result = trigger.activate(context);
  if (!result.success) return std::move(result.message);
  return fmt::format("triggers of type {} refuse it", quoted(trigger.rules().type));
} catch (const std::exception& thrown) {
  return fmt::format("triggers of type {} can't decide it: {}", quoted(trigger.rules().type), printable(thrown.what()));
}

}  // namespace qflow
