#pragma once

#include <string>

#include "support/test_home.h"

namespace qflow {

// Runs of the flow C, each started by the end of the one before it: C/1 to C/`length`.
inline void add_run_chain(TestHome& home, int length) {
  std::optional<RunId> before;
  for (int i = 0; i < length; ++i) {
    const Run run = home.add_run("id = \"C\"\n", [&](Run& run) {
      run.status = RunStatus::kSucceeded;
      run.ended_at = run.started_at;
      if (!before) return;
      Event end;
      end.id = "end-of-" + before->text();
      end.name = "qflow.run.C";
      end.caused_by = before;
      end.timestamp = end.recorded_at = run.created_at;
      run.trigger = TriggerRecord{};
      run.trigger->kind = TriggerKind::kRun;
      run.trigger->sources = {TriggerSource{end, "C", before, {}}};
    });
    before = run.id;
  }
}

}  // namespace qflow
