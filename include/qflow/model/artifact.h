#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "qflow/model/names.h"
#include "qflow/model/step_graph.h"

namespace qflow {

enum class ArtifactKind { kValue, kFile, kFolder };
std::string_view to_text(ArtifactKind kind);

// One artifact of one task: its name and the content that it names. Immutable.
struct Artifact {
  StepId step;
  std::optional<std::int64_t> index;  // of a foreach
  ArtifactName name;
  ArtifactKind kind = ArtifactKind::kValue;
  std::string sha256;      // lower-case hex of the bytes; of a folder: of its manifest (store/objects.h)
  std::uint64_t size = 0;  // bytes; of a folder: of all its files
};

// What a bare name gives: one artifact, or the steps that give it different values.
struct VisibleArtifact {
  const Artifact* artifact = nullptr;   // null: ambiguous
  std::vector<std::string> candidates;  // "step.name" or "step[index].name", at least two when ambiguous
};

// The artifacts that steps `from` leave visible below them, by name: each step's own and those of all it needs. The
// nearest wins: a producer below another one hides it; two producers, neither below the other, are ambiguous unless
// they give one content; a foreach's tasks likewise. `artifacts` outlives the result.
std::map<std::string, VisibleArtifact> visible_artifacts(const StepGraph& graph, const std::vector<std::size_t>& from,
                                                         const std::vector<Artifact>& artifacts);

}  // namespace qflow
