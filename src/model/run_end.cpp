#include "qflow/model/run_end.h"

#include <string_view>
#include <utility>

#include "qflow/model/event_names.h"

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

Json end_payload(const Run& run, std::string_view status, const std::string& reason) {
  Json payload = Json::object();
  payload["flow"] = run.id.flow.text();
  payload["run"] = run.id.text();
  payload["status"] = status;
  payload["reason"] = reason;
  return payload;
}

}  // namespace

Event run_end_event(const Run& run, RunStatus status, const std::string& reason, Instant at) {
  Json payload = end_payload(run, to_text(status), reason);
  payload["params"] = run.params;
  return end_event(run, run_end_name(run.id.flow), "run", std::move(payload), at);
}

Event step_end_event(const Run& run, const StepState& step) {
  Json payload = end_payload(run, to_text(step.status), step.reason);
  payload["step"] = step.step.text();
  if (!run.params.empty()) payload["params"] = run.params;
  return end_event(run, step_end_name(run.id.flow, step.step), "step", std::move(payload), *step.ended_at);
}

std::optional<StepId> ended_step(const Event& event) {
  if (!event.caused_by || !event.name.starts_with(kStepEnds)) return std::nullopt;
  auto step = StepId::parse(event.name.substr(event.name.rfind('.') + 1));
  return step ? std::optional(std::move(*step)) : std::nullopt;
}

}  // namespace qflow
