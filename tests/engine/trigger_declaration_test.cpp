#include "qflow/engine/trigger_declaration.h"

#include <doctest/doctest.h>

#include <string>

#include "support/built_triggers.h"

namespace qflow {
namespace {

TEST_CASE("a group counts its legs' sources, and goes by its own match") {
  const BuiltFlow built = build_flow(
      "[[triggers]]\nid = \"a\"\ntype = \"event\"\nevents = [\"x\", \"y\"]\nmatch = \"any\"\n"
      "[[triggers]]\nid = \"b\"\ntype = \"schedule\"\nevery = \"1d\"\n"
      "[[triggers]]\nid = \"g\"\ntype = \"group\"\nmatch = \"b || a\"\n");
  REQUIRE(problem_lines(built.diagnostics) == "");
  const TriggerDeclaration group = declaration_of(*built.triggers[2]);
  CHECK(group.kind == TriggerKind::kManyEvents);
  CHECK(group.sources == 3);
  CHECK(group.names == std::vector<std::string>{"b", "x", "y"});
  CHECK(declaration_of(*built.triggers[0]).kind == TriggerKind::kOneOfEvents);
  CHECK(source_triggers(*built.triggers[2]).front() == built.triggers[1].get());
  CHECK(source_triggers(*built.triggers[0]).front() == built.triggers[0].get());
}

TEST_CASE("a name is listed once") {
  const BuiltFlow built = build_flow("[[triggers]]\ntype = \"flow\"\nflows = [\"A\", \"p.x.y.A\"]\n");
  const TriggerDeclaration declaration = declaration_of(built.only());
  CHECK(declaration.kind == TriggerKind::kManyRuns);
  CHECK(declaration.names == std::vector<std::string>{"A", "p.x.y.A"});
}

}  // namespace
}  // namespace qflow
