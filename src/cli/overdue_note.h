#pragma once

#include "qflow/cli/context.h"
#include "qflow/store/store.h"

namespace qflow {

// A last line on stderr when something that a tick would do has waited for some minutes: "last tick 47 min ago; 3 runs
// wait for it". What goes wrong here is not worth a word.
void print_overdue_note(Context& context, Store& store);

}  // namespace qflow
