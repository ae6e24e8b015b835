#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "qflow/expression/expression.h"
#include "qflow/model/event.h"
#include "qflow/trigger/trigger.h"

namespace qflow {

// The name `event` of the expressions in triggers. The event outlives the scope, which makes one value of it for all
// expressions. For one thread.
class EventScope final : public Scope {
 public:
  explicit EventScope(const Event& event) : event_(event) {}
  Result<Value> root(std::string_view name) const override;
  const Event& event() const { return event_; }

 private:
  const Event& event_;
  mutable std::optional<Value> value_;
};

// What expressions in triggers may name, for checking; `place` for messages: "when of a trigger".
ScopeShape event_scope_shape(std::string place);

// The full name of the events that the subscription of this trigger listens to. `name_space` ("foo.prod.bar") counts
// for namespaced sources. A run's is qflow.run.<Flow>, a step's qflow.step.<Flow>.<step>, of the other types
// qflow.<type>.<Flow>.<trigger id>.
std::string listened_name(const Trigger& trigger, const Subscription& subscription, std::string_view name_space);
// Whether that is the event's name.
bool listens_to(const Trigger& trigger, const Subscription& subscription, std::string_view name_space,
                std::string_view event_name);

// Why the event, whose name is listened to, does not get through the filters of the source and the trigger (type,
// namespace, value, sender, condition, then the source's `when`, then the trigger's); nothing when it does. The text
// is for people and has the value that decided: "value is 'late', not 'ready'".
std::optional<std::string> refusal(const Trigger& trigger, const Subscription& subscription, const EventScope& scope);
// The same of the trigger's `when` alone: what a group says of the events of its legs.
std::optional<std::string> refusal_by_when(const Trigger& trigger, const EventScope& scope);
// Why a trigger of a custom type does not want to fire; built-in types have no more to say.
std::optional<std::string> refusal_by_type(const Trigger& trigger, const TriggerContext& context);

}  // namespace qflow
