#include <fmt/format.h>

#include "database_story.h"

using namespace qflow;

namespace {

constexpr const char* kKeyless = "CREATE TABLE orders (id integer, at timestamp, state text);";

std::string later(const std::string& old_maximum, const std::string& maximum, int rows) {
  const auto shown = [](const std::string& text) {
    return text.empty() ? std::string("null") : fmt::format(R"("2026-11-{}")", text);
  };
  return fmt::format(R"({{"event_type":"created","maximum":{},"old_maximum":{},"rows":{},"table":"orders"}})",
                     shown(maximum), shown(old_maximum), rows);
}

}  // namespace

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
