#include "database_story.h"

using namespace qflow;

TEST_CASE("a look says what it saw") {
  for (const auto& world : database_worlds()) {
    CAPTURE(world->looker.watched.engine.index());
    DatabaseLooker& looker = world->looker;
    looker.watched.table_name = "orders";
    world->run(kOrders);
    CHECK(looker.seen() == "orders: 0 rows");
    world->run("INSERT INTO orders VALUES (1, '2026-11-20 10:00:00', 'open')");
    CHECK(looker.seen() == "orders: 1 row");
    world->run(
        "INSERT INTO orders WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 1204) "
        "SELECT i, NULL, NULL FROM n");
    CHECK(looker.seen() == "orders: 1,204 rows");
    looker.cursor.reset();
    looker.watched.mode = DetectionMode::kTimestampColumn;
    looker.watched.timestamp_column = "at";
    CHECK(looker.seen() == "orders: maximum 2026-11-20 10:00:00");
    world->run("DELETE FROM orders");
    looker.cursor.reset();
    CHECK(looker.seen() == "orders: no timestamp yet");
    looker.cursor.reset();
    looker.watched.mode = DetectionMode::kCustomQuery;
    looker.watched.custom_query = "SELECT 17 AS n";
    CHECK(looker.seen() == "the query's result: 17");
    looker.watched.custom_query = "SELECT 17 AS n, 18 AS m";
    CHECK(looker.seen() == "the query's result: 1 row");
  }
}

TEST_CASE("a cursor that is not one of this mode is refused") {
  struct Row {
    DetectionMode mode;
    std::string cursor;
    std::string problem;
  };
  const std::string damaged = "the sensor's cursor is damaged";
  const Row rows[] = {
      {DetectionMode::kRowCount, "", damaged},
      {DetectionMode::kRowCount, "{", damaged},
      {DetectionMode::kRowCount, "[]", damaged},
      {DetectionMode::kRowCount, R"({"version":1,"mode":7,"kept":1})", damaged},
      {DetectionMode::kRowCount, R"({"version":1,"mode":"row_count","kept":"1"})", damaged},
      {DetectionMode::kRowCount, R"({"version":2,"mode":"row_count","kept":1})",
       "the sensor's cursor is of another version of qflow"},
      {DetectionMode::kRowCount, R"({"version":1,"mode":"custom_query","kept":1})",
       "the sensor's cursor is one of detection_mode 'custom_query', not 'row_count'"},
      {DetectionMode::kCustomQuery, R"({"version":1,"mode":"custom_query","kept":{"hash":"x"}})", damaged},
      {DetectionMode::kTimestampColumn, R"({"version":1,"mode":"timestamp_column","kept":{}})", damaged},
      {DetectionMode::kTimestampColumn,
       R"({"version":1,"mode":"timestamp_column","kept":{"maximum":["odd","1"],"count":0,"key":"","identities":""}})",
       damaged},
      {DetectionMode::kTimestampColumn,
       R"({"version":1,"mode":"timestamp_column","kept":{"maximum":null,"count":0,"key":"","identities":"abc"}})",
       damaged},
  };
  SqliteWorld world;
  world.run(kOrders);
  world.looker.watched.table_name = "orders";
  world.looker.watched.timestamp_column = "at";
  world.looker.watched.custom_query = "SELECT 1";
  for (const Row& row : rows) {
    CAPTURE(row.cursor);
    world.looker.watched.mode = row.mode;
    world.looker.cursor = row.cursor;
    const Error error = world.looker.error();
    CHECK(error.message == row.problem);
    CHECK(error.advice == "qflow sensor reset FLOW/TRIGGER begins anew");
  }
}
