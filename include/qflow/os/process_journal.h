#pragma once

#include <sys/types.h>

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "qflow/error/error.h"
#include "qflow/os/file_system.h"
#include "qflow/os/process_table.h"

namespace qflow {

// One line of a journal of processes: which process was about to start its program, and when. A child writes it itself
// between its making and its program, and ends without starting it when its parent is gone by then. So whoever reads
// the journal after the parent's death sees every program that was, is or will be running.
struct JournaledProcess {
  pid_t id = 0;
  std::chrono::microseconds at{0};  // since the system's start (CLOCK_BOOTTIME)
  std::string note;
};

// The line for a child to fill in: its id and the time stand as zeros ("0000004711 0000000012345678 note\n").
std::string journal_line(std::string_view note);

inline constexpr std::size_t kJournalIdDigits = 10;
inline constexpr std::size_t kJournalTimeDigits = 16;

// The whole lines of the form above, in their order; others are passed over.
std::vector<JournaledProcess> parse_journal(std::string_view text);

// Whose the processes of a journal are: this start of the system's, and this file's. After another start, and in a copy
// of the file (of a store that was saved, say), the same numbers are those of processes that belong to somebody else.
Result<std::string> journal_origin(const Path& journal, FileSystem& files, ProcessTable& processes);

}  // namespace qflow
