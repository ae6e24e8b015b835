#pragma once

#include "qflow/os/file_system.h"

namespace qflow {

// Standard input as it was handed to this process, close-on-exec from now on; /dev/null takes its place.
FileHandle take_standard_input();

}  // namespace qflow
