#include "qflow/model/run_summary.h"

namespace qflow {

namespace {

Json optional_instant(const std::optional<Instant>& instant) {
  return instant ? Json(format_instant(*instant)) : Json();
}

}  // namespace

Json run_summary(const Run& run) {
  Json summary = Json::object();
  summary["id"] = run.id.text();
  summary["flow"] = run.id.flow.text();
  summary["number"] = run.id.number;
  summary["status"] = to_text(run.status);
  summary["reason"] = run.reason.empty() ? Json() : Json(run.reason);
  summary["origin"] = to_text(run.origin);
  summary["namespace"] = run.name_space.empty() ? Json() : Json(run.name_space);
  summary["context"] = run.context ? Json(*run.context) : Json();
  summary["tags"] = run.tags;
  summary["params"] = run.params;
  summary["created_at"] = format_instant(run.created_at);
  summary["started_at"] = optional_instant(run.started_at);
  summary["ended_at"] = optional_instant(run.ended_at);
  summary["scheduled_at"] = optional_instant(run.scheduled_at);
  summary["commit"] = run.git_commit.empty() ? Json() : Json(run.git_commit);
  summary["dirty"] = run.git_commit.empty() ? Json() : Json(run.git_dirty);
  return summary;
}

}  // namespace qflow
