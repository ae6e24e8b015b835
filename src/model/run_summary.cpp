#include "qflow/model/run_summary.h"

namespace qflow {

Json run_summary(const Run& run) {
  Json summary = Json::object();
  summary["id"] = run.id.text();
  summary["flow"] = run.id.flow.text();
  summary["number"] = run.id.number;
  summary["status"] = to_text(run.status);
  summary["reason"] = run.reason.empty() ? Json() : Json(run.reason);
  summary["origin"] = to_text(run.origin);
  summary["namespace"] = run.name_space.empty() ? Json() : Json(run.name_space);
  summary["context"] = json_or_null(run.context);
  summary["tags"] = run.tags;
  summary["params"] = run.params;
  summary["created_at"] = format_instant(run.created_at);
  summary["started_at"] = json_or_null(run.started_at);
  summary["ended_at"] = json_or_null(run.ended_at);
  summary["scheduled_at"] = json_or_null(run.scheduled_at);
  summary["commit"] = run.git_commit.empty() ? Json() : Json(run.git_commit);
  summary["dirty"] = run.git_commit.empty() ? Json() : Json(run.git_dirty);
  summary["resumes"] = run.resumes ? Json(run.resumes->text()) : Json();
  summary["caller"] = run.caller ? Json(run.caller->text()) : Json();
  return summary;
}

}  // namespace qflow
