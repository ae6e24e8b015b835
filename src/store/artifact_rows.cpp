#include "store/artifact_rows.h"

#include <fmt/format.h>

#include "qflow/model/sha256.h"
#include "store/ledger_text.h"
#include "store/read_rows.h"
#include "store/run_rows.h"
#include "store/step_rows.h"

namespace qflow {
namespace {

std::optional<ArtifactKind> parse_kind(std::string_view text) {
  for (ArtifactKind kind : {ArtifactKind::kValue, ArtifactKind::kFile, ArtifactKind::kFolder}) {
    if (to_text(kind) == text) return kind;
  }
  return std::nullopt;
}

// What is known of the content stays, but for what only the newest put can tell: which file it is now.
Result<std::int64_t> put_object(SqliteConnection& ledger, const ObjectRecord& object, Instant now) {
  std::optional<Blob> bytes;
  if (object.bytes) bytes = Blob{*object.bytes};
  QFLOW_TRY(
      ledger.run("INSERT INTO objects(sha256, kind, size, fingerprint, bytes, put_at) VALUES(?, ?, ?, ?, ?, ?)"
                 " ON CONFLICT(sha256) DO UPDATE SET fingerprint = excluded.fingerprint, put_at = excluded.put_at,"
                 " bytes = coalesce(bytes, excluded.bytes), quarantined = NULL, removed_at = NULL",
                 object.sha256, to_text(object.kind), object.size, object.fingerprint, bytes, now));
  Query query = ledger.query("SELECT object FROM objects WHERE sha256 = ?", object.sha256);
  QFLOW_ASSIGN([[maybe_unused]] bool row, query.next());
  return query.integer(0);
}

Result<Artifact> read_artifact(const Query& row) {
  Artifact artifact;
  QFLOW_ASSIGN(artifact.step, stored_name<StepId>(row.text(0)));
  artifact.index = task_index(row.integer(1));
  QFLOW_ASSIGN(artifact.name, stored_name<ArtifactName>(row.text(2)));
  QFLOW_ASSIGN(artifact.kind, stored_choice(row.text(3), parse_kind));
  QFLOW_ASSIGN(artifact.sha256, stored_hash(row.text(4)));
  artifact.size = static_cast<std::uint64_t>(row.integer(5));
  return artifact;
}

}  // namespace

Result<std::string> stored_hash(std::string text) {
  if (!is_sha256(text)) return tl::make_unexpected(damaged_row("hash", text));
  return text;
}

Status LedgerWriter::add_artifact(const RunId& run, const StepId& step, std::optional<std::int64_t> index,
                                  const NewArtifact& artifact) {
  QFLOW_ASSIGN(const std::int64_t key, key_of(run));
  QFLOW_ASSIGN(const std::int64_t object_row, put_object(database_, artifact.object, clock_.now()));
  return database_.run("INSERT OR REPLACE INTO artifacts(run, step, task, name, kind, object) VALUES(?, ?, ?, ?, ?, ?)",
                       key, step.text(), index.value_or(kNoTask), artifact.name.text(), to_text(artifact.object.kind),
                       object_row);
}

Status copy_artifacts(SqliteConnection& ledger, std::int64_t from, std::int64_t to, const StepId& step, Instant now) {
  QFLOW_TRY(
      ledger.run("UPDATE objects SET put_at = ? WHERE object IN"
                 " (SELECT object FROM artifacts WHERE run = ? AND step = ?)",
                 now, from, step.text()));
  return ledger.run(
      "INSERT INTO artifacts(run, step, task, name, kind, object)"
      " SELECT ?, a.step, a.task, a.name, a.kind, a.object FROM artifacts a WHERE a.run = ? AND a.step = ?"
      " AND EXISTS (SELECT 1 FROM attempts t WHERE t.run = a.run AND t.step = a.step AND t.task = a.task"
      " AND t.status = 'succeeded')",
      to, from, step.text());
}

Status LedgerWriter::mark_quarantined(const std::string& sha256, std::string_view why) {
  // A small value is whole in the ledger, whatever became of its file.
  return database_.run("UPDATE objects SET quarantined = ? WHERE sha256 = ? AND bytes IS NULL", why, sha256);
}

Result<std::vector<Artifact>> artifacts(SqliteConnection& ledger, const RunId& run) {
  QFLOW_ASSIGN(std::int64_t key, run_key(ledger, run));
  Query query = ledger.query(
      "SELECT a.step, a.task, a.name, a.kind, o.sha256, o.size FROM artifacts a JOIN objects o ON o.object = a.object"
      " WHERE a.run = ? ORDER BY a.step, a.task, a.name",
      key);
  return read_rows(std::move(query), read_artifact);
}

Result<ObjectRecord> object(SqliteConnection& ledger, const std::string& sha256) {
  Query query = ledger.query(
      "SELECT kind, size, fingerprint, bytes, quarantined, removed_at FROM objects WHERE sha256 = ?", sha256);
  QFLOW_ASSIGN(bool known, query.next());
  if (!known) return fail(ErrorKind::kNotFound, "the ledger knows no object " + sha256);
  if (auto why = query.optional_text(4)) {
    return fail(ErrorKind::kStore, fmt::format("the object {} was changed and set aside: {}", sha256, *why),
                "run the step that made it again");
  }
  if (const auto removed = query.optional_instant(5)) {
    return fail(ErrorKind::kNotFound, "qflow gc removed it at " + format_instant(*removed),
                "run the step that made it again");
  }
  ObjectRecord object;
  object.sha256 = sha256;
  QFLOW_ASSIGN(object.kind, stored_choice(query.text(0), parse_kind));
  object.size = static_cast<std::uint64_t>(query.integer(1));
  object.fingerprint = query.text(2);
  object.bytes = query.optional_text(3);
  return object;
}

}  // namespace qflow
