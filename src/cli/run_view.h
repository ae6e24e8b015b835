#pragma once

#include <string>
#include <string_view>

#include "cli/progress.h"
#include "qflow/cli/context.h"
#include "qflow/model/step_state.h"
#include "qflow/runner/run_reporter.h"

namespace qflow {

// Where the output of the steps' standard output goes. kToLogs: what steps print is in the logs of their attempts
// alone.
enum class StepOutput { kToOut, kToErr, kToLogs };

// Shows a run in the foreground: each line of output as "step | line", notes, and what is running. --quiet silences
// all of it. Congested when a reader has stalled.
class RunView final : public RunObserver {
 public:
  RunView(Context& context, StepOutput step_output);

  void step_changed(const StepState& step) override;
  void line(std::string_view task_label, TaskStream stream, std::string_view text) override;
  void note(std::string_view text) override;
  bool is_congested() const override;

 private:
  Context& context_;
  StepOutput step_output_;
  Progress progress_;
};

}  // namespace qflow
