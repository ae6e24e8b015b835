#include "qflow/trigger/trigger_registry.h"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <utility>

#include "qflow/error/printable.h"
#include "qflow/error/suggestion.h"
#include "trigger/trigger_assembly.h"
#include "trigger/trigger_keys.h"

namespace qflow {
namespace {

bool has_key(const TriggerTypeInfo& type, std::string_view key) {
  return std::find(type.keys.begin(), type.keys.end(), key) != type.keys.end();
}

// What to say about a key that the trigger's type does not have.
std::string explain_foreign_key(std::string_view key) {
  std::vector<std::string> owners;
  for (const TriggerTypeInfo& type : built_in_trigger_types()) {
    if (has_key(type, key)) owners.emplace_back(type.name);
  }
  if (!owners.empty()) {
    return fmt::format("belongs to triggers of type{} {}", owners.size() > 1 ? "s" : "", quoted_list(owners));
  }
  if (key == "reset") return "belongs in options: options = { reset = 5 }";
  if (key == "when_busy" || key == "max_parallel") return "belongs in [run] of the flow";
  return "";
}

void finish(ConfigReader& reader, const TriggerSetup& setup) {
  reader.finish([&](std::string_view key) {
    std::string better = setup.explain_unknown ? setup.explain_unknown(key) : std::string();
    return better.empty() ? explain_foreign_key(key) : better;
  });
}

// The type's code may belong to another program.
std::unique_ptr<Trigger> make(const TriggerFactory& create, TriggerSetup& setup, const Located<std::string>& type) {
  Diagnostics& diagnostics = setup.config.diagnostics();
  const auto refuse = [&](std::string_view why) {
    diagnostics.error(type.position, fmt::format("no trigger of type {} could be made: {}", quoted(type.value), why));
  };
  try {
    std::unique_ptr<Trigger> trigger = create(setup);
    if (trigger == nullptr && !diagnostics.has_errors()) refuse("its factory gave neither a trigger nor a reason");
    return trigger;
  } catch (const std::exception& thrown) {
    refuse(printable(thrown.what()));
    return nullptr;
  }
}

void pass_on(const Diagnostics& found, Diagnostics& diagnostics) {
  for (const Diagnostic& problem : found.list()) {
    if (problem.severity == Severity::kError) {
      diagnostics.error(problem.position, problem.message, problem.help);
    } else {
      diagnostics.warning(problem.position, problem.message, problem.help);
    }
  }
}

}  // namespace

TriggerRegistry::TriggerRegistry() {
  for (const TriggerTypeInfo& type : built_in_trigger_types()) types_.emplace(type.name, Type{type.create, false});
}

void TriggerRegistry::register_trigger(std::string type, TriggerFactory factory) {
  types_.insert_or_assign(std::move(type), Type{std::move(factory), true});
}

std::vector<std::string> TriggerRegistry::known_types() const {
  std::vector<std::string> types;
  for (const auto& entry : types_) types.push_back(entry.first);
  return types;
}

std::unique_ptr<Trigger> TriggerRegistry::create_trigger(const TriggerConfig& config, const FlowDefinition& flow,
                                                         Diagnostics& diagnostics) const {
  ConfigReader type_reader(config.table, "trigger", diagnostics);
  const auto type = type_reader.required_text("type");
  if (!type) return nullptr;
  const auto known = types_.find(type->value);
  if (known == types_.end()) {
    diagnostics.error(type->position, fmt::format("unknown trigger type {}", qflow::quoted(type->value)),
                      "known: " + quoted_list(known_types()));
    return nullptr;
  }
  Diagnostics found(diagnostics.file(), {});
  ConfigReader reader(config.table, "trigger of type " + type->value, found);
  TriggerSetup setup{reader, flow, read_shared_keys(reader, flow, type->value), {}};
  setup.rules.is_custom = known->second.is_custom;
  std::unique_ptr<Trigger> trigger = make(known->second.create, setup, *type);
  finish(reader, setup);
  if (trigger != nullptr) TriggerAssembly(reader, flow).complete(*trigger);
  pass_on(found, diagnostics);
  return found.has_errors() ? nullptr : std::move(trigger);
}

}  // namespace qflow
