#pragma once

#include <vector>

#include "qflow/model/run.h"
#include "qflow/os/clock.h"
#include "qflow/os/file_system.h"
#include "qflow/os/process_table.h"
#include "qflow/store/store_layout.h"

namespace qflow {

// Whose remains are to be ended: a run that nobody executes any more, or only its processes that escaped.
struct Remains {
  const RunId& run;
  const StoreLayout& layout;
  FileSystem& files;
  ProcessTable& processes;
  Clock& clock;
};

// Ends every process that is left of the run: the groups in its journal (run_journal.h; the process that leads one is
// known by its start, so that a number that was given again harms nobody), and processes of this user whose environment
// names this store and run, whatever group or session they moved to. SIGTERM first, SIGKILL a second later. Spares this
// process and those above it. False when some could not be ended within 10 s. Out of reach: processes that left their
// group and cleared their environment.
bool end_leftovers(const Remains& remains);

// The attempts that the journal knows to have been started.
std::vector<Attempt> journaled_attempts(const RunId& run, const StoreLayout& layout, FileSystem& files);

}  // namespace qflow
