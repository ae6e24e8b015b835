#include "service/sensor_keeping.h"

#include "qflow/model/json.h"
#include "qflow/os/file_system.h"
#include "qflow/trigger/trigger_registry.h"

namespace qflow {

namespace {

Json or_null(const std::optional<std::string>& text) {
  return text ? Json(*text) : Json();
}

// Whatever makes another thing of what is looked at.
struct WatchedText {
  const Path& folder;

  Json operator()(const FileSensor& file) const {
    return {{"folder", file.directory},
            {"path", (folder / file.path).lexically_normal().string()},
            {"pattern", or_null(file.pattern)},
            {"done_marker", or_null(file.done_marker)}};
  }
  Json operator()(const DatabaseSensor& database) const {
    return {{"database", std::visit(*this, database.engine)},
            {"mode", static_cast<int>(database.mode)},
            {"table", database.table_name},
            {"column", database.timestamp_column},
            {"query", database.custom_query},
            {"condition", or_null(database.condition)}};
  }
  Json operator()(const PostgresqlEngine& engine) const {
    return {{"host", or_null(engine.host)}, {"port", engine.port}, {"database", engine.database}};
  }
  Json operator()(const SqliteEngine& engine) const {
    return {{"path", (folder / engine.path).lexically_normal().string()}};
  }
  Json operator()(const S3Sensor& s3) const {
    return {{"bucket", s3.bucket},
            {"prefix", s3.prefix},
            {"pattern", or_null(s3.pattern)},
            {"endpoint", or_null(s3.endpoint)}};
  }
  Json operator()(const HttpSensor& http) const { return {{"url", http.url}}; }
  Json operator()(const ExecSensor& exec) const { return {{"command", exec.command}}; }
};

std::string watched_text(const DeployedFlow& flow, const SensorRules& rules) {
  const Path folder(flow.definition->folder);
  return to_compact(std::visit(WatchedText{folder}, rules.watched));
}

KnownSensor new_sensor(std::string watched, std::int64_t revision) {
  KnownSensor sensor;
  sensor.watched = std::move(watched);
  sensor.revision = revision;
  return sensor;
}

void forgive(KnownSensor& sensor) {
  sensor.failures = 0;
  sensor.failing_since.reset();
  sensor.error.clear();
}

Status begin(TriggerLedger& ledger, const DeployedFlow& flow, const Trigger& trigger, const SensorRules& rules,
             Instant now) {
  const std::string watched = watched_text(flow, rules);
  QFLOW_ASSIGN(const auto known, ledger.sensor(flow.key, trigger.id()));
  const bool same = known && known->watched == watched;
  const bool enabled = is_enabled(flow, trigger);
  KnownSensor next = same ? *known : new_sensor(watched, known ? known->revision : 0);
  ++next.revision;
  forgive(next);
  next.due.reset();
  if (enabled) next.due = now;
  QFLOW_TRY(ledger.save_sensor(flow.key, trigger.id(), next));
  const bool goes_on = same && (enabled || std::holds_alternative<ExecSensor>(rules.watched));
  return goes_on ? Status() : ledger.save_sensor_cursor(flow.key, trigger.id(), std::nullopt);
}

}  // namespace

const SensorRules* sensor_of(const Trigger& trigger) {
  if (trigger.subscriptions().size() != 1) return nullptr;
  const auto* subscription = std::get_if<SensorSubscription>(&trigger.subscriptions().front());
  return subscription != nullptr ? &subscription->sensor : nullptr;
}

Status renew_sensors(Ledger& ledger, const DeploymentChange& change, Instant now) {
  if (change.before != nullptr) {
    for (const auto& old : change.before->triggers) {
      if (sensor_of(*old) == nullptr) continue;
      const Trigger* same = change.after != nullptr ? find_trigger(change.after->triggers, old->id()) : nullptr;
      if (same != nullptr && sensor_of(*same) != nullptr) continue;
      QFLOW_TRY(ledger.triggers().save_sensor(change.before->key, old->id(), std::nullopt));
    }
  }
  if (change.after == nullptr) return {};
  for (const auto& trigger : change.after->triggers) {
    const SensorRules* rules = sensor_of(*trigger);
    if (rules != nullptr) QFLOW_TRY(begin(ledger.triggers(), *change.after, *trigger, *rules, now));
  }
  return {};
}

Status forget_sensor(Ledger& ledger, const DeployedFlow& flow, const Trigger& trigger, Instant now) {
  QFLOW_ASSIGN(const auto known, ledger.triggers().sensor(flow.key, trigger.id()));
  if (!known) return {};
  KnownSensor next = new_sensor(known->watched, known->revision + 1);
  if (known->due) next.due = now;
  QFLOW_TRY(ledger.triggers().save_sensor(flow.key, trigger.id(), next));
  return ledger.triggers().save_sensor_cursor(flow.key, trigger.id(), std::nullopt);
}

}  // namespace qflow
