#pragma once

#include <string>
#include <vector>

#include "qflow/engine/deployed_flow.h"
#include "qflow/engine/due_instants.h"
#include "qflow/store/ledger.h"
#include "service/deployment_change.h"

namespace qflow {

// In the transaction of the change: a schedule that stays the same, and enabled or disabled, keeps its next instant;
// another one counts from `now` on, and what the former had due, or missed while disabled, starts nothing, which is
// recorded and returned.
Result<std::vector<MissedBySchedule>> renew_schedules(Ledger& ledger, LedgerWriter& writer,
                                                      const DeploymentChange& change, Instant now);

// In the transaction: the instants start nothing.
Status record_missed(Ledger& ledger, LedgerWriter& writer, const DeployedFlow& flow, const Trigger& trigger,
                     const MissedInstants& missed, const std::string& why, Instant now);

}  // namespace qflow
