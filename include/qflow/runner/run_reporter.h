#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "qflow/model/event.h"
#include "qflow/model/run.h"
#include "qflow/model/step_state.h"
#include "qflow/store/objects.h"

namespace qflow {

// What one task left.
struct TaskArtifacts {
  StepId step;
  std::optional<std::int64_t> index;
  std::vector<NewArtifact> artifacts;
};

// An event that a step publishes when it succeeds; `event` has no id and no recorded_at yet.
struct PublishedEvent {
  Event event;
  bool safe = true;
  std::optional<std::string> idempotency_key = {};
  std::string shown_payload = {};  // for people: compact JSON, without secrets
};

// What happened since the last report: belongs together, and is committed together. Of each step and attempt the state
// that it has at the end.
struct RunChanges {
  std::vector<StepState> steps;
  std::vector<Attempt> attempts;
  std::vector<TaskArtifacts> artifacts;
  std::vector<PublishedEvent> published;
  std::vector<std::pair<std::string, std::string>> quarantined;  // sha256 → why

  // Takes the place of what is there of the same step, or the same attempt.
  void set(StepState step);
  void set(Attempt attempt);

  bool empty() const {
    return steps.empty() && attempts.empty() && artifacts.empty() && published.empty() && quarantined.empty();
  }
};

// Whoever keeps the truth about runs. An error ends the run, but for kBusy.
class RunReporter {
 public:
  virtual ~RunReporter() = default;
  // Makes the changes durable, all or none. Called before a step that could see them starts. kInvalid: what is
  // published is refused (its name, its size, its idempotency key), so that the step that publishes it has failed.
  // kBusy: others keep it from that for longer than tasks can be left alone; it is to be called again, with what has
  // come since.
  virtual Status report(const RunChanges& changes) = 0;
};

enum class TaskStream { kOut, kErr };

// One task for people: "train" or "train[3]".
std::string task_label(const StepId& step, std::optional<std::int64_t> index);

// Whoever watches a run. Called in the thread that executes it.
class RunObserver {
 public:
  virtual ~RunObserver() = default;
  virtual void step_changed(const StepState& step) = 0;
  // One line of a task's output, without its newline; a line of more than 64 KiB comes in pieces.
  virtual void line(std::string_view task_label, TaskStream stream, std::string_view text) = 0;
  virtual void note(std::string_view text) = 0;
  // Whether lines come faster than they can be shown. Until it is false again, which is looked at every
  // kCongestionPause, what tasks print stays in their pipes, and no further one starts.
  virtual bool is_congested() const { return false; }
};

inline constexpr std::chrono::milliseconds kCongestionPause{20};

}  // namespace qflow
