#include "service/run_record.h"

#include <utility>

#include "qflow/os/random.h"

namespace qflow {

RunRecord::RunRecord(Store& store, const Doors& doors, const Run& run, RunObserver& observer)
    : store_(store), doors_(doors), run_(run), observer_(observer) {}

Status RunRecord::report(const RunChanges& changes) {
  return store_.ledger().write(Durability::kProcess,
                               [&](LedgerWriter& writer) -> Status { return write(writer, changes); });
}

Status RunRecord::write(LedgerWriter& writer, const RunChanges& changes) {
  for (const auto& [sha256, why] : changes.quarantined) QFLOW_TRY(writer.mark_quarantined(sha256, why));
  for (const Attempt& attempt : changes.attempts) QFLOW_TRY(writer.save_attempt(run_.id, attempt));
  for (const TaskArtifacts& task : changes.artifacts) {
    for (const NewArtifact& artifact : task.artifacts) {
      QFLOW_TRY(writer.add_artifact(run_.id, task.step, task.index, artifact));
    }
  }
  for (const StepState& step : changes.steps) {
    QFLOW_TRY(writer.save_step(run_.id, step));
    if (!step.ended_at || step.status == StepStatus::kSkipped) continue;
    Json payload = {{"flow", run_.id.flow.text()},
                    {"run", run_.id.text()},
                    {"step", step.step.text()},
                    {"status", to_text(step.status)},
                    {"reason", step.reason}};
    QFLOW_TRY(writer.insert_event(end_event("qflow.step." + run_.id.flow.text() + "." + step.step.text(), "step",
                                            std::move(payload), *step.ended_at)));
  }
  for (const PublishedEvent& published : changes.published) QFLOW_TRY(publish(writer, published));
  return {};
}

Status RunRecord::end(const RunOutcome& outcome, const RunChanges& changes, const std::optional<GitState>& git) {
  const Instant now = doors_.clock.now();
  Json payload = {{"flow", run_.id.flow.text()},
                  {"run", run_.id.text()},
                  {"status", to_text(outcome.status)},
                  {"reason", outcome.reason},
                  {"params", run_.params}};
  const Event event = end_event("qflow.run." + run_.id.flow.text(), "run", std::move(payload), now);
  return store_.ledger().write(Durability::kPower, [&](LedgerWriter& writer) -> Status {
    QFLOW_TRY(write(writer, changes));
    if (git) QFLOW_TRY(writer.note_commit(run_.id, git->commit, git->dirty));
    QFLOW_TRY(writer.end_run(run_.id, outcome.status, outcome.reason, now));
    return writer.insert_event(event);
  });
}

Status RunRecord::requeue(const RunChanges& changes) {
  return store_.ledger().write(Durability::kPower, [&](LedgerWriter& writer) -> Status {
    QFLOW_TRY(write(writer, changes));
    return writer.requeue_run(run_.id);
  });
}

Event RunRecord::end_event(std::string name, std::string type, Json payload, Instant at) const {
  Event event;
  event.id = make_event_id(at, random_bytes());
  event.name = std::move(name);
  event.timestamp = event.recorded_at = at;
  event.type = std::move(type);
  event.context = run_.context;
  event.payload = std::move(payload);
  event.caused_by = run_.id;
  return event;
}

// A local run is for trying things out: what it would have told others is only shown, unless the step insists.
Status RunRecord::publish(LedgerWriter& writer, const PublishedEvent& published) {
  if (published.safe && run_.origin == RunOrigin::kLocal) {
    observer_.note("local run: would publish " + published.event.name + " " + to_compact(published.event.payload));
    return {};
  }
  Event event = published.event;
  event.recorded_at = doors_.clock.now();
  event.id = make_event_id(event.recorded_at, random_bytes());
  return writer.insert_event(event);
}

}  // namespace qflow
