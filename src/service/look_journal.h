#pragma once

#include "qflow/error/error.h"
#include "qflow/os/clock.h"
#include "qflow/os/file_system.h"
#include "qflow/os/process_table.h"

namespace qflow {

// The file of a sensor's lock is also the journal (process_journal.h) of the programs that its look starts, each with
// the journal's origin as its note. It is empty unless a look is under way, or was when its process was killed.

// Ends what the last look left if it was killed: its program dies with it, what that has started does not. For who
// holds the lock. kBusy when something can't be ended.
Status end_programs_left(const Path& journal, FileSystem& files, ProcessTable& processes, Clock& clock);

// After the look, whose programs have ended then.
Status empty_look_journal(const Path& journal, FileSystem& files);

}  // namespace qflow
