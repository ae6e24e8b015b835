#pragma once

#include <doctest/doctest.h>

#include <csignal>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "qflow/os/environment.h"
#include "qflow/os/pipe.h"
#include "qflow/os/process_launcher.h"

namespace qflow {

// A program that a test talks to: started with its standard output in a pipe, killed with the object.
class ChildProgram {
 public:
  explicit ChildProgram(std::vector<std::string> command) {
    auto pipe = make_pipe();
    REQUIRE(pipe);
    ProcessSpec spec;
    spec.program = command.front();
    spec.arguments = std::move(command);
    for (const auto& [name, value] : process_environment()) spec.environment.push_back(name + "=" + value);
    spec.output = pipe->write_end.descriptor();
    spec.error_output = 2;
    auto started = launcher_.start(spec);
    REQUIRE_MESSAGE(started, to_text(started.error()) << "; scripts/bootstrap test installs what is missing");
    child_ = std::move(*started);
    output_ = std::move(pipe->read_end);
  }
  ~ChildProgram() { end(); }
  ChildProgram(const ChildProgram&) = delete;
  ChildProgram& operator=(const ChildProgram&) = delete;

  // The next line of its output without the newline; what is there when the output ends.
  std::string line() {
    while (text_.find('\n') == std::string::npos && read_more()) {
    }
    const std::size_t end = text_.find('\n');
    std::string first = text_.substr(0, end);
    text_.erase(0, end == std::string::npos ? end : end + 1);
    return first;
  }

  // All of its output until it ends.
  std::string output() {
    while (read_more()) {
    }
    return std::exchange(text_, {});
  }

  void end() {
    if (!child_) return;
    launcher_.signal_group(child_->id, SIGKILL);
    wait_readable({child_->exited.descriptor()}, std::nullopt);
    (void)launcher_.collect(*child_);
    child_.reset();
  }

 private:
  bool read_more() {
    char buffer[65536];
    wait_readable({output_.descriptor()}, std::nullopt);
    const PipeRead read = read_pipe(output_, buffer, sizeof buffer);
    text_.append(buffer, read.size);
    return read.state != PipeState::kClosed;
  }

  PosixProcessLauncher launcher_;
  std::optional<ChildProcess> child_;
  FileHandle output_;
  std::string text_;
};

}  // namespace qflow
