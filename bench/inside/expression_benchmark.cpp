// A condition such as triggers have, evaluated for an event.
#include <benchmark/benchmark.h>

#include "qflow/expression/expression.h"
#include "qflow/trigger/source_filter.h"
#include "support/built_triggers.h"

namespace qflow::bench {
namespace {

void evaluate(benchmark::State& rounds) {
  const auto condition = Expression::parse(
      "event.payload.rows > 100 && event.payload.kind in ['daily', 'weekly'] && event.sender == null");
  const Event event = make_event("orders", Json{{"rows", 250}, {"kind", "weekly"}});
  for ([[maybe_unused]] auto round : rounds) {
    const EventScope scope(event);
    if (!condition->evaluate_bool(scope).value_or(false)) rounds.SkipWithError("the condition is not met");
  }
}
BENCHMARK(evaluate);

}  // namespace
}  // namespace qflow::bench
