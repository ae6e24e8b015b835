#include "qflow/runner/run_journal.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>

#include "qflow/os/decimal.h"

namespace qflow {

namespace {

constexpr std::string_view kExecutor = "executor ";

std::string_view take_word(std::string_view& text) {
  const std::string_view word = text.substr(0, text.find(' '));
  text.remove_prefix(std::min(word.size() + 1, text.size()));
  return word;
}

struct ExecutorLine {
  ProcessInfo process;
  std::string origin;
};

std::optional<ExecutorLine> parse_executor(std::string_view line) {
  if (!line.starts_with(kExecutor)) return std::nullopt;
  line.remove_prefix(kExecutor.size());
  const auto id = parse_decimal<pid_t>(take_word(line));
  const auto started = parse_decimal<std::int64_t>(take_word(line));
  if (!id || !started) return std::nullopt;
  ExecutorLine executor;
  executor.process.id = *id;
  executor.process.started = std::chrono::microseconds(*started);
  executor.origin = line;
  return executor;
}

// Splits off the number after the last slash.
std::optional<std::int64_t> take_last_number(std::string_view& text) {
  const std::size_t slash = text.rfind('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const auto number = parse_decimal<std::int64_t>(text.substr(slash + 1));
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

std::string executor_line(const ProcessInfo& executor, std::string_view origin) {
  return fmt::format("{}{} {} {}\n", kExecutor, executor.id, executor.started.count(), origin);
}

std::string attempt_note(const StepId& step, std::optional<std::int64_t> index, int attempt) {
  return step.text() + (index ? "/" + std::to_string(*index) : "") + "/" + std::to_string(attempt);
}

RunJournal parse_run_journal(std::string_view text) {
  RunJournal journal;
  std::string origin;
  for (std::size_t end = text.find('\n'); end != std::string_view::npos; end = text.find('\n')) {
    const std::string_view line = text.substr(0, end);
    if (auto executor = parse_executor(line)) {
      journal.executor = executor->process;
      origin = std::move(executor->origin);
    }
    for (const JournaledProcess& process : parse_journal(text.substr(0, end + 1))) {
      if (process.note == kHookNote) journal.hooks.push_back({origin, process});
      auto task = parse_task(process);
      if (!task) continue;
      task->origin = origin;
      journal.tasks.push_back(std::move(*task));
    }
    text.remove_prefix(end + 1);
  }
  return journal;
}

}  // namespace qflow
