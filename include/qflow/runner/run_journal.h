#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "qflow/model/names.h"
#include "qflow/os/process_journal.h"
#include "qflow/os/process_table.h"

namespace qflow {

// What the file of a run's lock tells: who has held it, and which tasks they started. Whoever takes the lock adds
// "executor ID START ORIGIN" (its process id, its start in microseconds, the journal_origin that both belong to); below
// it each task adds its line itself (process_journal.h), with the attempt as its note: "train/1", of a foreach
// "train/3/1", and so does each hook, with the note kHookNote.

std::string executor_line(const ProcessInfo& executor, std::string_view origin);
inline constexpr std::string_view kHookNote = "hook";
std::string attempt_note(const StepId& step, std::optional<std::int64_t> index, int attempt);

struct JournaledTask {
  std::string origin;
  JournaledProcess process;
  StepId step;
  std::optional<std::int64_t> index;
  int attempt = 1;
};

struct JournaledHook {
  std::string origin;
  JournaledProcess process;
};

struct RunJournal {
  std::optional<ProcessInfo> executor;  // the last one
  std::vector<JournaledTask> tasks;     // in the order of their starts
  std::vector<JournaledHook> hooks;     // likewise
};

// Lines that are not whole are passed over.
RunJournal parse_run_journal(std::string_view text);

}  // namespace qflow
