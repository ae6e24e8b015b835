#include "service/interrupted_work.h"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

#include "qflow/runner/leftovers.h"

namespace qflow {

namespace {

using AttemptKey = std::tuple<StepId, std::optional<std::int64_t>, int>;

AttemptKey key_of(const Attempt& attempt) {
  return {attempt.step, attempt.index, attempt.number};
}

Attempt cut_off(Attempt attempt, const Run& run, Instant now, std::string_view reason) {
  attempt.status = StepStatus::kCancelled;
  attempt.reason = reason;
  attempt.ended_at = now;
  if (attempt.started_at == Instant()) attempt.started_at = run.started_at.value_or(now);
  return attempt;
}

StepState cut_off(StepState step, Instant now, std::string_view reason) {
  step.status = StepStatus::kCancelled;
  step.reason = reason;
  step.ended_at = now;
  return step;
}

// A step that the ledger does not know yet.
StepState step_of(const Attempt& attempt) {
  StepState step;
  step.step = attempt.step;
  step.started_at = attempt.started_at;
  return step;
}

// Of each step, those that the ledger knows and those that it does not.
Result<std::map<StepId, std::int64_t>> count_attempts(Store& store, const Run& run,
                                                      const std::vector<Attempt>& interrupted) {
  QFLOW_ASSIGN(const std::vector<Attempt> recorded, store.ledger().attempts(run.id));
  std::set<AttemptKey> all;
  for (const Attempt& attempt : recorded) all.insert(key_of(attempt));
  for (const Attempt& attempt : interrupted) all.insert(key_of(attempt));
  std::map<StepId, std::int64_t> counts;
  for (const AttemptKey& key : all) ++counts[std::get<StepId>(key)];
  return counts;
}

}  // namespace

Result<std::vector<Attempt>> interrupted_attempts(Store& store, const Run& run, const Doors& doors,
                                                  std::string_view reason) {
  QFLOW_ASSIGN(const std::vector<Attempt> recorded, store.ledger().attempts(run.id));
  std::set<AttemptKey> known;
  std::vector<Attempt> interrupted;
  for (const Attempt& attempt : recorded) {
    known.insert(key_of(attempt));
    if (!attempt.ended_at) interrupted.push_back(cut_off(attempt, run, doors.clock.now(), reason));
  }
  for (const Attempt& attempt : journaled_attempts(run.id, store.layout(), doors.files)) {
    if (!known.insert(key_of(attempt)).second) continue;
    interrupted.push_back(cut_off(attempt, run, doors.clock.now(), reason));
  }
  return interrupted;
}

Result<RunChanges> interrupted_work(Store& store, const Run& run, const Doors& doors, std::string_view reason) {
  RunChanges changes;
  QFLOW_ASSIGN(changes.attempts, interrupted_attempts(store, run, doors, reason));
  QFLOW_ASSIGN(std::vector<StepState> steps, store.ledger().steps(run.id));
  std::set<StepId> known;
  for (StepState& step : steps) {
    known.insert(step.step);
    if (!step.ended_at) changes.steps.push_back(cut_off(std::move(step), doors.clock.now(), reason));
  }
  for (const Attempt& attempt : changes.attempts) {
    if (!known.insert(attempt.step).second) continue;
    changes.steps.push_back(cut_off(step_of(attempt), doors.clock.now(), reason));
  }
  QFLOW_ASSIGN(auto attempts, count_attempts(store, run, changes.attempts));
  for (StepState& step : changes.steps) step.attempts = attempts[step.step];
  return changes;
}

}  // namespace qflow
