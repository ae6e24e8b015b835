#include <fmt/format.h>

#include "database_world.h"

using namespace qflow;

// What is the same in PostgreSQL and SQLite.
namespace {

constexpr const char* kOrders = "CREATE TABLE orders (id integer PRIMARY KEY, at timestamp, state text);";
constexpr const char* kKeyless = "CREATE TABLE orders (id integer, at timestamp, state text);";

// Something happens to the database, then the sensor looks.
struct Step {
  std::string script;
  std::string payload;
};

struct Story {
  std::string name;
  std::string before;  // what is there at the first look
  SensorBaseline baseline = SensorBaseline::kIgnore;
  std::optional<std::string> condition = {};
  std::vector<Step> steps = {};
};

void tell(const std::vector<Story>& stories, const std::function<void(DatabaseLooker&)>& set_up) {
  for (const Story& story : stories) {
    CAPTURE(story.name);
    for (const auto& world : database_worlds()) {
      CAPTURE(world->looker.watched.engine.index());
      world->looker.watched.table_name = "orders";
      world->looker.watched.condition = story.condition;
      world->looker.rules.baseline = story.baseline;
      set_up(world->looker);
      world->run(story.before);
      for (const Step& step : story.steps) {
        CAPTURE(step.script);
        if (!step.script.empty()) world->run(step.script);
        CHECK(world->looker.payload() == step.payload);
        // A second look finds nothing new.
        CHECK(world->looker.payload() == "nothing");
      }
    }
  }
}

std::string counted(int old_count, int count) {
  return fmt::format(R"({{"added":{},"count":{},"event_type":"{}","old_count":{},"table":"orders"}})",
                     count - old_count, count, count > old_count ? "created" : "deleted", old_count);
}

std::string later(const std::string& old_maximum, const std::string& maximum, int rows) {
  const auto shown = [](const std::string& text) {
    return text.empty() ? std::string("null") : fmt::format(R"("2026-11-{}")", text);
  };
  return fmt::format(R"({{"event_type":"created","maximum":{},"old_maximum":{},"rows":{},"table":"orders"}})",
                     shown(maximum), shown(old_maximum), rows);
}

std::string changed(const std::string& old_result, const std::string& result) {
  return fmt::format(R"({{"event_type":"modified","old_result":{},"result":{},"truncated":false}})", old_result,
                     result);
}

}  // namespace

TEST_CASE("row_count: an event for each look that finds another number") {
  const std::string two_rows = std::string(kOrders) + "INSERT INTO orders (id) VALUES (1), (2)";
  tell(
      {{.name = "the first look only counts",
        .before = two_rows,
        .steps = {{"", "nothing"}, {"INSERT INTO orders (id) VALUES (3)", counted(2, 3)}}},
       {.name = "the first look fires when it shall",
        .before = two_rows,
        .baseline = SensorBaseline::kFire,
        .steps = {{"", counted(0, 2)}, {"DELETE FROM orders", counted(2, 0)}}},
       {.name = "an empty table does not fire, and is filled later",
        .before = kOrders,
        .baseline = SensorBaseline::kFire,
        .steps = {{"", "nothing"}, {"INSERT INTO orders (id) VALUES (1), (2), (3)", counted(0, 3)}}},
       {.name = "as many come as go",
        .before = two_rows,
        .steps = {{"", "nothing"}, {"DELETE FROM orders WHERE id = 1; INSERT INTO orders (id) VALUES (9)", "nothing"}}},
       {.name = "only rows that meet the condition count, whose comment ends with its line",
        .before = kOrders,
        .condition = "state = 'open' OR state = 'new' -- both",
        .steps = {{"", "nothing"},
                  {"INSERT INTO orders (id, state) VALUES (1, 'open'), (2, 'paid'), (3, 'new')", counted(0, 2)},
                  {"UPDATE orders SET state = 'paid' WHERE id = 1", counted(2, 1)}}}},
      [](DatabaseLooker& looker) { looker.rules.change = ChangeKind::kAll; });
}

TEST_CASE("row_count: which differences fire") {
  struct Row {
    ChangeKind change;
    std::string grown;
    std::string shrunk;
  };
  const Row rows[] = {
      {ChangeKind::kCreated, counted(1, 3), "nothing"},
      {ChangeKind::kDeleted, "nothing", counted(3, 0)},
      {ChangeKind::kModified, counted(1, 3), counted(3, 0)},
      {ChangeKind::kAll, counted(1, 3), counted(3, 0)},
  };
  for (const Row& row : rows) {
    CAPTURE(static_cast<int>(row.change));
    SqliteWorld world;
    world.looker.watched.table_name = "orders";
    world.looker.rules.change = row.change;
    world.run(std::string(kOrders) + "INSERT INTO orders (id) VALUES (1)");
    CHECK(world.looker.payload() == "nothing");
    world.run("INSERT INTO orders (id) VALUES (2), (3)");
    CHECK(world.looker.payload() == row.grown);
    world.run("DELETE FROM orders");
    CHECK(world.looker.payload() == row.shrunk);
  }
}

TEST_CASE("timestamp_column: rows later than the maximum, and further ones at it") {
  const std::string insert = "INSERT INTO orders (id, at) VALUES ";
  const std::string at10 = "(1, '2026-11-20 10:00:00')";
  const std::vector<Story> stories = {
      {.name = "the first look only remembers",
       .before = kOrders + insert + at10,
       .steps = {{"", "nothing"},
                 {insert + "(2, '2026-11-20 11:00:00.5'), (3, '2026-11-20 10:30:00')",
                  later("20 10:00:00", "20 11:00:00.5", 2)}}},
      {.name = "the first look fires when it shall",
       .before = kOrders + insert + at10 + ", (2, '2026-11-19 09:00:00'), (3, NULL)",
       .baseline = SensorBaseline::kFire,
       .steps = {{"", later("", "20 10:00:00", 2)}}},
      {.name = "an empty table is filled, emptied and filled again",
       .before = kOrders,
       .baseline = SensorBaseline::kFire,
       .steps = {{"", "nothing"},
                 {insert + "(7, NULL)", "nothing"},
                 {insert + at10, later("", "20 10:00:00", 1)},
                 {"DELETE FROM orders", "nothing"},
                 {insert + "(1, '2026-11-20 09:00:00')", "nothing"},
                 {insert + "(2, '2026-11-20 10:00:00')", later("20 10:00:00", "20 10:00:00", 1)},
                 {insert + "(3, '2026-11-21 10:00:00')", later("20 10:00:00", "21 10:00:00", 1)}}},
      {.name = "older rows and rows without a timestamp are not seen",
       .before = kOrders + insert + at10,
       .steps = {{"", "nothing"}, {insert + "(2, '2026-11-20 09:59:59'), (3, NULL)", "nothing"}}},
      {.name = "equal timestamps are neither lost nor doubled",
       .before = kOrders + insert + at10,
       .steps = {{"", "nothing"},
                 {insert + "(2, '2026-11-20 10:00:00')", later("20 10:00:00", "20 10:00:00", 1)},
                 {insert + "(3, '2026-11-20 10:00:00'), (4, '2026-11-20 10:00:00'), (5, '2026-11-20 12:00:00')",
                  later("20 10:00:00", "20 12:00:00", 3)},
                 {insert + "(6, '2026-11-20 12:00:00')", later("20 12:00:00", "20 12:00:00", 1)}}},
      {.name = "what vanishes at the maximum hides nothing",
       .before = kOrders + insert + at10 + ", (2, '2026-11-20 10:00:00')",
       .steps = {{"", "nothing"},
                 {"DELETE FROM orders WHERE id = 1; " + insert + "(3, '2026-11-20 10:00:00')",
                  later("20 10:00:00", "20 10:00:00", 1)},
                 {"DELETE FROM orders WHERE id = 2", "nothing"}}},
      {.name = "an update that sets the timestamp counts as a row",
       .before = kOrders + insert + at10,
       .steps = {{"", "nothing"},
                 {"UPDATE orders SET at = '2026-11-20 13:00:00'", later("20 10:00:00", "20 13:00:00", 1)},
                 {"UPDATE orders SET state = 'paid'", "nothing"}}},
      {.name = "without a key the whole row tells rows apart, equal ones by number",
       .before = kKeyless + insert + at10,
       .steps = {{"", "nothing"},
                 {insert + at10, later("20 10:00:00", "20 10:00:00", 1)},
                 {insert + at10 + ", (2, '2026-11-20 10:00:00')", later("20 10:00:00", "20 10:00:00", 2)},
                 {"DELETE FROM orders WHERE id = 2", "nothing"},
                 {"ALTER TABLE orders ADD COLUMN note text; UPDATE orders SET note = 'x'", "nothing"},
                 {insert + "(4, '2026-11-20 10:00:00')", later("20 10:00:00", "20 10:00:00", 1)}}},
      {.name = "only rows that meet the condition count",
       .before = kOrders + insert + at10,
       .condition = "state = 'open' -- and no other",
       .steps = {{"", "nothing"},
                 {"UPDATE orders SET state = 'open'", later("", "20 10:00:00", 1)},
                 {insert + "(2, '2026-11-20 11:00:00')", "nothing"},
                 {"UPDATE orders SET state = 'paid'", "nothing"},
                 {"INSERT INTO orders VALUES (3, '2026-11-20 10:00:00', 'open')",
                  later("20 10:00:00", "20 10:00:00", 1)}}},
  };
  tell(stories, [](DatabaseLooker& looker) {
    looker.watched.mode = DetectionMode::kTimestampColumn;
    looker.watched.timestamp_column = "at";
  });
}

TEST_CASE("timestamp_column: of more than 10,000 rows at the maximum only the number is kept") {
  for (const auto& world : database_worlds()) {
    CAPTURE(world->looker.watched.engine.index());
    DatabaseLooker& looker = world->looker;
    looker.watched.table_name = "orders";
    looker.watched.mode = DetectionMode::kTimestampColumn;
    looker.watched.timestamp_column = "at";
    world->run(std::string(kOrders) +
               "INSERT INTO orders WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000) "
               "SELECT i, '2026-11-20 10:00:00', NULL FROM n");
    CHECK(looker.payload() == "nothing");
    CHECK(looker.cursor->size() > 160'000);
    world->run("INSERT INTO orders VALUES (10001, '2026-11-20 10:00:00', NULL)");
    CHECK(looker.payload() == later("20 10:00:00", "20 10:00:00", 1));
    CHECK(looker.cursor->size() < 200);
    world->run("INSERT INTO orders VALUES (10002, '2026-11-20 10:00:00', NULL)");
    CHECK(looker.payload() == later("20 10:00:00", "20 10:00:00", 1));
    world->run("DELETE FROM orders WHERE id > 9000");
    CHECK(looker.payload() == "nothing");
    world->run("INSERT INTO orders VALUES (20001, '2026-11-20 10:00:00', NULL)");
    CHECK(looker.payload() == later("20 10:00:00", "20 10:00:00", 1));
  }
}

TEST_CASE("custom_query: an event for each result that differs") {
  const std::string query = "SELECT id, state FROM orders ORDER BY id";
  const auto set_query = [](const std::string& text) {
    return [text](DatabaseLooker& looker) {
      looker.watched.mode = DetectionMode::kCustomQuery;
      looker.watched.table_name = "";
      looker.watched.custom_query = text;
    };
  };
  tell({{.name = "the first look only remembers",
         .before = std::string(kOrders) + "INSERT INTO orders (id, state) VALUES (1, 'open')",
         .steps = {{"", "nothing"},
                   {"UPDATE orders SET state = NULL",
                    changed(R"([{"id":1,"state":"open"}])", R"([{"id":1,"state":null}])")},
                   {"UPDATE orders SET state = ''", changed(R"([{"id":1,"state":null}])", R"([{"id":1,"state":""}])")},
                   {"UPDATE orders SET at = '2026-11-20 10:00:00'", "nothing"},
                   {"DELETE FROM orders", changed(R"([{"id":1,"state":""}])", "[]")}}},
        {.name = "the first look fires when it shall",
         .before = kOrders,
         .baseline = SensorBaseline::kFire,
         .steps = {{"", changed("null", "[]")}}}},
       set_query(query));
  tell({{.name = "a single value is itself",
         .before = kOrders,
         .baseline = SensorBaseline::kFire,
         .steps = {{"", changed("null", "0")}, {"INSERT INTO orders (id) VALUES (1)", changed("0", "1")}}}},
       set_query("SELECT count(*) FROM orders; -- with a comment"));
  tell({{.name = "also when it is null or text",
         .before = kOrders,
         .steps = {{"", "nothing"},
                   {"INSERT INTO orders VALUES (1, NULL, 'open')", changed("null", R"("open")")},
                   {"UPDATE orders SET state = 'paid'", changed(R"("open")", R"("paid")")}}}},
       set_query("WITH one AS (SELECT max(state) AS state FROM orders) SELECT state FROM one"));
}

TEST_CASE("custom_query: large results") {
  for (const auto& world : database_worlds()) {
    CAPTURE(world->looker.watched.engine.index());
    DatabaseLooker& looker = world->looker;
    looker.watched.mode = DetectionMode::kCustomQuery;
    looker.watched.custom_query = "SELECT state, state AS again FROM orders";
    world->run(std::string(kOrders) + "INSERT INTO orders VALUES (1, NULL, 'a')");
    CHECK(looker.payload() == "nothing");
    const auto grow = [&](int size) {
      world->run("UPDATE orders SET state = '" + std::string(static_cast<std::size_t>(size), 'x') + "'");
    };
    grow(10'000);
    CHECK(looker.payload() == R"({"event_type":"modified","old_result":[{"again":"a","state":"a"}],)"
                              R"("result":null,"truncated":true})");
    grow(10'001);
    CHECK(looker.payload() == R"({"event_type":"modified","old_result":null,"result":null,"truncated":true})");
    CHECK(looker.payload() == "nothing");
    grow(600'000);
    CHECK(looker.payload() ==
          "the result of the custom_query is larger than 1 MiB; let the database count, or compute "
          "a hash");
    grow(10'001);
    CHECK(looker.payload() == "nothing");
  }
}

TEST_CASE("custom_query: columns of one name are refused, since an object would lose one") {
  for (const auto& world : database_worlds()) {
    world->looker.watched.mode = DetectionMode::kCustomQuery;
    world->looker.watched.custom_query = "SELECT 1 AS a, 2 AS a";
    CHECK(world->looker.payload() ==
          "two columns of the custom_query are named 'a'; give each one a name of its own with AS");
  }
}

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
    CHECK(error.advice == "qflow sensor reset FLOW/TRIGGER forgets it and starts over with the baseline");
  }
}
