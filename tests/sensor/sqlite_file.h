#pragma once

#include <doctest/doctest.h>
#include <sqlite3.h>

#include <string>

#include "support/temporary_folder.h"

namespace qflow {

// A SQLite database that a test writes to, as the program does whose tables are watched.
class SqliteFile {
 public:
  explicit SqliteFile(const Path& path) {
    REQUIRE(sqlite3_open_v2(path.c_str(), &database_, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nullptr) ==
            SQLITE_OK);
  }
  ~SqliteFile() { sqlite3_close_v2(database_); }
  SqliteFile(const SqliteFile&) = delete;
  SqliteFile& operator=(const SqliteFile&) = delete;

  void run(const std::string& script) {
    CAPTURE(script);
    char* message = nullptr;
    sqlite3_exec(database_, script.c_str(), nullptr, nullptr, &message);
    const std::string problem = message == nullptr ? "" : message;
    sqlite3_free(message);
    REQUIRE(problem == "");
  }

 private:
  sqlite3* database_ = nullptr;
};

}  // namespace qflow
