#include "qflow/service/run_execution.h"

#include <utility>

#include "service/held_run.h"
#include "service/outlast_writers.h"

namespace qflow {

namespace {

// Queued → running, once this process has the lock.
Result<Run> start_run(Store& store, const RunId& id, const Doors& doors, StopSignals* signals) {
  QFLOW_TRY(outlast_writers(store.ledger(), signals, [&] {
    return store.ledger().write(Durability::kPower,
                                [&](LedgerWriter& writer) { return writer.start_run(id, doors.clock.now()); });
  }));
  return store.ledger().find_run(id);
}

}  // namespace

Result<RunResult> execute_queued_run(Store& store, const RunId& id, FileHandle lock, const ExecutionOptions& options,
                                     const Doors& doors, StopSignals* signals, RunObserver& observer) {
  if (!lock) {
    QFLOW_ASSIGN(lock, store.lock_run(id));
  }
  QFLOW_ASSIGN(Run run, start_run(store, id, doors, signals));
  return execute_started_run(store, std::move(run), std::move(lock), options, doors, signals, observer);
}

Status start_executor(Store& store, const RunId& run, const FileHandle& lock, const ExecutionOptions& options,
                      const Doors& doors) {
  QFLOW_ASSIGN(const FileHandle log, doors.files.open(store.layout().run_executor_log(run), OpenMode::kAppend));
  ProcessSpec spec;
  spec.program = doors.program.string();
  spec.arguments = {"qflow", "--store", store.layout().root().string(), "execute", run.text(), "--lock-on-stdin"};
  if (options.jobs) spec.arguments.insert(spec.arguments.end(), {"--jobs", std::to_string(*options.jobs)});
  if (options.on_failure == OnFailure::kEndRunning) spec.arguments.emplace_back("--fail-fast");
  spec.environment = environment_of_executors(doors.environment);
  spec.folder = doors.folder.string();
  spec.input = lock.descriptor();
  spec.error_output = log.descriptor();
  spec.group = ProcessSpec::Group::kNewSession;
  QFLOW_ASSIGN([[maybe_unused]] const ChildProcess child, doors.launcher.start(spec));
  return {};
}

}  // namespace qflow
