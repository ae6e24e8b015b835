#pragma once

namespace qflow {

// The name of SQLite's door to files as qflow uses it (a VFS, https://sqlite.org/vfs.html), registered on the first
// call: SQLite's own, but for three things. SQLite opens a write-ahead log "made if absent" and therefore syncs the
// folder too at the first sync of every process, half the cost of a small durable write. Here a log that exists is
// opened as one that exists. A file is opened for reading in place of writing only where permission is what was
// missing. And a path is taken as it is: it may begin at the descriptor of a confined folder (FileSystem::anchored).
const char* ledger_file_system();

}  // namespace qflow
