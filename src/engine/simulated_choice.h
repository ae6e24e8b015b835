#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "qflow/engine/simulated_trigger.h"
#include "qflow/engine/trigger_declaration.h"
#include "qflow/model/flow_definition.h"
#include "qflow/model/run.h"
#include "qflow/trigger/trigger.h"

namespace qflow {

// Which declared source a given one is: the trigger (of a group the leg) and its subscription.
struct SimulatedSource {
  const Trigger* trigger = nullptr;
  const Subscription* subscription = nullptr;
  std::optional<std::string> foreign = {};  // a run of a namespace that the source does not mean: why it is refused
  bool is_filtered = false;                 // by what the source filters on, or since the trigger is on another step
};

// A given source among the distinct ones: two runs of one flow, or two events of one name, have one number, unless
// they are different declared sources.
struct GivenSource {
  std::size_t number = 0;
  bool is_run = false;
  std::string name;
};

// What the sources of a command line come to.
struct SimulatedChoice {
  const Trigger* trigger = nullptr;  // the entry that has all of them as sources; null when there is none
  bool match_holds = false;          // whether they are enough for it
  std::vector<GivenSource> given;    // one per source
  std::vector<std::optional<SimulatedSource>> taken;  // one per source: of the entry, else of any that declares it
};

// Of several entries that have all the given sources, one that means the namespaces of the runs, that filters none,
// whose match they meet, which is enabled, and which is a group is preferred, in this order; then the first.
SimulatedChoice choose_trigger(const std::vector<TriggerSource>& sources, const FlowDefinition& flow,
                               const TriggerList& triggers, const RunNamespaces& namespaces);

// The distinct sources given, as a declaration that joins all of them.
TriggerDeclaration declaration_of_given(const std::vector<GivenSource>& given);

}  // namespace qflow
