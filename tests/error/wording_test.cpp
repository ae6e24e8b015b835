#include "qflow/error/wording.h"

#include <doctest/doctest.h>

#include <vector>

namespace qflow {

TEST_CASE("texts are listed as in a sentence") {
  CHECK(listed({}).empty());
  CHECK(listed(std::vector<std::string>{"a"}) == "a");
  CHECK(listed(std::vector<std::string>{"a", "b"}) == "a and b");
  CHECK(listed(std::vector<std::string>{"a", "b", "c"}, "or") == "a, b or c");
}

TEST_CASE("a number takes the noun that fits it") {
  CHECK(counted(0, "file") == "0 files");
  CHECK(counted(1, "file") == "1 file");
  CHECK(counted(2, "file") == "2 files");
  CHECK(counted(1, "entry", "entries") == "1 entry");
  CHECK(counted(12, "entry", "entries") == "12 entries");
}

}  // namespace qflow
