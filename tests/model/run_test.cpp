#include "qflow/model/run.h"

#include <doctest/doctest.h>

#include "qflow/model/step_state.h"

namespace qflow {
namespace {

TEST_CASE("run statuses have names both ways, and an end") {
  struct Row {
    RunStatus status;
    std::string_view text;
    bool ended;
  };
  const Row rows[] = {
      {RunStatus::kQueued, "queued", false},      {RunStatus::kRunning, "running", false},
      {RunStatus::kSucceeded, "succeeded", true}, {RunStatus::kFailed, "failed", true},
      {RunStatus::kCancelled, "cancelled", true}, {RunStatus::kCrashed, "crashed", true},
  };
  for (const Row& row : rows) {
    CHECK(to_text(row.status) == row.text);
    CHECK(parse_run_status(row.text) == row.status);
    CHECK(has_ended(row.status) == row.ended);
  }
}

TEST_CASE("step statuses have names both ways") {
  const std::pair<StepStatus, std::string_view> rows[] = {
      {StepStatus::kPending, "pending"}, {StepStatus::kRunning, "running"}, {StepStatus::kSucceeded, "succeeded"},
      {StepStatus::kFailed, "failed"},   {StepStatus::kSkipped, "skipped"}, {StepStatus::kCancelled, "cancelled"},
  };
  for (const auto& [status, text] : rows) {
    CHECK(to_text(status) == text);
    CHECK(parse_step_status(text) == status);
  }
}

TEST_CASE("origins have names both ways") {
  CHECK(to_text(RunOrigin::kLocal) == "local");
  CHECK(to_text(RunOrigin::kDeployed) == "deployed");
  CHECK(parse_run_origin("local") == RunOrigin::kLocal);
  CHECK(parse_run_origin("deployed") == RunOrigin::kDeployed);
}

TEST_CASE("trigger kinds have the names of trigger.type, both ways") {
  const std::pair<TriggerKind, std::string_view> rows[] = {
      {TriggerKind::kRun, "RUN"},
      {TriggerKind::kManyRuns, "MANY-RUNS"},
      {TriggerKind::kOneOfRuns, "ONE-OF-RUNS"},
      {TriggerKind::kEvent, "EVENT"},
      {TriggerKind::kManyEvents, "MANY-EVENTS"},
      {TriggerKind::kOneOfEvents, "ONE-OF-EVENTS"},
      {TriggerKind::kMixed, "MIXED"},
  };
  for (const auto& [kind, text] : rows) {
    CHECK(to_text(kind) == text);
    CHECK(parse_trigger_kind(text) == kind);
  }
}

TEST_CASE("no other name is known") {
  for (const std::string_view text : {"", "Running", "pending ", "RUN ", "done", "event"}) {
    CAPTURE(text);
    CHECK(!parse_run_status(text));
    CHECK(!parse_step_status(text));
    CHECK(!parse_run_origin(text));
    CHECK(!parse_trigger_kind(text));
  }
  CHECK(!parse_run_status("pending"));
  CHECK(!parse_run_status("skipped"));
  CHECK(!parse_step_status("queued"));
  CHECK(!parse_step_status("crashed"));
}

}  // namespace
}  // namespace qflow
