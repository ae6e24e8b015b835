#include "trigger/trigger_keys.h"
#include "trigger/trigger_types.h"

namespace qflow {
namespace {

class CliTrigger final : public Trigger {
 public:
  using Trigger::Trigger;
  TriggerType type() const override { return TriggerType::kCli; }
};

}  // namespace

std::unique_ptr<Trigger> create_cli_trigger(TriggerSetup& setup) {
  CliSubscription subscription;
  subscription.source.name = setup.rules.id.text();
  subscription.source.position = setup.rules.position;
  return std::make_unique<CliTrigger>(std::move(setup.rules), std::vector<Subscription>{std::move(subscription)});
}

}  // namespace qflow
