#include "service/look_crew.h"

#include <utility>

namespace qflow {

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
  if (one_more) workers_.emplace_back([this] { work(); });
}

std::optional<FinishedLook> LookCrew::wait(std::chrono::microseconds limit) {
  std::unique_lock lock(mutex_);
  // Not wait_for, which g++ 12's ThreadSanitizer does not know.
  const auto until = std::chrono::system_clock::now() + limit;
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
    FinishedLook finished{order->id, look({.rules = order->rules,
                                           .cursor = std::move(order->cursor),
                                           .folder = order->folder,
                                           .now = order->now,
                                           .environment = order->environment,
                                           .secret = order->secret,
                                           .files = files_,
                                           .launcher = launcher,
                                           .clock = clock_})};
    const std::lock_guard lock(mutex_);
    results_.push_back(std::move(finished));
    finished_.notify_one();
  }
}

}  // namespace qflow
