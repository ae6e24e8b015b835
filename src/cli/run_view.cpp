#include "cli/run_view.h"

#include <fmt/format.h>

#include "cli/terminal.h"

namespace qflow {

namespace {

constexpr std::size_t kMostUnread = std::size_t{4} << 20;

}  // namespace

RunView::RunView(Context& context, StepOutput step_output)
    : context_(context), step_output_(step_output), progress_(context) {}

void RunView::step_changed(const StepState& step) {
  if (step.status == StepStatus::kRunning) return progress_.begin(step.step.text());
  progress_.end(step.step.text());
  if (context_.options.verbosity != Verbosity::kVerbose) return;
  const Painter painter = painter_for(context_, context_.err);
  progress_.write(context_.err,
                  fmt::format("{} {}{}\n", step.step.text(), painter.paint(color_of(step.status), to_text(step.status)),
                              step.reason.empty() ? "" : ": " + step.reason));
}

void RunView::line(std::string_view task_label, TaskStream stream, std::string_view text) {
  if (context_.options.verbosity == Verbosity::kQuiet || step_output_ == StepOutput::kToLogs) return;
  const bool to_out = stream == TaskStream::kOut && step_output_ == StepOutput::kToOut;
  OutputStream& target = to_out ? context_.out : context_.err;
  const Painter painter = painter_for(context_, target);
  progress_.write(target, fmt::format("{}{}\n", painter.paint(Color::kDim, fmt::format("{} | ", task_label)), text));
}

void RunView::note(std::string_view text) {
  if (context_.options.verbosity == Verbosity::kQuiet) return;
  progress_.write(context_.err, fmt::format("qflow: note: {}\n", text));
}

bool RunView::is_congested() const {
  return context_.out.unread() + context_.err.unread() > kMostUnread;
}

}  // namespace qflow
