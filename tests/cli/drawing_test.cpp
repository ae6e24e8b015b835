#include <doctest/doctest.h>

#include "cli/chain_drawing.h"
#include "cli/flow_drawing.h"
#include "cli/step_drawing.h"

namespace qflow {
namespace {

LoadedFlow flow(const std::string& text) {
  LoadedFlow loaded = load_flow_text(TriggerRegistry(), text, "f.toml", "/flows");
  REQUIRE_MESSAGE(!loaded.diagnostics.has_errors(), loaded.diagnostics.render());
  return loaded;
}

const std::string kDiamond = R"(id = "F"
[[steps]]
id = "load"
[[steps]]
id = "left"
needs = ["load"]
[[steps]]
id = "right"
needs = ["load"]
when = "1 < 2 && \"<\" != \"\\\"\""
[[steps]]
id = "join"
needs = ["left", "right"]
[[steps]]
id = "alone"
foreach = "[1, 2]"
run = "true"
)";

TEST_CASE("steps stand below what they need") {
  CHECK(draw_steps(*flow(kDiamond).definition, {}) ==
        "load\n"
        "├─ left\n"
        "└─ right    if 1 < 2 && \"<\" != \"\\\"\"\n"
        "   └─ join  after left and right\n"
        "alone       for each of [1, 2]\n");
}

TEST_CASE("a note stands beside each step") {
  const auto note = [](const Step& step) { return step.id.text() == "left" ? "" : "ok"; };
  CHECK(draw_steps(*flow(kDiamond).definition, note) ==
        "load        ok\n"
        "├─ left\n"
        "└─ right    ok  if 1 < 2 && \"<\" != \"\\\"\"\n"
        "   └─ join  ok  after left and right\n"
        "alone       ok  for each of [1, 2]\n");
}

TEST_CASE("a deep graph becomes a list") {
  std::string text = "id = \"F\"\n[[steps]]\nid = \"s0\"\n";
  for (int i = 1; i < 30; ++i) {
    text += "[[steps]]\nid = \"s" + std::to_string(i) + "\"\nneeds = [\"s" + std::to_string(i - 1) + "\"]\n";
  }
  const std::string drawn = draw_steps(*flow(text).definition, {});
  CHECK(drawn.starts_with("s0\ns1   after s0\ns2   after s1\n"));
  CHECK(drawn.ends_with("s29  after s28\n"));
}

TEST_CASE("steps as Mermaid and Graphviz") {
  CHECK(steps_as_mermaid(*flow(kDiamond).definition) ==
        "flowchart TD\n"
        "  s0[\"load\"]\n"
        "  s1[\"left\"]\n"
        "  s2[\"right<br>if 1 #60; 2 #38;#38; #34;#60;#34; != #34;\\#34;#34;\"]\n"
        "  s3[\"join\"]\n"
        "  s4[\"alone<br>for each of [1, 2]\"]\n"
        "  s0 --> s1\n"
        "  s0 --> s2\n"
        "  s1 --> s3\n"
        "  s2 --> s3\n");
  CHECK(steps_as_dot(*flow(kDiamond).definition) ==
        "digraph \"F\" {\n"
        "  node [shape=box]\n"
        "  s0 [label=\"load\"]\n"
        "  s1 [label=\"left\"]\n"
        "  s2 [label=\"right\\nif 1 < 2 && \\\"<\\\" != \\\"\\\\\\\"\\\"\"]\n"
        "  s3 [label=\"join\"]\n"
        "  s4 [label=\"alone\\nfor each of [1, 2]\"]\n"
        "  s0 -> s1\n"
        "  s0 -> s2\n"
        "  s1 -> s3\n"
        "  s2 -> s3\n"
        "}\n");
}

std::vector<LoadedFlow> two_flows() {
  std::vector<LoadedFlow> flows;
  flows.push_back(flow(R"(id = "A"
[[triggers]]
type = "event"
events = ["x", "y"]
[[triggers]]
type = "schedule"
every = "1h"
[[steps]]
id = "s"
publish = [{ event = "done" }]
)"));
  flows.push_back(flow(R"(id = "B"
[[triggers]]
id = "after"
type = "flow"
source_flow_id = "A"
condition = "failure"
[[triggers]]
type = "event"
event = "done"
)"));
  return flows;
}

TEST_CASE("flows and what starts them") {
  const std::string drawn = draw_flows(two_flows());
  CHECK(drawn.starts_with("A\n  runs when "));
  CHECK(drawn.find("  publishes done after s\nB\n  runs when ") != std::string::npos);

  const std::string mermaid = flows_as_mermaid(two_flows());
  for (const std::string line :
       {"n0[\"A\"]", "n1[\"B\"]", "([\"x\"])", "([\"done\"])", "n0 -->|\"after, failure\"| n1"}) {
    CHECK_MESSAGE(mermaid.find(line) != std::string::npos, mermaid);
  }
  const std::string dot = flows_as_dot(two_flows());
  for (const std::string line : {"n0 [shape=box, label=\"A\"]", "shape=ellipse, label=\"done\"", "shape=hexagon",
                                 "n0 -> n1 [label=\"after, failure\"]"}) {
    CHECK_MESSAGE(dot.find(line) != std::string::npos, dot);
  }
}

TEST_CASE("a flow without triggers is started by hand") {
  std::vector<LoadedFlow> flows;
  flows.push_back(flow("id = \"A\"\n"));
  CHECK(draw_flows(flows) == "A\n  runs when it is started by hand\n");
}

ChainNode run_node(const std::string& id, std::vector<ChainNode> links = {}) {
  ChainNode node;
  node.run.emplace();
  node.run->id = *RunId::parse(id);
  node.links = std::move(links);
  return node;
}

ChainNode event_node(const std::string& name, std::vector<ChainNode> links = {}) {
  ChainNode node;
  node.event = name;
  node.links = std::move(links);
  return node;
}

TEST_CASE("a chain grows to the right, its branches below each other") {
  CHECK(draw_chain(run_node("A/1"), "←") == "A/1\n");
  CHECK(draw_chain(run_node("P/1", {run_node("T/1")}), "←") == "P/1 ← T/1\n");
  CHECK(
      draw_chain(run_node("P/1", {run_node("T/1", {event_node("data", {run_node("E/7")})}), run_node("D/22")}), "←") ==
      "P/1 ← T/1 ← event data ← E/7\n"
      "    ← D/22\n");
  CHECK(draw_chain(run_node("A/1", {run_node("B/2", {run_node("C/3"), run_node("C/4")})}), "→") ==
        "A/1 → B/2 → C/3\n"
        "          → C/4\n");
}

TEST_CASE("a chain that was cut off says so") {
  ChainNode cut = run_node("E/1");
  cut.goes_on = true;
  const ChainNode chain = run_node("P/1", {run_node("T/1", {cut}), run_node("D/1")});
  CHECK(draw_chain(chain, "←") ==
        "P/1 ← T/1 ← E/1 (goes on)\n"
        "    ← D/1\n");
  CHECK(runs_of(chain).size() == 4);
  REQUIRE(unfinished_runs_of(chain).size() == 1);
  CHECK(unfinished_runs_of(chain).front()->id.text() == "E/1");
}

TEST_CASE("what stands in a chain twice is told once") {
  ChainNode again = run_node("E/1");
  again.seen_before = true;
  const ChainNode chain = run_node("P/1", {run_node("T/1", {run_node("E/1")}), run_node("D/1", {again})});
  CHECK(draw_chain(chain, "←") ==
        "P/1 ← T/1 ← E/1\n"
        "    ← D/1 ← E/1 (above)\n");
  CHECK(runs_of(chain).size() == 4);
}

}  // namespace
}  // namespace qflow
