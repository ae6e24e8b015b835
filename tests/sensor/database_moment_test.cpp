#include "database_world.h"

using namespace qflow;

// A look asks several questions; whatever is committed between two of them belongs to the next look as a whole.
namespace {

constexpr int kMostMoments = 60;

// Does something at the n-th time that a look asks the clock, which it does before every question. False: it asked
// less often.
bool happens_at(int n, DatabaseLooker& looker, const std::function<void()>& happening,
                const std::function<void()>& look) {
  int asked = 0;
  looker.clock.on_monotonic = [&] {
    if (++asked == n) happening();
  };
  look();
  looker.clock.on_monotonic = {};
  return asked >= n;
}

std::int64_t look_for(DatabaseLooker& looker, const std::string& field) {
  const auto sighting = looker.look();
  REQUIRE(sighting);
  return sighting->changes.empty() ? 0 : sighting->changes[0].payload.at(field).get<std::int64_t>();
}

void watch_rows(DatabaseWorld& world, DetectionMode mode) {
  const bool is_sqlite = std::holds_alternative<SqliteEngine>(world.looker.watched.engine);
  if (is_sqlite) world.run("PRAGMA journal_mode = wal");  // else the reader would hold up the writer
  world.run("CREATE TABLE orders (id integer PRIMARY KEY, at integer); INSERT INTO orders VALUES (0, 0)");
  world.looker.watched.table_name = "orders";
  world.looker.watched.timestamp_column = "at";
  world.looker.watched.mode = mode;
  world.looker.rules.change = ChangeKind::kAll;
}

}  // namespace

TEST_CASE("database: rows that come in the middle of a look are neither lost nor doubled") {
  struct Row {
    DetectionMode mode;
    std::string field;
  };
  const Row rows[] = {{DetectionMode::kRowCount, "added"}, {DetectionMode::kTimestampColumn, "rows"}};
  for (const Row& row : rows) {
    for (const auto& world : database_worlds()) {
      CAPTURE(static_cast<int>(row.mode));
      CAPTURE(world->looker.watched.engine.index());
      watch_rows(*world, row.mode);
      CHECK(look_for(world->looker, row.field) == 0);
      std::int64_t inserted = 0, seen = 0;
      const auto insert = [&] {
        // Every timestamp comes three times.
        ++inserted;
        world->run("INSERT INTO orders VALUES (" + std::to_string(inserted) + ", " + std::to_string(inserted / 3) +
                   ")");
      };
      const auto look = [&] { seen += look_for(world->looker, row.field); };
      int moments = 0;
      while (moments < kMostMoments && happens_at(moments + 1, world->looker, insert, look)) ++moments;
      CHECK(moments > 1);
      look();
      CHECK(seen == inserted);
    }
  }
}

TEST_CASE("database: a payload's numbers are of one moment") {
  for (const auto& world : database_worlds()) {
    CAPTURE(world->looker.watched.engine.index());
    watch_rows(*world, DetectionMode::kTimestampColumn);
    CHECK(look_for(world->looker, "rows") == 0);
    int at = 0;
    const auto insert = [&] {
      ++at;
      world->run("INSERT INTO orders VALUES (" + std::to_string(at) + ", " + std::to_string(at) + ")");
    };
    const auto look = [&] {
      const auto sighting = world->looker.look();
      REQUIRE(sighting);
      if (sighting->changes.empty()) return;
      // One row for each number.
      const Json& payload = sighting->changes[0].payload;
      CHECK(payload.at("rows").get<int>() == payload.at("maximum").get<int>() - payload.at("old_maximum").get<int>());
    };
    int moments = 0;
    while (moments < kMostMoments && happens_at(moments + 1, world->looker, insert, look)) ++moments;
    CHECK(moments > 1);
  }
}
