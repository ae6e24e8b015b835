#pragma once

#include <string>
#include <vector>

#include "qflow/cli/command.h"
#include "support/fake_clock.h"
#include "support/test_home.h"

namespace qflow {

inline bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

// A stream that keeps what is written, and says of itself what a test wants.
class StringOutput final : public OutputStream {
 public:
  void write(std::string_view more) override { text += more; }
  void flush() override {}
  bool is_terminal() const override { return terminal; }
  int width() const override { return columns; }
  bool failed() const override { return false; }

  std::string text;
  bool terminal = false;
  int columns = 80;
};

class StringInput final : public InputStream {
 public:
  Result<std::string> read_all() override { return text; }
  std::string text;
};

// Commands of qflow in this process, in a folder of their own.
class CommandFixture {
 public:
  CommandFixture() {
    for (const char* name : {"NO_COLOR", "TERM", "QFLOW_STORE", "QFLOW_OUT", "QFLOW_RUN", "QFLOW_STEP"}) {
      home.environment.erase(name);
    }
  }

  Context context() {
    return Context{in,
                   out,
                   err,
                   *clock,
                   *files,
                   home.launcher,
                   home.processes,
                   home.trigger_types,
                   home.environment,
                   home.folder,
                   "/bin/false",
                   {}};
  }

  // What the command wrote is in out.text and err.text.
  ExitStatus run(const std::vector<std::string>& arguments) {
    out.text.clear();
    err.text.clear();
    Context now = context();
    return run_command_line(now, arguments);
  }

  TestHome home;
  FakeClock fake_clock{*parse_instant("2026-11-20T10:00:00Z")};
  Clock* clock = &home.clock;
  FileSystem* files = &home.files;
  StringInput in;
  StringOutput out;
  StringOutput err;
};

}  // namespace qflow
