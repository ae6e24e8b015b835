#pragma once

#include <set>
#include <vector>

#include "qflow/model/run.h"
#include "qflow/model/step_graph.h"

namespace qflow {

// How far a run has come: which steps may start now. Pure; steps are indices of the graph.
//
// A step is ready when each step that it needs has succeeded, was allowed to fail, or was skipped; when all of them
// were skipped, it is skipped too. After a failure that was not allowed, or a stop, no further step becomes ready.
class RunProgress {
 public:
  // The graph is acyclic and outlives this.
  explicit RunProgress(const StepGraph& graph);

  // Steps that became ready since the last call, in the order of the file.
  std::vector<std::size_t> take_ready();
  bool has_ready() const { return !stopped_ && !ready_.empty(); }
  // Steps that were skipped because all they need was, since the last call.
  std::vector<std::size_t> take_skipped();

  // The end of a step, told once; also of steps that ended before this began, in any order.
  enum class FailureAllowed { kNo, kYes };
  void succeed(std::size_t step);
  void skip(std::size_t step);
  void fail(std::size_t step, FailureAllowed allowed);
  void stop() { stopped_ = true; }

  bool stopped() const { return stopped_; }

 private:
  void settle(std::size_t step, bool skipped);

  const StepGraph& graph_;
  std::vector<std::size_t> open_needs_;  // needs that have not ended
  std::vector<std::size_t> skipped_needs_;
  std::vector<bool> ended_;
  std::set<std::size_t> ready_;
  std::vector<std::size_t> skipped_;
  bool stopped_ = false;
};

}  // namespace qflow
