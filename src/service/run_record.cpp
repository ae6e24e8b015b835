#include "service/run_record.h"

#include <fmt/format.h>

#include <utility>

#include "qflow/error/printable.h"
#include "qflow/model/run_end.h"
#include "qflow/model/step_state.h"
#include "qflow/os/random.h"
#include "service/outlast_writers.h"
#include "service/publish_rules.h"

namespace qflow {

namespace {

// Meanwhile nobody looks after the run's tasks.
constexpr std::chrono::seconds kReportPatience{5};

Error refusal_of_step(const std::vector<JudgedEvent>& events, std::size_t place, Error error) {
  return refusal_in_batch(events, place, std::move(error),
                          [](std::size_t) { return std::string("in another event of the step"); });
}

}  // namespace

RunRecord::RunRecord(Store& store, const Doors& doors, const Run& run, RunObserver& observer)
    : store_(store), doors_(doors), run_(run), observer_(observer), intake_(store, doors) {
  // A run keeps to the settings with which it began. Where they are wrong now, its first event asks again, and says so.
  (void)intake_.load_config();
}

Status RunRecord::report(const RunChanges& changes) {
  QFLOW_ASSIGN(const Judged judged, judge(changes));
  Status written = store_.ledger().write(
      Durability::kProcess, [&](LedgerWriter& writer) { return write(writer, changes, judged.events); },
      kReportPatience);
  if (written) {
    show(judged.notes);
    return written;
  }
  // Only those who can go away are to be waited for.
  if (written.error().kind == ErrorKind::kBusy && !was_kept_out(store_.ledger(), written.error()))
    written.error().kind = ErrorKind::kFailed;
  return written;
}

// The ends of a local run and its steps are nobody's business.
JudgedEvent RunRecord::unjudged_end(Event event) const {
  event.id = make_event_id(event.recorded_at, random_bytes());
  return {std::move(event), run_.origin == RunOrigin::kLocal ? Hearing::kNobody : Hearing::kWhenRecorded};
}

Result<JudgedEvent> RunRecord::judge_end(Event event) {
  JudgedEvent end = unjudged_end(std::move(event));
  if (run_.origin == RunOrigin::kLocal) return end;
  return intake_.judge(std::move(end.event));
}

// A local run is for trying things out: what it would have told others is only shown, unless the step insists.
Result<RunRecord::Judged> RunRecord::judge(const RunChanges& changes) {
  Judged judged;
  std::vector<JudgedEvent>& events = judged.events;
  for (const StepState& step : changes.steps) {
    if (!step.ended_at || step.status == StepStatus::kSkipped) continue;
    events.push_back(unjudged_end(step_end_event(run_, step)));
  }
  for (const PublishedEvent& published : changes.published) {
    QFLOW_TRY(check_idempotency_key(published.idempotency_key));
    Event event = published.event;
    event.recorded_at = doors_.clock.now();
    if (published.safe && run_.origin == RunOrigin::kLocal) {
      QFLOW_TRY(intake_.check_published(event));
      judged.notes.push_back("local run: would publish " + event.name + " " + published.shown_payload);
      continue;
    }
    QFLOW_ASSIGN(events.emplace_back(), intake_.judge_published(std::move(event)));
    events.back().idempotency_key = published.idempotency_key;
  }
  return judged;
}

void RunRecord::show(const std::vector<std::string>& notes) {
  for (const std::string& note : notes) observer_.note(note);
}

Status RunRecord::write(LedgerWriter& writer, const RunChanges& changes, const std::vector<JudgedEvent>& events) {
  for (const auto& [sha256, why] : changes.quarantined) QFLOW_TRY(writer.mark_quarantined(sha256, why));
  for (const Attempt& attempt : changes.attempts) QFLOW_TRY(writer.save_attempt(run_.id, attempt));
  for (const TaskArtifacts& task : changes.artifacts) {
    for (const NewArtifact& artifact : task.artifacts) {
      QFLOW_TRY(writer.add_artifact(run_.id, task.step, task.index, artifact));
    }
  }
  for (const StepState& step : changes.steps) QFLOW_TRY(writer.save_step(run_.id, step));
  const auto refused = [&](std::size_t i, Error error) { return refusal_of_step(events, i, std::move(error)); };
  return intake_.record(writer, events, refused).map([](const auto&) {});
}

Status RunRecord::end(const RunOutcome& outcome, const RunChanges& changes, const std::optional<GitState>& git) {
  const Instant now = doors_.clock.now();
  QFLOW_ASSIGN(const Judged judged, judge(changes));
  QFLOW_ASSIGN(const JudgedEvent end, judge_end(run_end_event(run_, outcome.status, outcome.reason, now)));
  for (const std::string& note : intake_.flows().passed_over()) observer_.note(note);
  QFLOW_TRY(store_.ledger().write(Durability::kPower, [&](LedgerWriter& writer) -> Status {
    // They came while it was running, though no tick has noticed.
    if (run_.deployment) QFLOW_TRY(intake_.end_debounces(writer, now, run_.deployment).map([](int) {}));
    QFLOW_TRY(write(writer, changes, judged.events));
    if (git) QFLOW_TRY(writer.note_commit(run_.id, git->commit, git->dirty));
    QFLOW_TRY(writer.end_run(run_.id, outcome.status, outcome.reason, now));
    return intake_.record(writer, end).map([](const Intake&) {});
  }));
  show(judged.notes);
  return {};
}

Status RunRecord::requeue(const RunChanges& changes) {
  QFLOW_ASSIGN(const Judged judged, judge(changes));
  QFLOW_TRY(store_.ledger().write(Durability::kPower, [&](LedgerWriter& writer) -> Status {
    QFLOW_TRY(write(writer, changes, judged.events));
    return writer.requeue_run(run_.id);
  }));
  show(judged.notes);
  return {};
}

}  // namespace qflow
