#include "qflow/model/artifact.h"

#include <algorithm>
#include <unordered_map>

namespace qflow {
namespace {

// One artifact of the name at hand, and the step that made it.
struct Product {
  std::size_t step;
  const Artifact* artifact;
};

bool comes_before(const Product& a, const Product& b) {
  if (a.step != b.step) return a.step < b.step;
  return a.artifact->index < b.artifact->index;
}

bool same_content(const Artifact& a, const Artifact& b) {
  return a.kind == b.kind && a.sha256 == b.sha256;
}

std::string full_name(const Artifact& artifact) {
  std::string name = artifact.step.text();
  if (artifact.index) name += "[" + std::to_string(*artifact.index) + "]";
  return name += "." + artifact.name.text();
}

// Leaves the products of the lowest steps: what stands above another producer is hidden by it.
void keep_nearest(const StepGraph& graph, std::vector<Product>& products) {
  if (products.front().step == products.back().step) return;
  std::vector<std::size_t> producers;
  for (const Product& product : products) {
    if (producers.empty() || producers.back() != product.step) producers.push_back(product.step);
  }
  const std::vector<bool> hidden = graph.needed_by(std::move(producers));
  std::erase_if(products, [&](const Product& product) { return hidden[product.step]; });
}

VisibleArtifact resolve(const StepGraph& graph, std::vector<Product>& products) {
  std::sort(products.begin(), products.end(), comes_before);
  keep_nearest(graph, products);
  const Artifact& first = *products.front().artifact;
  const bool clear = std::all_of(products.begin(), products.end(),
                                 [&](const Product& product) { return same_content(*product.artifact, first); });
  if (clear) return {&first, {}};
  VisibleArtifact ambiguous;
  for (const Product& product : products) ambiguous.candidates.push_back(full_name(*product.artifact));
  return ambiguous;
}

}  // namespace

std::string_view to_text(ArtifactKind kind) {
  switch (kind) {
    case ArtifactKind::kValue:
      return "value";
    case ArtifactKind::kFile:
      return "file";
    case ArtifactKind::kFolder:
      return "folder";
  }
  return "value";
}

std::map<std::string, VisibleArtifact> visible_artifacts(const StepGraph& graph, const std::vector<std::size_t>& from,
                                                         const std::vector<Artifact>& artifacts) {
  const std::vector<bool> reached = graph.reach(from);
  std::unordered_map<std::string_view, std::vector<Product>> by_name;
  for (const Artifact& artifact : artifacts) {
    const auto step = graph.find(artifact.step.text());
    if (step && reached[*step]) by_name[artifact.name.text()].push_back({*step, &artifact});
  }

  std::map<std::string, VisibleArtifact> visible;
  for (auto& [name, products] : by_name) visible.emplace(name, resolve(graph, products));
  return visible;
}

}  // namespace qflow
