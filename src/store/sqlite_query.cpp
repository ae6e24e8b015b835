#include "store/sqlite_query.h"

#include <sqlite3.h>

#include <cerrno>

#include "store/sqlite_connection.h"

namespace qflow {
namespace {

void keep_first(int& problem, int code) {
  if (problem == SQLITE_OK) problem = code;
}

}  // namespace

Query::~Query() {
  if (statement_ == nullptr) return;
  if (owner_ == Owner::kQuery) {
    sqlite3_finalize(statement_);
    return;
  }
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
}

void Query::bind(std::int64_t value) {
  keep_first(problem_, sqlite3_bind_int64(statement_, ++bound_, value));
}

void Query::bind(std::string_view value) {
  // A null pointer would be NULL, not the empty text.
  const char* start = value.data() == nullptr ? "" : value.data();
  keep_first(problem_, sqlite3_bind_text64(statement_, ++bound_, start, value.size(), SQLITE_TRANSIENT, SQLITE_UTF8));
}

void Query::bind(Blob value) {
  const char* start = value.bytes.data() == nullptr ? "" : value.bytes.data();
  keep_first(problem_, sqlite3_bind_blob64(statement_, ++bound_, start, value.bytes.size(), SQLITE_TRANSIENT));
}

void Query::bind(std::nullopt_t) {
  keep_first(problem_, sqlite3_bind_null(statement_, ++bound_));
}

Result<bool> Query::next() {
  if (statement_ == nullptr) return tl::make_unexpected(connection_.error(SQLITE_ERROR));
  if (problem_ != SQLITE_OK) return tl::make_unexpected(connection_.error(problem_));
  errno = 0;
  int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return tl::make_unexpected(connection_.error(code));
}

Status Query::run() {
  QFLOW_ASSIGN([[maybe_unused]] bool row, next());
  return {};
}

bool Query::is_null(int column) const {
  return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

std::int64_t Query::integer(int column) const {
  return sqlite3_column_int64(statement_, column);
}

std::string Query::text(int column) const {
  const void* start = sqlite3_column_blob(statement_, column);
  int size = sqlite3_column_bytes(statement_, column);
  return start == nullptr ? std::string()
                          : std::string(static_cast<const char*>(start), static_cast<std::size_t>(size));
}

std::optional<std::int64_t> Query::optional_integer(int column) const {
  if (is_null(column)) return std::nullopt;
  return integer(column);
}

std::optional<std::string> Query::optional_text(int column) const {
  if (is_null(column)) return std::nullopt;
  return text(column);
}

std::optional<Instant> Query::optional_instant(int column) const {
  if (is_null(column)) return std::nullopt;
  return instant(column);
}

}  // namespace qflow
