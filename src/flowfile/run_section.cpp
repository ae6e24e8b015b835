#include <array>
#include <string_view>

#include "flowfile/checked_text.h"
#include "flowfile/flow_sections.h"

namespace qflow {
namespace {

constexpr std::int64_t kMaxParallel = 1'000'000;

WhenBusy parse_when_busy(std::string_view text) {
  if (text == "queue") return WhenBusy::kQueue;
  if (text == "coalesce") return WhenBusy::kCoalesce;
  if (text == "skip") return WhenBusy::kSkip;
  if (text == "replace") return WhenBusy::kReplace;
  return WhenBusy::kParallel;
}

}  // namespace

RunPolicy read_run_policy(const ConfigTable& table, Diagnostics& diagnostics) {
  ConfigReader reader(table, "[run]", diagnostics);
  RunPolicy policy;
  if (const auto busy = reader.choice("when_busy", {"parallel", "queue", "coalesce", "skip", "replace"})) {
    policy.when_busy = parse_when_busy(busy->value);
  }
  if (const auto limit = reader.integer("max_parallel", 1, kMaxParallel)) policy.max_parallel = limit->value;
  if (const auto jobs = reader.integer("jobs", 0, RunPolicy::kMostJobs)) policy.jobs = static_cast<int>(jobs->value);
  policy.timeout = positive_duration(reader, "timeout");
  if (const auto on_crash = reader.choice("on_crash", {"resume", "fail"})) {
    policy.on_crash = on_crash->value == "fail" ? OnCrash::kFail : OnCrash::kResume;
  }
  if (const auto keep = reader.duration("keep")) policy.keep = keep->value;
  reader.finish(explain_misplaced_key);
  return policy;
}

Hooks read_hooks(const ConfigTable& table, Diagnostics& diagnostics) {
  ConfigReader reader(table, "[hooks]", diagnostics);
  Hooks hooks;
  hooks.on_success = program_text(reader.text("on_success"), "on_success", diagnostics);
  hooks.on_failure = program_text(reader.text("on_failure"), "on_failure", diagnostics);
  reader.finish(explain_misplaced_key);
  return hooks;
}

}  // namespace qflow
