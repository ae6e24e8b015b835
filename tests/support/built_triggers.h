#pragma once

#include <string>
#include <utility>

#include "qflow/flowfile/flow_file.h"
#include "qflow/trigger/trigger_registry.h"

namespace qflow {

// A flow named F, whose text is in line 1 its id, then `text`, then one step.
struct BuiltFlow {
  FlowDefinition flow;
  TriggerList triggers;
  Diagnostics diagnostics;

  const Trigger& only() const { return *triggers.at(0); }
};

inline BuiltFlow build_flow(const std::string& text, const TriggerRegistry& registry = {},
                            const std::string& id = "F") {
  const std::string whole = "id = \"" + id + "\"\n" + text + "\n[[steps]]\nid = \"s\"\n";
  FlowFile file = parse_flow_file(whole, "f.toml", "/flows");
  TriggerList triggers = build_triggers(file.definition, registry, file.diagnostics);
  return {std::move(file.definition), std::move(triggers), std::move(file.diagnostics)};
}

// The first line of each problem, one below the other.
inline std::string problem_lines(const Diagnostics& found) {
  std::string lines;
  for (const Diagnostic& problem : found.list()) {
    Diagnostics one(found.file(), found.text());
    if (problem.severity == Severity::kError) {
      one.error(problem.position, problem.message, problem.help);
    } else {
      one.warning(problem.position, problem.message, problem.help);
    }
    const std::string rendered = one.render();
    lines += (lines.empty() ? "" : "\n") + rendered.substr(0, rendered.find('\n'));
  }
  return lines;
}

inline std::string problem_lines(const std::string& text) {
  return problem_lines(build_flow(text).diagnostics);
}

// A text event for tests.
inline Event make_event(const std::string& name, Json payload = Json::object(),
                        const char* at = "2026-03-01T09:00:00Z") {
  Event event;
  event.id = "0195a000-0000-7000-8000-000000000000";
  event.name = name;
  event.timestamp = *parse_instant(at);
  event.recorded_at = event.timestamp;
  event.payload = std::move(payload);
  return event;
}

}  // namespace qflow
