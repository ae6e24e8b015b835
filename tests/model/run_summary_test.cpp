#include "qflow/model/run_summary.h"

#include <doctest/doctest.h>

namespace qflow {
namespace {

TEST_CASE("a run object has every documented field, absent ones as null") {
  Run run;
  run.id = RunId::parse("F/3").value();
  run.created_at = parse_instant("2026-11-20T10:00:00Z").value();
  const std::string expected =
      R"({"caller":null,"commit":null,"context":null,"created_at":"2026-11-20T10:00:00Z","dirty":null,)"
      R"("ended_at":null,"flow":"F","id":"F/3","namespace":null,"number":3,"origin":"local","params":{},)"
      R"("reason":null,"resumes":null,"scheduled_at":null,"started_at":null,"status":"queued","tags":[]})";
  CHECK(to_compact(run_summary(run)) == expected);
  run.status = RunStatus::kFailed;
  run.reason = "step a: exit status 1";
  run.name_space = "foo.prod";
  run.context = "2026-11-20";
  run.tags = {"ml"};
  run.started_at = run.ended_at = run.scheduled_at = run.created_at;
  run.git_commit = "abc";
  const Json summary = run_summary(run);
  CHECK(summary["status"] == "failed");
  CHECK(summary["reason"] == "step a: exit status 1");
  CHECK(summary["namespace"] == "foo.prod");
  CHECK(summary["context"] == "2026-11-20");
  CHECK(summary["tags"] == Json::array({"ml"}));
  CHECK(summary["ended_at"] == "2026-11-20T10:00:00Z");
  CHECK(summary["commit"] == "abc");
  CHECK(summary["dirty"] == false);
}

}  // namespace
}  // namespace qflow
