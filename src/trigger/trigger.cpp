#include "qflow/trigger/trigger.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "qflow/error/printable.h"
#include "qflow/trigger/source_filter.h"

namespace qflow {

Trigger::Trigger(TriggerRules rules, std::vector<Subscription> subscriptions)
    : rules_(std::move(rules)), subscriptions_(std::move(subscriptions)) {}

const std::vector<TriggerId>& Trigger::leg_ids() const {
  static const std::vector<TriggerId> none;
  return none;
}

bool Trigger::should_trigger(const TriggerContext& context) const {
  return activate(context).success;
}

TriggerResult Trigger::activate(const TriggerContext& context) const {
  const auto answer = [&](bool success, std::string message) {
    return TriggerResult{success, id(), flow_id(), std::move(message)};
  };
  const std::string name = fmt::format("trigger {}", qflow::quoted(id().text()));
  if (!rules_.enabled) return answer(false, name + " is disabled");
  if (!context.event) return answer(true, name + " was activated by hand");
  for (const Subscription& subscription : subscriptions_) {
    if (!listens_to(*this, subscription, context.name_space, context.event->name)) continue;
    const std::optional<std::string> reason = refusal(*this, subscription, EventScope(*context.event));
    if (reason) return answer(false, name + " filters the event: " + *reason);
    return answer(true, fmt::format("{} was met by {}", name, context.event->name));
  }
  return answer(false, fmt::format("{} does not listen to {}", name, qflow::quoted(context.event->name)));
}

std::vector<const Trigger*> source_triggers(const Trigger& trigger) {
  if (trigger.legs().empty()) return {&trigger};
  std::vector<const Trigger*> legs = trigger.legs();
  std::erase(legs, nullptr);
  return legs;
}

const ScheduleSubscription* schedule_of(const Trigger& trigger) {
  if (trigger.subscriptions().size() != 1) return nullptr;
  return std::get_if<ScheduleSubscription>(&trigger.subscriptions().front());
}

const SensorRules* sensor_of(const Trigger& trigger) {
  if (trigger.subscriptions().size() != 1) return nullptr;
  const auto* subscription = std::get_if<SensorSubscription>(&trigger.subscriptions().front());
  return subscription != nullptr ? &subscription->sensor : nullptr;
}

bool is_web_hook(const Trigger& trigger) {
  return trigger.type() == TriggerType::kApi && !trigger.rules().is_custom;
}

const Trigger* find_trigger(const TriggerList& triggers, const TriggerId& id) {
  const auto found =
      std::find_if(triggers.begin(), triggers.end(), [&](const auto& trigger) { return trigger->id() == id; });
  return found == triggers.end() ? nullptr : found->get();
}

const SourceRules& source_of(const Subscription& subscription) {
  return std::visit([](const auto& one) -> const SourceRules& { return one.source; }, subscription);
}

SourceRules& source_of(Subscription& subscription) {
  return std::visit([](auto& one) -> SourceRules& { return one.source; }, subscription);
}

std::string_view to_text(RunCondition condition) {
  switch (condition) {
    case RunCondition::kFailure:
      return "failure";
    case RunCondition::kAlways:
      return "always";
    case RunCondition::kSuccess:
      break;
  }
  return "success";
}

}  // namespace qflow
