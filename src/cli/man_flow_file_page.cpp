#include "cli/flow_file_keys.h"
#include "cli/help_topics.h"
#include "cli/init_files.h"
#include "cli/man_pages.h"
#include "cli/roff.h"
#include "cli/sensor_manual.h"
#include "qflow/trigger/trigger_registry.h"

namespace qflow {

namespace {

constexpr std::string_view kFlowFileDescription =
    R"(One TOML file defines one flow: its parameters, its triggers, its steps. `qflow check` reports every problem with its position; unknown keys are errors.

Durations are text: "90s", "1h30m", "2d", with the units ms, s, m, h, d and w. Instants are RFC 3339. Zones are IANA names.
)";

void write_keys(RoffPage& page, std::span<const FlowFileKey> keys) {
  for (const FlowFileKey& key : keys) page.term(key.name, key_text(key));
}

void write_trigger_example(RoffPage& page, std::string_view type) {
  for (const TriggerTypeInfo& info : built_in_trigger_types()) {
    if (info.name == type) page.example(info.example);
  }
}

}  // namespace

std::string flow_file_page() {
  RoffPage page("qflow-flow", 5);
  page.heading("NAME");
  page.text("qflow-flow - the file that defines a flow");
  page.heading("DESCRIPTION");
  page.text(kFlowFileDescription);
  page.heading("EXAMPLE");
  page.example(example_flow());
  page.heading("KEYS");
  for (const FlowFileTable& table : flow_file_tables()) {
    page.subheading(table.heading.empty() ? "Before the first table" : table.heading);
    page.text(table.text);
    write_keys(page, table.keys);
    if (table.heading.starts_with(kTriggerHeading)) {
      write_trigger_example(page, table.heading.substr(kTriggerHeading.size()));
    }
  }
  page.heading("SENSORS");
  page.text(kSensorsText);
  page.heading("EXPRESSIONS");
  page.text(expressions_text());
  page.heading("SEE ALSO");
  page.text("qflow(1)");
  return page.source();
}

}  // namespace qflow
