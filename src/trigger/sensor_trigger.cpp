#include <fmt/format.h>

#include "qflow/error/printable.h"
#include "trigger/sensor_kinds.h"
#include "trigger/trigger_keys.h"
#include "trigger/trigger_types.h"

namespace qflow {
namespace {

class SensorTrigger final : public Trigger {
 public:
  using Trigger::Trigger;
  TriggerType type() const override { return TriggerType::kSensor; }
};

void read_looking(ConfigReader& reader, SensorRules& sensor) {
  sensor.change = read_enum<ChangeKind>(reader, "event_type",
                                        {{"created", ChangeKind::kCreated},
                                         {"modified", ChangeKind::kModified},
                                         {"deleted", ChangeKind::kDeleted},
                                         {"all", ChangeKind::kAll}});
  if (const auto poll = read_positive_duration(reader, "poll")) sensor.poll = poll->value;
  if (const auto timeout = read_positive_duration(reader, "timeout")) sensor.timeout = timeout->value;
  sensor.baseline = read_enum<SensorBaseline>(reader, "baseline",
                                              {{"ignore", SensorBaseline::kIgnore}, {"fire", SensorBaseline::kFire}});
  sensor.per =
      read_enum<SensorBatching>(reader, "per", {{"item", SensorBatching::kItem}, {"batch", SensorBatching::kBatch}});
}

void refuse_useless(ConfigReader& reader, std::string_view key, const std::string& with, std::string_view advice) {
  const ConfigEntry* entry = reader.find(key);
  if (entry == nullptr) return;
  reader.diagnostics().error(entry->key_position, fmt::format("`{}` has no use with {}", key, with),
                             std::string(advice));
}

// Only files, objects and counts are created, modified and deleted, and only files and objects come in batches.
void refuse_useless_keys(ConfigReader& reader, const std::string& kind, const SensorRules& sensor) {
  const std::string with = "sensor_type " + quoted(kind);
  if (kind == "exec") {
    refuse_useless(reader, "baseline", with, "the program itself decides what is new, by its cursor");
    refuse_useless(reader, "event_type", with, "the program itself decides what it reports");
  }
  if (kind == "http") refuse_useless(reader, "event_type", with, "it fires whenever the answer changes");
  if (kind == "exec" || kind == "http" || kind == "database") {
    refuse_useless(reader, "per", with, "remove the key");
  }
  const auto* database = std::get_if<DatabaseSensor>(&sensor.watched);
  if (database == nullptr || database->mode == DetectionMode::kRowCount) return;
  refuse_useless(reader, "event_type",
                 database->mode == DetectionMode::kCustomQuery ? "detection_mode 'custom_query'"
                                                               : "detection_mode 'timestamp_column'",
                 "it means something with detection_mode 'row_count' alone");
}

bool read_watched(TriggerSetup& setup, const std::string& kind, SensorRules& sensor) {
  ConfigReader& reader = setup.config;
  if (kind == "file") sensor.watched = read_file_sensor(reader, false);
  if (kind == "directory") sensor.watched = read_file_sensor(reader, true);
  if (kind == "database") sensor.watched = read_database_sensor(setup);
  if (kind == "s3") sensor.watched = read_s3_sensor(reader);
  if (kind == "http") sensor.watched = read_http_sensor(reader);
  if (kind == "exec") sensor.watched = read_exec_sensor(reader);
  return !kind.empty();
}

}  // namespace

std::unique_ptr<Trigger> create_sensor_trigger(TriggerSetup& setup) {
  ConfigReader& reader = setup.config;
  SensorSubscription subscription;
  subscription.source.name = setup.rules.id.text();
  subscription.source.position = setup.rules.position;
  const std::vector<std::string> kinds = {"file", "directory", "database", "s3", "http", "exec"};
  const auto kind =
      reader.has("sensor_type") ? reader.choice("sensor_type", kinds) : reader.required_text("sensor_type");
  read_looking(reader, subscription.sensor);
  if (!read_watched(setup, kind ? kind->value : std::string(), subscription.sensor)) {
    for (const ConfigEntry& entry : reader.source().entries) {
      if (!explain_sensor_key(entry.key).empty()) reader.allow(entry.key);
    }
  }
  if (kind) refuse_useless_keys(reader, kind->value, subscription.sensor);
  setup.explain_unknown = explain_sensor_key;
  return std::make_unique<SensorTrigger>(std::move(setup.rules), std::vector<Subscription>{std::move(subscription)});
}

}  // namespace qflow
