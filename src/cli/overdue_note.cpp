#include "cli/overdue_note.h"

#include <fmt/format.h>

#include "cli/terminal.h"
#include "qflow/error/wording.h"

namespace qflow {

namespace {

// Cron calls a tick each minute; one may take a while.
constexpr std::chrono::minutes kTooLong{2};
constexpr std::int64_t kCounted = 100;

std::string what_waits(Store& store, Instant before) {
  std::vector<std::string> parts;
  const auto queued = store.ledger().triggers().startable_runs(kCounted);
  if (queued && !queued->empty()) parts.push_back(counted(queued->size(), "run waits", "runs wait") + " for it");
  const auto due = store.ledger().triggers().due_debounces(before);
  if (due && !due->empty()) parts.push_back(counted(due->size(), "debounce is", "debounces are") + " over");
  const auto schedules = store.ledger().triggers().due_schedules(before, kCounted);
  if (schedules && !schedules->empty()) parts.push_back(counted(schedules->size(), "schedule") + " overdue");
  const auto sensors = store.ledger().triggers().overdue_sensors(before);
  if (sensors && !sensors->empty()) parts.push_back(counted(sensors->size(), "sensor") + " overdue");
  return fmt::format("{}", fmt::join(parts, ", "));
}

}  // namespace

void print_overdue_note(Context& context, Store& store) {
  const Instant now = context.clock.now();
  const auto file = context.files.info(store.layout().last_tick(), FollowLinks::kYes);
  const Instant tick(std::chrono::microseconds(file ? file->modified_ns / 1000 : 0));
  if (now - tick < kTooLong) return;
  const std::string waiting = what_waits(store, now - kTooLong);
  if (waiting.empty()) return;
  const std::string last = file ? "last tick " + relative_time(tick, now) : "no tick yet";
  print_note(context, fmt::format("{}; {}", last, waiting));
}

}  // namespace qflow
