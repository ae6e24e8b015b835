#include <algorithm>

#include "qflow/model/sha256.h"
#include "qflow/store/trigger_ledger.h"
#include "store/ledger_text.h"
#include "store/read_rows.h"
#include "store/run_rows.h"
#include "store/sqlite_connection.h"
#include "store/trigger_row_ids.h"

namespace qflow {

namespace {

#define QFLOW_DEPLOYMENT_COLUMNS                                                                                  \
  "SELECT p.deployment, p.flow, p.namespace, p.version, d.text, p.flow_file, p.environment, p.umask,"             \
  " p.one_by_one, p.max_parallel, p.deployed_at, p.enabled, p.disabled_reason, p.branch, d.hash, p.undeployed_at" \
  " FROM deployments p JOIN definitions d ON d.definition = p.definition "

Result<Deployment> read_deployment(const Query& row) {
  Deployment deployment;
  deployment.key = row.integer(0);
  QFLOW_ASSIGN(deployment.flow, stored_name<FlowId>(row.text(1)));
  deployment.name_space = row.text(2);
  deployment.version = row.integer(3);
  deployment.definition = row.text(4);
  deployment.flow_file = row.text(5);
  QFLOW_ASSIGN(const Json environment, stored_json(row.text(6)));
  for (const auto& entry : environment.items()) {
    deployment.environment.emplace_back(entry.key(), to_plain_text(entry.value()));
  }
  deployment.umask = static_cast<int>(row.integer(7));
  deployment.one_by_one = row.boolean(8);
  deployment.max_parallel = row.optional_integer(9);
  deployment.deployed_at = row.instant(10);
  deployment.enabled = row.boolean(11);
  deployment.disabled_reason = row.text(12);
  deployment.branch = row.text(13);
  deployment.definition_hash = row.text(14);
  deployment.undeployed_at = row.optional_instant(15);
  return deployment;
}

Result<DeployedTrigger> read_deployed_trigger(const Query& row) {
  DeployedTrigger trigger;
  QFLOW_ASSIGN(trigger.id, stored_name<TriggerId>(row.text(0)));
  trigger.enabled = row.boolean(1);
  trigger.disabled_reason = row.text(2);
  trigger.shape = row.text(3);
  return trigger;
}

Result<std::vector<DeployedTrigger>> read_deployed_triggers(SqliteConnection& ledger, std::int64_t deployment) {
  Query query = ledger.query(
      "SELECT id, enabled, disabled_reason, shape FROM triggers WHERE deployment = ? AND position IS NOT NULL"
      " ORDER BY position",
      deployment);
  return read_rows(std::move(query), read_deployed_trigger);
}

Result<std::vector<Deployment>> read_deployments(SqliteConnection& ledger, Query query) {
  QFLOW_ASSIGN(std::vector<Deployment> deployments, read_rows(std::move(query), read_deployment));
  for (Deployment& deployment : deployments) {
    QFLOW_ASSIGN(deployment.triggers, read_deployed_triggers(ledger, deployment.key));
  }
  return deployments;
}

std::string environment_text(const Deployment& deployment) {
  Json environment = Json::object();
  for (const auto& [name, value] : deployment.environment) environment[name] = value;
  return to_compact(environment);
}

Status count_generation(SqliteConnection& ledger) {
  return ledger.run("UPDATE generations SET generation = generation + 1");
}

Result<std::int64_t> save_row(SqliteConnection& ledger, const Deployment& deployment) {
  QFLOW_ASSIGN(const std::int64_t definition,
               definition_key(ledger, sha256_hex(deployment.definition), deployment.definition));
  QFLOW_TRY(ledger.run(
      "INSERT INTO deployments(flow, namespace, branch, version, definition, flow_file, environment, umask, one_by_one,"
      " max_parallel, deployed_at, enabled, disabled_reason, undeployed_at)"
      " VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL) ON CONFLICT(flow, namespace) DO UPDATE SET"
      " branch = excluded.branch, version = excluded.version, definition = excluded.definition, flow_file = "
      "excluded.flow_file,"
      " environment = excluded.environment, umask = excluded.umask, one_by_one = excluded.one_by_one,"
      " max_parallel = excluded.max_parallel, deployed_at = excluded.deployed_at, enabled = excluded.enabled,"
      " disabled_reason = excluded.disabled_reason, undeployed_at = NULL",
      deployment.flow.text(), deployment.name_space, deployment.branch, deployment.version, definition,
      deployment.flow_file, environment_text(deployment), deployment.umask, deployment.one_by_one,
      deployment.max_parallel, deployment.deployed_at, deployment.enabled, deployment.disabled_reason));
  Query query = ledger.query("SELECT deployment FROM deployments WHERE flow = ? AND namespace = ?",
                             deployment.flow.text(), deployment.name_space);
  QFLOW_ASSIGN([[maybe_unused]] const bool known, query.next());
  return query.integer(0);
}

// Triggers that are gone keep their rows, which outcomes name.
Status save_triggers(SqliteConnection& ledger, std::int64_t key, const std::vector<DeployedTrigger>& triggers) {
  QFLOW_TRY(ledger.run("UPDATE triggers SET position = NULL WHERE deployment = ?", key));
  std::int64_t position = 0;
  for (const DeployedTrigger& trigger : triggers) {
    QFLOW_TRY(ledger.run(
        "INSERT INTO triggers(deployment, id, position, enabled, disabled_reason, shape) VALUES(?, ?, ?, ?, ?, ?)"
        " ON CONFLICT(deployment, id) DO UPDATE SET position = excluded.position, enabled = excluded.enabled,"
        " disabled_reason = excluded.disabled_reason, shape = excluded.shape",
        key, trigger.id.text(), position++, trigger.enabled, trigger.disabled_reason, trigger.shape));
  }
  return {};
}

}  // namespace

Result<std::optional<std::int64_t>> find_trigger_key(SqliteConnection& ledger, std::int64_t deployment,
                                                     const TriggerId& trigger) {
  Query query =
      ledger.query("SELECT trigger FROM triggers WHERE deployment = ? AND id = ?", deployment, trigger.text());
  QFLOW_ASSIGN(const bool known, query.next());
  return known ? std::optional(query.integer(0)) : std::nullopt;
}

Result<std::int64_t> trigger_key(SqliteConnection& ledger, std::int64_t deployment, const TriggerId& trigger) {
  QFLOW_ASSIGN(const auto known, find_trigger_key(ledger, deployment, trigger));
  if (known) return *known;
  QFLOW_TRY(ledger.run(
      "INSERT INTO triggers(deployment, id, position, enabled, disabled_reason, shape) VALUES(?, ?, NULL, 1, '', '')",
      deployment, trigger.text()));
  return ledger.last_key();
}

Result<std::int64_t> TriggerLedger::generation() {
  Query query = database_.query("SELECT generation FROM generations");
  QFLOW_ASSIGN(const bool known, query.next());
  return known ? query.integer(0) : 0;
}

Result<std::vector<std::int64_t>> TriggerLedger::listeners(std::string_view event_name) {
  return read_rows(
      database_.query("SELECT deployment FROM subscriptions WHERE name = ? ORDER BY deployment", event_name),
      [](const Query& row) -> Result<std::int64_t> { return row.integer(0); });
}

Result<std::vector<std::string>> TriggerLedger::awaited_events() {
  return read_texts(
      database_.query("SELECT DISTINCT name FROM subscriptions WHERE name NOT GLOB 'qflow.*' ORDER BY name"));
}

Result<std::vector<std::string>> TriggerLedger::awaited_events_beside(std::string_view name) {
  return read_texts(database_.query(
      "SELECT DISTINCT name FROM (SELECT * FROM (SELECT name FROM subscriptions WHERE name >= ?1 ORDER BY name LIMIT "
      "50) UNION ALL SELECT * FROM (SELECT name FROM subscriptions WHERE name < ?1 ORDER BY name DESC LIMIT 50)) "
      "WHERE name NOT GLOB 'qflow.*' ORDER BY name",
      name));
}

Result<Deployment> TriggerLedger::deployment(std::int64_t key) {
  QFLOW_ASSIGN(std::vector<Deployment> found,
               read_deployments(database_, database_.query(QFLOW_DEPLOYMENT_COLUMNS "WHERE p.deployment = ?", key)));
  if (found.empty()) return fail(ErrorKind::kNotFound, "there is no such deployment");
  return std::move(found.front());
}

Result<std::vector<Deployment>> TriggerLedger::deployments(const std::optional<FlowId>& flow) {
  if (flow) {
    return read_deployments(database_,
                            database_.query(QFLOW_DEPLOYMENT_COLUMNS "WHERE p.flow = ? AND p.undeployed_at IS NULL"
                                                                     " ORDER BY p.namespace",
                                            flow->text()));
  }
  return read_deployments(database_, database_.query(QFLOW_DEPLOYMENT_COLUMNS
                                                     "WHERE p.undeployed_at IS NULL ORDER BY p.flow, p.namespace"));
}

Result<std::optional<Deployment>> TriggerLedger::find_deployed(const FlowId& flow, const std::string& name_space) {
  QFLOW_ASSIGN(
      std::vector<Deployment> found,
      read_deployments(database_, database_.query(QFLOW_DEPLOYMENT_COLUMNS "WHERE p.flow = ? AND p.namespace = ?",
                                                  flow.text(), name_space)));
  if (found.empty()) return std::optional<Deployment>();
  return std::optional<Deployment>(std::move(found.front()));
}

Result<std::int64_t> TriggerLedger::save_deployment(const Deployment& deployment,
                                                    const std::vector<std::string>& event_names) {
  QFLOW_ASSIGN(const std::int64_t key, save_row(database_, deployment));
  QFLOW_TRY(save_triggers(database_, key, deployment.triggers));
  QFLOW_TRY(database_.run("DELETE FROM subscriptions WHERE deployment = ?", key));
  for (const std::string& name : event_names) {
    QFLOW_TRY(database_.run("INSERT OR IGNORE INTO subscriptions(name, deployment) VALUES(?, ?)", name, key));
  }
  QFLOW_TRY(count_generation(database_));
  return key;
}

Status TriggerLedger::remove_deployment(std::int64_t key, Instant at) {
  QFLOW_TRY(database_.run("UPDATE deployments SET undeployed_at = ? WHERE deployment = ?", at, key));
  QFLOW_TRY(database_.run("DELETE FROM subscriptions WHERE deployment = ?", key));
  QFLOW_TRY(
      database_.run("DELETE FROM schedules WHERE trigger IN (SELECT trigger FROM triggers WHERE deployment = ?)", key));
  QFLOW_TRY(
      database_.run("DELETE FROM sensors WHERE trigger IN (SELECT trigger FROM triggers WHERE deployment = ?)", key));
  return count_generation(database_);
}

Status TriggerLedger::set_enabled(std::int64_t deployment, const std::optional<TriggerId>& trigger, bool enabled,
                                  std::string_view reason) {
  if (trigger) {
    QFLOW_TRY(database_.run("UPDATE triggers SET enabled = ?, disabled_reason = ? WHERE deployment = ? AND id = ?",
                            enabled, reason, deployment, trigger->text()));
  } else {
    QFLOW_TRY(database_.run("UPDATE deployments SET enabled = ?, disabled_reason = ? WHERE deployment = ?", enabled,
                            reason, deployment));
  }
  return count_generation(database_);
}

}  // namespace qflow
