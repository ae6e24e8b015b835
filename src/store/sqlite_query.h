#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "qflow/error/error.h"
#include "qflow/time/instant.h"

struct sqlite3;
struct sqlite3_stmt;

namespace qflow {

class SqliteConnection;

// Bytes that are no text.
struct Blob {
  std::string_view bytes;
};

// One use of a prepared statement: values are bound in the order of its question marks (texts are copied), rows are
// read with `next`. Columns count from 0. Ends before its connection does.
class Query {
 public:
  enum class Owner { kConnection, kQuery };

  // `statement` may be null: it could not be prepared, and `next` returns the connection's error.
  Query(SqliteConnection& connection, sqlite3_stmt* statement, Owner owner)
      : connection_(connection), statement_(statement), owner_(owner) {}
  Query(Query&& other) noexcept
      : connection_(other.connection_),
        statement_(std::exchange(other.statement_, nullptr)),
        owner_(other.owner_),
        bound_(other.bound_),
        problem_(other.problem_) {}
  ~Query();
  Query& operator=(Query&&) = delete;

  void bind(std::int64_t value);
  void bind(int value) { bind(std::int64_t{value}); }
  void bind(bool value) { bind(std::int64_t{value ? 1 : 0}); }
  void bind(std::uint64_t value) { bind(static_cast<std::int64_t>(value)); }
  void bind(std::string_view value);
  void bind(const std::string& value) { bind(std::string_view(value)); }
  void bind(const char* value) { bind(std::string_view(value)); }
  void bind(Blob value);
  void bind(Instant value) { bind(std::int64_t{value.time_since_epoch().count()}); }
  void bind(std::nullopt_t value);
  template <class T>
  void bind(const std::optional<T>& value) {
    value ? bind(*value) : bind(std::nullopt);
  }

  // Whether there is a (further) row.
  Result<bool> next();
  Status run();

  std::int64_t integer(int column) const;
  std::string text(int column) const;  // bytes too
  bool boolean(int column) const { return integer(column) != 0; }
  Instant instant(int column) const { return Instant(std::chrono::microseconds(integer(column))); }
  std::optional<std::int64_t> optional_integer(int column) const;
  std::optional<std::string> optional_text(int column) const;
  std::optional<Instant> optional_instant(int column) const;

 private:
  bool is_null(int column) const;

  SqliteConnection& connection_;
  sqlite3_stmt* statement_;
  Owner owner_;
  int bound_ = 0;
  int problem_ = 0;  // the first result of a bind that is not SQLITE_OK
};

}  // namespace qflow
