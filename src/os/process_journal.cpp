#include "qflow/os/process_journal.h"

#include <charconv>
#include <cstdint>
#include <optional>

namespace qflow {
namespace {

constexpr std::size_t kNoteOffset = kJournalIdDigits + 1 + kJournalTimeDigits + 1;

std::optional<std::int64_t> digits(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number <= 0) return std::nullopt;
  return number;
}

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
    const auto id = digits(line.substr(0, kJournalIdDigits));
    const auto at = digits(line.substr(kJournalIdDigits + 1, kJournalTimeDigits));
    if (!id || !at) continue;
    processes.push_back(
        {static_cast<pid_t>(*id), std::chrono::microseconds(*at), std::string(line.substr(kNoteOffset))});
  }
  return processes;
}

}  // namespace qflow
