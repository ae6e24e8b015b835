#include "qflow/engine/simulated_trigger.h"

#include <utility>

#include "engine/simulated_choice.h"
#include "engine/simulation_notes.h"
#include "qflow/engine/event_judgement.h"
#include "qflow/engine/trigger_declaration.h"
#include "qflow/model/run_end.h"

namespace qflow {
namespace {

// A run whose end was named by the id of its event is a run all the same.
void recognise_runs(std::vector<TriggerSource>& sources) {
  for (TriggerSource& source : sources) {
    if (source.run || !is_end_of_run(source.event)) continue;
    source.run = source.event.caused_by;
    source.short_name = source.run->flow.text();
    source.step = ended_step(source.event);
  }
}

// The mapping of a source that no entry of the file takes together with the others.
const ParameterMapping& lone_mapping(const TriggerSource& source, bool is_only, const SimulatedSource* declared) {
  static const ParameterMapping none;
  static const ParameterMapping by_name{MappingMode::kByName, {}};
  if (declared != nullptr && source_of(*declared->subscription).mapping.mode == MappingMode::kExplicit) {
    return source_of(*declared->subscription).mapping;
  }
  return is_only && !source.run ? by_name : none;
}

std::optional<std::string> context_of(const Event& event, const Trigger* trigger) {
  return trigger == nullptr ? event.context : run_context(*trigger, EventScope(event)).value_or(std::nullopt);
}

// The context that all events agree on.
std::optional<std::string> common_context(const std::vector<TriggerSource>& sources, const Trigger* trigger) {
  std::optional<std::string> common = context_of(sources.front().event, trigger);
  for (const TriggerSource& source : sources) {
    if (context_of(source.event, trigger) != common) return std::nullopt;
  }
  return common;
}

TriggerRecord make_record(const SimulatedChoice& choice) {
  TriggerRecord record;
  const TriggerDeclaration declaration =
      choice.trigger != nullptr ? declaration_of(*choice.trigger) : declaration_of_given(choice.given);
  record.kind = declaration.kind;
  record.declared_sources = declaration.sources;
  record.declared_names = declaration.names;
  if (choice.trigger != nullptr) record.trigger_id = choice.trigger->id();
  return record;
}

MappedParameters map_given(const SimulatedChoice& choice, const std::vector<TriggerSource>& sources,
                           const FlowDefinition& flow, const ArtifactReader& artifacts) {
  const bool is_only = declaration_of_given(choice.given).sources == 1;
  std::vector<FiringEvent> events;
  for (std::size_t i = 0; i < sources.size(); ++i) {
    const SimulatedSource* declared = choice.taken[i] ? &*choice.taken[i] : nullptr;
    const ParameterMapping& mapping = choice.trigger != nullptr ? source_of(*declared->subscription).mapping
                                                                : lone_mapping(sources[i], is_only, declared);
    events.push_back({&sources[i].event, &mapping, choice.given[i].number, true, true});
  }
  return map_firing(events, flow.parameters, artifacts);
}

}  // namespace

SimulatedTrigger simulate_trigger(std::vector<TriggerSource> sources, const FlowDefinition& flow,
                                  const TriggerList& triggers, const RunNamespaces& namespaces,
                                  const IsFlowName& is_flow_name, const ArtifactReader& artifacts) {
  recognise_runs(sources);
  const SimulatedChoice choice = choose_trigger(sources, flow, triggers, namespaces);
  for (std::size_t i = 0; i < sources.size(); ++i) {
    if (choice.taken[i] && !sources[i].run) sources[i].short_name = source_of(*choice.taken[i]->subscription).name;
  }
  SimulatedTrigger simulated;
  simulated.record = make_record(choice);
  simulated.context = common_context(sources, choice.trigger);
  const MappedParameters mapped = map_given(choice, sources, flow, artifacts);
  simulated.parameters = mapped.values;
  simulated.notes = notes_on(choice, sources, flow, triggers, is_flow_name);
  for (const FilteredEvent& filtered : mapped.filtered) {
    simulated.notes.push_back(note_on_filtered(sources[filtered.index], filtered.reason));
  }
  simulated.record.sources = std::move(sources);
  return simulated;
}

}  // namespace qflow
