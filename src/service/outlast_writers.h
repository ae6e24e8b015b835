#pragma once

#include "qflow/error/error.h"
#include "qflow/os/stop_signals.h"

namespace qflow {

// Calls `write` again for as long as it is others who keep it from writing: what a run has done shall not be lost
// because another program has the ledger. A signal for this process, one of `signals` (null: there are none), ends the
// waiting: kBusy.
template <class Write>
Status outlast_writers(StopSignals* signals, Write write) {
  while (true) {
    Status written = write();
    if (written || written.error().kind != ErrorKind::kBusy) return written;
    if (signals != nullptr && signals->take_for_process()) return written;
  }
}

}  // namespace qflow
