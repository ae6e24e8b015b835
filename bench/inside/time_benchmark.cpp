// Schedules: the next instant of one, a thousand that are due at once, and a simulated year of a thousand.
#include <benchmark/benchmark.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "deployed.h"
#include "qflow/engine/simulation.h"
#include "qflow/time/schedule.h"

namespace qflow::bench {
namespace {

constexpr int kFlows = 1'000;
constexpr int kDays = 365;

Schedule schedule(const char* cron, const char* zone) {
  return Schedule(ScheduleRules{.rhythm = *CronExpression::parse(cron, "F"), .zone = *find_time_zone(zone)});
}

// From instant to instant through the years, nights with clock changes among them.
void next_after(benchmark::State& rounds) {
  const Schedule nightly = schedule("30 2 * * 1-5", "Europe/Berlin");
  const Instant begin = *parse_instant("2026-01-01T00:00:00Z");
  const Instant end = *parse_instant("2036-01-01T00:00:00Z");
  Instant at = begin;
  for ([[maybe_unused]] auto round : rounds) {
    at = *nightly.next_after(at);
    if (at > end) at = begin;
  }
}
BENCHMARK(next_after);

// `schedule` (place): the cron expression of each.
std::vector<std::shared_ptr<const DeployedFlow>> scheduled(const std::function<std::string(int)>& schedule) {
  std::vector<std::shared_ptr<const DeployedFlow>> flows;
  for (int i = 1; i <= kFlows; ++i) {
    flows.push_back(deployed(
        i, "[[triggers]]\ntype = \"schedule\"\nschedule = \"" + schedule(i) + "\"\ntimezone = \"Europe/Berlin\"\n"));
  }
  return flows;
}

// What a tick decides when all of them are due at one instant, in memory.
void due_decisions(benchmark::State& rounds) {
  const auto flows = scheduled([](int) { return "0 * * * *"; });
  const Instant due = *parse_instant("2026-01-01T00:00:00Z");
  for ([[maybe_unused]] auto round : rounds) {
    rounds.PauseTiming();
    auto simulation = std::make_unique<Simulation>(flows, SimulationRules{});
    rounds.ResumeTiming();
    if (!simulation->run(due, due)) rounds.SkipWithError("the simulation is refused");
    rounds.PauseTiming();
    if (simulation->firings().size() != kFlows) rounds.SkipWithError("not every schedule has fired");
    simulation.reset();
    rounds.ResumeTiming();
  }
}
BENCHMARK(due_decisions)->Iterations(20)->Unit(benchmark::kMillisecond);

void simulated_year(benchmark::State& rounds) {
  const auto flows = scheduled([](int i) { return std::to_string(i % 60) + " " + std::to_string(i % 24) + " * * *"; });
  const Instant begin = *parse_instant("2026-01-01T00:00:00Z");
  const Instant end = begin + std::chrono::days(kDays) - std::chrono::seconds(1);
  for ([[maybe_unused]] auto round : rounds) {
    Simulation simulation(flows, SimulationRules{.runs_take = std::chrono::minutes(1)});
    if (!simulation.run(begin, end)) rounds.SkipWithError("the simulation is refused");
    if (simulation.firings().size() != std::size_t{kFlows} * kDays) rounds.SkipWithError("not every day has its runs");
  }
}
BENCHMARK(simulated_year)->Iterations(1)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace qflow::bench
