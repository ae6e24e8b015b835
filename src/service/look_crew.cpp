#include "service/look_crew.h"

#include <algorithm>
#include <exception>
#include <string>
#include <system_error>
#include <utility>

namespace qflow {

namespace {

constexpr std::chrono::seconds kSlice{1};

}  // namespace

// Memory can run out while a look reads what others wrote.
Result<Sighting> carry_out(const LookOrder& order, FileSystem& files, ProcessLauncher& launcher, Clock& clock) {
  try {
    return look({.rules = order.rules,
                 .cursor = order.cursor,
                 .folder = order.folder,
                 .now = order.now,
                 .environment = order.environment,
                 .secret = order.secret,
                 .files = files,
                 .launcher = launcher,
                 .clock = clock,
                 .max_payload = order.max_payload,
                 .journal = order.journal,
                 .journal_note = order.journal_note});
  } catch (const std::exception& error) {
    return fail(ErrorKind::kFailed, std::string("the look ended early: ") + error.what());
  }
}

LookCrew::~LookCrew() {
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
    orders_.clear();
  }
  ordered_.notify_all();
  for (std::thread& worker : workers_) worker.join();
}

void LookCrew::start(LookOrder order) {
  bool one_more = false;
  {
    const std::lock_guard lock(mutex_);
    orders_.push_back(std::move(order));
    one_more = orders_.size() > idle_;
  }
  ordered_.notify_one();
  if (one_more) add_worker();
}

// With fewer threads than looks, some wait for others; with none, nobody would.
void LookCrew::add_worker() {
  try {
    workers_.emplace_back([this] { work(); });
  } catch (const std::system_error& error) {
    const std::lock_guard lock(mutex_);
    if (!workers_.empty() || orders_.empty()) return;
    results_.push_back(
        {orders_.back().id, fail(ErrorKind::kFailed, std::string("can't start a thread: ") + error.what(),
                                 "allow this user more processes")});
    orders_.pop_back();
  }
}

std::optional<FinishedLook> LookCrew::wait(std::chrono::microseconds limit) {
  std::unique_lock lock(mutex_);
  // Not wait_for, which g++ 12's ThreadSanitizer does not know; in slices, since somebody may set that clock.
  const auto until = std::chrono::system_clock::now() + std::min<std::chrono::microseconds>(limit, kSlice);
  if (!finished_.wait_until(lock, until, [&] { return !results_.empty(); })) return std::nullopt;
  std::optional<FinishedLook> first(std::move(results_.front()));
  results_.pop_front();
  return first;
}

std::optional<LookOrder> LookCrew::take_order() {
  std::unique_lock lock(mutex_);
  ++idle_;
  ordered_.wait(lock, [&] { return closing_ || !orders_.empty(); });
  --idle_;
  if (orders_.empty()) return std::nullopt;
  std::optional<LookOrder> order(std::move(orders_.front()));
  orders_.pop_front();
  return order;
}

void LookCrew::work() {
  PosixProcessLauncher launcher;
  while (auto order = take_order()) {
    FinishedLook finished{order->id, carry_out(*order, files_, launcher, clock_)};
    const std::lock_guard lock(mutex_);
    results_.push_back(std::move(finished));
    finished_.notify_one();
  }
}

}  // namespace qflow
