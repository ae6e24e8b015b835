#include "qflow/flowfile/store_config.h"

#include <doctest/doctest.h>

#include <functional>
#include <vector>

namespace qflow {
namespace {

StoreConfig read(std::string_view text) {
  Diagnostics diagnostics("config.toml", std::string(text));
  StoreConfig config = parse_store_config(text, diagnostics);
  CHECK(diagnostics.render() == "");
  return config;
}

TEST_CASE("every key of config.toml sets its field, and an empty file is the default") {
  struct Row {
    std::string text;
    std::function<bool(const StoreConfig&)> holds;
  };
  const std::vector<Row> rows{
      {"", [](const auto& c) { return c.max_payload == 1024 * 1024 && c.max_log == 100ull * 1024 * 1024; }},
      {"", [](const auto& c) { return c.max_chain == 50 && c.max_workers == 0 && !c.on_failure; }},
      {"", [](const auto& c) { return c.keep_events == std::chrono::hours(90 * 24); }},
      {"max_payload = \"2KiB\"", [](const auto& c) { return c.max_payload == 2048; }},
      {"max_log = \"1GiB\"", [](const auto& c) { return c.max_log == 1ull << 30; }},
      {"max_log = \"0B\"", [](const auto& c) { return c.max_log == 0; }},
      {"max_chain = 3", [](const auto& c) { return c.max_chain == 3; }},
      {"max_workers = 8", [](const auto& c) { return c.max_workers == 8; }},
      {"keep_events = \"7d\"", [](const auto& c) { return c.keep_events == std::chrono::hours(7 * 24); }},
      {"[hooks]\non_failure = \"x\"", [](const auto& c) { return c.on_failure == "x"; }},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    CHECK(row.holds(read(row.text)));
  }
}

TEST_CASE("what config.toml may not say is an error at its place") {
  struct Row {
    std::string text;
    std::string message;
  };
  const std::vector<Row> rows{
      {"max_log = 100", "config.toml:1:11: error:"},
      {"max_log = \"100\"", "config.toml:1:11: error: max_log: '100' is not a size"},
      {"max_log = \"1.5MiB\"", "is not a size"},
      {"max_log = \"MiB\"", "is not a size"},
      {"max_log = \"-1KiB\"", "is not a size"},
      {"max_log = \"1MB\"", "is not a size"},
      {"max_log = \"99999999999GiB\"", "is too large"},
      {"max_log = \"99999999999999999999B\"", "is not a size"},
      {"max_chain = 0", "config.toml:1:13: error:"},
      {"max_workers = -1", "config.toml:1:15: error:"},
      {"keep_events = \"soon\"", "config.toml:1:15: error:"},
      {"max_lag = \"1B\"", "max_log"},
      {"[hooks]\non_success = \"x\"", "config.toml:2:1: error: unknown key 'on_success' in [hooks]; known: on_failure"},
      {"[", "config.toml:1:"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    Diagnostics diagnostics("config.toml", row.text);
    (void)parse_store_config(row.text, diagnostics);
    CAPTURE(diagnostics.render());
    CHECK(diagnostics.has_errors());
    CHECK(diagnostics.render().find(row.message) != std::string::npos);
  }
}

}  // namespace
}  // namespace qflow
