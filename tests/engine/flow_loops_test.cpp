#include "qflow/engine/flow_loops.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "support/built_triggers.h"

namespace qflow {
namespace {

struct Given {
  const char* id;
  std::string text;
};

// The loops as text with the flow and position that each is reported at.
std::string loops(const std::vector<Given>& given) {
  std::vector<BuiltFlow> built;
  for (const Given& one : given) {
    built.push_back(build_flow(one.text, TriggerRegistry(), one.id));
    REQUIRE(problem_lines(built.back().diagnostics) == "");
  }
  std::vector<FlowWithTriggers> flows;
  for (const BuiltFlow& one : built) flows.push_back({&one.flow, &one.triggers});
  std::string text;
  for (const FlowLoop& loop : find_flow_loops(flows)) {
    text += (text.empty() ? "" : "; ") + loop.text() + " at " + built[loop.flow].flow.id.text() + ":" +
            std::to_string(loop.position.line) + ":" + std::to_string(loop.position.column);
  }
  return text;
}

std::string after(const std::string& flow) {
  return "[[triggers]]\nid = \"after_" + flow.substr(flow.rfind('.') + 1) + "\"\ntype = \"flow\"\nsource_flow_id = \"" +
         flow + "\"\n";
}
std::string on(const std::string& event) {
  return "[[triggers]]\nid = \"on_" + event + "\"\ntype = \"event\"\nevent = \"" + event + "\"\n";
}
std::string publishes(const std::string& event, const std::string& more = "") {
  return "[[steps]]\nid = \"p_" + event.substr(0, 1) + "\"\npublish = [{ event = \"" + event + "\"" + more + " }]\n";
}
std::string project(const std::string& name) {
  return "[project]\nname = \"" + name + "\"\n";
}

TEST_CASE("loops through runs") {
  CHECK(loops({{"A", after("B")}, {"B", after("A")}}) == "A → B → A at A:5:18");
  CHECK(loops({{"A", after("C")}, {"B", after("A")}, {"C", after("B")}}) == "A → B → C → A at A:5:18");
  CHECK(loops({{"A", after("A")}}) == "A → A at A:5:18");
  CHECK(loops({{"A", ""}, {"B", after("A")}, {"C", after("A") + after("B")}}) == "");
  CHECK(loops({{"A", after("B")}}) == "");
  CHECK(loops({}) == "");
}

TEST_CASE("a shortest loop of each flow, none twice") {
  CHECK(loops({{"A", after("B") + after("C")}, {"B", after("A")}, {"C", after("B")}}) ==
        "A → B → A at A:5:18; C → A → B → C at C:5:18");
  CHECK(loops({{"A", after("B")}, {"B", after("A")}, {"C", after("D")}, {"D", after("C")}}) ==
        "A → B → A at A:5:18; C → D → C at C:5:18");
}

TEST_CASE("what a loop starts is none itself") {
  CHECK(loops({{"A", after("A")}, {"B", after("A")}, {"C", after("B")}}) == "A → A at A:5:18");
  CHECK(loops({{"A", after("B")}, {"B", after("A")}, {"C", after("B")}, {"D", after("C") + after("E")}, {"E", ""}}) ==
        "A → B → A at A:5:18");
}

TEST_CASE("loops through steps and groups") {
  CHECK(loops({{"A", after("B") + "source_task_id = \"s\"\n"}, {"B", after("A")}}) == "A → B → A at A:5:18");
  CHECK(loops({{"A", after("B") + "[[triggers]]\nid = \"g\"\ntype = \"group\"\nmatch = \"after_B\"\n"},
               {"B", after("A")}}) == "A → B → A at A:5:18");
}

TEST_CASE("loops through events that steps publish") {
  CHECK(loops({{"A", on("y") + publishes("x")}, {"B", on("x") + publishes("y")}}) == "A → B → A at A:5:9");
  CHECK(loops({{"A", on("y") + publishes("x")}, {"B", on("x") + publishes("y") + publishes("z")}, {"C", on("y")}}) ==
        "A → B → A at A:5:9");
  CHECK(loops({{"A", after("B") + publishes("x")}, {"B", on("x")}}) == "A → B → A at A:5:18");
  CHECK(loops({{"A", on("y") + publishes("x")},
               {"B", on("x") + "[[steps]]\nid = \"p\"\npublish = [{ event = \"{{ params.y }}\" }]\n"}}) == "");
}

TEST_CASE("projects and namespaces keep flows apart") {
  CHECK(loops({{"A", project("p") + after("B")}, {"B", project("q") + after("A")}}) == "");
  CHECK(loops({{"A", project("p") + after("B")}, {"B", project("p") + after("A")}}) == "A → B → A at A:7:18");
  CHECK(loops({{"A", project("p") + after("q.prod.x.B")}, {"B", project("q") + after("p.prod.x.A")}}) == "");
}

TEST_CASE("a qualified name means its project and branch") {
  const std::string a = project("p") + "branch = \"x\"\nproduction = true\n" +
                        "[[triggers]]\ntype = \"flow\"\nsource_flow_id = \"q.test.y.B\"\n";
  const auto b = [](const std::string& branch, const std::string& meant) {
    return project("q") + "branch = \"" + branch + "\"\n[[triggers]]\ntype = \"flow\"\nsource_flow_id = \"" + meant +
           "\"\n";
  };
  CHECK(loops({{"A", a}, {"B", b("y", "p.prod.x.A")}}) == "A → B → A at A:8:18");
  CHECK(loops({{"A", a}, {"B", b("z", "p.prod.x.A")}}) == "");
  CHECK(loops({{"A", a}, {"B", b("y", "p.test.x.A")}}) == "");
}

TEST_CASE("a namespaced event reaches flows of its project") {
  const std::string listens = "[[triggers]]\ntype = \"event\"\nevent = \"x\"\nnamespaced = true\n";
  const auto flow = [&](const std::string& name, const std::string& more) {
    return project(name) + listens + publishes("x", more);
  };
  CHECK(loops({{"A", flow("p", ", namespaced = true")}}) == "A → A at A:6:9");
  CHECK(loops({{"A", flow("p", "")}}) == "");
  CHECK(loops({{"A", project("p") + listens}, {"B", flow("q", ", namespaced = true")}}) == "B → B at B:6:9");
}

}  // namespace
}  // namespace qflow
