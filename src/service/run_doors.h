#pragma once

#include <memory>
#include <optional>

#include "qflow/model/deployment.h"
#include "qflow/model/run.h"
#include "qflow/service/doors.h"
#include "qflow/store/store.h"

namespace qflow {

// The doors through which a run is executed and its hooks are called. Those of a local run are the caller's; a deployed
// one has the environment that its deployment has recorded over this process's, and as long as this lives, the process
// has the recorded umask. The caller's doors outlive it. For one thread; of several, the last one made ends first.
class RunDoors {
 public:
  static Result<std::unique_ptr<const RunDoors>> of(const Run& run, Store& store, const Doors& doors);
  RunDoors(const RunDoors&) = delete;
  RunDoors& operator=(const RunDoors&) = delete;
  ~RunDoors();

  const Doors& doors() const { return doors_; }

 private:
  RunDoors(Environment environment, std::optional<int> umask, const Doors& doors);

  Environment environment_;
  Doors doors_;
  std::optional<int> umask_before_;
};

}  // namespace qflow
