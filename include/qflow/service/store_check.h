#pragma once

#include <string>
#include <vector>

#include "qflow/runner/run_reporter.h"
#include "qflow/service/doors.h"
#include "qflow/store/store.h"

namespace qflow {

// One thing that is wrong in a store.
struct StoreProblem {
  std::string what;    // a sentence without a period that names the row or file
  std::string remedy;  // what was done about it, or what the user can do
  bool mended = false;
};

// Checks the ledger, the runs that are said to be executed, and size, content and permissions of every object that
// results name; each is read whole. Mends what can be mended without loss: a small value's file is written again from
// the ledger, permissions are set, abandoned runs are recovered; an object whose content is another one is set aside,
// so that nothing reads it. What a crash leaves without harm (files that nothing names) is not a problem but gc's.
Result<std::vector<StoreProblem>> check_store(Store& store, const Doors& doors, RunObserver& observer);

}  // namespace qflow
