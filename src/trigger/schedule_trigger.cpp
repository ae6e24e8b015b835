#include <fmt/format.h>

#include "trigger/trigger_keys.h"
#include "trigger/trigger_types.h"

namespace qflow {
namespace {

class ScheduleTrigger final : public Trigger {
 public:
  using Trigger::Trigger;
  TriggerType type() const override { return TriggerType::kSchedule; }
};

void read_rhythm(ConfigReader& reader, ScheduleSubscription& subscription) {
  subscription.schedule = reader.text("schedule");
  subscription.every = read_positive_duration(reader, "every");
  Diagnostics& diagnostics = reader.diagnostics();
  if (!reader.has("schedule") && !reader.has("every")) {
    diagnostics.error(reader.source().position, fmt::format("{} has neither `schedule` nor `every`", reader.what()),
                      "add schedule = \"0 3 * * *\" or every = \"15m\"");
  } else if (reader.has("schedule") && reader.has("every")) {
    diagnostics.error(reader.find("every")->value.position, "`schedule` and `every` are both given",
                      "remove one of them");
  }
}

void read_span(ConfigReader& reader, ScheduleSubscription& subscription) {
  subscription.start = reader.instant("start");
  subscription.end = reader.instant("end");
  if (subscription.start && subscription.end && subscription.end->value <= subscription.start->value) {
    reader.diagnostics().error(subscription.end->position, "`end` is not later than `start`",
                               "nothing would ever be due; swap the two");
  }
  subscription.exclude = reader.text_list("exclude");
}

}  // namespace

std::unique_ptr<Trigger> create_schedule_trigger(TriggerSetup& setup) {
  ConfigReader& reader = setup.config;
  ScheduleSubscription subscription;
  subscription.source.name = setup.rules.id.text();
  subscription.source.position = setup.rules.position;
  read_rhythm(reader, subscription);
  subscription.timezone = reader.text("timezone").value_or(subscription.timezone);
  subscription.catchup = read_enum<Catchup>(reader, "catchup", {"last", "none", "all"});
  if (const auto window = read_positive_duration(reader, "catchup_window")) subscription.catchup_window = window->value;
  subscription.dst_gap = read_enum<DstGap>(reader, "dst_gap", {"shift", "skip"});
  subscription.dst_overlap = read_enum<DstOverlap>(reader, "dst_overlap", {"first", "last", "both"});
  read_span(reader, subscription);
  return std::make_unique<ScheduleTrigger>(std::move(setup.rules), std::vector<Subscription>{std::move(subscription)});
}

}  // namespace qflow
