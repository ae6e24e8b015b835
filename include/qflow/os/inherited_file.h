#pragma once

#include "qflow/os/file_system.h"

namespace qflow {

// Each of the descriptors 0 to 2 that whoever started this process had closed is /dev/null from now on, opened so that
// it can't be used: reading and writing fail as before (EBADF), but no file that is opened later takes its place. To be
// called before any is.
void reserve_standard_descriptors();

// Standard input as it was handed to this process, close-on-exec from now on; /dev/null takes its place.
FileHandle take_standard_input();

}  // namespace qflow
