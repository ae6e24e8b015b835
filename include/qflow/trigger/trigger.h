#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "qflow/error/diagnostic.h"
#include "qflow/expression/expression.h"
#include "qflow/model/names.h"
#include "qflow/time/duration.h"
#include "qflow/trigger/match_expression.h"
#include "qflow/trigger/subscription.h"
#include "qflow/trigger/trigger_context.h"
#include "qflow/trigger/trigger_result.h"
#include "qflow/trigger/trigger_type.h"

namespace qflow {

// Which of several waiting events of one source a firing takes.
enum class JoinOrder { kLatest, kOldest, kAll };

// The keys that every type has. Expressions see `event` and are checked. `parameters` of the trigger has become the
// mapping of its one source.
struct TriggerRules {
  TriggerId id;
  std::string type;        // as written; of a custom type the name it is registered under
  bool is_custom = false;  // of a type that a program has registered, maybe in the place of a built-in one
  FlowId flow_id;
  SourcePosition position;  // of the id, else of the table
  bool enabled = true;
  std::string description;
  std::optional<Expression> when;
  MatchExpression match;  // bound to the sources; of a group to its legs
  std::optional<Duration> within;
  std::string within_text;  // as written, for sentences
  std::optional<Expression> correlate;
  std::optional<Expression> context;
  JoinOrder join = JoinOrder::kLatest;
  std::optional<Duration> debounce;
  std::optional<Duration> max_wait;
};

// One entry of [[triggers]]: immutable, pure, thread-safe. It says what it listens to and whether something meets it;
// joins, windows and policies are the engine's, and the service starts what should run.
class Trigger {
 public:
  explicit Trigger(TriggerRules rules, std::vector<Subscription> subscriptions = {});
  virtual ~Trigger() = default;
  Trigger(const Trigger&) = delete;
  Trigger& operator=(const Trigger&) = delete;

  virtual TriggerType type() const = 0;

  // Whether the event of the context alone meets this trigger: enabled, listened to, through its filters. Activated by
  // hand, every enabled trigger is met. Of a custom type it is asked about each event that has come through the shared
  // filters, and about each activation by hand; what it refuses is filtered, with the message of `activate`. So is what
  // makes one of the two throw a std::exception, with what that says.
  virtual bool should_trigger(const TriggerContext& context) const;
  // The same with the reason, as what to do.
  virtual TriggerResult activate(const TriggerContext& context) const;

  // The ids of a group's legs; empty for every other type.
  virtual const std::vector<TriggerId>& leg_ids() const;

  const TriggerRules& rules() const { return rules_; }
  const TriggerId& id() const { return rules_.id; }
  const FlowId& flow_id() const { return rules_.flow_id; }
  // The declared sources in the order of the file.
  const std::vector<Subscription>& subscriptions() const { return subscriptions_; }

  // Of the triggers that build_triggers has made together:
  // A group's legs, as leg_ids() has them, with null for one that the flow does not have (an error at check). Their
  // sources are their own.
  const std::vector<const Trigger*>& legs() const { return legs_; }
  // The group that has it as a leg, or null.
  const Trigger* group() const { return group_; }
  // What keeps the join state: the group of a leg, else the trigger itself.
  const Trigger& joining() const { return group_ != nullptr ? *group_ : *this; }

 private:
  friend class TriggerAssembly;  // completes a trigger before anybody else sees it

  TriggerRules rules_;
  std::vector<Subscription> subscriptions_;
  std::vector<const Trigger*> legs_;
  const Trigger* group_ = nullptr;
};

// The triggers whose sources count: the legs of a group in its order, else the trigger itself.
std::vector<const Trigger*> source_triggers(const Trigger& trigger);

// The schedule or sensor that is the only source of a trigger, of whatever type: it makes its events itself. Null for
// other triggers.
const ScheduleSubscription* schedule_of(const Trigger& trigger);
const SensorRules* sensor_of(const Trigger& trigger);

// Of the type api, unless a program has registered its own in its place: nothing makes events for it yet.
bool is_web_hook(const Trigger& trigger);

using TriggerList = std::vector<std::unique_ptr<Trigger>>;

// Null when there is none.
const Trigger* find_trigger(const TriggerList& triggers, const TriggerId& id);

}  // namespace qflow
