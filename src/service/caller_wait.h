#pragma once

#include <optional>

#include "qflow/service/dispatch.h"
#include "qflow/store/store.h"

namespace qflow {

// A step, or a hook, that waits for runs is in a run itself, the caller: it neither ends nor gives up its place before
// the wait is over.

// Whether the causes and callers of `run` lead to `cause`, which is none of its own.
Result<bool> comes_of(Ledger& ledger, const RunId& run, const RunId& cause);

// Whether `run` is queued and may not start while the caller, or a run that the caller comes of, is running: a wait for
// it would never end.
Result<bool> waits_for_caller(Ledger& ledger, const RunId& run, const RunId& caller);

// While the dispatcher's process waits, so that what it waits for has a place to run in. A local run takes none itself,
// but the one that has called it may.
Status lend_place_of(Store& store, const std::optional<RunId>& caller, RunDispatcher& dispatcher);

}  // namespace qflow
