#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "qflow/error/diagnostic.h"
#include "qflow/expression/expression.h"
#include "qflow/model/names.h"
#include "qflow/model/sensor.h"
#include "qflow/time/duration.h"
#include "qflow/time/instant.h"
#include "qflow/time/schedule.h"
#include "qflow/trigger/payload_path.h"

namespace qflow {

// What every source of a trigger has. Expressions see `event` and are checked.
struct SourceRules {
  // What `match` and trigger["..."] take: the short event name, the flow as declared, the trigger's id.
  std::string name = {};
  SourcePosition position = {};
  std::optional<Expression> when = {};  // of the source's own table; the trigger's `when` counts besides
  ParameterMapping mapping = {};
  std::int64_t count = 1;  // so many events make the source met
  std::optional<Expression> distinct = {};
};

// An event published under a name. An absent filter lets everything through.
struct EventSubscription {
  SourceRules source;
  EventName event;          // the short name
  bool namespaced = false;  // listens to {project}.{branch}.{event} of the deployment
  std::optional<std::string> event_type = {};
  std::optional<std::string> name_space = {};
  std::optional<std::string> value = {};
  std::optional<std::string> sender = {};
};

enum class RunCondition { kSuccess, kFailure, kAlways };
std::string_view to_text(RunCondition condition);

// A project and branch that a flow name is qualified with: project "foo", branch "prod.bar".
struct FlowNamespace {
  ProjectName project;
  std::string branch;
};

// The end of a run of another flow, or of one of its steps.
struct RunSubscription {
  SourceRules source;
  FlowId flow;
  std::optional<FlowNamespace> name_space;  // absent: the listener's own
  RunCondition condition = RunCondition::kSuccess;
  std::optional<StepId> step;
};

enum class Catchup { kLast, kNone, kAll };

// Due instants.
struct ScheduleSubscription {
  SourceRules source;
  std::shared_ptr<const Schedule> schedule;  // not null in a trigger without errors
  std::string expression = {};               // as written; "" for `every`
  Catchup catchup = Catchup::kLast;
  Duration catchup_window = std::chrono::hours(24);
};

// Changes of something that is looked at again and again.
struct SensorSubscription {
  SourceRules source;
  SensorRules sensor;
};

// Activation by hand.
struct CliSubscription {
  SourceRules source;
};

enum class ApiAuthentication { kNone, kBearer, kHmacSha256, kGithub, kStripe };

// An HTTP call.
struct ApiSubscription {
  SourceRules source;
  std::string path;
  std::vector<std::string> methods;
  ApiAuthentication authentication = ApiAuthentication::kNone;
  std::optional<std::string> secret;  // the name of one
};

// What a trigger listens to, as data: the engine, `explain`, `deploy` and exporters all visit it.
using Subscription = std::variant<EventSubscription, RunSubscription, ScheduleSubscription, SensorSubscription,
                                  CliSubscription, ApiSubscription>;

const SourceRules& source_of(const Subscription& subscription);
SourceRules& source_of(Subscription& subscription);

}  // namespace qflow
