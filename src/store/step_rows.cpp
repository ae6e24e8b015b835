#include "store/step_rows.h"

#include "store/artifact_rows.h"
#include "store/ledger_text.h"
#include "store/read_rows.h"
#include "store/run_rows.h"

namespace qflow {
namespace {

std::optional<int> narrow(std::optional<std::int64_t> value) {
  if (!value) return std::nullopt;
  return static_cast<int>(*value);
}

Result<StepState> read_step(const Query& row) {
  StepState step;
  QFLOW_ASSIGN(step.step, stored_name<StepId>(row.text(0)));
  QFLOW_ASSIGN(step.status, stored_choice(row.text(1), parse_step_status));
  step.reason = row.text(2);
  step.tasks = row.integer(3);
  step.attempts = row.integer(4);
  step.started_at = row.optional_instant(5);
  step.ended_at = row.optional_instant(6);
  return step;
}

Result<Attempt> read_attempt(const Query& row) {
  Attempt attempt;
  QFLOW_ASSIGN(attempt.step, stored_name<StepId>(row.text(0)));
  attempt.index = task_index(row.integer(1));
  attempt.number = static_cast<int>(row.integer(2));
  QFLOW_ASSIGN(attempt.status, stored_choice(row.text(3), parse_step_status));
  attempt.reason = row.text(4);
  attempt.exit_status = narrow(row.optional_integer(5));
  attempt.signal = narrow(row.optional_integer(6));
  attempt.started_at = row.instant(7);
  attempt.ended_at = row.optional_instant(8);
  return attempt;
}

// The succeeded ones, from one run to another by their keys.
Status copy_attempts(SqliteConnection& ledger, std::int64_t from, std::int64_t to, const StepId& step) {
  return ledger.run(
      "INSERT INTO attempts(run, step, task, number, status, reason, exit_status, signal, started_at, ended_at)"
      " SELECT ?, step, task, number, status, reason, exit_status, signal, started_at, ended_at FROM attempts"
      " WHERE run = ? AND step = ? AND status = 'succeeded'",
      to, from, step.text());
}

}  // namespace

std::optional<std::int64_t> task_index(std::int64_t task) {
  if (task == kNoTask) return std::nullopt;
  return task;
}

Status LedgerWriter::save_step(const RunId& run, const StepState& step) {
  QFLOW_ASSIGN(const std::int64_t key, key_of(run));
  return database_.run(
      "INSERT INTO steps(run, step, status, reason, tasks, attempts, started_at, ended_at)"
      " VALUES(?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT(run, step) DO UPDATE SET status = excluded.status,"
      " reason = excluded.reason, tasks = excluded.tasks, attempts = excluded.attempts,"
      " started_at = excluded.started_at, ended_at = excluded.ended_at",
      key, step.step.text(), to_text(step.status), step.reason, step.tasks, step.attempts, step.started_at,
      step.ended_at);
}

Status LedgerWriter::save_attempt(const RunId& run, const Attempt& attempt) {
  QFLOW_ASSIGN(const std::int64_t key, key_of(run));
  return database_.run(
      "INSERT INTO attempts(run, step, task, number, status, reason, exit_status, signal, started_at, ended_at)"
      " VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT(run, step, task, number) DO UPDATE SET"
      " status = excluded.status, reason = excluded.reason, exit_status = excluded.exit_status,"
      " signal = excluded.signal, started_at = excluded.started_at, ended_at = excluded.ended_at",
      key, attempt.step.text(), attempt.index.value_or(kNoTask), attempt.number, to_text(attempt.status),
      attempt.reason, attempt.exit_status, attempt.signal, attempt.started_at, attempt.ended_at);
}

Status LedgerWriter::copy_results(const RunId& from, const RunId& to, const StepId& step) {
  QFLOW_ASSIGN(const Run source, find_run(database_, from));
  if (source.removed_at) return fail(ErrorKind::kBusy, "qflow gc has just removed the results of " + from.text());
  QFLOW_ASSIGN(const std::int64_t from_key, run_key(database_, from));
  QFLOW_ASSIGN(const std::int64_t to_key, key_of(to));
  QFLOW_TRY(copy_attempts(database_, from_key, to_key, step));
  return copy_artifacts(database_, from_key, to_key, step, clock_.now());
}

Result<std::vector<StepState>> steps(SqliteConnection& ledger, const RunId& run) {
  QFLOW_ASSIGN(std::int64_t key, run_key(ledger, run));
  Query query = ledger.query(
      "SELECT step, status, reason, tasks, attempts, started_at, ended_at FROM steps WHERE run = ?"
      " ORDER BY started_at IS NULL, started_at, ended_at, step",
      key);
  return read_rows(std::move(query), read_step);
}

Result<std::vector<Attempt>> attempts(SqliteConnection& ledger, const RunId& run) {
  QFLOW_ASSIGN(std::int64_t key, run_key(ledger, run));
  Query query = ledger.query(
      "SELECT step, task, number, status, reason, exit_status, signal, started_at, ended_at FROM attempts"
      " WHERE run = ? ORDER BY step, task, number",
      key);
  return read_rows(std::move(query), read_attempt);
}

}  // namespace qflow
