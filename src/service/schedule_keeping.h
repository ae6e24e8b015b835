#pragma once

#include <string>

#include "qflow/engine/deployed_flow.h"
#include "qflow/engine/due_instants.h"
#include "qflow/store/ledger.h"
#include "service/deployment_change.h"

namespace qflow {

// In the transaction of the change: a schedule that stays enabled and the same keeps its next instant; another one
// counts from `now` on, and what the former had due starts nothing, which is recorded.
Status renew_schedules(Ledger& ledger, LedgerWriter& writer, const DeploymentChange& change, Instant now);

// In the transaction: the instants start nothing.
Status record_missed(Ledger& ledger, LedgerWriter& writer, const DeployedFlow& flow, const Trigger& trigger,
                     const MissedInstants& missed, const std::string& why, Instant now);

}  // namespace qflow
