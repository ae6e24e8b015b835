#pragma once

#include <optional>
#include <string>

#include "qflow/error/error.h"
#include "qflow/os/file_system.h"
#include "qflow/store/store_layout.h"
#include "qflow/time/instant.h"

namespace qflow {

// What an idle tick notes for those after it, in the file last_tick: as long as the ledger's files are what they were,
// nothing is due before some instant. So most ticks of a crontab need not open the ledger. A note that is damaged, of
// another version of qflow, or from the clock's future counts for nothing.

// What the ledger's files are now, in words that differ after every change; kNotFound without a ledger.
Result<std::string> ledger_stamp(const StoreLayout& layout, FileSystem& files);

// Whether it is noted that nothing is due now.
bool is_noted_idle(const StoreLayout& layout, FileSystem& files, Instant now);

// Notes that nothing is due from `now` until `next` (none: ever), by a ledger that was read after `stamp` was taken.
// Leaves the note out when the last change is so young that another one may leave the same stamp, and when it can't be
// written.
void note_idle(const StoreLayout& layout, FileSystem& files, const std::string& stamp, Instant now,
               std::optional<Instant> next);

// Notes that a tick was here: the time of the file.
Status note_tick(const StoreLayout& layout, FileSystem& files);

}  // namespace qflow
