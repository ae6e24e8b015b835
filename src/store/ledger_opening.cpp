#include "store/ledger_opening.h"

#include <fmt/format.h>

#include "qflow/error/printable.h"
#include "store/schema.h"
#include "store/store_error.h"

namespace qflow {
namespace {

using Access = SqliteConnection::Access;

Error no_ledger(const StoreLayout& layout, bool absent) {
  return Error{ErrorKind::kStore,
               fmt::format("{} is not a store: {}", printable(layout.root().native()),
                           absent ? "it has no ledger.db" : "its ledger.db is empty"),
               "name a store with --store, or make one with 'qflow init'"};
}

// The ledger of a reader must be finished; nothing is made or changed here.
Status demand_schema(SqliteConnection& database, const StoreLayout& layout) {
  QFLOW_ASSIGN(const int schema, schema_of(database));
  if (schema == newest_schema()) return {};
  return fail(ErrorKind::kStore,
              fmt::format("the ledger {} was made by an older qflow", printable(layout.ledger().native())),
              "run a command that writes, such as 'qflow tick', to bring it up to date");
}

Result<std::unique_ptr<SqliteConnection>> open_reader(const StoreLayout& layout, Access access, FileSystem& files) {
  QFLOW_ASSIGN(auto database, SqliteConnection::open(layout.ledger(), access, files));
  QFLOW_TRY(demand_schema(*database, layout));
  return database;
}

// SQLite wants to write its lock file even to read. Where it can't, the database is still whole in its one file when
// there is no log beside it, or an empty one.
bool has_no_log(const StoreLayout& layout, FileSystem& files) {
  auto log = files.info(layout.ledger().native() + "-wal", FollowLinks::kYes);
  return log ? log->size == 0 : log.error().kind == ErrorKind::kNotFound;
}

Result<OpenedLedger> open_for_reading(const StoreLayout& layout, FileSystem& files) {
  auto database = open_reader(layout, Access::kRead, files);
  bool can_retry = !database && database.error().kind == ErrorKind::kStore && has_no_log(layout, files);
  if (can_retry) {
    auto immutable = open_reader(layout, Access::kReadImmutable, files);
    // The first error is the plainer one where both fail.
    if (immutable) database = std::move(immutable);
  }
  if (!database) return tl::make_unexpected(std::move(database).error());
  return OpenedLedger{*std::move(database), FileHandle()};
}

Status bring_up_to_date(OpenedLedger& ledger, FileSystem& files) {
  QFLOW_TRY(files.lock_within(ledger.gate, kLedgerPatience));
  Status migrated = migrate(*ledger.database);
  files.unlock(ledger.gate);
  return migrated;
}

Result<FileHandle> open_gate(const StoreLayout& layout, FileSystem& files) {
  return files.open(layout.write_gate(), OpenMode::kLock).map_error(as_store_error);
}

Result<OpenedLedger> open_for_writing(const StoreLayout& layout, FileSystem& files) {
  OpenedLedger ledger;
  QFLOW_ASSIGN(ledger.database, SqliteConnection::open(layout.ledger(), Access::kReadWrite, files));
  QFLOW_ASSIGN(const int schema, schema_of(*ledger.database));
  QFLOW_ASSIGN(ledger.gate, open_gate(layout, files));
  if (schema != newest_schema()) QFLOW_TRY(bring_up_to_date(ledger, files));
  return ledger;
}

bool is_empty_file(const Result<FileInfo>& info) {
  return info && info->type == FileType::kRegular && info->size == 0;
}

bool is_absent(const Result<FileInfo>& info) {
  return !info && info.error().kind == ErrorKind::kNotFound;
}

// A store has runs, and a log that is not empty, only from the time on when its ledger has been made.
bool has_traces_of_ledger(const StoreLayout& layout, FileSystem& files) {
  if (!has_no_log(layout, files)) return true;
  const auto runs = files.list(layout.runs());
  return runs && !runs->empty();
}

// SQLite would throw the log of an empty ledger away, and a new one would hide what was lost.
Status refuse_lost_ledger(const StoreLayout& layout, FileSystem& files) {
  if (!has_traces_of_ledger(layout, files)) return {};
  // Somebody else may have made it meanwhile.
  const auto info = files.info(layout.ledger(), FollowLinks::kYes);
  const bool absent = is_absent(info);
  if (!absent && !is_empty_file(info)) return {};
  return fail(ErrorKind::kStore,
              fmt::format("the ledger {} is {}, but its store was in use", printable(layout.ledger().native()),
                          absent ? "missing" : "empty"),
              "restore it from a backup, or move the whole store away to begin a new one");
}

// Made empty first, because SQLite would make it with the umask's permissions.
Status write_draft(const StoreLayout& layout, FileSystem& files) {
  const Path draft = layout.ledger_draft();
  QFLOW_ASSIGN(const FileHandle file, files.open(draft, OpenMode::kCreate).map_error(as_store_error));
  {
    QFLOW_ASSIGN(const auto database, SqliteConnection::open(draft, Access::kDraft, files));
    QFLOW_TRY(make_schema(*database));
  }
  return files.sync(file);
}

// The ledger comes to its name when it is whole: nobody ever sees the beginning of one, and one who is killed meanwhile
// leaves a draft that the next one overwrites. The caller holds the gate.
Status make_ledger(const StoreLayout& layout, FileSystem& files) {
  QFLOW_TRY(write_draft(layout, files));
  QFLOW_TRY(files.rename(layout.ledger_draft(), layout.ledger()));
  return files.sync_folder(layout.root());
}

// Of many who open a new store one makes its ledger.
Status make_ledger_once(const StoreLayout& layout, FileSystem& files) {
  QFLOW_ASSIGN(const FileHandle gate, open_gate(layout, files));
  QFLOW_TRY(files.lock_within(gate, kLedgerPatience));
  const auto info = files.info(layout.ledger(), FollowLinks::kYes);
  if (!is_absent(info) && !is_empty_file(info)) return {};
  return make_ledger(layout, files).map_error(as_store_error);
}

}  // namespace

Result<OpenedLedger> open_ledger(const StoreLayout& layout, StoreAccess access, FileSystem& files) {
  auto info = files.info(layout.ledger(), FollowLinks::kYes);
  const bool absent = is_absent(info);
  if (!info && !absent) return tl::make_unexpected(std::move(info).error());
  const bool is_to_be_made = absent || is_empty_file(info);
  if (is_to_be_made) QFLOW_TRY(refuse_lost_ledger(layout, files));
  if (is_to_be_made && access != StoreAccess::kCreate) return tl::make_unexpected(no_ledger(layout, absent));
  if (access == StoreAccess::kRead) return open_for_reading(layout, files);
  if (is_to_be_made) QFLOW_TRY(make_ledger_once(layout, files));
  return open_for_writing(layout, files);
}

}  // namespace qflow
