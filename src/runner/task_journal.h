#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "qflow/model/names.h"
#include "qflow/os/process_journal.h"

namespace qflow {

// The journal of a run's tasks: before the lines of the processes that one process started stands "boot ID", the
// system's start that their numbers belong to. The note of a line is the attempt: "train/1", of a foreach "train/3/1".

std::string journal_heading(std::string_view boot_id);
std::string journal_note(const StepId& step, std::optional<std::int64_t> index, int attempt);

struct JournaledTask {
  std::string boot_id;
  JournaledProcess process;
  StepId step;
  std::optional<std::int64_t> index;
  int attempt = 1;
};

// In the order of their starts; lines that are not whole are passed over.
std::vector<JournaledTask> parse_task_journal(std::string_view text);

}  // namespace qflow
