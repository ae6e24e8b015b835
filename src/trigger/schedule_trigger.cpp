#include <fmt/format.h>

#include <chrono>
#include <memory>
#include <optional>
#include <utility>
#include <variant>

#include "qflow/error/printable.h"
#include "qflow/expression/flow_check.h"
#include "trigger/trigger_keys.h"
#include "trigger/trigger_types.h"

namespace qflow {
namespace {

class ScheduleTrigger final : public Trigger {
 public:
  using Trigger::Trigger;
  TriggerType type() const override { return TriggerType::kSchedule; }
};

std::optional<CronExpression> read_expression(TriggerSetup& setup, std::string& as_written) {
  ConfigReader& reader = setup.config;
  const auto text = reader.text("schedule");
  if (!text) return std::nullopt;
  as_written = text->value;
  const auto parsed = CronExpression::parse(text->value, setup.flow.id.text() + "/" + setup.rules.id.text());
  if (!parsed) {
    const CronError& error = parsed.error();
    reader.diagnostics().error(position_inside(setup.flow.text, text->position, text->value, error.offset),
                               "`schedule`: " + error.message, error.help);
    return std::nullopt;
  }
  for (const std::string& warning : parsed->warnings()) reader.diagnostics().warning(text->position, warning);
  return *parsed;
}

std::optional<std::variant<CronExpression, Duration>> read_rhythm(TriggerSetup& setup, std::string& as_written) {
  ConfigReader& reader = setup.config;
  Diagnostics& diagnostics = reader.diagnostics();
  std::optional<CronExpression> expression = read_expression(setup, as_written);
  const auto every = read_positive_duration(reader, "every");
  if (every && every->value < std::chrono::minutes(1)) {
    diagnostics.warning(every->position,
                        "under cron the resolution is a minute: what is due in between starts together");
  }
  if (!reader.has("schedule") && !reader.has("every")) {
    diagnostics.error(reader.source().position, fmt::format("{} has neither `schedule` nor `every`", reader.what()),
                      "add schedule = \"0 3 * * *\" or every = \"15m\"");
  } else if (reader.has("schedule") && reader.has("every")) {
    diagnostics.error(reader.find("every")->value.position, "`schedule` and `every` are both given",
                      "remove one of them");
  }
  if (expression) return std::move(*expression);
  if (every) return every->value;
  return std::nullopt;
}

std::shared_ptr<const TimeZone> read_zone(ConfigReader& reader) {
  const auto name = reader.text("timezone");
  const auto zone = find_time_zone(name ? name->value : "UTC");
  if (zone) return *zone;
  reader.diagnostics().error(name->position, zone.error().message, zone.error().advice);
  return nullptr;
}

void read_span(ConfigReader& reader, ScheduleRules& rules) {
  const auto start = reader.instant("start");
  const auto end = reader.instant("end");
  if (start) rules.start = start->value;
  if (end) rules.end = end->value;
  if (start && end && end->value <= start->value) {
    reader.diagnostics().error(end->position, "`end` is not later than `start`",
                               "nothing would ever be due; give it a later end");
  }
  constexpr std::size_t kDateSize = 10;
  for (const Located<std::string>& day : reader.text_list("exclude")) {
    const auto date = parse_datetime(day.value);
    if (date && day.value.size() == kDateSize) {
      rules.exclude.emplace_back(std::chrono::floor<std::chrono::days>(*date));
    } else {
      reader.diagnostics().error(day.position, fmt::format("{} is not a day", qflow::quoted(day.value)),
                                 "write it as \"2026-12-25\"");
    }
  }
}

// Null after a report.
std::shared_ptr<const Schedule> read_schedule(TriggerSetup& setup, std::string& as_written) {
  ConfigReader& reader = setup.config;
  auto rhythm = read_rhythm(setup, as_written);
  std::shared_ptr<const TimeZone> zone = read_zone(reader);
  ScheduleRules rules{.rhythm = rhythm ? std::move(*rhythm) : Duration{1}, .zone = zone};
  rules.dst_gap = read_enum<DstGap>(reader, "dst_gap", {{"shift", DstGap::kShift}, {"skip", DstGap::kSkip}});
  rules.dst_overlap = read_enum<DstOverlap>(
      reader, "dst_overlap", {{"first", DstOverlap::kFirst}, {"last", DstOverlap::kLast}, {"both", DstOverlap::kBoth}});
  read_span(reader, rules);
  if (!rhythm || !zone || reader.diagnostics().has_errors()) return nullptr;
  auto schedule = std::make_shared<const Schedule>(std::move(rules));
  if (schedule->next_after(Instant::min())) return schedule;
  reader.diagnostics().error(setup.rules.position, "the schedule is never due",
                             "`start`, `end` and `exclude` leave nothing of it");
  return nullptr;
}

}  // namespace

std::unique_ptr<Trigger> create_schedule_trigger(TriggerSetup& setup) {
  ConfigReader& reader = setup.config;
  ScheduleSubscription subscription;
  subscription.source.name = setup.rules.id.text();
  subscription.source.position = setup.rules.position;
  subscription.schedule = read_schedule(setup, subscription.expression);
  subscription.catchup = read_enum<Catchup>(
      reader, "catchup", {{"last", Catchup::kLast}, {"none", Catchup::kNone}, {"all", Catchup::kAll}});
  if (const auto window = read_positive_duration(reader, "catchup_window")) subscription.catchup_window = window->value;
  return std::make_unique<ScheduleTrigger>(std::move(setup.rules), std::vector<Subscription>{std::move(subscription)});
}

}  // namespace qflow
