#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "qflow/engine/deployed_flow.h"
#include "qflow/engine/parameter_mapping.h"
#include "qflow/model/event.h"
#include "qflow/trigger/source_filter.h"

namespace qflow {

// What an event alone means to one trigger that listens to it. It depends on nothing but the event and the deployment,
// so that it can be decided before the transaction in which the event is recorded.
struct Judgement {
  std::shared_ptr<const DeployedFlow> flow;
  const Trigger* trigger = nullptr;          // of that flow; a leg of a group for itself
  std::optional<std::string> refusal = {};   // why it is filtered; what follows counts only without
  std::size_t source = 0;                    // place among the trigger's subscriptions
  std::string correlation = {};              // canonical JSON of the value; "" when the trigger does not correlate
  std::optional<std::string> distinct = {};  // canonical JSON
};

// One judgement for each trigger of the flow that listens to the name of the scope's event, in the order of the file.
// `cause_space` is the namespace of the run that caused the event, if one did.
std::vector<Judgement> judge_event(const std::shared_ptr<const DeployedFlow>& flow, const EventScope& scope,
                                   const std::optional<std::string>& cause_space, const ArtifactReader& artifacts);

// Deployments of one flow share the names of the events of their schedules and sensors. Such an event is heard by its
// own deployment (the key of which is `owner`).
std::vector<Judgement> without_namesakes(std::vector<Judgement> judgements, std::int64_t owner);

// The same for such an event of another time, whose own deployment may be known no more: when one of its namespace is
// among those that it is meant for, the others are left out.
std::vector<Judgement> without_other_branches(std::vector<Judgement> judgements, const Event& event);

// Canonical JSON of the value by which the joining trigger correlates the event; "" when it does not correlate.
// kRefused with the reason when the event has none.
Result<std::string> correlation_of(const Trigger& joining, const EventScope& scope);

// The source of the trigger that hears the event: a trigger of type cli its activation, a schedule the instant that a
// backfill runs for. Null: none, as of most activations by hand.
const Subscription* source_heard(const DeployedFlow& flow, const Trigger& trigger, const Event& event);

// Whether a run of `cause_space` (absent: of none) is meant: one of the listener's own namespace, unless the
// subscription names another. Events that are no end of a run are.
bool is_of_namespace(const Subscription& subscription, const std::string& own,
                     const std::optional<std::string>& cause_space);

// Why it is not: "the run belongs to 'foo.test.c', not to 'foo.prod'".
std::optional<std::string> refusal_by_namespace(const Subscription& subscription, const std::string& own,
                                                const std::optional<std::string>& cause_space);

// The context that the event gives to a run of this trigger (of a group: the group): the value of its `context`
// expression as text, nothing when that is null; without the expression the event's own context. Nothing, too, when
// the expression reads the context of an event that has none. kRefused with the reason when it has no value otherwise:
// the run would be one of another context.
Result<std::optional<std::string>> run_context(const Trigger& joining, const EventScope& scope);

}  // namespace qflow
