#include "service/run_doors.h"

#include <utility>

#include "service/deployed_environment.h"

namespace qflow {

Result<std::unique_ptr<const RunDoors>> RunDoors::of(const Run& run, Store& store, const Doors& doors) {
  if (!run.deployment) {
    return std::unique_ptr<const RunDoors>(new RunDoors(doors.environment, std::nullopt, doors));
  }
  QFLOW_ASSIGN(const Deployment deployment, store.ledger().triggers().deployment(*run.deployment));
  return std::unique_ptr<const RunDoors>(
      new RunDoors(deployed_environment(doors.environment, deployment), deployment.umask, doors));
}

RunDoors::RunDoors(Environment environment, std::optional<int> umask, const Doors& doors)
    : environment_(std::move(environment)), doors_{doors.files,     doors.clock,   doors.launcher,
                                                   doors.processes, environment_,  doors.trigger_types,
                                                   doors.folder,    doors.program, doors.store_option,
                                                   doors.read_input} {
  if (!umask) return;
  umask_before_ = process_umask();
  set_process_umask(*umask);
}

RunDoors::~RunDoors() {
  if (umask_before_) set_process_umask(*umask_before_);
}

}  // namespace qflow
