#include "cli/shifted_context.h"

#include <fmt/format.h>

#include <charconv>
#include <string>
#include <utility>

#include "qflow/error/printable.h"

namespace qflow {

namespace {

constexpr const char* kVariable = "QFLOW_CLOCK_SHIFT";

}  // namespace

ShiftedContext::ShiftedContext(Context& context, Duration shift, Environment environment)
    : clock_(context.clock, shift),
      context_{context.in,
               context.out,
               context.err,
               clock_,
               context.files,
               context.launcher,
               context.processes,
               context.trigger_types,
               std::move(environment),
               context.folder,
               context.program,
               context.options} {}

Result<std::optional<Duration>> inherited_shift(const Environment& environment) {
  const auto text = find_variable(environment, kVariable);
  if (!text) return std::optional<Duration>();
  Duration::rep count = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), count);
  if (error == std::errc() && end == text->data() + text->size()) return std::optional<Duration>(count);
  return fail(ErrorKind::kUsage, fmt::format("{} is not a number of microseconds: {}", kVariable, quoted(*text)),
              "unset it");
}

Result<Environment> with_further_shift(Environment environment, Duration further) {
  QFLOW_ASSIGN(const std::optional<Duration> inherited, inherited_shift(environment));
  const Duration shift = inherited.value_or(Duration(0)) + further;
  environment[kVariable] = std::to_string(shift.count());
  return environment;
}

}  // namespace qflow
