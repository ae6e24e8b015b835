#include "engine/simulated_choice.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "qflow/engine/event_judgement.h"
#include "qflow/trigger/source_filter.h"
#include "qflow/trigger/trigger_registry.h"

namespace qflow {
namespace {

bool ends_with(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

// A namespaced event is known by its short name, and by its full one in whichever branch of the project it was
// published.
bool is_namespaced_name(std::string_view name, const EventSubscription& event, const FlowDefinition& flow) {
  if (!event.namespaced || !flow.project) return false;
  const std::string project = flow.project->name.value + ".";
  return name.substr(0, project.size()) == project && ends_with(name, "." + event.event.text());
}

bool is_source(const TriggerSource& source, const Trigger& trigger, const Subscription& subscription,
               const FlowDefinition& flow) {
  if (const auto* run = std::get_if<RunSubscription>(&subscription)) {
    return source.run && source.run->flow == run->flow;
  }
  if (source.run) return false;
  const std::string& name = source.event.name;
  if (listens_to(trigger, subscription, {}, name)) return true;
  const auto* event = std::get_if<EventSubscription>(&subscription);
  return event != nullptr && is_namespaced_name(name, *event, flow);
}

std::optional<std::string> why_foreign(const TriggerSource& source, const Subscription& subscription,
                                       const RunNamespaces& namespaces) {
  if (!source.run) return std::nullopt;
  return refusal_by_namespace(subscription, namespaces.own, namespaces.given(*source.run));
}

bool is_filtered(const TriggerSource& source, const Trigger& part, const Subscription& subscription) {
  const auto* run = std::get_if<RunSubscription>(&subscription);
  if (run != nullptr && run->step != source.step) return true;
  return refusal(part, subscription, EventScope(source.event)).has_value();
}

int rank_of(const SimulatedSource& source) {
  return (source.foreign ? 0 : 2) + (source.is_filtered ? 0 : 1);
}

// Where each refuses it, the first that means its name takes it.
std::optional<SimulatedSource> find_source(const TriggerSource& source, const std::vector<const Trigger*>& parts,
                                           const FlowDefinition& flow, const RunNamespaces& namespaces) {
  std::optional<SimulatedSource> best;
  for (const Trigger* part : parts) {
    for (const Subscription& subscription : part->subscriptions()) {
      if (!is_source(source, *part, subscription, flow)) continue;
      SimulatedSource found{part, &subscription, why_foreign(source, subscription, namespaces),
                            is_filtered(source, *part, subscription)};
      if (!best || rank_of(found) > rank_of(*best)) best = std::move(found);
    }
  }
  return best;
}

using Taken = std::vector<std::optional<SimulatedSource>>;

Taken take(const std::vector<TriggerSource>& sources, const std::vector<const Trigger*>& parts,
           const FlowDefinition& flow, const RunNamespaces& namespaces) {
  Taken taken;
  for (const TriggerSource& source : sources) taken.push_back(find_source(source, parts, flow, namespaces));
  return taken;
}

bool holds(const Trigger& trigger, const Taken& taken) {
  std::vector<bool> met;
  for (const Subscription& subscription : trigger.subscriptions()) {
    met.push_back(std::any_of(taken.begin(), taken.end(), [&](const std::optional<SimulatedSource>& source) {
      return source && source->subscription == &subscription;
    }));
  }
  return trigger.rules().match.holds(met);
}

bool group_holds(const Trigger& group, const Taken& taken) {
  std::vector<bool> met;
  for (const Trigger* leg : source_triggers(group)) met.push_back(holds(*leg, taken));
  return met.size() == group.legs().size() && group.rules().match.holds(met);
}

bool accepts(const Trigger& joining, const std::vector<TriggerSource>& sources, const Taken& taken) {
  for (std::size_t i = 0; i < sources.size(); ++i) {
    if (taken[i]->is_filtered || refusal_by_when(joining, EventScope(sources[i].event))) return false;
  }
  return true;
}

std::vector<GivenSource> number_sources(const std::vector<TriggerSource>& sources) {
  std::vector<GivenSource> given;
  std::size_t distinct = 0;
  for (const TriggerSource& source : sources) {
    GivenSource one{distinct, source.run.has_value(), source.run ? source.run->flow.text() : source.event.name};
    const auto same = std::find_if(given.begin(), given.end(), [&](const GivenSource& other) {
      return other.is_run == one.is_run && other.name == one.name;
    });
    if (same == given.end()) {
      ++distinct;
    } else {
      one.number = same->number;
    }
    given.push_back(std::move(one));
  }
  return given;
}

// Events that one declared source takes under two names (short and namespaced) are one source, and runs of one flow
// that several sources take, each those of its namespace, are several.
void number_as_taken(SimulatedChoice& choice) {
  std::map<const Subscription*, std::size_t> numbers;
  for (std::size_t i = 0; i < choice.taken.size(); ++i) {
    if (!choice.taken[i]) continue;
    const bool is_used = std::any_of(numbers.begin(), numbers.end(),
                                     [&](const auto& one) { return one.second == choice.given[i].number; });
    const std::size_t number = is_used ? choice.given.size() + i : choice.given[i].number;
    choice.given[i].number = numbers.emplace(choice.taken[i]->subscription, number).first->second;
  }
}

}  // namespace

SimulatedChoice choose_trigger(const std::vector<TriggerSource>& sources, const FlowDefinition& flow,
                               const TriggerList& triggers, const RunNamespaces& namespaces) {
  SimulatedChoice choice;
  choice.given = number_sources(sources);
  int best = -1;
  std::vector<const Trigger*> all;
  for (const auto& trigger : triggers) {
    all.push_back(trigger.get());
    if (trigger->group() != nullptr) continue;
    auto taken = take(sources, source_triggers(*trigger), flow, namespaces);
    if (!std::all_of(taken.begin(), taken.end(), [](const auto& source) { return source.has_value(); })) continue;
    const bool is_group = !trigger->legs().empty();
    const bool match_holds = is_group ? group_holds(*trigger, taken) : holds(*trigger, taken);
    const bool is_meant = std::none_of(taken.begin(), taken.end(), [](const auto& one) { return one->foreign; });
    const int rank = (is_meant ? 16 : 0) + (accepts(*trigger, sources, taken) ? 8 : 0) + (match_holds ? 4 : 0) +
                     (trigger->rules().enabled ? 2 : 0) + (is_group ? 1 : 0);
    if (rank <= best) continue;
    best = rank;
    choice.trigger = trigger.get();
    choice.match_holds = match_holds;
    choice.taken = std::move(taken);
  }
  if (choice.trigger == nullptr) choice.taken = take(sources, all, flow, namespaces);
  number_as_taken(choice);
  return choice;
}

TriggerDeclaration declaration_of_given(const std::vector<GivenSource>& given) {
  TriggerDeclaration declaration;
  bool runs = false;
  bool events = false;
  std::vector<std::size_t> seen;
  for (const GivenSource& source : given) {
    (source.is_run ? runs : events) = true;
    if (std::find(seen.begin(), seen.end(), source.number) != seen.end()) continue;
    seen.push_back(source.number);
    declaration.names.push_back(source.name);
  }
  declaration.sources = seen.size();
  const bool several = seen.size() > 1;
  if (runs && events) {
    declaration.kind = TriggerKind::kMixed;
  } else if (runs) {
    declaration.kind = several ? TriggerKind::kManyRuns : TriggerKind::kRun;
  } else {
    declaration.kind = several ? TriggerKind::kManyEvents : TriggerKind::kEvent;
  }
  return declaration;
}

}  // namespace qflow
