#include "qflow/os/process_journal.h"

#include <fmt/format.h>

#include <cstdint>

#include "qflow/os/decimal.h"

namespace qflow {
namespace {

constexpr std::size_t kNoteOffset = kJournalIdDigits + 1 + kJournalTimeDigits + 1;

}  // namespace

std::string journal_line(std::string_view note) {
  std::string line(kJournalIdDigits, '0');
  line += ' ';
  line.append(kJournalTimeDigits, '0');
  line += ' ';
  line += note;
  line += '\n';
  return line;
}

std::vector<JournaledProcess> parse_journal(std::string_view text) {
  std::vector<JournaledProcess> processes;
  for (std::size_t end = text.find('\n'); end != std::string_view::npos; end = text.find('\n')) {
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end + 1);
    if (line.size() < kNoteOffset || line[kJournalIdDigits] != ' ' || line[kNoteOffset - 1] != ' ') continue;
    const auto id = parse_decimal<pid_t>(line.substr(0, kJournalIdDigits));
    const auto at = parse_decimal<std::int64_t>(line.substr(kJournalIdDigits + 1, kJournalTimeDigits));
    if (!id || *id <= 0 || !at || *at <= 0) continue;
    processes.push_back({*id, std::chrono::microseconds(*at), std::string(line.substr(kNoteOffset))});
  }
  return processes;
}

Result<std::string> journal_origin(const Path& journal, FileSystem& files, ProcessTable& processes) {
  QFLOW_ASSIGN(const FileInfo file, files.info(journal, FollowLinks::kNo));
  return fmt::format("{}@{}:{}", processes.boot_id(), file.device, file.inode);
}

}  // namespace qflow
