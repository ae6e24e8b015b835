#include "runner/run_signals.h"

#include <utility>

#include "runner/step_events.h"

namespace qflow {

std::optional<std::string> stop_reason(int signal, const RunId& run, Store& store) {
  if (!is_for_run(signal)) return signal_text(signal);
  return store.ledger().triggers().cancel_reason(run).value_or(std::nullopt);
}

void note_signal(RunOutcome& outcome, int signal, std::string reason) {
  if (outcome.status == RunStatus::kSucceeded) outcome = {RunStatus::kCancelled, std::move(reason), {}};
  if (!is_for_run(signal)) outcome.signal = signal;
}

void heed_signals(const RunId& run, const RunnerDoors& doors, RunOutcome& outcome) {
  if (doors.signals == nullptr) return;
  while (const auto signal = doors.signals->take()) {
    if (auto reason = stop_reason(*signal, run, doors.store)) note_signal(outcome, *signal, std::move(*reason));
  }
}

}  // namespace qflow
