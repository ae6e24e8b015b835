#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "qflow/model/deployment.h"
#include "qflow/model/project_namespace.h"
#include "qflow/os/environment.h"
#include "qflow/store/store.h"

namespace qflow {

// The deployments that a person means with "namespace.Flow" (that one) or "Flow" (those in all namespaces). kNotFound
// with the nearest name.
Result<std::vector<Deployment>> find_deployments(Store& store, const std::string& name);
// The only one; kInvalid lists them when there are several.
Result<Deployment> find_deployment(Store& store, const std::string& name);
// The same of a bare name with the namespace options, which stand for the project's branch; without --project, of the
// flow's own project. kUsage: a full name and options.
Result<Deployment> find_deployment(Store& store, const std::string& name, const NamespaceOverride& options,
                                   const Environment& environment);

// The one with the key, in a transaction that changes it or runs it: it may have gone since a person named it.
// kNotFound when it is not deployed any more.
Result<Deployment> live_deployment(Store& store, std::int64_t key);

}  // namespace qflow
