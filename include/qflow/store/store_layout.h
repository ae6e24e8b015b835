#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "qflow/model/names.h"
#include "qflow/os/file_system.h"

namespace qflow {

// Every path inside a store, in one place. Only checked names become path components.
class StoreLayout {
 public:
  explicit StoreLayout(Path root) : root_(std::move(root)) {}

  const Path& root() const { return root_; }
  Path ledger() const;                            // ledger.db
  Path ledger_draft() const;                      // ledger.db.new, until it is whole
  Path ignore_file() const;                       // .gitignore: keeps the store out of version control
  Path write_gate() const;                        // ledger.gate: writers queue on it before they take SQLite's lock
  Path objects_gate() const;                      // objects.gate: shared by who brings some in, alone for gc, fsck
  Path objects() const;                           // objects/
  Path object(std::string_view sha256) const;     // objects/ab/cdef…
  Path quarantine() const;                        // objects/quarantine/: what a step changed behind qflow's back
  Path runs() const;                              // runs/
  Path run(const RunId& run) const;               // runs/TrainingFlow/34
  Path run_lock(const RunId& run) const;          // …/lock; in it the journal of who held it and what they started
  Path run_trigger(const RunId& run) const;       // …/trigger.json
  Path run_trigger_data(const RunId& run) const;  // …/trigger_data
  Path run_parameters(const RunId& run) const;    // …/params.json
  Path run_artifacts(const RunId& run) const;     // …/artifacts
  Path run_outputs(const RunId& run) const;       // …/out: one folder per attempt, its QFLOW_OUT
  Path run_items(const RunId& run) const;         // …/items: what attempts of a foreach find in QFLOW_PARAMS, .json
  // In these two: train.1, of a foreach train.3.1. No two attempts of a run share one.
  static std::string attempt_name(const StepId& step, std::optional<std::int64_t> index, int attempt);
  Path run_empty(const RunId& run) const;                           // …/empty: the inputs of steps that see nothing
  Path run_executor_log(const RunId& run) const;                    // …/executor.log: of a process of its own
  Path run_lost(const RunId& run) const;                            // …/lost: of a forgotten run of this number
  Path run_hook_log(const RunId& run) const;                        // …/hook.log
  Path run_hook_script(const RunId& run) const;                     // …/hook: what is too long for an argument
  Path step(const RunId& run, const StepId& step) const;            // …/steps/train
  Path step_inputs(const RunId& run, const StepId& step) const;     // …/in: its QFLOW_IN
  Path step_artifacts(const RunId& run, const StepId& step) const;  // …/artifacts: what others see in .steps
  Path step_script(const RunId& run, const StepId& step) const;     // …/script: what is too long for an argument
  Path attempt(const RunId& run, const StepId& step, std::optional<std::int64_t> index, int attempt) const;
  Path attempt_log(const RunId& run, const StepId& step, std::optional<std::int64_t> index, int attempt) const;
  Path config() const;                           // config.toml
  Path secrets() const;                          // secrets/
  Path secret(const ParameterName& name) const;  // secrets/NAME
  Path sensors() const;                          // sensors/
  // sensors/12-0f3a….lock: held by who looks at that, for the trigger of this key; `watched` says what.
  Path sensor_lock(std::int64_t key, std::string_view watched) const;
  Path hooks() const;  // hooks/
  // hooks/TrainingFlow.34: is there while the run's hooks are called, and longer if who called them was killed.
  Path hook_mark(const RunId& run) const;
  static std::optional<RunId> marked_run(std::string_view name);  // the run of an entry of hooks/
  Path python() const;                                            // python/: the module for steps, by version
  Path worker_log() const;  // worker.log: what the processes that take queued runs have to say
  Path last_tick() const;   // last_tick
  // Whether a store has an entry of that name; SQLite's files beside the ledger are named after it.
  static bool has_entry(std::string_view name);

 private:
  Path root_;
};

}  // namespace qflow
