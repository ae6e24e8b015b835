#include <fmt/format.h>

#include "database_world.h"

using namespace qflow;

// What only PostgreSQL does, apart from its connections.
namespace {

std::string place(const PostgresqlWorld& world) {
  return "the database shop at " + world.server.folder().native() + ":5432";
}

void watch_timestamps(DatabaseWorld& world, const std::string& column) {
  world.looker.watched.table_name = "orders";
  world.looker.watched.mode = DetectionMode::kTimestampColumn;
  world.looker.watched.timestamp_column = column;
}

void watch_query(DatabaseWorld& world, const std::string& query) {
  world.looker.watched.table_name = "";
  world.looker.watched.mode = DetectionMode::kCustomQuery;
  world.looker.watched.custom_query = query;
}

std::string rows_later(const std::string& old_maximum, const std::string& maximum, int rows) {
  return fmt::format(R"({{"event_type":"created","maximum":{},"old_maximum":{},"rows":{},"table":"orders"}})", maximum,
                     old_maximum, rows);
}

}  // namespace

TEST_CASE("postgresql: a maximum of any type goes back to the database exactly") {
  struct Row {
    std::string type;
    std::string first;
    std::string older;
    std::string later;
    std::string shown_first;
    std::string shown_later;
  };
  const Row rows[] = {
      {"timestamptz", "'2026-11-20 10:00:00.123456+00'", "'2026-11-20 11:00:00.123455+01'",
       "'2026-11-20 12:00:00.123457+02'", R"("2026-11-20 10:00:00.123456+00")", R"("2026-11-20 10:00:00.123457+00")"},
      {"timestamp", "'2026-11-20 10:00:00.1'", "'2026-11-20 10:00:00.099999'", "'2026-11-20 10:00:00.100001'",
       R"("2026-11-20 10:00:00.1")", R"("2026-11-20 10:00:00.100001")"},
      {"timestamp", "'0044-03-15 10:00:00 BC'", "'0045-03-15 BC'", "'infinity'", R"("0044-03-15 10:00:00 BC")",
       R"("infinity")"},
      {"date", "'2026-11-20'", "'2026-11-19'", "'2026-12-01'", R"("2026-11-20")", R"("2026-12-01")"},
      {"interval", "'1 day'", "'-1 month'", "'25 hours'", R"("1 day")", R"("25:00:00")"},
      {"integer", "9", "8", "10", "9", "10"},
      {"bigint", "9007199254740993", "9007199254740992", "9007199254740994", "9007199254740993", "9007199254740994"},
      {"numeric", "9.10", "9.09999", "10.123456789012345678901", "9.1", R"("10.123456789012345678901")"},
      {"double precision", "0.1", "0.09999999999999999", "0.30000000000000004", "0.1", "0.30000000000000004"},
      {"real", "0.1", "0.09999999", "0.10000001", "0.1", "0.10000001"},
      {"text COLLATE \"C\"", "'b'", "'B'", "'b '", R"("b")", R"("b ")"},
      {"char(4)", "'b'", "'a'", "'c'", R"("b   ")", R"("c   ")"},
      {"bytea", R"('\x00ff')", R"('\x00fe')", R"('\x0100')", R"("\\x00ff")", R"("\\x0100")"},
      {"inet", "'10.0.0.9'", "'9.255.0.1'", "'10.0.0.10'", R"("10.0.0.9")", R"("10.0.0.10")"},
      {"boolean", "false", "NULL", "true", "false", "true"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.type);
    PostgresqlWorld world;
    watch_timestamps(world, "at");
    DatabaseLooker& looker = world.looker;
    const std::string insert = "INSERT INTO orders (at) VALUES (";
    world.run("CREATE TABLE orders (id serial PRIMARY KEY, at " + row.type + ");" + insert + row.first + ")");
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

TEST_CASE("postgresql: transactions that commit one after the other with one timestamp") {
  for (const std::string key : {" PRIMARY KEY", ""}) {
    CAPTURE(key);
    PostgresqlWorld world;
    watch_timestamps(world, "at");
    world.run("CREATE TABLE orders (id integer" + key + ", at timestamptz)");
    CHECK(world.looker.payload() == "nothing");
    PostgresqlClient early(world.server), late(world.server);
    early.run("BEGIN; INSERT INTO orders VALUES (1, '2026-11-20 10:00:00+00')");
    late.run("BEGIN; INSERT INTO orders VALUES (2, '2026-11-20 10:00:00+00'), (3, '2026-11-20 10:00:00+00')");
    CHECK(world.looker.payload() == "nothing");
    early.run("COMMIT");
    const std::string maximum = R"("2026-11-20 10:00:00+00")";
    CHECK(world.looker.payload() == rows_later("null", maximum, 1));
    late.run("COMMIT");
    CHECK(world.looker.payload() == rows_later(maximum, maximum, 2));
    CHECK(world.looker.payload() == "nothing");
    CHECK(world.looker.seen() == "orders: maximum 2026-11-20 10:00:00+00");
  }
}

TEST_CASE("postgresql: the key's own columns tell rows apart, not those that it carries") {
  PostgresqlWorld world;
  watch_timestamps(world, "at");
  world.run(
      "CREATE TABLE orders (note text, a integer, b integer, at integer, PRIMARY KEY (b, a) INCLUDE (note));"
      "INSERT INTO orders VALUES ('x', 1, 2, 7)");
  CHECK(world.looker.payload() == "nothing");
  world.run("UPDATE orders SET note = 'y'");
  CHECK(world.looker.payload() == "nothing");
  world.run("UPDATE orders SET a = 3");
  CHECK(world.looker.payload() == rows_later("7", "7", 1));
}

TEST_CASE("postgresql: a view is watched like a table") {
  PostgresqlWorld world;
  watch_timestamps(world, "at");
  world.run(
      "CREATE TABLE kept (id integer, at date); CREATE VIEW orders AS SELECT * FROM kept WHERE id > 1;"
      "INSERT INTO kept VALUES (1, '2026-11-20'), (2, '2026-11-20')");
  CHECK(world.looker.payload() == "nothing");
  world.run("INSERT INTO kept VALUES (3, '2026-11-20'), (0, '2026-11-21')");
  CHECK(world.looker.payload() == rows_later(R"("2026-11-20")", R"("2026-11-20")", 1));
}

TEST_CASE("postgresql: single values of a query keep their types") {
  struct Row {
    std::string value;
    std::string json;
  };
  const Row rows[] = {
      {"17", "17"},
      {"17::bigint", "17"},
      {"1.50", "1.5"},
      {"0.1::real", "0.1"},
      {"'NaN'::float8", R"("NaN")"},
      {"true", "true"},
      {"1 = 2", "false"},
      {"NULL::integer", "null"},
      {"'17'::text", R"("17")"},
      {"'2026-11-20 10:00:00+02'::timestamptz", R"("2026-11-20 08:00:00+00")"},
      {R"('\xff'::bytea)", R"("\\xff")"},
      {"'{\"a\": 1}'::jsonb", R"("{\"a\": 1}")"},
      {"ARRAY[1, 2]", R"("{1,2}")"},
      {"'\u00fc'::text", "\"\u00fc\""},
  };
  PostgresqlWorld world;
  world.looker.rules.baseline = SensorBaseline::kFire;
  for (const Row& row : rows) {
    CAPTURE(row.value);
    watch_query(world, "SELECT " + row.value);
    world.looker.cursor.reset();
    CHECK(world.looker.payload() ==
          R"({"event_type":"modified","old_result":null,"result":)" + row.json + R"(,"truncated":false})");
  }
}

TEST_CASE("postgresql: nothing is written, whatever the texts say") {
  PostgresqlWorld world;
  world.run(
      "CREATE TABLE orders (id integer PRIMARY KEY); INSERT INTO orders VALUES (1);"
      "CREATE FUNCTION add_order() RETURNS integer LANGUAGE plpgsql AS $$ BEGIN "
      "INSERT INTO orders VALUES (9); RETURN 1; END $$;"
      "CREATE FUNCTION escape() RETURNS integer LANGUAGE plpgsql AS $$ BEGIN "
      "PERFORM set_config('transaction_read_only', 'off', true); INSERT INTO orders VALUES (9); RETURN 1; END $$;"
      "CREATE SEQUENCE numbers");
  const std::string queries[] = {
      "INSERT INTO orders VALUES (2)",
      "INSERT INTO orders VALUES (2) RETURNING id",
      "WITH new AS (INSERT INTO orders VALUES (2) RETURNING id) SELECT id FROM new",
      "DROP TABLE orders",
      "TRUNCATE orders",
      "COMMIT",
      "ROLLBACK",
      "COMMIT; DROP TABLE orders",
      "SELECT 1; DROP TABLE orders",
      "SELECT 1; SELECT 2",
      "SELECT 1 INTO other_table",
      "SELECT id FROM orders FOR UPDATE",
      "SET TRANSACTION READ WRITE",
      "COPY orders TO PROGRAM 'cat > orders.copy'",
      "DO $$ BEGIN COMMIT; END $$",
      "EXPLAIN ANALYZE INSERT INTO orders VALUES (2)",
      "SELECT add_order()",
      "SELECT escape()",
      "SELECT nextval('numbers')",
      "-- only a comment",
  };
  for (const std::string& query : queries) {
    CAPTURE(query);
    watch_query(world, query);
    const Error error = world.looker.error();
    CHECK(error.kind == ErrorKind::kInvalid);
    CHECK(error.message.starts_with(place(world) + ": "));
  }
  world.looker.watched.table_name = "orders";
  world.looker.watched.mode = DetectionMode::kRowCount;
  const std::string conditions[] = {
      "1=1; DROP TABLE orders", "1=1); DROP TABLE orders; --",           "1=1); COMMIT; --",
      "add_order() = 1",        "1=1) UNION SELECT add_order() --\n--(", "1=1 /* open"};
  for (const std::string& condition : conditions) {
    CAPTURE(condition);
    world.looker.watched.condition = condition;
    CHECK(world.looker.error().kind == ErrorKind::kInvalid);
  }
  CHECK(world.client.value("SELECT string_agg(id::text, ',') FROM orders") == "1");
  CHECK(world.client.value("SELECT is_called FROM numbers") == "f");
}

TEST_CASE("postgresql: what is refused is explained") {
  PostgresqlWorld world;
  world.run("CREATE TABLE orders (id integer PRIMARY KEY)");
  watch_query(world, "INSERT INTO orders VALUES (2)");
  CHECK(world.looker.payload() == place(world) + ": syntax error at or near \"INSERT\"; write one SELECT, VALUES or " +
                                      "WITH, and nothing after it");
  watch_query(world, "SELECT nextval('pg_catalog.numbers')");
  CHECK(world.looker.error().message == place(world) + ": relation \"pg_catalog.numbers\" does not exist");
  watch_query(world, "SELECT 1 / 0");
  CHECK(world.looker.payload() == place(world) + ": division by zero");
  world.run("CREATE SEQUENCE numbers");
  watch_query(world, "SELECT nextval('numbers')");
  CHECK(world.looker.payload() ==
        place(world) + ": cannot execute nextval() in a read-only transaction; a sensor only reads");
}

TEST_CASE("postgresql: names are quoted") {
  PostgresqlWorld world;
  world.run(R"(CREATE SCHEMA other; CREATE TABLE "Order; --" ("a""t" text); INSERT INTO "Order; --" VALUES ('1');)"
            R"(CREATE TABLE other."x.y" ("a""t" text); INSERT INTO other."x.y" VALUES ('1'))");
  for (const std::string name : {"Order; --", R"("Order; --")", R"(public."Order; --")", R"(other."x.y")"}) {
    CAPTURE(name);
    watch_timestamps(world, R"(a"t)");
    world.looker.watched.table_name = name;
    world.looker.cursor.reset();
    CHECK(world.looker.seen() == name + ": maximum 1");
    world.looker.watched.mode = DetectionMode::kRowCount;
    world.looker.cursor.reset();
    CHECK(world.looker.seen() == name + ": 1 row");
  }
}

TEST_CASE("postgresql: a table or column that is missing") {
  struct Row {
    std::string table;
    std::string column;
    std::string problem;
    std::string advice;
  };
  const std::string lower = ": PostgreSQL keeps names in lower case unless they were quoted";
  const Row rows[] = {
      {"nothing", "at", R"(relation "nothing" does not exist)", ""},
      {"Nothing", "at", R"(relation "Nothing" does not exist)", ""},
      {"Orders", "at", R"(relation "Orders" does not exist)", "there is a table orders" + lower},
      {"Other.Orders", "at", R"(relation "Other.Orders" does not exist)", "there is a table other.orders" + lower},
      {"none.orders", "at", R"(relation "none.orders" does not exist)", ""},
      {"orders", "missing", R"(column "missing" does not exist)", ""},
      {"orders", "At", R"(column "At" does not exist)", R"(Perhaps you meant to reference the column "orders.at".)"},
      {"orders", "doc", "could not identify an ordering operator for type json",
       "Use an explicit ordering operator or modify the query."},
  };
  PostgresqlWorld world;
  world.run("CREATE TABLE orders (at integer, doc json); CREATE SCHEMA other; CREATE TABLE other.orders (at integer)");
  for (const Row& row : rows) {
    CAPTURE(row.table);
    watch_timestamps(world, row.column);
    world.looker.watched.table_name = row.table;
    const Error error = world.looker.error();
    CHECK(error.kind == (row.column == "doc" ? ErrorKind::kInvalid : ErrorKind::kNotFound));
    CHECK(error.message == place(world) + ": " + row.problem);
    CHECK(error.advice == row.advice);
  }
}
