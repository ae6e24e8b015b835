#include "sensor/table_name.h"

#include <doctest/doctest.h>

using namespace qflow;

TEST_CASE("a table's name is one or two identifiers") {
  struct Row {
    std::string text;
    std::string quoted;  // or the error
  };
  const Row rows[] = {
      {"orders", R"("orders")"},
      {"Orders", R"("Orders")"},
      {"shop.orders", R"("shop"."orders")"},
      {R"("shop.orders")", R"("shop.orders")"},
      {R"("my shop"."a""b")", R"("my shop"."a""b")"},
      {R"(shop."x.y")", R"("shop"."x.y")"},
      {R"(o"rders)", R"("o""rders")"},
      {"orders; --", R"("orders; --")"},
      {"a.b.c", "table_name 'a.b.c' has 3 parts"},
      {"", "table_name '' has an empty part"},
      {".orders", "table_name '.orders' has an empty part"},
      {"shop.", "table_name 'shop.' has an empty part"},
      {R"("")", R"(table_name '""' has an empty part)"},
      {R"("orders)", R"(table_name '"orders' has a double quote that does not close)"},
      {R"("orders""")", R"("orders""")"},
      {R"("orders"")", R"(table_name '"orders""' has a double quote that does not close)"},
      {R"("a"b)", R"(table_name '"a"b' goes on after the double quotes)"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    const auto name = TableName::parse(row.text);
    CHECK((name ? name->quoted() : name.error().message) == row.quoted);
  }
}

TEST_CASE("a column's name is one identifier, dots and all") {
  struct Row {
    std::string text;
    std::string name;
  };
  const Row rows[] = {{"at", "at"},         {"created.at", "created.at"}, {R"("At")", "At"}, {R"("a""t")", R"(a"t)"},
                      {R"(a"t)", R"(a"t)"}, {R"("a"t)", R"("a"t)"}};
  for (const Row& row : rows) {
    CAPTURE(row.text);
    CHECK(parse_column_name(row.text) == row.name);
  }
}
