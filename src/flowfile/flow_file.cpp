#include "qflow/flowfile/flow_file.h"

#include <string>
#include <utility>
#include <vector>

#include "flowfile/checked_text.h"
#include "flowfile/flow_sections.h"
#include "flowfile/toml_document.h"
#include "qflow/model/tag.h"

namespace qflow {
namespace {

// Which section a key belongs to, for keys that stand in a wrong one.
struct KeyHome {
  std::string_view key;
  std::string_view home;
};
constexpr KeyHome kHomes[] = {
    {"when_busy", "in [run]"},
    {"max_parallel", "in [run]"},
    {"jobs", "in [run]"},
    {"on_crash", "in [run]"},
    {"keep", "in [run]"},
    {"timeout", "in [run] or a step"},
    {"needs", "to a step"},
    {"exec", "to a step"},
    {"foreach", "to a step"},
    {"allow_failure", "to a step"},
    {"publish", "to a step"},
    {"secrets", "to a step"},
    {"shell", "to a step or in [defaults]"},
    {"workdir", "to a step or in [defaults]"},
    {"env", "to a step or in [defaults]"},
    {"retries", "to a step or in [defaults]"},
    {"retry_delay", "to a step or in [defaults]"},
    {"retry_backoff", "to a step or in [defaults]"},
    {"on_success", "in [hooks]"},
    {"on_failure", "in [hooks]"},
    {"branch", "in [project]"},
    {"production", "in [project]"},
    {"schedule", "to a trigger"},
    {"event", "to a trigger"},
    {"events", "to a trigger"},
    {"flows", "to a trigger"},
    {"source_flow_id", "to a trigger"},
};

void read_head(ConfigReader& reader, FlowFile& file) {
  FlowDefinition& flow = file.definition;
  const auto written_id = reader.required_text("id");
  if (written_id) file.id_position = written_id->position;
  if (const auto id = checked_name<FlowId>(written_id, reader.diagnostics())) flow.id = *id;
  if (const auto description = reader.text("description")) flow.description = description->value;
  reader.choice("flow_type", {"standard"});
  for (const Located<std::string>& tag : reader.text_list("tags")) {
    const Status checked = check_tag(tag.value);
    if (!checked) reader.diagnostics().error(tag.position, checked.error().message, checked.error().advice);
    if (checked) flow.tags.push_back(tag.value);
  }
}

void read_sections(ConfigReader& reader, FlowDefinition& flow) {
  Diagnostics& diagnostics = reader.diagnostics();
  if (const ConfigTable* project = reader.table("project")) flow.project = read_project(*project, diagnostics);
  if (const ConfigTable* parameters = reader.table("parameters")) {
    flow.parameters = read_parameters(*parameters, diagnostics);
  }
  if (const ConfigTable* run = reader.table("run")) flow.run = read_run_policy(*run, diagnostics);
  if (const ConfigTable* engine = reader.table("engine")) flow.engine = *engine;
  if (const ConfigTable* hooks = reader.table("hooks")) flow.hooks = read_hooks(*hooks, diagnostics);
  for (const ConfigTable* trigger : reader.tables("triggers")) flow.triggers.push_back({*trigger});
  flow.tests = read_tests(reader.tables("tests"), diagnostics);
}

void read_all_steps(ConfigReader& reader, FlowDefinition& flow) {
  Diagnostics& diagnostics = reader.diagnostics();
  StepDefaults defaults;
  if (const ConfigTable* table = reader.table("defaults")) defaults = read_step_defaults(*table, diagnostics);
  const bool has_project = flow.project.has_value();
  for (const ConfigTable* table : reader.tables("steps")) {
    flow.steps.push_back(read_step(*table, defaults, has_project, diagnostics));
  }
  if (!reader.has("steps")) {
    diagnostics.warning({1, 1}, "the flow has no steps", "its runs succeed at once; add a [[steps]] table");
  }
  check_steps(flow.steps, diagnostics);
  check_parameter_names(flow, diagnostics);
}

}  // namespace

std::string explain_misplaced_key(std::string_view key) {
  for (const KeyHome& entry : kHomes) {
    if (entry.key == key) return "belongs " + std::string(entry.home);
  }
  return "";
}

FlowFile parse_flow_file(std::string_view text, const std::string& file, const std::string& folder) {
  FlowFile result{{}, Diagnostics(file, std::string(text))};
  FlowDefinition& flow = result.definition;
  flow.file = file;
  flow.folder = folder;
  flow.text = text;
  const std::optional<ConfigTable> document = parse_toml(text, result.diagnostics);
  if (!document) return result;
  ConfigReader reader(*document, "the flow file", result.diagnostics);
  read_head(reader, result);
  read_sections(reader, flow);
  read_all_steps(reader, flow);
  reader.finish(explain_misplaced_key);
  return result;
}

}  // namespace qflow
