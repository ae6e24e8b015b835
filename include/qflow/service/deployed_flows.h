#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "qflow/engine/deployed_flow.h"
#include "qflow/engine/event_judgement.h"
#include "qflow/store/store.h"
#include "qflow/trigger/trigger_registry.h"

namespace qflow {

// The deployed flows of a store, each parsed once. The store and the types outlive it. For one thread.
class DeployedFlows {
 public:
  DeployedFlows(Store& store, const TriggerRegistry& types) : store_(store), types_(types) {}

  // As it is deployed now. kStore when the recorded definition has errors (a newer qflow may see some, and one without
  // the types of triggers of the program that deployed it).
  Result<std::shared_ptr<const DeployedFlow>> find(std::int64_t key);
  // The same for one of many, which the others do not wait for: null when its recorded definition has errors.
  Result<std::shared_ptr<const DeployedFlow>> find_readable(std::int64_t key);
  // Why it is not readable, in one line; "" when it is.
  Result<std::string> problem_of(std::int64_t key);
  // Each whose recorded definition has no errors, by flow and namespace.
  Result<std::vector<std::shared_ptr<const DeployedFlow>>> all_readable();
  // What every flow that listens to the event makes of it, in the order of their first deploy. Of one whose recorded
  // definition has errors, the triggers that can be read refuse it.
  Result<std::vector<Judgement>> judge(const Event& event);
  // Those whose definition has errors, as far as they were asked for, each a sentence for people.
  std::vector<std::string> passed_over() const;

 private:
  struct Entry {
    std::shared_ptr<const DeployedFlow> flow;  // with errors: the triggers that can be read
    std::optional<Error> error = {};
    std::string problem = {};  // the first error, in short
    std::string name = {};
  };

  static Entry build(const Deployment& deployment, const TriggerRegistry& types);
  static std::vector<Judgement> refuse(const Entry& entry, const Event& event);
  Status refresh();
  Result<const Entry*> look_up(std::int64_t key);

  Store& store_;
  const TriggerRegistry& types_;
  std::int64_t generation_ = -1;
  std::map<std::int64_t, Entry> flows_;
};

// kNotFound: `flow`, as it is to be called, has the triggers `known`, and not the one that is wanted.
Error no_such_trigger(const std::string& flow, const TriggerId& wanted, std::span<const std::string> known);

// no_such_trigger() when there is none.
Result<const Trigger*> named_trigger(const DeployedFlow& flow, const TriggerId& id);

}  // namespace qflow
