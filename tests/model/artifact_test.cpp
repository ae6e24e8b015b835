#include "qflow/model/artifact.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "support/steps.h"

namespace qflow {
namespace {

Artifact make_artifact(std::string_view step, std::string_view name, std::string content,
                       std::optional<std::int64_t> index = {}) {
  Artifact artifact;
  artifact.step = StepId::parse(step).value();
  artifact.index = index;
  artifact.name = ArtifactName::parse(name).value();
  artifact.sha256 = std::move(content);
  return artifact;
}

struct Flow {
  std::vector<Step> steps;
  StepGraph graph;
  std::vector<Artifact> artifacts;

  Flow(const std::vector<StepRow>& rows, std::vector<Artifact> made)
      : steps(make_steps(rows)), graph(steps), artifacts(std::move(made)) {}

  // "content" of a clear name, "?a.x b.x" of an ambiguous one, "-" where there is none.
  std::string seen(const std::vector<std::size_t>& from, const std::string& name) const {
    const auto visible = visible_artifacts(graph, from, artifacts);
    const auto found = visible.find(name);
    if (found == visible.end()) return "-";
    if (found->second.artifact != nullptr) return found->second.artifact->sha256;
    std::string text = "?";
    for (const std::string& candidate : found->second.candidates) text += candidate + " ";
    text.pop_back();
    return text;
  }
};

TEST_CASE("kinds have names") {
  CHECK(to_text(ArtifactKind::kValue) == "value");
  CHECK(to_text(ArtifactKind::kFile) == "file");
  CHECK(to_text(ArtifactKind::kFolder) == "folder");
}

TEST_CASE("artifacts flow down the graph, and only down") {
  const Flow flow({{"a", {}}, {"b", {"a"}}, {"c", {"b"}}, {"other", {}}},
                  {make_artifact("a", "x", "1"), make_artifact("other", "y", "2"), make_artifact("c", "z", "3")});
  CHECK(flow.seen({0}, "x") == "1");
  CHECK(flow.seen({2}, "x") == "1");
  CHECK(flow.seen({2}, "y") == "-");
  CHECK(flow.seen({1}, "z") == "-");
  CHECK(flow.seen({1, 3}, "y") == "2");
  CHECK(flow.seen({}, "x") == "-");
}

TEST_CASE("the nearest producer hides those above it") {
  const Flow flow({{"a", {}}, {"b", {"a"}}, {"c", {"b"}}},
                  {make_artifact("a", "x", "1"), make_artifact("b", "x", "2"), make_artifact("c", "x", "3")});
  CHECK(flow.seen({0}, "x") == "1");
  CHECK(flow.seen({1}, "x") == "2");
  CHECK(flow.seen({2}, "x") == "3");
  CHECK(flow.seen({2, 0}, "x") == "3");
}

TEST_CASE("two producers, neither below the other, are ambiguous unless they give one content") {
  const std::vector<StepRow> rows = {{"a", {}}, {"b", {"a"}}, {"c", {"a"}}, {"d", {"b", "c"}}};
  const Flow different(rows,
                       {make_artifact("a", "x", "0"), make_artifact("c", "x", "2"), make_artifact("b", "x", "1")});
  CHECK(different.seen({1}, "x") == "1");
  CHECK(different.seen({1, 2}, "x") == "?b.x c.x");
  CHECK(different.seen({3}, "x") == "?b.x c.x");
  const Flow equal(rows, {make_artifact("a", "x", "0"), make_artifact("b", "x", "1"), make_artifact("c", "x", "1")});
  CHECK(equal.seen({3}, "x") == "1");
  const Flow mended(rows, {make_artifact("b", "x", "1"), make_artifact("c", "x", "2"), make_artifact("d", "x", "3")});
  CHECK(mended.seen({3}, "x") == "3");
}

TEST_CASE("producers are compared, not paths") {
  // d reaches a directly too, but b is below a and hides it.
  const Flow flow({{"a", {}}, {"b", {"a"}}, {"d", {"a", "b"}}},
                  {make_artifact("a", "x", "1"), make_artifact("b", "x", "2")});
  CHECK(flow.seen({0, 1}, "x") == "2");
  CHECK(flow.seen({2}, "x") == "2");
}

TEST_CASE("bytes of another kind are another content") {
  Artifact file = make_artifact("b", "x", "1");
  file.kind = ArtifactKind::kFile;
  const Flow flow({{"a", {}}, {"b", {}}}, {make_artifact("a", "x", "1"), file});
  CHECK(flow.seen({0, 1}, "x") == "?a.x b.x");
}

TEST_CASE("after a foreach a name is ambiguous unless all tasks gave one content") {
  const std::vector<StepRow> rows = {{"each", {}}, {"join", {"each"}}};
  const Flow different(rows, {make_artifact("each", "x", "2", 2), make_artifact("each", "x", "1", 0),
                              make_artifact("each", "x", "1", 10), make_artifact("each", "y", "5", 1)});
  CHECK(different.seen({0}, "x") == "?each[0].x each[2].x each[10].x");
  CHECK(different.seen({0}, "y") == "5");
  const Flow equal(rows, {make_artifact("each", "x", "1", 0), make_artifact("each", "x", "1", 1)});
  CHECK(equal.seen({1}, "x") == "1");
  const Flow hidden(
      rows, {make_artifact("each", "x", "1", 0), make_artifact("each", "x", "2", 1), make_artifact("join", "x", "3")});
  CHECK(hidden.seen({1}, "x") == "3");
}

TEST_CASE("artifacts of steps that the flow does not have are ignored") {
  const Flow flow({{"a", {}}}, {make_artifact("ghost", "x", "1")});
  CHECK(flow.seen({0}, "x") == "-");
}

TEST_CASE("large runs: a chain of 10,000 steps and 10,000 tasks, each with one artifact") {
  std::vector<StepRow> rows = {{"s0", {}}};
  std::vector<Artifact> artifacts = {make_artifact("s0", "x", "0")};
  for (int i = 1; i < 10'000; ++i) {
    const std::string id = "s" + std::to_string(i);
    rows.push_back({id, {"s" + std::to_string(i - 1)}});
    artifacts.push_back(make_artifact(id, "x", std::to_string(i)));
  }
  rows.push_back({"each", {"s9999"}});
  for (int i = 0; i < 10'000; ++i) artifacts.push_back(make_artifact("each", "y", std::to_string(i), i));
  const Flow flow(rows, std::move(artifacts));
  CHECK(flow.seen({10'000}, "x") == "9999");
  const auto visible = visible_artifacts(flow.graph, {10'000}, flow.artifacts);
  CHECK(visible.size() == 2);
  CHECK(visible.at("y").candidates.size() == 10'000);
}

TEST_CASE("random graphs agree with the rule read slowly") {
  std::uint64_t state = 3;
  const auto random = [&state](std::uint64_t bound) {
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    return (state >> 33) % bound;
  };
  int ambiguous = 0;
  for (int round = 0; round < 1000; ++round) {
    const std::size_t count = 4 + random(8);
    std::vector<StepRow> rows;
    std::vector<Artifact> artifacts;
    for (std::size_t i = 0; i < count; ++i) {
      rows.push_back({"s" + std::to_string(i), {}});
      for (std::size_t j = 0; j < i; ++j) {
        if (random(3) == 0) rows[i].needs.push_back("s" + std::to_string(j));
      }
      if (random(2) == 0) artifacts.push_back(make_artifact(rows[i].id, "x", std::to_string(random(3))));
    }
    const Flow flow(rows, artifacts);
    const std::size_t from = count - 1 - random(2);
    const std::vector<std::size_t> above = flow.graph.ancestors(from);
    const auto index_of = [&](const Artifact& artifact) {
      return static_cast<std::size_t>(std::stoul(artifact.step.text().substr(1)));
    };
    const auto reached = [&](std::size_t step) {
      return step == from || std::binary_search(above.begin(), above.end(), step);
    };
    std::vector<const Artifact*> lowest;
    for (const Artifact& artifact : flow.artifacts) {
      const std::size_t step = index_of(artifact);
      if (!reached(step)) continue;
      const bool hidden = std::any_of(flow.artifacts.begin(), flow.artifacts.end(), [&](const Artifact& other) {
        const std::vector<std::size_t> above_other = flow.graph.ancestors(index_of(other));
        return reached(index_of(other)) && std::binary_search(above_other.begin(), above_other.end(), step);
      });
      if (!hidden) lowest.push_back(&artifact);
    }
    std::string expected = "-";
    if (!lowest.empty()) {
      const bool same = std::all_of(lowest.begin(), lowest.end(),
                                    [&](const Artifact* artifact) { return artifact->sha256 == lowest[0]->sha256; });
      expected = same ? lowest[0]->sha256 : "?";
      if (!same) {
        for (const Artifact* artifact : lowest) expected += (expected == "?" ? "" : " ") + artifact->step.text() + ".x";
        ++ambiguous;
      }
    }
    CHECK(flow.seen({from}, "x") == expected);
  }
  CHECK(ambiguous > 50);
}

}  // namespace
}  // namespace qflow
