#include "qflow/runner/artifact_links.h"

namespace qflow {

std::string artifact_file_name(const Artifact& artifact) {
  return artifact.kind == ArtifactKind::kValue ? artifact.name.text() + ".json" : artifact.name.text();
}

Status link_artifact(Store& store, const Artifact& artifact, const Path& folder) {
  QFLOW_ASSIGN(const ObjectRecord object, store.ledger().object(artifact.sha256));
  QFLOW_ASSIGN(const Path path, store.objects().open_path(object));
  return store.files().make_symlink(path.string(), folder / artifact_file_name(artifact));
}

Status link_visible_artifacts(Store& store, const ArtifactsObject& artifacts, const Path& folder) {
  for (const auto& [name, visible] : artifacts.visible()) {
    if (visible.artifact != nullptr) QFLOW_TRY(link_artifact(store, *visible.artifact, folder));
  }
  return {};
}

}  // namespace qflow
