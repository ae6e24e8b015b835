#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "qflow/engine/deployed_flow.h"
#include "qflow/sensor/look.h"

namespace qflow {

// What a look needs, by value: it goes into another thread.
struct LookOrder {
  std::size_t id = 0;  // the caller's
  SensorRules rules;
  std::optional<std::string> cursor;
  Path folder;
  Instant now;
  Environment environment;
  SecretSource secret;
  std::uint64_t max_payload = 0;  // bytes
  int journal = -1;               // open until the look has ended (look_journal.h)
  std::string journal_note = {};
};

// In this thread. The order outlives the look.
Result<Sighting> carry_out(const LookOrder& order, FileSystem& files, ProcessLauncher& launcher, Clock& clock);

struct FinishedLook {
  std::size_t id = 0;
  Result<Sighting> sighting;
};

// Looks at many sensors at once, each in a thread, so that a slow one keeps nobody waiting but itself. All calls from
// one thread.
class LookCrew {
 public:
  // Both outlive the crew and are used by several threads.
  LookCrew(FileSystem& files, Clock& clock) : files_(files), clock_(clock) {}
  // Waits for the looks that are under way; what was not begun is dropped.
  ~LookCrew();

  void start(LookOrder order);
  // One that has ended, whichever was first; nothing when `limit` passes before, or a second.
  std::optional<FinishedLook> wait(std::chrono::microseconds limit);

 private:
  void add_worker();
  void work();
  std::optional<LookOrder> take_order();

  FileSystem& files_;
  Clock& clock_;
  std::mutex mutex_;
  std::condition_variable ordered_;
  std::condition_variable finished_;
  std::deque<LookOrder> orders_;
  std::deque<FinishedLook> results_;
  std::size_t idle_ = 0;
  bool closing_ = false;
  std::vector<std::thread> workers_;
};

}  // namespace qflow
