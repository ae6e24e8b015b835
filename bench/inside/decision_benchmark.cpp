// What one event costs that 10 of 100,000 deployed flows listen to: the engine's part, over a ledger in memory; and as
// the floor the look-up of the listeners in an index of SQLite.
#include <benchmark/benchmark.h>
#include <sqlite3.h>

#include <memory>
#include <stdexcept>
#include <vector>

#include "deployed.h"
#include "qflow/engine/engine.h"
#include "qflow/engine/memory_state.h"

namespace qflow::bench {
namespace {

constexpr int kDeployed = 100'000;
constexpr int kListeners = 10;
constexpr int kEvents = 2'000;

std::string listens_to(const std::string& event) {
  return "[[triggers]]\ntype = \"event\"\nevent = \"" + event + "\"\nwhen = \"event.payload.n >= 0\"\n";
}

using Flows = std::vector<std::shared_ptr<const DeployedFlow>>;

// The event that the ten listen to is the middle one's among them.
const Flows& flows() {
  static const Flows all = [] {
    Flows made;
    for (int i = 1; i <= kDeployed; ++i) {
      const bool hears = i % (kDeployed / kListeners) == 0;
      made.push_back(deployed(i, listens_to(hears ? "many" : "event" + std::to_string(i))));
    }
    return made;
  }();
  return all;
}

// The runs that were queued are over before the next event, so that every decision meets the same.
void end_runs(MemoryState& state, Instant now) {
  for (const RunId& run : state.start_runs(now)) (void)state.end_run(run, RunStatus::kSucceeded, now);
}

void decision(benchmark::State& rounds) {
  const ArtifactReader artifacts;
  // Anew each time, in memory that the last one has left: what it keeps of each event would else be paid in page
  // faults.
  MemoryState state{artifacts};
  for (const auto& flow : flows()) state.put_flow(flow);
  Engine engine(state, artifacts, 50);
  const Event event = make_event("many", Json{{"n", 1}});
  for ([[maybe_unused]] auto round : rounds) {
    const RecordedEvent recorded = state.record(event);
    const auto judgements = state.judge(recorded.event);
    if (!judgements || !engine.take(recorded, *judgements)) rounds.SkipWithError("the engine refuses the event");
    rounds.PauseTiming();
    end_runs(state, event.recorded_at);
    rounds.ResumeTiming();
  }
  if (state.runs().size() != static_cast<std::size_t>(rounds.iterations()) * kListeners)
    rounds.SkipWithError("not all listeners ran");
}
BENCHMARK(decision)->Iterations(kEvents)->Unit(benchmark::kMicrosecond);

// The table of a ledger, with its rows.
class Subscriptions {
 public:
  Subscriptions() {
    sqlite3_open(":memory:", &database_);
    execute("CREATE TABLE subscriptions(name TEXT, deployment INTEGER, PRIMARY KEY(name, deployment)) WITHOUT ROWID");
    execute("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < " + std::to_string(kDeployed) +
            ") INSERT INTO subscriptions SELECT iif(i % " + std::to_string(kDeployed / kListeners) +
            " = 0, 'many', 'event' || i), i FROM n");
    sqlite3_prepare_v2(database_, "SELECT deployment FROM subscriptions WHERE name = 'many'", -1, &query_, nullptr);
  }
  ~Subscriptions() {
    sqlite3_finalize(query_);
    sqlite3_close(database_);
  }

  int count() {
    int found = 0;
    while (sqlite3_step(query_) == SQLITE_ROW) ++found;
    sqlite3_reset(query_);
    return found;
  }

 private:
  void execute(const std::string& sql) {
    if (sqlite3_exec(database_, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
      throw std::runtime_error(sqlite3_errmsg(database_));
    }
  }

  sqlite3* database_ = nullptr;
  sqlite3_stmt* query_ = nullptr;
};

void listeners_in_sqlite(benchmark::State& rounds) {
  Subscriptions subscriptions;
  for ([[maybe_unused]] auto round : rounds) {
    if (subscriptions.count() != kListeners) rounds.SkipWithError("not all listeners were found");
  }
}
BENCHMARK(listeners_in_sqlite)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace qflow::bench
