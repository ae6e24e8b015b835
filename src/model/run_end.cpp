#include "qflow/model/run_end.h"

#include <utility>

namespace qflow {

namespace {

Event end_event(const Run& run, std::string name, std::string type, Json payload, Instant at) {
  Event event;
  event.name = std::move(name);
  event.timestamp = event.recorded_at = at;
  event.type = std::move(type);
  event.context = run.context;
  event.payload = std::move(payload);
  event.caused_by = run.id;
  return event;
}

}  // namespace

Event run_end_event(const Run& run, RunStatus status, const std::string& reason, Instant at) {
  Json payload = {{"flow", run.id.flow.text()},
                  {"run", run.id.text()},
                  {"status", to_text(status)},
                  {"reason", reason},
                  {"params", run.params}};
  return end_event(run, "qflow.run." + run.id.flow.text(), "run", std::move(payload), at);
}

Event step_end_event(const Run& run, const StepState& step) {
  Json payload = {{"flow", run.id.flow.text()},
                  {"run", run.id.text()},
                  {"step", step.step.text()},
                  {"status", to_text(step.status)},
                  {"reason", step.reason}};
  return end_event(run, "qflow.step." + run.id.flow.text() + "." + step.step.text(), "step", std::move(payload),
                   *step.ended_at);
}

}  // namespace qflow
