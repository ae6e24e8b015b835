#include "service/look_journal.h"

#include <string>

#include "qflow/os/process_journal.h"
#include "qflow/runner/leftovers.h"

namespace qflow {

Status end_programs_left(const Path& journal, FileSystem& files, ProcessTable& processes, Clock& clock) {
  QFLOW_ASSIGN(const std::string text, read_file(files, journal));
  if (text.empty()) return {};
  QFLOW_ASSIGN(const std::string origin, journal_origin(journal, files, processes));
  Remains remains;
  for (const JournaledProcess& process : parse_journal(text)) {
    if (process.note == origin) remains.leaders.push_back(process);
  }
  if (!remains.leaders.empty() && !end_leftovers(remains, processes, clock)) {
    return fail(ErrorKind::kBusy, "what its last program has started can't be ended",
                "find it with ps, group " + std::to_string(remains.leaders.back().id));
  }
  return empty_look_journal(journal, files);
}

Status empty_look_journal(const Path& journal, FileSystem& files) {
  return files.open(journal, OpenMode::kCreate).map([](const FileHandle&) {});
}

}  // namespace qflow
