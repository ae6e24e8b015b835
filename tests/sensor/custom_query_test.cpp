#include <fmt/format.h>

#include "database_story.h"

using namespace qflow;

namespace {

std::string changed(const std::string& old_result, const std::string& result) {
  return fmt::format(R"({{"event_type":"modified","old_result":{},"result":{},"truncated":false}})", old_result,
                     result);
}

}  // namespace

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
