#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "cli/table.h"
#include "qflow/engine/simulation.h"
#include "qflow/model/json.h"
#include "qflow/time/instant.h"

namespace qflow {

// {at, flow, namespace, trigger, type, events, params, context, run}
Json json_of(const SimulatedFiring& firing);
// {event, flow, namespace, trigger, outcome, reason}
Json json_of(const SimulatedOutcome& outcome);

// What people read of a simulation, which outlives it.
class SimulationReport {
 public:
  explicit SimulationReport(const Simulation& simulation);

  // A row for each firing, and for each event that came to something else, in the order of time: when, flow and
  // trigger, what became of it, events, parameters.
  Table timeline() const;
  // The same, without keeping what goes into a pipe: a year may have a million rows.
  void print_timeline(const Context& context) const;
  // "3 runs, 1 event filtered, 2 waiting".
  std::string summary() const;

 private:
  using Row = std::pair<Instant, std::size_t>;  // when, and its place: of the firings, then of the others, counted on

  std::vector<Row> in_order_of_time() const;
  std::vector<Cell> cells_of(const Row& row) const;

  std::size_t repeats_;
  std::vector<SimulatedFiring> firings_;
  std::vector<SimulatedOutcome> others_;
  std::map<std::size_t, std::string> notes_;  // of firings that have one
};

}  // namespace qflow
