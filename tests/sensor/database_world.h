#pragma once

#include <memory>
#include <string>
#include <vector>

#include "database_looker.h"
#include "postgresql_server.h"
#include "sqlite_file.h"

namespace qflow {

// A database without tables, and a sensor on it.
class DatabaseWorld {
 public:
  virtual ~DatabaseWorld() = default;
  virtual void run(const std::string& script) = 0;

  DatabaseLooker looker;
};

class SqliteWorld final : public DatabaseWorld {
 public:
  SqliteWorld() {
    looker.folder = folder.path();
    looker.watched.engine = SqliteEngine{"shop.db"};
  }
  void run(const std::string& script) override { file.run(script); }

  TemporaryFolder folder;
  SqliteFile file{folder / "shop.db"};
};

class PostgresqlWorld : public DatabaseWorld {
 public:
  PostgresqlWorld() {
    PostgresqlEngine engine;
    engine.host = server.folder();
    engine.database = "shop";
    engine.user = "tester";
    looker.watched.engine = engine;
    client.run("DROP SCHEMA IF EXISTS public, other CASCADE; CREATE SCHEMA public");
  }
  void run(const std::string& script) override { client.run(script); }
  PostgresqlEngine& engine() { return std::get<PostgresqlEngine>(looker.watched.engine); }

  PostgresqlServer& server = PostgresqlServer::instance();
  PostgresqlClient client{server};
};

// One of each kind, for what is the same in all.
inline std::vector<std::unique_ptr<DatabaseWorld>> database_worlds() {
  std::vector<std::unique_ptr<DatabaseWorld>> worlds;
  worlds.push_back(std::make_unique<SqliteWorld>());
  worlds.push_back(std::make_unique<PostgresqlWorld>());
  return worlds;
}

}  // namespace qflow
