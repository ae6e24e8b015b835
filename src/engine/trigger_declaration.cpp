#include "qflow/engine/trigger_declaration.h"

#include <algorithm>

namespace qflow {
namespace {

void add_name(std::vector<std::string>& names, const std::string& name) {
  if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
}

TriggerKind kind_of(std::size_t runs, std::size_t events, bool any) {
  if (runs > 0 && events > 0) return TriggerKind::kMixed;
  if (runs + events <= 1) return runs == 1 ? TriggerKind::kRun : TriggerKind::kEvent;
  if (runs > 0) return any ? TriggerKind::kOneOfRuns : TriggerKind::kManyRuns;
  return any ? TriggerKind::kOneOfEvents : TriggerKind::kManyEvents;
}

}  // namespace

TriggerDeclaration declaration_of(const Trigger& trigger) {
  TriggerDeclaration declaration;
  std::size_t runs = 0;
  for (const Trigger* part : source_triggers(trigger)) {
    for (const Subscription& subscription : part->subscriptions()) {
      ++declaration.sources;
      add_name(declaration.names, source_of(subscription).name);
      const auto* run = std::get_if<RunSubscription>(&subscription);
      if (run == nullptr) continue;
      ++runs;
      add_name(declaration.names, run->flow.text());
    }
  }
  const bool any = trigger.rules().match.kind() == MatchExpression::Kind::kAny;
  declaration.kind = kind_of(runs, declaration.sources - runs, any);
  return declaration;
}

}  // namespace qflow
