#include "cli/flow_file_keys.h"

#include <doctest/doctest.h>

#include <map>
#include <set>
#include <string>
#include <vector>

#include "cli/command_fixture.h"
#include "qflow/flowfile/store_config.h"
#include "qflow/service/flow_loading.h"
#include "qflow/trigger/trigger_registry.h"

namespace qflow {
namespace {

using Names = std::set<std::string_view>;

Names names_of(std::string_view heading) {
  Names names;
  for (const FlowFileTable& table : flow_file_tables()) {
    if (table.heading != heading) continue;
    for (const FlowFileKey& key : table.keys) CHECK_MESSAGE(names.insert(key.name).second, key.name);
  }
  return names;
}

// The keys of the contract, but for those of triggers, which the registry lists.
TEST_CASE("every key of the flow file is documented, and no other") {
  const std::map<std::string_view, Names> expected{
      {"", {"id", "description", "flow_type", "tags"}},
      {"[project]", {"name", "branch", "production"}},
      {"[parameters.NAME]", {"type", "default", "required", "help", "min", "max", "choices"}},
      {"[run]", {"when_busy", "max_parallel", "jobs", "timeout", "on_crash", "keep"}},
      {"[defaults]", {"env", "shell", "workdir", "timeout", "retries", "retry_delay", "retry_backoff"}},
      {"[engine]", {"name", "config"}},
      {"[[steps]]",
       {"id", "run", "exec", "needs", "when", "foreach", "shell", "workdir", "env", "secrets", "timeout", "retries",
        "retry_delay", "retry_backoff", "allow_failure", "publish"}},
      {"publish of [[steps]]",
       {"event", "payload", "when", "type", "namespace", "value", "sender", "context", "namespaced", "idempotency_key",
        "safe"}},
      {"[hooks]", {"on_success", "on_failure"}},
      {"[[tests]]", {"name", "given", "expect"}},
  };
  for (const auto& row : expected) CHECK_MESSAGE(names_of(row.first) == row.second, row.first);
  for (const FlowFileTable& table : flow_file_tables()) {
    CHECK((table.heading.starts_with("[[triggers]]") || expected.count(table.heading) == 1));
  }
}

TEST_CASE("every key of triggers is documented, and no other") {
  const auto& shared = shared_trigger_keys();
  CHECK(names_of("[[triggers]]") == Names(shared.begin(), shared.end()));
  std::size_t documented = 0;
  for (const FlowFileTable& table : flow_file_tables())
    documented += table.heading.starts_with(kTriggerHeading) ? 1 : 0;
  CHECK(documented == built_in_trigger_types().size());
  for (const TriggerTypeInfo& type : built_in_trigger_types()) {
    const std::string heading = std::string(kTriggerHeading) + std::string(type.name);
    CHECK_MESSAGE(names_of(heading) == Names(type.keys.begin(), type.keys.end()), heading);
  }
}

// A flow file in which `key` stands in the table of that heading.
std::string file_with(std::string_view heading, std::string_view key) {
  const std::string line = std::string(key) + " = 1\n";
  const std::string step = "[[steps]]\nid = \"s\"\n";
  if (heading.empty()) return line + step;
  if (heading == "[parameters.NAME]") return "[parameters.p]\n" + line + step;
  if (heading == "publish of [[steps]]") return step + "publish = [{ " + std::string(key) + " = 1 }]\n";
  return std::string(heading) + "\n" + line;
}

bool reports_unknown(std::string_view heading, std::string_view key) {
  const LoadedFlow flow = load_flow_text(TriggerRegistry(), file_with(heading, key), "f.toml", "/flows");
  for (const Diagnostic& problem : flow.diagnostics.list()) {
    if (problem.message.find("unknown key") != std::string::npos) return true;
  }
  return false;
}

TEST_CASE("the flow file's reader knows exactly the documented keys") {
  for (const FlowFileTable& table : flow_file_tables()) {
    if (table.heading.starts_with("[[triggers]]")) continue;
    for (const FlowFileKey& key : table.keys) {
      CHECK_MESSAGE(!reports_unknown(table.heading, key.name), table.heading << " " << key.name);
      const std::string other = std::string(key.name) + "_x";
      CHECK_MESSAGE(reports_unknown(table.heading, other), table.heading << " " << other);
    }
  }
}

// How a line of config.toml is read: its problems, and every field of what comes of it.
std::string read_store_config(std::string_view heading, const std::string& line) {
  const std::string text = std::string(heading) + "\n" + line + "\n";
  Diagnostics diagnostics("config.toml", text);
  const StoreConfig config = parse_store_config(text, diagnostics);
  return diagnostics.render() + std::to_string(config.max_payload) + " " + std::to_string(config.max_log) + " " +
         std::to_string(config.max_chain) + " " + std::to_string(config.max_workers) + " " +
         format_duration(config.keep_events) + " " + config.on_failure.value_or("-");
}

TEST_CASE("every key of config.toml is documented with its default, and no other") {
  std::map<std::string_view, Names> documented;
  for (const FlowFileTable& table : store_config_tables()) {
    for (const FlowFileKey& key : table.keys) {
      const std::string name(key.name);
      CAPTURE(name);
      documented[table.heading].insert(key.name);
      CHECK_FALSE(contains(read_store_config(table.heading, name + " = []"), "unknown key"));
      CHECK(contains(read_store_config(table.heading, name + "_x = []"), "unknown key"));
      if (key.default_value.empty()) continue;
      CHECK(read_store_config(table.heading, name + " = " + std::string(key.default_value)) ==
            read_store_config("", ""));
    }
  }
  const std::map<std::string_view, Names> expected{
      {"", {"max_payload", "max_log", "max_chain", "max_workers", "keep_events"}}, {"[hooks]", {"on_failure"}}};
  CHECK((documented == expected));
}

TEST_CASE("the texts of the keys are sentences") {
  for (const auto& tables : {flow_file_tables(), store_config_tables()}) {
    for (const FlowFileTable& table : tables) {
      for (const FlowFileKey& key : table.keys) {
        CAPTURE(key.name);
        CHECK_FALSE(key.type.empty());
        REQUIRE_FALSE(key.text.empty());
        CHECK(key.text.back() == '.');
      }
    }
  }
}

}  // namespace
}  // namespace qflow
