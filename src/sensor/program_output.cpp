#include "sensor/program_output.h"

#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <utility>

#include "qflow/error/printable.h"
#include "qflow/os/pipe.h"

namespace qflow {

namespace {

constexpr std::size_t kMostOutput = 16 * 1024 * 1024;
constexpr std::size_t kKeptOfErrors = 4 * 1024;

// A child with its two pipes; one that still runs at the end of its life is killed with its group.
class Program {
 public:
  Program(ProcessLauncher& launcher, Clock& clock) : launcher_(launcher), clock_(clock) {}

  ~Program() {
    if (!child_.exited) return;
    launcher_.signal_group(child_.id, SIGKILL);
    wait_readable({child_.exited.descriptor()}, std::nullopt);
    (void)launcher_.collect(child_);
  }

  Status start(ProcessSpec spec) {
    QFLOW_ASSIGN(Pipe output, make_pipe());
    QFLOW_ASSIGN(Pipe errors, make_pipe());
    spec.output = output.write_end.descriptor();
    spec.error_output = errors.write_end.descriptor();
    QFLOW_ASSIGN(child_, launcher_.start(spec));
    output_ = std::move(output.read_end);
    errors_ = std::move(errors.read_end);
    return {};
  }

  // Until it has ended and what it wrote is read. What it leaves behind may keep the pipes open; nobody waits for that.
  Status finish(std::chrono::microseconds deadline) {
    while (true) {
      const auto left = std::max(deadline - clock_.monotonic(), std::chrono::microseconds(0));
      const std::vector<int> waited = {output_.descriptor(), errors_.descriptor(), child_.exited.descriptor()};
      const bool ended = wait_readable(waited, left).back();
      QFLOW_TRY(drain());
      if (ended) return {};
      if (left.count() == 0) return fail(ErrorKind::kBusy, "");
    }
  }

  // What it leaves behind is killed before it is collected: until then the group's number can't belong to anybody else.
  Result<ProcessExit> collect() {
    launcher_.signal_group(child_.id, SIGKILL);
    auto exit = launcher_.collect(child_);
    child_.exited = FileHandle();
    return exit;
  }

  std::string take_text() { return std::move(text_); }

  std::string last_error_line() const {
    const std::size_t end = error_text_.find_last_not_of("\r\n");
    if (end == std::string::npos) return {};
    const std::size_t begin = error_text_.rfind('\n', end);
    return printable(error_text_.substr(begin == std::string::npos ? 0 : begin + 1, end - begin));
  }

 private:
  Status drain() {
    read_all(output_, text_);
    read_all(errors_, error_text_);
    if (error_text_.size() > 2 * kKeptOfErrors) error_text_.erase(0, error_text_.size() - kKeptOfErrors);
    if (text_.size() <= kMostOutput) return {};
    return fail(ErrorKind::kFailed, "it wrote more than 16 MiB", "report in smaller portions, and keep a cursor");
  }

  static void read_all(FileHandle& pipe, std::string& text) {
    char buffer[16 * 1024];
    while (pipe && text.size() <= kMostOutput) {
      const PipeRead got = read_pipe(pipe, buffer, sizeof buffer);
      if (got.state == PipeState::kEmpty) return;
      if (got.state == PipeState::kClosed) pipe = FileHandle();
      text.append(buffer, got.size);
    }
  }

  ProcessLauncher& launcher_;
  Clock& clock_;
  ChildProcess child_;
  FileHandle output_;
  FileHandle errors_;
  std::string text_;
  std::string error_text_;
};

ProcessSpec spec_for(const std::vector<std::string>& command, const Look& look) {
  ProcessSpec spec;
  spec.program = command.front();
  spec.arguments = command;
  for (const auto& [name, value] : look.environment) {
    if (name != "QFLOW_CURSOR") spec.environment.push_back(name + "=" + value);
  }
  if (look.cursor) spec.environment.push_back("QFLOW_CURSOR=" + *look.cursor);
  spec.folder = look.folder.string();
  spec.with_parent = ProcessSpec::WithParent::kDies;
  spec.journal = look.journal;
  spec.journal_note = look.journal_note;
  return spec;
}

std::string how_it_ended(const ProcessExit& exit) {
  if (exit.signal) return fmt::format("was ended by signal {}", *exit.signal);
  return fmt::format("ended with status {}", exit.exit_status.value_or(0));
}

Error failed(const std::string& program, std::string_view what, const std::string& last_line) {
  return {ErrorKind::kFailed, fmt::format("{} {}{}{}", quoted(program), what, last_line.empty() ? "" : ": ", last_line),
          "run it by hand in the flow file's folder"};
}

}  // namespace

Result<std::string> output_of_program(const std::vector<std::string>& command, const Look& look) {
  Program program(look.launcher, look.clock);
  if (const Status started = program.start(spec_for(command, look)); !started) {
    return fail(ErrorKind::kFailed, "can't start " + quoted(command.front()) + ": " + started.error().message,
                started.error().advice);
  }
  const Status finished = program.finish(look.clock.monotonic() + look.rules.timeout);
  if (!finished && finished.error().kind == ErrorKind::kBusy) {
    return tl::make_unexpected(
        failed(command.front(), "took longer than " + format_duration(look.rules.timeout), program.last_error_line()));
  }
  if (!finished) return tl::make_unexpected(with_context(command.front(), finished.error()));
  QFLOW_ASSIGN(const ProcessExit exit, program.collect());
  if (exit.exit_status == 0) return program.take_text();
  return tl::make_unexpected(failed(command.front(), how_it_ended(exit), program.last_error_line()));
}

}  // namespace qflow
