#include <fmt/format.h>

#include "flowfile/checked_text.h"
#include "flowfile/flow_sections.h"
#include "qflow/model/event_names.h"
#include "qflow/model/name_characters.h"

namespace qflow {
namespace {

bool has_template(std::string_view text) {
  return text.find("{{") != std::string_view::npos;
}

// A namespaced event loses what names can't hold, as on the side that listens.
void shorten_event_name(Located<std::string>& event, Diagnostics& diagnostics) {
  const std::string kept = kept_in_names(event.value);
  if (kept == event.value || kept.empty()) return;
  diagnostics.warning(event.position,
                      fmt::format("the event {} is published as {}", qflow::quoted(event.value), qflow::quoted(kept)),
                      "names keep only letters, digits, '_', '.' and '-'");
  event.value = kept;
}

// A name with templates in it is judged when it is rendered.
void check_event_name(StepPublish& publish, Diagnostics& diagnostics) {
  Located<std::string>& event = publish.event;
  if (has_template(event.value)) return;
  if (publish.namespaced) shorten_event_name(event, diagnostics);
  checked_name<EventName>(event, diagnostics);
  if (!event.value.starts_with(kOwnEvents)) return;
  diagnostics.error(event.position, fmt::format("{} is a name that only qflow publishes", qflow::quoted(event.value)),
                    "choose a name that does not begin with 'qflow.'");
}

void check_idempotency_key(const StepPublish& publish, Diagnostics& diagnostics) {
  for (const auto& [key, text] : publish.fields) {
    if (key != "idempotency_key") continue;
    const Status valid = qflow::check_idempotency_key(text.value);
    if (!valid) diagnostics.error(text.position, valid.error().message, valid.error().advice);
  }
}

std::optional<ConfigValue> read_payload(ConfigReader& reader) {
  const ConfigEntry* entry = reader.find("payload");
  if (entry == nullptr) return std::nullopt;
  const ConfigValue& value = entry->value;
  const std::string* text = std::get_if<std::string>(&value.data);
  const bool is_template = text != nullptr && has_template(*text);
  if (is_template || std::holds_alternative<ConfigTable>(value.data)) return value;
  reader.diagnostics().error(value.position, fmt::format("`payload` must be a table; is {}", value.type_name()),
                             "write payload = { name = value }");
  return std::nullopt;
}

StepPublish read_one(const ConfigTable& table, bool has_project, Diagnostics& diagnostics) {
  ConfigReader reader(table, "publish", diagnostics);
  StepPublish publish;
  publish.position = table.position;
  const auto event = reader.required_text("event");
  if (const auto namespaced = reader.boolean("namespaced")) {
    publish.namespaced = namespaced->value;
    if (namespaced->value && !has_project) {
      diagnostics.error(namespaced->position, "`namespaced` needs a project", "add [project] with a name to the file");
    }
  }
  if (event) {
    publish.event = *event;
    check_event_name(publish, diagnostics);
  }
  publish.when = reader.text("when");
  publish.payload = read_payload(reader);
  for (const char* key : {"type", "namespace", "value", "sender", "context", "idempotency_key"}) {
    if (const auto text = reader.text(key)) publish.fields.emplace_back(key, *text);
  }
  check_idempotency_key(publish, diagnostics);
  if (const auto safe = reader.boolean("safe")) publish.safe = safe->value;
  reader.finish();
  return publish;
}

}  // namespace

std::vector<StepPublish> read_publish(const std::vector<const ConfigTable*>& tables, bool has_project,
                                      Diagnostics& diagnostics) {
  std::vector<StepPublish> all;
  for (const ConfigTable* table : tables) all.push_back(read_one(*table, has_project, diagnostics));
  return all;
}

}  // namespace qflow
