#include "service/sensor_keeping.h"

#include <utility>

#include "qflow/model/json.h"
#include "qflow/model/sha256.h"
#include "qflow/os/file_system.h"
#include "qflow/trigger/trigger_registry.h"

namespace qflow {

namespace {

// Whatever makes another thing of what is looked at.
struct WatchedText {
  const Path& folder;

  Json operator()(const FileSensor& file) const {
    const Path path = (folder / file.path).lexically_normal();
    return {{"folder", file.directory},
            {"path", (path.has_filename() ? path : path.parent_path()).string()},
            {"pattern", json_or_null(file.pattern)},
            {"done_marker", json_or_null(file.done_marker)}};
  }
  Json operator()(const DatabaseSensor& database) const {
    return {{"database", std::visit(*this, database.engine)},
            {"mode", static_cast<int>(database.mode)},
            {"table", database.table_name},
            {"column", database.timestamp_column},
            {"query", database.custom_query},
            {"condition", json_or_null(database.condition)}};
  }
  Json operator()(const PostgresqlEngine& engine) const {
    return {{"host", json_or_null(engine.host)}, {"port", engine.port}, {"database", engine.database}};
  }
  Json operator()(const SqliteEngine& engine) const {
    return {{"path", (folder / engine.path).lexically_normal().string()}};
  }
  Json operator()(const S3Sensor& s3) const {
    return {{"bucket", s3.bucket},
            {"prefix", s3.prefix},
            {"pattern", json_or_null(s3.pattern)},
            {"endpoint", json_or_null(s3.endpoint)}};
  }
  // It may hold a password.
  Json operator()(const HttpSensor& http) const { return {{"url", sha256_hex(http.url)}}; }
  // What a cursor means is the program's business, however it is called.
  Json operator()(const ExecSensor&) const { return {{"program", true}}; }
};

std::string watched_text(const DeployedFlow& flow, const SensorRules& rules) {
  const Path folder(flow.definition->folder);
  return to_compact(std::visit(WatchedText{folder}, rules.watched));
}

// Revisions are never used again, also not after a row was deleted: generations only grow.
Result<KnownSensor> new_sensor(TriggerLedger& ledger, std::string watched) {
  constexpr int kBitsForLooks = 32;
  KnownSensor sensor;
  sensor.watched = std::move(watched);
  QFLOW_ASSIGN(const std::int64_t generation, ledger.generation());
  sensor.revision = generation << kBitsForLooks;
  return sensor;
}

void look_soon(KnownSensor& sensor, Instant now) {
  sensor.failures = 0;
  sensor.failing_since.reset();
  sensor.error.clear();
  sensor.due = now;
  sensor.set_at = now;
}

class SensorRenewal {
 public:
  SensorRenewal(TriggerLedger& ledger, const DeploymentChange& change, Instant now)
      : ledger_(ledger), change_(change), now_(now) {}

  Status run() {
    QFLOW_TRY(end_what_is_none((change_.after != nullptr ? change_.after : change_.before)->key));
    if (change_.after == nullptr) return {};
    for (const auto& trigger : change_.after->triggers) {
      const SensorRules* rules = sensor_of(*trigger);
      if (rules != nullptr) QFLOW_TRY(renew(*trigger, *rules));
    }
    return {};
  }

 private:
  // By the rows: the definition before may be one that can't be read any more.
  Status end_what_is_none(std::int64_t deployment) {
    QFLOW_ASSIGN(const auto rows, ledger_.sensors(deployment));
    for (const DueSensor& row : rows) {
      const Trigger* now = change_.after != nullptr ? find_trigger(change_.after->triggers, row.trigger) : nullptr;
      if (now == nullptr || sensor_of(*now) == nullptr) QFLOW_TRY(ledger_.forget_sensor(row.key));
    }
    return {};
  }

  // That is a reason to look soon; what becomes of other triggers of the flow is none.
  bool is_redeployed() const { return change_.before == nullptr || change_.before->version != change_.after->version; }

  Status renew(const Trigger& trigger, const SensorRules& rules) {
    const DeployedFlow& flow = *change_.after;
    const std::string watched = watched_text(flow, rules);
    QFLOW_ASSIGN(const auto known, ledger_.sensor(flow.key, trigger.id()));
    const bool same = known && known->watched == watched;
    const bool enabled = is_enabled(flow, trigger);
    if (same && known->due.has_value() == enabled) return is_redeployed() ? look_again(trigger, *known) : Status();
    QFLOW_ASSIGN(KnownSensor next, new_sensor(ledger_, watched));
    next.baselined = same && known->baselined;
    if (enabled) look_soon(next, now_);
    QFLOW_TRY(ledger_.save_sensor(flow.key, trigger.id(), next));
    if (same && std::holds_alternative<ExecSensor>(rules.watched)) return {};
    return ledger_.save_sensor_cursor(flow.key, trigger.id(), std::nullopt);
  }

  Status look_again(const Trigger& trigger, KnownSensor known) {
    if (!known.due) return {};
    look_soon(known, now_);
    return ledger_.save_sensor(change_.after->key, trigger.id(), known);
  }

  TriggerLedger& ledger_;
  const DeploymentChange& change_;
  Instant now_;
};

}  // namespace

Status renew_sensors(Ledger& ledger, const DeploymentChange& change, Instant now) {
  if (change.before == nullptr && change.after == nullptr) return {};
  return SensorRenewal(ledger.triggers(), change, now).run();
}

Status forget_sensor(Ledger& ledger, const DeployedFlow& flow, const Trigger& trigger, Instant now) {
  QFLOW_ASSIGN(const auto known, ledger.triggers().sensor(flow.key, trigger.id()));
  if (!known) return {};
  KnownSensor next;
  next.watched = known->watched;
  next.revision = known->revision + 1;
  if (known->due) look_soon(next, now);
  QFLOW_TRY(ledger.triggers().save_sensor(flow.key, trigger.id(), next));
  return ledger.triggers().save_sensor_cursor(flow.key, trigger.id(), std::nullopt);
}

}  // namespace qflow
