#pragma once

#include <string>
#include <vector>

#include "qflow/model/run.h"
#include "qflow/model/step_state.h"
#include "qflow/os/clock.h"
#include "qflow/os/file_system.h"
#include "qflow/os/process_journal.h"
#include "qflow/os/process_table.h"
#include "qflow/store/store_layout.h"

namespace qflow {

// How to know the processes that somebody left who is gone.
struct Remains {
  // Leaders of process groups, from a journal that was written since the system's start. Each is known by its start, so
  // that a number that was given again harms nobody.
  std::vector<JournaledProcess> leaders = {};
  // What stands in the environment ("NAME=value") of every process of this user that belongs to them, whatever group or
  // session it moved to. None: only the groups count.
  std::vector<std::string> entries = {};
};

// Of a run that nobody executes any more, or of which only processes that escaped are left: the groups in its journal
// (run_journal.h), and who names this store and run in its environment.
Remains remains_of(const RunId& run, const StoreLayout& layout, FileSystem& files, ProcessTable& processes);

// Of the hooks of a run that has ended with this status: the same, and not what its steps left running on purpose.
Remains remains_of_hooks(const RunId& run, RunStatus status, const StoreLayout& layout, FileSystem& files,
                         ProcessTable& processes);

// Ends every process that is left: SIGTERM first, SIGKILL a second later. Spares this process and those above it. False
// when some could not be ended within 10 s. Out of reach: processes that left their group and cleared their
// environment.
bool end_leftovers(const Remains& remains, ProcessTable& processes, Clock& clock);

// The attempts that the journal knows to have been started.
std::vector<Attempt> journaled_attempts(const RunId& run, const StoreLayout& layout, FileSystem& files);

}  // namespace qflow
