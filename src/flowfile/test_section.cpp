#include <fmt/format.h>

#include <algorithm>

#include "flowfile/checked_text.h"
#include "flowfile/flow_sections.h"

namespace qflow {
namespace {

// One thing that happens in a test: an event, the end of a run, a change that a sensor saw, or only the clock.
void check_given(const ConfigTable& table, Diagnostics& diagnostics) {
  ConfigReader reader(table, "given", diagnostics);
  if (!reader.has("at")) {
    diagnostics.error(table.position, "missing key 'at' in given",
                      "say when it happens: at = \"2026-03-01T09:00:00Z\"");
  }
  reader.instant("at");
  int happenings = 0;
  for (const char* key : {"event", "run", "sensor"}) happenings += reader.text(key) ? 1 : 0;
  if (happenings > 1) {
    diagnostics.error(table.position, "given has several of `event`, `run` and `sensor`", "write a table for each");
  }
  for (const char* key : {"type", "namespace", "value", "sender", "context", "idempotency_key"}) reader.text(key);
  reader.boolean("namespaced");
  reader.instant("timestamp");
  reader.table("payload");
  reader.choice("status", {"succeeded", "failed", "cancelled", "crashed"});
  reader.text("step");
  reader.finish();
}

// Whether the table only says that nothing fires.
bool check_expect(const ConfigTable& table, Diagnostics& diagnostics) {
  ConfigReader reader(table, "expect", diagnostics);
  const auto none = reader.boolean("none");
  if (none && table.entries.size() > 1) {
    diagnostics.error(none->position, "`none` stands alone", "it says that nothing fires; remove the other keys");
  }
  checked_name<TriggerId>(reader.text("trigger"), diagnostics);
  reader.choice("outcome",
                {"fired", "waiting", "filtered", "expired", "superseded", "skipped", "coalesced", "stopped"});
  reader.text("type");
  reader.text("context");
  reader.text("reason");
  reader.instant("at");
  reader.table("params");
  reader.finish();
  return none && none->value;
}

std::vector<ConfigTable> copies(const std::vector<const ConfigTable*>& tables) {
  std::vector<ConfigTable> copied;
  for (const ConfigTable* table : tables) copied.push_back(*table);
  return copied;
}

void check_expects_something(ConfigReader& reader) {
  const ConfigEntry* expect = reader.find("expect");
  const auto* list = expect != nullptr ? std::get_if<ConfigList>(&expect->value.data) : nullptr;
  constexpr const char* kAdvice = "list every firing, or write [{ none = true }]";
  if (expect == nullptr) reader.diagnostics().error(reader.source().position, "missing key 'expect' in test", kAdvice);
  if (list != nullptr && list->empty()) {
    reader.diagnostics().error(expect->value.position, "`expect` is empty", kAdvice);
  }
}

FlowTest read_test(const ConfigTable& table, Diagnostics& diagnostics) {
  ConfigReader reader(table, "test", diagnostics);
  FlowTest test;
  if (const auto name = program_text(reader.required_text("name"), "name", diagnostics)) test.name = *name;
  test.given = copies(reader.tables("given"));
  test.expect = copies(reader.tables("expect"));
  check_expects_something(reader);
  for (const ConfigTable& given : test.given) check_given(given, diagnostics);
  for (const ConfigTable& expect : test.expect) {
    if (!check_expect(expect, diagnostics)) continue;
    test.expects_nothing = true;
    if (test.expect.size() > 1) {
      diagnostics.error(expect.position, "`none` stands alone", "nothing fires: expect has no other entry");
    }
  }
  reader.finish();
  return test;
}

}  // namespace

std::vector<FlowTest> read_tests(const std::vector<const ConfigTable*>& tables, Diagnostics& diagnostics) {
  std::vector<FlowTest> tests;
  for (const ConfigTable* table : tables) {
    FlowTest test = read_test(*table, diagnostics);
    const bool repeated = std::any_of(tests.begin(), tests.end(), [&](const FlowTest& other) {
      return !test.name.value.empty() && other.name.value == test.name.value;
    });
    if (repeated) {
      diagnostics.error(test.name.position, fmt::format("two tests are named {}", qflow::quoted(test.name.value)),
                        "rename one");
    }
    tests.push_back(std::move(test));
  }
  return tests;
}

}  // namespace qflow
