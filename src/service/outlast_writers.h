#pragma once

#include "qflow/os/stop_signals.h"
#include "qflow/store/ledger.h"

namespace qflow {

// Whether a write ended so because others kept it out of the ledger: then it can be done again.
inline bool was_kept_out(const Ledger& ledger, const Error& error) {
  return error.kind == ErrorKind::kBusy && ledger.is_kept_out();
}

// Calls `write` again for as long as others keep it out of the ledger: what a run has done shall not be lost because
// another program writes. A signal for this process, one of `signals` (null: there are none), ends the waiting: kBusy.
template <class Write>
Status outlast_writers(const Ledger& ledger, StopSignals* signals, Write write) {
  while (true) {
    Status written = write();
    if (written || !was_kept_out(ledger, written.error())) return written;
    if (signals != nullptr && signals->take_for_process()) return written;
  }
}

}  // namespace qflow
