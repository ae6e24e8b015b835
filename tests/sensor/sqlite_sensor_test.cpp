#include <fmt/format.h>

#include "database_world.h"

using namespace qflow;

// What only SQLite does.
namespace {

void count_orders(DatabaseWorld& world) {
  world.looker.watched.table_name = "orders";
  world.looker.watched.mode = DetectionMode::kRowCount;
}

DatabaseLooker& watch_timestamps(DatabaseWorld& world) {
  world.looker.watched.table_name = "orders";
  world.looker.watched.mode = DetectionMode::kTimestampColumn;
  world.looker.watched.timestamp_column = "at";
  return world.looker;
}

std::string rows_later(const std::string& old_maximum, const std::string& maximum, int rows) {
  return fmt::format(R"({{"event_type":"created","maximum":{},"old_maximum":{},"rows":{},"table":"orders"}})", maximum,
                     old_maximum, rows);
}

}  // namespace

TEST_CASE("sqlite: what is no database is an error, and nothing is made") {
  TemporaryFolder folder;
  PosixFileSystem files;
  REQUIRE(write_file(files, folder / "text", "this file holds some words, and not a single table at all\n"));
  REQUIRE(write_file(files, folder / "empty", ""));
  REQUIRE(files.make_folder(folder / "folder"));
  struct Row {
    std::string path;
    ErrorKind kind;
    std::string message;
  };
  const std::string root = folder.path().native();
  const Row rows[] = {
      {"none.db", ErrorKind::kNotFound, "there is no database file " + root + "/none.db"},
      {"none/../none.db", ErrorKind::kNotFound, "there is no database file " + root + "/none.db"},
      {root + "/none.db", ErrorKind::kNotFound, "there is no database file " + root + "/none.db"},
      {"folder", ErrorKind::kFailed, "the database " + root + "/folder is no regular file"},
      {"text", ErrorKind::kFailed, "can't read the database " + root + "/text: file is not a database"},
      {"empty", ErrorKind::kNotFound, "the database " + root + "/empty: no such table: orders"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.path);
    DatabaseLooker looker;
    looker.folder = folder.path();
    looker.watched.engine = SqliteEngine{row.path};
    looker.watched.table_name = "orders";
    const Error error = looker.error();
    CHECK(error.kind == row.kind);
    CHECK(error.message == row.message);
  }
  CHECK(files.list(folder.path())->size() == 3);
}

TEST_CASE("sqlite: the maximum keeps its storage class") {
  struct Row {
    std::string type;
    std::string first;
    std::string older;
    std::string later;
    std::string shown_first;
    std::string shown_later;
  };
  const Row rows[] = {
      {"integer", "9", "8", "10", "9", "10"},
      {"real", "0.1", "0.09999999999999999", "0.30000000000000004", "0.1", "0.30000000000000004"},
      {"text", "'9'", "'10'", "'9a'", R"("9")", R"("9a")"},
      {"datetime", "1700000000", "1699999999.5", "1700000000.5", "1700000000", "1700000000.5"},
      {"", "9", "-1e300", "10", "9", "10"},
      {"blob", "x'00ff'", "x'00fe'", "x'0100'", R"("\\x00ff")", R"("\\x0100")"},
      {"text COLLATE NOCASE", "'b'", "'A'", "'C'", R"("b")", R"("C")"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.type);
    SqliteWorld world;
    DatabaseLooker& looker = watch_timestamps(world);
    const std::string insert = "INSERT INTO orders (at) VALUES (";
    world.run("CREATE TABLE orders (id INTEGER PRIMARY KEY, at " + row.type + ");" + insert + row.first + ")");
    CHECK(looker.payload() == "nothing");
    world.run(insert + row.older + ")");
    CHECK(looker.payload() == "nothing");
    world.run(insert + row.first + ")");
    CHECK(looker.payload() == rows_later(row.shown_first, row.shown_first, 1));
    world.run(insert + row.later + ")");
    CHECK(looker.payload() == rows_later(row.shown_first, row.shown_later, 1));
    CHECK(looker.payload() == "nothing");
  }
}

TEST_CASE("sqlite: a text above all numbers is an error until it is mended, and hides no later row") {
  SqliteWorld world;
  DatabaseLooker& looker = watch_timestamps(world);
  world.run("CREATE TABLE orders (id INTEGER PRIMARY KEY, at INTEGER); INSERT INTO orders (at) VALUES (9)");
  CHECK(looker.payload() == "nothing");
  world.run("INSERT INTO orders (at) VALUES (''), (10)");
  CHECK(looker.payload() ==
        "the maximum of at is '' now, of another type than '9'; no later row would be noticed: mend that one, or leave "
        "it out by `condition`");
  world.run("UPDATE orders SET at = NULL WHERE at = ''");
  CHECK(looker.payload() == rows_later("9", "10", 1));
}

TEST_CASE("sqlite: a row that reuses a row id at the maximum is new") {
  SqliteWorld world;
  DatabaseLooker& looker = watch_timestamps(world);
  world.run("CREATE TABLE orders (id INTEGER PRIMARY KEY, at); INSERT INTO orders (at) VALUES ('2026'), ('2026')");
  CHECK(looker.payload() == "nothing");
  world.run("DELETE FROM orders WHERE id = 2");
  CHECK(looker.payload() == "nothing");
  world.run("INSERT INTO orders (at) VALUES ('2026')");
  CHECK(looker.payload() == rows_later(R"("2026")", R"("2026")", 1));
}

TEST_CASE("sqlite: nothing is written, whatever the texts say") {
  struct Row {
    std::string text;
    std::string problem;
  };
  const std::string reads = "the SQL text does something else than read the database";
  const Row queries[] = {
      {"INSERT INTO orders VALUES (2)", reads},
      {"INSERT INTO orders VALUES (2) RETURNING id", reads},
      {"DELETE FROM orders", reads},
      {"DROP TABLE orders", reads},
      {"CREATE TEMP TABLE t (a)", reads},
      {"SELECT 1; DELETE FROM orders", reads},
      {"SELECT 1; SELECT 2", reads},
      {"SELECT 1; nonsense", reads},
      {"COMMIT", reads},
      {"BEGIN", reads},
      {"SAVEPOINT s", reads},
      {"PRAGMA query_only = 0", reads},
      {"PRAGMA journal_mode = wal", reads},
      {"ATTACH 'other.db' AS other", reads},
      {"VACUUM INTO 'copy.db'", reads},
      {"-- only a comment", reads},
      {"SELECT ?", "the SQL text has a placeholder, for which there is no value"},
  };
  SqliteWorld world;
  world.run("CREATE TABLE orders (id INTEGER PRIMARY KEY); INSERT INTO orders VALUES (1)");
  DatabaseLooker& looker = world.looker;
  looker.watched.mode = DetectionMode::kCustomQuery;
  for (const Row& row : queries) {
    CAPTURE(row.text);
    looker.watched.custom_query = row.text;
    const Error error = looker.error();
    CHECK(error.kind == ErrorKind::kInvalid);
    CHECK(error.message == row.problem);
  }
  count_orders(world);
  for (const std::string condition : {"1=1; DELETE FROM orders", "1=1); DELETE FROM orders; --", "1=1); COMMIT; --"}) {
    CAPTURE(condition);
    looker.watched.condition = condition;
    CHECK(looker.error().kind == ErrorKind::kInvalid);
  }
  looker.watched.condition.reset();
  CHECK(looker.seen() == "orders: 1 row");
  PosixFileSystem files;
  CHECK(files.list(world.folder.path())->size() == 1);
}

TEST_CASE("sqlite: names are quoted, and a missing column is not taken for a text") {
  SqliteWorld world;
  DatabaseLooker& looker = world.looker;
  world.run(R"(CREATE TABLE "Order; --" ("a""t" TEXT, state TEXT); INSERT INTO "Order; --" VALUES ('1', 'open'))");
  for (const std::string name : {"Order; --", R"("Order; --")", R"(main."Order; --")", R"("MAIN".order; --)"}) {
    CAPTURE(name);
    looker.watched.table_name = name;
    looker.watched.mode = DetectionMode::kRowCount;
    CHECK(looker.seen() == name + ": 1 row");
    looker.watched.mode = DetectionMode::kTimestampColumn;
    for (const std::string column : {R"(a"t)", R"("a""t")"}) {
      looker.watched.timestamp_column = column;
      looker.cursor.reset();
      CHECK(looker.seen() == name + ": maximum 1");
    }
    looker.watched.timestamp_column = "missing";
    looker.cursor.reset();
    CHECK(looker.error().message ==
          "the database " + (world.folder / "shop.db").native() + ": no such column: missing");
  }
  count_orders(world);
  looker.watched.table_name = "Order; --";
  looker.watched.condition = "state = \"open\"";
  const Error error = looker.error();
  CHECK(error.kind == ErrorKind::kNotFound);
  CHECK(error.advice == "texts stand in single quotes, names in double quotes");
}

TEST_CASE("sqlite: a writer's lock is waited for until the timeout") {
  SqliteWorld world;
  world.run("CREATE TABLE orders (id); INSERT INTO orders VALUES (1)");
  count_orders(world);
  CHECK(world.looker.payload() == "nothing");
  world.looker.rules.timeout = std::chrono::milliseconds(100);
  world.run("BEGIN EXCLUSIVE; INSERT INTO orders VALUES (2)");
  const Error error = world.looker.error();
  CHECK(error.kind == ErrorKind::kBusy);
  CHECK(error.message.starts_with("the database " + (world.folder / "shop.db").native() + " was locked by "));
  CHECK(error.message.ends_with(" for 100ms"));
  world.run("COMMIT");
  CHECK(world.looker.payload() == R"({"added":1,"count":2,"event_type":"created","old_count":1,"table":"orders"})");
}

TEST_CASE("sqlite: a query ends at the timeout") {
  SqliteWorld world;
  world.looker.watched.mode = DetectionMode::kCustomQuery;
  world.looker.watched.custom_query =
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n";
  world.looker.rules.timeout = std::chrono::milliseconds(100);
  const Error error = world.looker.error();
  CHECK(error.kind == ErrorKind::kTimedOut);
  CHECK(error.message == "the database " + (world.folder / "shop.db").native() + " took longer than 100ms");
}

TEST_CASE("sqlite: a write-ahead log is read, also beside its writer") {
  SqliteWorld world;
  world.run("PRAGMA journal_mode = wal; PRAGMA wal_autocheckpoint = 0; CREATE TABLE orders (id)");
  count_orders(world);
  CHECK(world.looker.payload() == "nothing");
  world.run("INSERT INTO orders VALUES (1); BEGIN IMMEDIATE; INSERT INTO orders VALUES (2)");
  CHECK(world.looker.payload() == R"({"added":1,"count":1,"event_type":"created","old_count":0,"table":"orders"})");
  world.run("COMMIT");
  CHECK(world.looker.payload() == R"({"added":1,"count":2,"event_type":"created","old_count":1,"table":"orders"})");
}

TEST_CASE("sqlite: a database whose write-ahead log is at rest is read without making one") {
  TemporaryFolder folder;
  const Path path = folder / "it's 100% mine?.db";
  const auto write = [&](const std::string& script) { SqliteFile(path).run(script); };
  write("PRAGMA journal_mode = wal; CREATE TABLE orders (id)");
  DatabaseLooker looker;
  looker.watched.engine = SqliteEngine{path};
  looker.watched.table_name = "orders";
  CHECK(looker.payload() == "nothing");
  write("INSERT INTO orders VALUES (1)");
  CHECK(looker.payload() == R"({"added":1,"count":1,"event_type":"created","old_count":0,"table":"orders"})");
  PosixFileSystem files;
  CHECK(files.list(folder.path())->size() == 1);
}

TEST_CASE("sqlite: a writer that comes during a look without locks makes it an error") {
  TemporaryFolder folder;
  const Path path = folder / "shop.db";
  SqliteFile(path).run("PRAGMA journal_mode = wal; CREATE TABLE orders (id)");
  DatabaseLooker looker;
  looker.watched.engine = SqliteEngine{path};
  looker.watched.table_name = "orders";
  CHECK(looker.payload() == "nothing");
  int asked = 0;
  looker.clock.on_monotonic = [&] {
    // First when the look begins, then when the database is open.
    if (++asked == 2) SqliteFile(path).run("INSERT INTO orders VALUES (zeroblob(100000))");
  };
  const Error error = looker.error();
  CHECK(error.kind == ErrorKind::kBusy);
  CHECK(error.message == "the database " + path.native() + " was opened for writing during the look");
  CHECK(looker.payload() == R"({"added":1,"count":1,"event_type":"created","old_count":0,"table":"orders"})");
}

TEST_CASE("sqlite: a file that is gone for a while misses nothing") {
  SqliteWorld world;
  world.run("CREATE TABLE orders (id)");
  count_orders(world);
  CHECK(world.looker.payload() == "nothing");
  world.run("INSERT INTO orders VALUES (1)");
  std::filesystem::rename(world.folder / "shop.db", world.folder / "away.db");
  CHECK(world.looker.error().kind == ErrorKind::kNotFound);
  std::filesystem::rename(world.folder / "away.db", world.folder / "shop.db");
  CHECK(world.looker.payload() == R"({"added":1,"count":1,"event_type":"created","old_count":0,"table":"orders"})");
  CHECK(world.looker.payload() == "nothing");
}
