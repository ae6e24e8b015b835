#pragma once

#include "qflow/trigger/trigger_registry.h"

namespace qflow {

// All of qflow, as its own `main` calls it: runs the command of the arguments on the streams, the environment and the
// working folder of this process. The exit status. A program that gives it types of triggers of its own is a qflow that
// knows them in every command; the processes that it starts are itself, and it is what cron has to call.
int run_program(int argc, char** argv, const TriggerRegistry& trigger_types = TriggerRegistry());

}  // namespace qflow
