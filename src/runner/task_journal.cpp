#include "runner/task_journal.h"

#include <charconv>

namespace qflow {

namespace {

constexpr std::string_view kHeading = "boot ";

std::optional<std::int64_t> number_in(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// Splits off what stands after the last slash.
std::optional<std::int64_t> take_last_number(std::string_view& text) {
  const std::size_t slash = text.rfind('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const auto number = number_in(text.substr(slash + 1));
  if (number) text = text.substr(0, slash);
  return number;
}

std::optional<JournaledTask> parse_task(const JournaledProcess& process) {
  JournaledTask task;
  std::string_view rest = process.note;
  const auto attempt = take_last_number(rest);
  if (!attempt) return std::nullopt;
  task.index = take_last_number(rest);
  auto step = StepId::parse(rest);
  if (!step) return std::nullopt;
  task.step = std::move(*step);
  task.attempt = static_cast<int>(*attempt);
  task.process = process;
  return task;
}

}  // namespace

std::string journal_heading(std::string_view boot_id) {
  return std::string(kHeading).append(boot_id) + "\n";
}

std::string journal_note(const StepId& step, std::optional<std::int64_t> index, int attempt) {
  return step.text() + (index ? "/" + std::to_string(*index) : "") + "/" + std::to_string(attempt);
}

std::vector<JournaledTask> parse_task_journal(std::string_view text) {
  std::vector<JournaledTask> tasks;
  std::string boot_id;
  for (std::size_t end = text.find('\n'); end != std::string_view::npos; end = text.find('\n')) {
    const std::string_view line = text.substr(0, end);
    if (line.starts_with(kHeading)) boot_id = line.substr(kHeading.size());
    for (const JournaledProcess& process : parse_journal(text.substr(0, end + 1))) {
      auto task = parse_task(process);
      if (!task) continue;
      task->boot_id = boot_id;
      tasks.push_back(std::move(*task));
    }
    text.remove_prefix(end + 1);
  }
  return tasks;
}

}  // namespace qflow
