#include "cli/wait_option.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/run_foreground.h"
#include "cli/run_view.h"
#include "cli/store_access.h"
#include "cli/terminal.h"
#include "qflow/error/printable.h"
#include "qflow/time/duration.h"

namespace qflow {

namespace {

Result<std::optional<Duration>> limit_of(const Arguments& arguments) {
  const std::string text = arguments.value("wait").value_or("");
  if (text.empty()) return std::optional<Duration>();
  auto limit = parse_duration(text);
  if (!limit) return fail(ErrorKind::kUsage, "option --wait: " + limit.error().message, "write --wait=5m");
  return std::optional<Duration>(*limit);
}

// The duration that stands behind --wait and a space; "" without one.
std::string stray_limit(const Arguments& arguments) {
  if (arguments.value("wait") != "") return {};
  for (const std::string& word : arguments.positionals()) {
    if (parse_duration(word)) return word;
  }
  return {};
}

// Its flow wants a newer one to take its place (`when_busy`): that is no failure.
bool was_replaced(const Run& run) {
  return run.status == RunStatus::kCancelled && run.reason.starts_with(kReplacedBy);
}

constexpr std::size_t kMostNamed = 5;

// With the runs that it did not live to see the end of.
Result<ExitStatus> timed_out(Store& store, const std::vector<RunId>& left, const Duration& limit) {
  std::vector<std::string> named;
  for (const RunId& id : left) {
    if (named.size() == kMostNamed) break;
    QFLOW_ASSIGN(const Run run, store.ledger().run_without_sources(id));
    named.push_back(fmt::format("{} ({})", id.text(), to_text(run.status)));
  }
  const std::size_t more = left.size() - named.size();
  const std::string rest = more > 0 ? fmt::format(" and {} more", more) : "";
  const std::string end = left.empty() ? "" : fmt::format(", before the end of {}{}", fmt::join(named, ", "), rest);
  return fail(ErrorKind::kTimedOut, fmt::format("the wait was over after {}{}", format_duration(limit), end),
              "what has not ended goes on; qflow tick --wait waits for it, qflow cancel ends a run");
}

}  // namespace

Status check_wait_option(const Arguments& arguments) {
  if (const std::string limit = stray_limit(arguments); !limit.empty()) {
    return fail(ErrorKind::kUsage, fmt::format("option --wait: {} stands for an event's name", quoted(limit)),
                wait_advice(arguments));
  }
  return limit_of(arguments).map([](const std::optional<Duration>&) {});
}

std::string wait_advice(const Arguments& arguments) {
  const std::string limit = stray_limit(arguments);
  return limit.empty() ? limit : "write --wait=" + limit;
}

Result<WaitBegin> begin_if_asked(const Arguments& arguments, Store& store) {
  if (!arguments.value("wait")) return WaitBegin();
  return begin_to_wait(store);
}

Result<ExitStatus> wait_if_asked(Context& context, const Arguments& arguments, Store& store, const WaitBegin& begin,
                                 RunDispatcher& dispatcher) {
  if (!arguments.value("wait")) return ExitStatus::kOk;
  QFLOW_ASSIGN(const std::optional<Duration> limit, limit_of(arguments));
  StopSignals signals;
  RunView view(context, StepOutput::kToErr);
  QFLOW_ASSIGN(const WaitResult waited,
               wait_for_runs(store, begin, limit, dispatcher, doors_of(context), &signals, view));
  bool failed = false;
  for (const Run& run : waited.ended) {
    failed |= run.status != RunStatus::kSucceeded && !was_replaced(run);
    const std::string reason = run.reason.empty() ? "" : ": " + run.reason;
    print_note(context, fmt::format("{} {}{}", run.id.text(), to_text(run.status), reason));
  }
  if (waited.signal) return status_of_signal(*waited.signal);
  if (waited.timed_out) return timed_out(store, waited.left, *limit);
  return failed ? ExitStatus::kFailed : ExitStatus::kOk;
}

}  // namespace qflow
