#pragma once

#include <cstddef>
#include <string>
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
  // Places of the rows: of firings, then of outcomes, counted on.
  std::vector<std::size_t> in_order_of_time() const;
  std::vector<Cell> row_at(std::size_t place) const;

  std::size_t repeats_;
  std::vector<SimulatedFiring> firings_;
  std::vector<std::string> notes_;  // of each firing, mostly ""
  std::vector<SimulatedOutcome> outcomes_;
};

}  // namespace qflow
