#pragma once

#include <string>

#include "qflow/engine/deployed_flow.h"
#include "qflow/engine/due_instants.h"
#include "qflow/store/ledger.h"

namespace qflow {

// A deployment changes: what it was (null: it was none, or it can't be read), what it is (null: undeployed), and how
// the change is called.
struct DeploymentChange {
  const DeployedFlow* before = nullptr;
  const DeployedFlow* after = nullptr;
  std::string reason;  // "changed by deploy 3", "disabled"
};

// In the transaction of the change: a schedule that stays enabled and the same keeps its next instant; another one
// counts from `now` on, and what the former had due starts nothing, which is recorded.
Status renew_schedules(Ledger& ledger, LedgerWriter& writer, const DeploymentChange& change, Instant now);

// In the transaction: the instants start nothing.
Status record_missed(Ledger& ledger, LedgerWriter& writer, const DeployedFlow& flow, const Trigger& trigger,
                     const MissedInstants& missed, const std::string& why, Instant now);

}  // namespace qflow
