#include "database_looker.h"
#include "sqlite_file.h"

using namespace qflow;

namespace {

// A database with a sensor on it.
struct SqliteWorld {
  TemporaryFolder folder;
  SqliteFile file{folder / "shop.db"};
  DatabaseLooker looker;

  explicit SqliteWorld(const std::string& script = "CREATE TABLE orders (id INTEGER PRIMARY KEY, at, state TEXT)") {
    file.run(script);
    looker.folder = folder.path();
    looker.watched.engine = SqliteEngine{"shop.db"};
    looker.watched.table_name = "orders";
  }
};

}  // namespace

TEST_CASE("sqlite: the number of rows fires by what happened to it") {
  struct Row {
    ChangeKind change;
    std::string grown;
    std::string shrunk;
  };
  const std::string grown = R"({"added":2,"count":3,"event_type":"created","old_count":1,"table":"orders"})";
  const std::string shrunk = R"({"added":-3,"count":0,"event_type":"deleted","old_count":3,"table":"orders"})";
  const Row rows[] = {
      {ChangeKind::kCreated, grown, "nothing"},
      {ChangeKind::kDeleted, "nothing", shrunk},
      {ChangeKind::kModified, grown, shrunk},
      {ChangeKind::kAll, grown, shrunk},
  };
  for (const Row& row : rows) {
    CAPTURE(static_cast<int>(row.change));
    SqliteWorld world;
    world.looker.rules.change = row.change;
    world.file.run("INSERT INTO orders DEFAULT VALUES");
    CHECK(world.looker.payload() == "nothing");
    CHECK(world.looker.payload() == "nothing");
    world.file.run("INSERT INTO orders DEFAULT VALUES; INSERT INTO orders DEFAULT VALUES");
    CHECK(world.looker.payload() == row.grown);
    world.file.run("DELETE FROM orders");
    CHECK(world.looker.payload() == row.shrunk);
    CHECK(world.looker.payload() == "nothing");
  }
}
