#include <doctest/doctest.h>

#include "qflow/service/deployment.h"
#include "qflow/service/deployment_reference.h"
#include "qflow/service/explanation.h"
#include "qflow/service/garbage_collection.h"
#include "qflow/service/publishing.h"
#include "qflow/service/trigger_arguments.h"
#include "support/fake_clock.h"
#include "support/test_home.h"

namespace qflow {
namespace {

using std::chrono::days;

constexpr const char* kFlow = R"toml(
id = "F"
[parameters.rows]
type = "int"
default = 0
[[triggers]]
id = "many"
type = "event"
event = "food"
when = "event.payload.rows > 1"
[[triggers]]
id = "both"
type = "event"
events = [{ name = "a", parameters = { rows = "rows" } }, "b"]
[[steps]]
id = "s"
run = ":"
)toml";

// A deployed flow whose events are published now, and collected as if it were later.
class CollectionFixture {
 public:
  explicit CollectionFixture(const std::string& config = "") {
    home.store();
    home.write(".qflow/config.toml", config);
    std::vector<LoadedFlow> flows;
    flows.push_back(home.load(kFlow));
    REQUIRE(deploy_flows(flows, DeployMode::kLive, home.doors()));
  }

  PublishedNow publish(const std::string& name, int rows, const std::optional<std::string>& key = std::nullopt) {
    Publication publication;
    publication.event.name = name;
    publication.event.payload = {{"rows", rows}};
    publication.idempotency_key = key;
    const Doors doors = home.doors();
    return publish_events(home.store(), {publication}, {}, PublishMode::kForReal, doors).value().events.front();
  }

  Garbage collect(days later, GarbageMode mode = GarbageMode::kRemove) {
    FakeClock clock(home.clock.now() + later);
    const Doors doors{home.files,         clock,       home.launcher, home.processes, home.environment,
                      home.trigger_types, home.folder, "/qflow",      std::nullopt,   {}};
    return collect_garbage(home.store(), doors, mode).value();
  }

  TriggerExplanation explain(const std::string& trigger) {
    const Deployment deployment = find_deployment(home.store(), "F").value();
    return explain_triggers(home.store(), home.trigger_types, deployment, TriggerId::parse(trigger).value(),
                            home.clock.now())
        .value()
        .front();
  }

  // "fired 1, filtered 1", without the days.
  std::string rolled_up(const std::string& trigger) {
    std::string text;
    for (const DailyCount& count : explain(trigger).rolled_up) {
      text += (text.empty() ? "" : ", ") + std::string(to_text(count.outcome)) + " " + std::to_string(count.events);
    }
    return text;
  }

  std::string payload_of(const PublishedNow& event) {
    return to_compact(home.store().ledger().find_event(event.id).value().payload);
  }

  TestHome home;
};

TEST_CASE("outcomes stay for keep_events, then they are counted; what waits fires as ever") {
  CollectionFixture fixture;
  const PublishedNow fired = fixture.publish("food", 5);
  const PublishedNow filtered = fixture.publish("food", 0);
  const PublishedNow waiting = fixture.publish("a", 3);
  CHECK(fixture.collect(days(89)).events == 0);
  CHECK(fixture.explain("many").last_run);
  const Garbage garbage = fixture.collect(days(91));
  CHECK(garbage.events == 2);
  CHECK(garbage.bytes == fixture.payload_of(fired).size());
  CHECK(fixture.rolled_up("many") == "filtered 1, fired 1");
  CHECK(fixture.explain("many").last_run);
  CHECK(fixture.explain("many").refused.empty());
  CHECK(fixture.payload_of(fired) == R"({"rows":5})");
  CHECK(fixture.payload_of(filtered) == "null");
  CHECK(fixture.payload_of(waiting) == R"({"rows":3})");
  const PublishedNow last = fixture.publish("b", 0);
  REQUIRE(last.effects.size() == 1);
  REQUIRE(last.effects.front().outcome.run);
  CHECK(fixture.home.find(last.effects.front().outcome.run->text()).params == Json{{"rows", 3}});
  CHECK(fixture.home.store().ledger().inconsistencies().value().empty());
  CHECK(fixture.collect(days(91)).events == 2);
  CHECK(fixture.rolled_up("both") == "fired 2");
}

TEST_CASE("an event without its payload can't trigger a local run") {
  CollectionFixture fixture;
  const PublishedNow filtered = fixture.publish("food", 0);
  const Doors doors = fixture.home.doors();
  CHECK(parse_trigger_argument(filtered.id, "", &fixture.home.store(), doors));
  fixture.collect(days(91));
  const auto refused = parse_trigger_argument(filtered.id, "", &fixture.home.store(), doors);
  REQUIRE(!refused);
  CHECK(refused.error().message == "qflow gc has removed the payload of the event " + filtered.id);
}

TEST_CASE("keep_events is the store's to say, keys stay for a week") {
  CollectionFixture fixture("keep_events = \"1d\"\n");
  const PublishedNow filtered = fixture.publish("food", 0, "k");
  const PublishedNow fired = fixture.publish("food", 5, "f");
  CHECK(fixture.collect(days(0)).events == 0);
  const Garbage early = fixture.collect(days(2));
  CHECK(early.events == 2);
  CHECK(early.keys == 0);
  CHECK(fixture.publish("food", 0, "k").id == filtered.id);
  CHECK(fixture.collect(days(8)).keys == 1);
  CHECK(fixture.publish("food", 0, "k").id != filtered.id);
  CHECK(fixture.publish("food", 5, "f").id == fired.id);
}

TEST_CASE("a dry run counts old events and changes none") {
  CollectionFixture fixture;
  const PublishedNow filtered = fixture.publish("food", 0, "k");
  fixture.publish("food", 5);
  const Garbage counted = fixture.collect(days(91), GarbageMode::kCount);
  CHECK(fixture.rolled_up("many").empty());
  CHECK(fixture.payload_of(filtered) == R"({"rows":0})");
  const Garbage removed = fixture.collect(days(91));
  CHECK(counted.events == 2);
  CHECK(counted.keys == 1);
  CHECK(counted.events == removed.events);
  CHECK(counted.keys == removed.keys);
  CHECK(counted.bytes == removed.bytes);
}

}  // namespace
}  // namespace qflow
