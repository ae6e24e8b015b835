#include "qflow/model/project_namespace.h"

#include <doctest/doctest.h>

#include <optional>
#include <string>
#include <vector>

namespace qflow {
namespace {

TEST_CASE("project, branch and production make the namespace") {
  struct Row {
    std::optional<std::string> branch;
    bool production;
    std::string user;
    std::string expected;
  };
  const std::vector<Row> rows{
      {"bar", true, "alice", "foo.prod.bar"},
      {std::nullopt, true, "alice", "foo.prod"},
      {"baaz", false, "alice", "foo.test.baaz"},
      {std::nullopt, false, "alice", "foo.user.alice"},
      {"feature/x y", false, "alice", "foo.test.featurexy"},
      {std::nullopt, false, "al ice@host", "foo.user.alicehost"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.expected);
    Project project;
    project.name.value = "foo";
    if (row.branch) project.branch = Located<std::string>{*row.branch, {}};
    project.production = row.production;
    CHECK(project_namespace(project, row.user) == row.expected);
  }
}

}  // namespace
}  // namespace qflow
