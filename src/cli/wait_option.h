#pragma once

#include <optional>

#include "qflow/cli/command.h"
#include "qflow/service/run_wait.h"

namespace qflow {

inline constexpr OptionSpec kWaitOption{
    .name = "wait",
    .value = "[=DURATION]",
    .help =
        "wait until all deployed runs have ended (in a step: those that its run has caused), at most so long (then "
        "status 6)"};

// A wrong duration is refused before anything is done, and one that stands behind a space: it would count as a name.
Status check_wait_option(const Arguments& arguments);

// The advice about a word too many that is a duration behind --wait, else "".
std::string wait_advice(const Arguments& arguments);

// To be called before runs are started; looks at nothing without the option.
Result<WaitBegin> begin_if_asked(const Arguments& arguments, Store& store);

// Waits if the option was given, and lets the dispatcher start what is queued meanwhile; the status is the worst of the
// runs that ended, or kTimedOut.
Result<ExitStatus> wait_if_asked(Context& context, const Arguments& arguments, Store& store, const WaitBegin& begin,
                                 RunDispatcher& dispatcher);

}  // namespace qflow
