#pragma once

#include <string_view>

namespace qflow {

// After a call failed with `error`: waits until a descriptor that somebody made non-blocking is ready for `events`
// (poll(2)); false when the call has really failed.
bool can_try_again(int descriptor, short events, int error);

// Writes all of the text, however long the reader takes. 0, or errno.
int write_fully(int descriptor, std::string_view text);

}  // namespace qflow
