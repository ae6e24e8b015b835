#pragma once

#include <optional>
#include <string>
#include <vector>

#include "qflow/model/run.h"
#include "qflow/runner/run_reporter.h"
#include "qflow/runner/runner.h"
#include "qflow/service/doors.h"
#include "qflow/service/event_intake.h"
#include "qflow/store/store.h"
#include "service/git_probe.h"

namespace qflow {

// Writes what happens in one run into the ledger: each report one transaction, the end of a step or of the run together
// with the event that it is.
class RunRecord final : public RunReporter {
 public:
  RunRecord(Store& store, const Doors& doors, const Run& run, RunObserver& observer);

  Status report(const RunChanges& changes) override;
  // The end of the run, with the last changes; `git` is what was found out about the flow's folder meanwhile.
  Status end(const RunOutcome& outcome, const RunChanges& changes = {},
             const std::optional<GitState>& git = std::nullopt);
  // Running → queued again after a crash, with what the crash cut off.
  Status requeue(const RunChanges& changes);

 private:
  // The events of the changes that others may hear: ends of steps, then what they publish. What is not published is
  // noted, once the changes are in the ledger.
  struct Judged {
    std::vector<JudgedEvent> events;
    std::vector<std::string> notes;
  };
  Result<Judged> judge(const RunChanges& changes);
  void show(const std::vector<std::string>& notes);
  Result<JudgedEvent> judge_end(Event event);
  JudgedEvent unjudged_end(Event event) const;
  Status write(LedgerWriter& writer, const RunChanges& changes, const std::vector<JudgedEvent>& events);

  Store& store_;
  const Doors& doors_;
  const Run& run_;
  RunObserver& observer_;
  EventIntake intake_;
};

}  // namespace qflow
