#pragma once

#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "qflow/model/sha256.h"
#include "qflow/model/step_state.h"
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
    return {files,         clock,  launcher, processes,    environment,
            trigger_types, folder, "/qflow", store_option, [this] { return input; }};
  }

  LoadedFlow load(const std::string& toml) const {
    return load_flow_text(trigger_types, toml, "flow.toml", folder.string());
  }

  // Runs the flow; what it showed is in `seen`.
  Result<RunResult> run(const std::string& toml, const LocalRunRequest& request = {}) {
    const LoadedFlow flow = load(toml);
    if (flow.diagnostics.has_errors()) return fail(ErrorKind::kInvalid, flow.diagnostics.render());
    seen = RecordingObserver();
    return run_locally(flow, request, doors(), nullptr, seen);
  }

  // A run of the flow in the ledger, as if a process had made it and was gone; it is running unless `change` says else.
  Run add_run(const std::string& toml, const std::function<void(Run&)>& change = {}) {
    Run run;
    run.id.flow = load(toml).definition->id;
    run.status = RunStatus::kRunning;
    run.created_at = clock.now();
    run.started_at = run.created_at;
    run.definition_hash = sha256_hex(toml);
    run.flow_file = (folder / "flow.toml").string();
    if (change) change(run);
    write([&](LedgerWriter& writer) -> Status {
      QFLOW_ASSIGN(run.id.number, writer.next_run_number(run.id.flow));
      return writer.insert_run(run, toml);
    });
    return run;
  }
  void write(const std::function<Status(LedgerWriter&)>& body) {
    if (const Status done = store().ledger().write(Durability::kProcess, body); !done) {
      throw std::runtime_error(to_text(done.error()));
    }
  }
  Run find(const std::string& run) { return store().ledger().find_run(RunId::parse(run).value()).value(); }

  // The status of every step, by its id, as "a=succeeded b=skipped".
  std::string step_statuses(const std::string& run) {
    std::map<std::string, std::string> by_id;
    const std::vector<StepState> steps = store().ledger().steps(RunId::parse(run).value()).value();
    for (const StepState& state : steps) by_id[state.step.text()] = to_text(state.status);
    std::string text;
    for (const auto& [id, status] : by_id) text += (text.empty() ? "" : " ") + id + "=" + status;
    return text;
  }
  // The attempts, as "a#1=failed b[3]#2=cancelled".
  std::string attempt_statuses(const std::string& run) {
    std::string text;
    const std::vector<Attempt> attempts = store().ledger().attempts(RunId::parse(run).value()).value();
    for (const Attempt& attempt : attempts) {
      text += (text.empty() ? "" : " ") + task_label(attempt.step, attempt.index) + "#" +
              std::to_string(attempt.number) + "=" + std::string(to_text(attempt.status));
    }
    return text;
  }

  // What the run published, and its ends, newest first.
  std::vector<Event> events_of(const RunId& run) {
    std::vector<Event> events = store().ledger().triggers().events({}).value();
    std::erase_if(events, [&](const Event& event) { return event.caused_by != run; });
    return events;
  }

  // The store of the runs so far.
  Store& store() {
    if (!store_) store_ = std::move(*Store::open(folder / ".qflow", StoreAccess::kCreate, files, clock));
    return *store_;
  }

  Path folder;
  PosixFileSystem files;
  PosixClock clock;
  PosixProcessLauncher launcher;
  PosixProcessTable processes;
  Environment environment;
  std::optional<std::string> store_option;
  TriggerRegistry trigger_types;
  std::string input;
  RecordingObserver seen;

 private:
  std::unique_ptr<Store> store_;
};

}  // namespace qflow
