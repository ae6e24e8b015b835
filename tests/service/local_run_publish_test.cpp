#include <doctest/doctest.h>

#include <map>
#include <string>
#include <vector>

#include "qflow/service/local_run.h"
#include "step_text.h"
#include "support/test_home.h"

namespace qflow {
namespace {

TEST_CASE("a local run shows what it would publish, and publishes what is not safe") {
  TestHome home;
  const auto run = home.run(kHead + R"toml(
[[steps]]
id = "a"
run = "echo 7 > $QFLOW_OUT/rows.json"
publish = [
  { event = "food", payload = { rows = "{{ artifacts.rows }}" } },
  { event = "never", when = "artifacts.rows > 7" },
]
)toml");
  REQUIRE(run);
  REQUIRE_MESSAGE(run->status == RunStatus::kSucceeded, run->reason);
  CHECK(home.seen.notes == std::vector<std::string>{R"(local run: would publish food {"rows":7})"});
}

TEST_CASE("an event that is refused fails its step alone") {
  struct Row {
    std::string publish;
    std::string reason;
  };
  const std::vector<Row> rows{
      {"{ event = 'daily', idempotency_key = 'day', payload = { t = '{{ run.id }}' }, safe = false }",
       "publish: the idempotency key 'day' was used for daily with other content, as event "},
      {"{ event = 'food', safe = false }, { event = 'qflow.{{ params.n }}' }",
       "publish: the event name 'qflow.x' is reserved"},
      {"{ event = 'food', payload = { n = '{{ params.n + params.n + params.n + params.n + params.n }}' } }",
       "publish: the payload has 13 bytes, max_payload of the store is 12"},
      {"{ event = 'food', idempotency_key = '{{ params.empty }}' }", "publish: the idempotency key is empty"},
      {"{ event = 'food', idempotency_key = 'k', value = 'a', safe = false },"
       "{ event = 'food', idempotency_key = 'k', value = 'b', safe = false }",
       "publish: the idempotency key 'k' stands with other content in another event of the step"},
  };
  TestHome home;
  home.write(".qflow/config.toml", "max_payload = \"12B\"\n");
  const std::string head = kHead +
                           "[parameters.n]\ndefault = 'x'\n[parameters.empty]\ndefault = ''\n"
                           "[hooks]\non_failure = 'echo called'\n";
  REQUIRE(home.run(kHead + step("a", "publish = [{ event = 'daily', idempotency_key = 'day', safe = false }]")));
  for (const Row& row : rows) {
    CAPTURE(row.publish);
    const std::string published = "run = 'true'\npublish = [" + row.publish + "]\n";
    const std::string slow = step("slow", "run = 'sleep 0.1; echo done'");
    const auto failed = home.run(head + step("a", published) + slow);
    REQUIRE_MESSAGE(failed.has_value(), (failed ? "" : to_text(failed.error())));
    CHECK_MESSAGE(failed->reason.starts_with("step a: " + row.reason), failed->reason);
    CHECK(home.step_statuses(failed->run.text()) == "a=failed slow=succeeded");
    CHECK(home.seen.lines == std::vector<std::string>{"slow | done", "hook | called"});
    const std::vector<Event> events = home.events_of(failed->run);
    for (const Event& event : events) {
      CHECK_MESSAGE(event.name.starts_with("qflow."), event.name);
    }
    const auto allowed = home.run(head + step("a", published + "allow_failure = true") + slow +
                                  step("b", "needs = ['a']\nwhen = 'artifacts.error.reason != \"\"'"));
    REQUIRE(allowed);
    CHECK_MESSAGE(home.step_statuses(allowed->run.text()) == "a=failed b=succeeded slow=succeeded", allowed->reason);
  }
  CHECK(home.store().ledger().inconsistencies().value().empty());
}

TEST_CASE("fields of a published event") {
  TestHome home;
  LocalRunRequest request;
  request.context = "2026-11-20";
  const auto run = home.run("id = \"F\"\n[project]\nname = \"foo\"\nbranch = \"bar\"\n" + std::string(R"toml(
[[steps]]
id = "a"
publish = [
  { event = "food", namespaced = true, safe = false, type = "T", namespace = "n", value = "v", sender = "{{ run.flow }}" },
  { event = "other", safe = false, context = "own" },
]
)toml"),
                            request);
  REQUIRE_MESSAGE(run.has_value(), (run ? "" : to_text(run.error())));
  REQUIRE_MESSAGE(run->status == RunStatus::kSucceeded, run->reason);
  const std::vector<Event> events = home.events_of(run->run);
  std::map<std::string, Event> by_name;
  for (const Event& event : events) by_name[event.name] = event;
  REQUIRE(by_name.count("foo.test.bar.food") == 1);
  const Event& food = by_name["foo.test.bar.food"];
  CHECK(food.type == "T");
  CHECK(food.name_space == "n");
  CHECK(food.value == "v");
  CHECK(food.sender == "F");
  CHECK(food.context == "2026-11-20");
  CHECK(food.caused_by == run->run);
  REQUIRE(by_name.count("other") == 1);
  CHECK(by_name["other"].context == "own");
}

}  // namespace
}  // namespace qflow
