#include <fmt/format.h>

#include "database_story.h"

using namespace qflow;

namespace {

std::string counted(int old_count, int count) {
  return fmt::format(R"({{"added":{},"count":{},"event_type":"{}","old_count":{},"table":"orders"}})",
                     count - old_count, count, count > old_count ? "created" : "deleted", old_count);
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
