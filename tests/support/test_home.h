#pragma once

#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "qflow/os/clock.h"
#include "qflow/os/environment.h"
#include "qflow/os/file_system.h"
#include "qflow/os/process_launcher.h"
#include "qflow/runner/run_reporter.h"
#include "qflow/service/doors.h"
#include "qflow/service/flow_loading.h"
#include "qflow/service/local_run.h"
#include "qflow/store/store.h"

namespace qflow {

// What a run showed while it was executed.
class RecordingObserver final : public RunObserver {
 public:
  void step_changed(const StepState& step) override { steps.push_back(step); }
  void line(std::string_view label, TaskStream stream, std::string_view text) override {
    lines.push_back(std::string(label) + (stream == TaskStream::kOut ? " | " : " ! ") + std::string(text));
  }
  void note(std::string_view text) override { notes.emplace_back(text); }

  std::vector<StepState> steps;
  std::vector<std::string> lines;
  std::vector<std::string> notes;
};

// A fresh folder with real doors, in which flows run as `qflow run` runs them. Removed at the end.
class TestHome {
 public:
  TestHome() {
    std::string pattern = (std::filesystem::temp_directory_path() / "qflow-test-XXXXXX").string();
    folder = mkdtemp(pattern.data());
    environment = process_environment();
  }
  ~TestHome() {
    std::error_code ignored;
    std::filesystem::remove_all(folder, ignored);
  }
  TestHome(const TestHome&) = delete;
  TestHome& operator=(const TestHome&) = delete;

  Path write(const std::string& name, const std::string& text) const {
    const Path path = folder / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path) << text;
    return path;
  }

  std::string read(const Path& path) const {
    std::ostringstream text;
    text << std::ifstream(folder / path).rdbuf();
    return text.str();
  }

  Doors doors() {
    return {files, clock, launcher, processes, environment, folder, "/qflow", std::nullopt, [this] { return input; }};
  }

  LoadedFlow load(const std::string& toml) const { return load_flow_text(toml, "flow.toml", folder.string()); }

  // Runs the flow; what it showed is in `seen`.
  Result<RunResult> run(const std::string& toml, const LocalRunRequest& request = {}) {
    const LoadedFlow flow = load(toml);
    if (flow.diagnostics.has_errors()) return fail(ErrorKind::kInvalid, flow.diagnostics.render());
    seen = RecordingObserver();
    return run_locally(flow, request, doors(), nullptr, seen);
  }

  // The store of the runs so far.
  Store& store() {
    if (!store_) store_ = std::move(*Store::open(folder / ".qflow", StoreAccess::kWrite, files, clock));
    return *store_;
  }

  Path folder;
  PosixFileSystem files;
  PosixClock clock;
  PosixProcessLauncher launcher;
  PosixProcessTable processes;
  Environment environment;
  std::string input;
  RecordingObserver seen;

 private:
  std::unique_ptr<Store> store_;
};

}  // namespace qflow
