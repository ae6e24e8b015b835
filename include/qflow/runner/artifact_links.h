#pragma once

#include <string>

#include "qflow/model/artifact.h"
#include "qflow/runner/run_scope.h"
#include "qflow/store/store.h"

namespace qflow {

// How an artifact is called in a folder of links: "model.json" for the value `model`, "plot.png" for a file.
std::string artifact_file_name(const Artifact& artifact);

// Makes `folder`/NAME a symbolic link to the artifact's object.
Status link_artifact(Store& store, const Artifact& artifact, const Path& folder);

// The same for every visible artifact; ambiguous names are left out.
Status link_visible_artifacts(Store& store, const ArtifactsObject& artifacts, const Path& folder);

}  // namespace qflow
