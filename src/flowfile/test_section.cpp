#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "flowfile/checked_text.h"
#include "flowfile/flow_sections.h"
#include "qflow/model/event_names.h"

namespace qflow {
namespace {

// Which rows of `given` a key belongs to.
constexpr unsigned kEvent = 1, kRun = 2, kSensor = 4;
struct GivenKey {
  std::string_view key;
  unsigned rows;
  std::string_view home;
};
constexpr std::array kGivenKeys = {
    GivenKey{"type", kEvent, "`event`"},
    GivenKey{"namespace", kEvent, "`event`"},
    GivenKey{"namespaced", kEvent, "`event`"},
    GivenKey{"idempotency_key", kEvent, "`event`"},
    GivenKey{"value", kEvent | kSensor, "`event` or `sensor`"},
    GivenKey{"sender", kEvent | kSensor, "`event` or `sensor`"},
    GivenKey{"timestamp", kEvent | kSensor, "`event` or `sensor`"},
    GivenKey{"payload", kEvent | kRun | kSensor, "`event`, `run` or `sensor`"},
    GivenKey{"context", kEvent | kRun | kSensor, "`event`, `run` or `sensor`"},
    GivenKey{"status", kRun, "`run`"},
    GivenKey{"step", kRun, "`run`"},
};

const GivenKey* find_given_key(std::string_view key) {
  const auto* found =
      std::find_if(kGivenKeys.begin(), kGivenKeys.end(), [&](const GivenKey& one) { return one.key == key; });
  return found != kGivenKeys.end() ? found : nullptr;
}

std::string explain_given_key(std::string_view key) {
  const GivenKey* known = find_given_key(key);
  return known != nullptr ? fmt::format("belongs to rows with {}", known->home) : "";
}

class GivenReader {
 public:
  GivenReader(const ConfigTable& table, Diagnostics& diagnostics)
      : table_(table), diagnostics_(diagnostics), reader_(table, "given", diagnostics) {}

  TestGiven read() {
    given_.position = table_.position;
    if (!reader_.has("at")) {
      diagnostics_.error(table_.position, "missing key 'at' in given",
                         "say when it happens: at = \"2026-03-01T09:00:00Z\"");
    }
    if (const auto at = reader_.instant("at")) given_.at = at->value;
    given_.event.timestamp = given_.event.recorded_at = given_.at;
    read_what();
    read_event();
    reader_.finish(explain_given_key);
    return std::move(given_);
  }

 private:
  void read_what() {
    const auto event = reader_.text("event");
    const auto run = reader_.text("run");
    const auto sensor = reader_.text("sensor");
    rows_ = (event ? kEvent : 0) | (run ? kRun : 0) | (sensor ? kSensor : 0);
    if (event) given_.what = read_publication(*event);
    if (run) given_.what = read_end(*run);
    if (sensor) given_.what = TestGiven::SensorChange{*sensor};
    if ((rows_ & (rows_ - 1)) == 0) return;
    diagnostics_.error(table_.position, "given has several of `event`, `run` and `sensor`", "write a table for each");
  }

  bool takes(std::string_view key) const { return (find_given_key(key)->rows & rows_) != 0; }
  std::optional<Located<std::string>> text(std::string_view key) {
    return takes(key) ? reader_.text(key) : std::nullopt;
  }

  TestGiven::Publication read_publication(const Located<std::string>& name) {
    TestGiven::Publication publication;
    publication.name = name;
    checked_name<EventName>(name, diagnostics_);
    if (name.value.starts_with(kOwnEvents)) {
      diagnostics_.error(name.position, "event names that begin with 'qflow.' are reserved",
                         "write run = \"Flow\" for the end of a run, sensor = \"id\" for a change that a sensor saw");
    }
    if (const auto namespaced = reader_.boolean("namespaced")) publication.namespaced = namespaced->value;
    if (const auto key = text("idempotency_key")) publication.idempotency_key = key->value;
    publication.timestamp_given = reader_.has("timestamp");
    return publication;
  }

  TestGiven::RunEnd read_end(const Located<std::string>& run) {
    TestGiven::RunEnd end{run, {}, RunStatus::kSucceeded};
    end.step = checked_name<StepId>(text("step"), diagnostics_);
    const auto status = reader_.choice("status", {"succeeded", "failed", "cancelled", "crashed"});
    if (status) end.status = *parse_run_status(status->value);
    return end;
  }

  void read_event() {
    Event& event = given_.event;
    const auto keep = [&](std::string_view key, std::optional<std::string>& kept) {
      if (const auto found = text(key)) kept = found->value;
    };
    keep("type", event.type);
    keep("namespace", event.name_space);
    keep("value", event.value);
    keep("sender", event.sender);
    keep("context", event.context);
    if (takes("timestamp")) read_timestamp(event);
    if (!takes("payload")) return;
    if (const ConfigTable* payload = reader_.table("payload")) event.payload = to_json(ConfigValue{{}, *payload});
  }

  void read_timestamp(Event& event) {
    const auto timestamp = reader_.instant("timestamp");
    if (!timestamp) return;
    event.timestamp = timestamp->value;
    if (event.timestamp <= given_.at + kFarthestAhead) return;
    diagnostics_.error(timestamp->position, "the timestamp is more than 24 h ahead of `at`",
                       "such an event can't be published");
  }

  const ConfigTable& table_;
  Diagnostics& diagnostics_;
  ConfigReader reader_;
  TestGiven given_;
  unsigned rows_ = 0;
};

std::string explain_firing_key(std::string_view key) {
  const bool known = key == "type" || key == "params";
  return known ? "belongs to rows with outcome = \"fired\"" : "";
}

std::string explain_outcome_key(std::string_view key) {
  return key == "reason" ? "belongs to rows with another outcome than \"fired\"" : "";
}

// Nothing for the row that says that nothing fires.
std::optional<TestExpectation> read_expectation(const ConfigTable& table, Diagnostics& diagnostics) {
  ConfigReader reader(table, "expect", diagnostics);
  const auto none = reader.boolean("none");
  if (none && table.entries.size() > 1) {
    diagnostics.error(none->position, "`none` stands alone", "it says that nothing fires; remove the other keys");
  }
  TestExpectation expected;
  expected.position = table.position;
  const auto outcome = reader.choice("outcome", outcome_names());
  if (outcome) expected.outcome = *parse_outcome(outcome->value);
  if (const auto trigger = reader.text("trigger")) {
    if (const auto id = checked_name<TriggerId>(trigger, diagnostics)) expected.trigger = {*id, trigger->position};
  }
  if (const auto context = reader.text("context")) expected.context = context->value;
  if (const auto at = reader.instant("at")) expected.at = at->value;
  const bool fires = expected.outcome == Outcome::kFired;
  if (!fires) {
    if (const auto reason = reader.text("reason")) expected.reason = reason->value;
  } else {
    expected.type = reader.text("type");
    if (const ConfigTable* params = reader.table("params")) {
      for (const ConfigEntry& entry : params->entries) {
        expected.params.emplace_back(Located<std::string>{entry.key, entry.key_position}, to_json(entry.value));
      }
    }
  }
  reader.finish(fires ? explain_outcome_key : explain_firing_key);
  return none && none->value ? std::nullopt : std::optional(std::move(expected));
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
  test.position = table.position;
  if (const auto name = program_text(reader.required_text("name"), "name", diagnostics)) test.name = *name;
  for (const ConfigTable* given : reader.tables("given")) {
    test.given.push_back(GivenReader(*given, diagnostics).read());
  }
  const std::vector<const ConfigTable*> expect = reader.tables("expect");
  check_expects_something(reader);
  for (const ConfigTable* row : expect) {
    if (auto expected = read_expectation(*row, diagnostics)) {
      test.expect.push_back(std::move(*expected));
      continue;
    }
    test.expects_nothing = true;
    if (expect.size() == 1) continue;
    diagnostics.error(row->position, "`none` stands alone", "nothing fires: expect has no other entry");
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
