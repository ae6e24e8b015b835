#pragma once

#include <string_view>

namespace qflow::fault {

// Whether the call that this thread is about to make fails on purpose; errno is set then. The environment says which:
//   FAULT_CALLS    the file in which all calls are noted in their order, in lines of 512 bytes ("write /x/y"),
//   whichever
//                  process makes them; without it none is noted, and none fails
//   FAULT_COMMAND  count only calls of processes with this word among their arguments ("work")
//   FAULT_CALL     the number of the call that fails, from 1
//   FAULT_ERROR    its errno, a number
bool fails(std::string_view call, const char* path);
// The same for the file of a descriptor. Standard error is never noted: nothing could tell of its failure.
bool fails(std::string_view call, int descriptor);

}  // namespace qflow::fault
