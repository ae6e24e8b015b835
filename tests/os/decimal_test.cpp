#include "qflow/os/decimal.h"

#include <doctest/doctest.h>

#include <cstdint>
#include <string>

using namespace qflow;

TEST_CASE("a decimal number is the whole text, and fits") {
  struct Row {
    std::string text;
    std::optional<std::int32_t> number;
  };
  const Row rows[] = {
      {"0", 0},           {"0000004711", 4711},
      {"-1", -1},         {"2147483647", 2147483647},
      {"2147483648", {}}, {"", {}},
      {" 1", {}},         {"1 ", {}},
      {"1\n", {}},        {"+1", {}},
      {"1x", {}},         {"0x1", {}},
      {"1.0", {}},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    CHECK(parse_decimal<std::int32_t>(row.text) == row.number);
  }
}
