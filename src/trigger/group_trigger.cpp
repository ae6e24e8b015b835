#include <utility>

#include "trigger/trigger_keys.h"
#include "trigger/trigger_types.h"

namespace qflow {
namespace {

class GroupTrigger final : public Trigger {
 public:
  GroupTrigger(TriggerRules rules, std::vector<TriggerId> leg_ids)
      : Trigger(std::move(rules)), leg_ids_(std::move(leg_ids)) {}

  TriggerType type() const override { return TriggerType::kGroup; }
  const std::vector<TriggerId>& leg_ids() const override { return leg_ids_; }

 private:
  std::vector<TriggerId> leg_ids_;
};

}  // namespace

std::unique_ptr<Trigger> create_group_trigger(TriggerSetup& setup) {
  ConfigReader& reader = setup.config;
  constexpr const char* kAdvice = "name the triggers of the group: match = \"orders && nightly\"";
  const ConfigEntry* match = reader.find("match");
  if (match == nullptr) {
    reader.diagnostics().error(reader.source().position, "a group has no `match`", kAdvice);
  } else if (setup.rules.match.kind() != MatchExpression::Kind::kNames) {
    reader.diagnostics().error(match->value.position, "the `match` of a group must name its legs", kAdvice);
  }
  std::vector<TriggerId> legs;
  for (const std::string& name : setup.rules.match.names()) {
    Result<TriggerId> id = TriggerId::parse(name);
    if (id) {
      legs.push_back(std::move(*id));
    } else {
      reader.diagnostics().error(match->value.position, id.error().message, id.error().advice);
    }
  }
  return std::make_unique<GroupTrigger>(std::move(setup.rules), std::move(legs));
}

}  // namespace qflow
