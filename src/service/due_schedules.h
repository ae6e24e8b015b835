#pragma once

#include <cstdint>
#include <vector>

#include "qflow/service/event_intake.h"

namespace qflow {

// Makes events of the instants of schedules that are due. The store and its intake outlive it.
class DueSchedules {
 public:
  DueSchedules(Store& store, EventIntake& intake) : ledger_(store.ledger()), intake_(intake) {}

  // In the transaction: instants that are due at `now` become events, in their order. How many schedules it looked at
  // for the first time, at least 1 if there were instants; there may be more until it is 0. Those of a flow that can't
  // be read stay due, until it is deployed anew.
  Result<int> take(LedgerWriter& writer, Instant now);

 private:
  struct DueInstant;
  Status collect_instants(LedgerWriter& writer, const DueSchedule& due, Instant now, std::vector<DueInstant>& instants);

  Ledger& ledger_;
  EventIntake& intake_;
  std::int64_t stuck_ = 0;  // schedules that stay due
};

}  // namespace qflow
