#include "qflow/model/step_graph.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "support/steps.h"

namespace qflow {
namespace {

using Indices = std::vector<std::size_t>;

// a; b and c need a; d needs b and c; e stands alone.
const std::vector<Step> kDiamond = make_steps({{"a", {}}, {"b", {"a"}}, {"c", {"a"}}, {"d", {"b", "c"}}, {"e", {}}});

TEST_CASE("the graph knows neighbours and ancestors") {
  const StepGraph graph(kDiamond);
  CHECK(graph.size() == 5);
  CHECK(graph.needs(3) == Indices{1, 2});
  CHECK(graph.followers(0) == Indices{1, 2});
  CHECK(graph.ancestors(3) == Indices{0, 1, 2});
  CHECK(graph.ancestors(0).empty());
  CHECK(graph.is_ancestor(0, 3));
  CHECK(graph.is_ancestor(2, 3));
  CHECK(!graph.is_ancestor(3, 3));
  CHECK(!graph.is_ancestor(3, 0));
  CHECK(!graph.is_ancestor(4, 3));
  CHECK(graph.last_steps() == Indices{3, 4});
  CHECK(graph.find_cycle().empty());
}

TEST_CASE("the graph knows what several steps reach") {
  using Marks = std::vector<bool>;
  const StepGraph graph(kDiamond);
  CHECK(graph.needed_by({}) == Marks{false, false, false, false, false});
  CHECK(graph.needed_by({1, 4}) == Marks{true, false, false, false, false});
  CHECK(graph.needed_by({3, 1}) == Marks{true, true, true, false, false});
  CHECK(graph.reach({1, 4}) == Marks{true, true, false, false, true});
  CHECK(graph.reach({3}) == Marks{true, true, true, true, false});
}

TEST_CASE("steps are found by their ids") {
  const StepGraph graph(kDiamond);
  CHECK(graph.find("a") == 0);
  CHECK(graph.find("e") == 4);
  CHECK(!graph.find("ghost"));
}

TEST_CASE("no steps, no graph") {
  const StepGraph graph({});
  CHECK(graph.size() == 0);
  CHECK(graph.topological_order().empty());
  CHECK(graph.find_cycle().empty());
  CHECK(graph.last_steps().empty());
}

TEST_CASE("unknown and repeated needs are left out") {
  const StepGraph graph(make_steps({{"a", {"ghost"}}, {"b", {"a", "ghost", "a"}}}));
  CHECK(graph.needs(0).empty());
  CHECK(graph.needs(1) == Indices{0});
  CHECK(graph.followers(0) == Indices{1});
}

TEST_CASE("the order of execution is the order of the file where the graph leaves it open") {
  CHECK(StepGraph(kDiamond).topological_order() == Indices{0, 1, 2, 3, 4});
  const StepGraph backwards(make_steps({{"d", {"b", "c"}}, {"c", {"a"}}, {"x", {}}, {"b", {"a"}}, {"a", {}}}));
  CHECK(backwards.topological_order() == Indices{2, 4, 1, 3, 0});
}

TEST_CASE("a cycle is found as a path that ends where it begins") {
  struct Row {
    std::vector<StepRow> steps;
    Indices cycle;
  };
  const Row rows[] = {
      {{{"a", {"a"}}}, {0, 0}},
      {{{"a", {"b"}}, {"b", {"a"}}}, {0, 1, 0}},
      {{{"a", {}}, {"b", {"a", "d"}}, {"c", {"b"}}, {"d", {"c"}}}, {1, 3, 2, 1}},
      {{{"start", {"x"}}, {"x", {"y"}}, {"y", {"x"}}}, {1, 2, 1}},  // the way to the cycle is no part of it
      {{{"a", {}}, {"b", {"a"}}, {"c", {"a", "b"}}}, {}},
  };
  for (const Row& row : rows) CHECK(StepGraph(make_steps(row.steps)).find_cycle() == row.cycle);
}

TEST_CASE("a chain of 100,000 steps does not overflow the stack") {
  constexpr std::size_t kCount = 100'000;
  std::vector<StepRow> rows = {{"s0", {}}};
  for (std::size_t i = 1; i < kCount; ++i) rows.push_back({"s" + std::to_string(i), {"s" + std::to_string(i - 1)}});
  const StepGraph chain(make_steps(rows));
  CHECK(chain.find_cycle().empty());
  CHECK(chain.topological_order().size() == kCount);
  CHECK(chain.ancestors(kCount - 1).size() == kCount - 1);
  rows[0].needs = {"s" + std::to_string(kCount - 1)};
  CHECK(StepGraph(make_steps(rows)).find_cycle().size() == kCount + 1);
}

TEST_CASE("random graphs: order, cycles and ancestors agree with a slow reading of the definition") {
  std::uint64_t state = 1;
  const auto random = [&state](std::uint64_t bound) {
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    return (state >> 33) % bound;
  };
  int cyclic = 0;
  for (int round = 0; round < 500; ++round) {
    const std::size_t count = 1 + random(8);
    std::vector<StepRow> rows;
    for (std::size_t i = 0; i < count; ++i) rows.push_back({"s" + std::to_string(i), {}});
    for (std::size_t edge = random(2 * count); edge > 0; --edge) {
      rows[random(count)].needs.push_back("s" + std::to_string(random(count)));
    }
    const StepGraph graph(make_steps(rows));
    // above[i][j]: step i needs step j, directly or not (Warshall).
    std::vector<std::vector<bool>> above(count, std::vector<bool>(count, false));
    for (std::size_t i = 0; i < count; ++i) {
      for (std::size_t needed : graph.needs(i)) above[i][needed] = true;
    }
    for (std::size_t k = 0; k < count; ++k) {
      for (std::size_t i = 0; i < count; ++i) {
        for (std::size_t j = 0; j < count; ++j) above[i][j] = above[i][j] || (above[i][k] && above[k][j]);
      }
    }
    bool has_cycle = false;
    for (std::size_t i = 0; i < count; ++i) {
      has_cycle = has_cycle || above[i][i];
      Indices ancestors;
      for (std::size_t j = 0; j < count; ++j) {
        if (above[i][j]) ancestors.push_back(j);
      }
      CHECK(graph.ancestors(i) == ancestors);
    }
    const Indices cycle = graph.find_cycle();
    REQUIRE(cycle.empty() != has_cycle);
    cyclic += has_cycle ? 1 : 0;
    if (has_cycle) {
      CHECK(cycle.front() == cycle.back());
      for (std::size_t i = 0; i + 1 < cycle.size(); ++i) {
        const auto& needs = graph.needs(cycle[i]);
        CHECK(std::find(needs.begin(), needs.end(), cycle[i + 1]) != needs.end());
      }
      continue;
    }
    const Indices order = graph.topological_order();
    REQUIRE(order.size() == count);
    for (std::size_t i = 0; i < count; ++i) {
      for (std::size_t j = i + 1; j < count; ++j) CHECK(!above[order[i]][order[j]]);
    }
  }
  CHECK(cyclic > 50);
  CHECK(cyclic < 450);
}

}  // namespace
}  // namespace qflow
