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
    const auto again = override_project(std::nullopt, override_to(row.expected));
    REQUIRE(again);
    CHECK(project_namespace(**again, "alicehost") ==
          (row.expected == "foo.user.alice" ? "foo.user.alicehost" : row.expected));
  }
  CHECK(override_to("").empty());
  CHECK(project_of("foo.prod.bar")->name.value == "foo");
  CHECK_FALSE(project_of("").has_value());
}

TEST_CASE("characters that a namespace lacks are noted") {
  Project project;
  project.name.value = "foo";
  CHECK(namespace_note(project, "alice").empty());
  CHECK(namespace_note(project, "Al ice!") ==
        "the user name 'Al ice!' is used as 'Alice': names keep only letters, digits, '_', '.' and '-'");
  project.branch = Located<std::string>{"b/a@r", {}};
  CHECK(namespace_note(project, "Al ice!") ==
        "the branch 'b/a@r' is used as 'bar': names keep only letters, digits, '_', '.' and '-'");
  project.branch->value = "bar";
  CHECK(namespace_note(project, "Al ice!").empty());
  project.branch.reset();
  project.production = true;
  CHECK(namespace_note(project, "Al ice!").empty());
}

TEST_CASE("options that say nothing of use are refused") {
  Project project;
  project.name.value = "foo";
  NamespaceOverride changes;
  changes.branch = "@/";
  CHECK(to_text(override_project(project, changes).error()) ==
        "'@/' is no branch; a branch has letters, digits, '_', '.' and '-'");
  CHECK(to_text(override_project(std::nullopt, changes).error()) ==
        "the options of a branch need a project; give one with --project");
  changes.branch.reset();
  changes.project = "bar";
  CHECK((*override_project(project, changes))->name.value == "bar");
  changes.project_is_default = true;
  CHECK(to_text(override_project(project, changes).error()) ==
        "--config-value does not change the project's name, which is 'foo'; --project bar does");
  CHECK((*override_project(std::nullopt, changes))->name.value == "bar");
}

}  // namespace
}  // namespace qflow
