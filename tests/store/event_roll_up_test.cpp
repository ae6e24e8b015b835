#include <doctest/doctest.h>

#include "store_fixture.h"

using namespace qflow;

namespace {

const TriggerId kHeardBy = TriggerId::parse("heard").value();
constexpr std::int64_t kDeployment = 1;

// A store with one deployed flow, and events that were recorded so many days after a fixed one.
class RollUpFixture : public StoreFixture {
 public:
  RollUpFixture() {
    Deployment deployment;
    deployment.flow = flow_id("F");
    deployment.definition = "id = \"F\"\n";
    deployment.triggers = {{kHeardBy}};
    write([&](LedgerWriter&) {
      return ledger().triggers().save_deployment(deployment, {"food"}).map([](std::int64_t key) {
        CHECK(key == kDeployment);
      });
    });
  }

  static Instant day(int number) { return Instant(std::chrono::days(19'000 + number)); }

  // Its place in the ledger.
  std::int64_t add_event(const std::string& name, int recorded_on, std::optional<Outcome> outcome,
                         const std::string& event_name = "food") {
    Event event = event_named(name);
    event.name = event_name;
    event.recorded_at = day(recorded_on) + std::chrono::hours(23);
    event.payload = {{"rows", 7}};
    std::int64_t order = 0;
    write([&](LedgerWriter& writer) -> Status {
      QFLOW_ASSIGN(order, writer.insert_event(event));
      if (!outcome) return {};
      return ledger().triggers().set_outcome(order, kDeployment, kHeardBy, {*outcome, "why"});
    });
    return order;
  }

  // Those that are outdated on the day, as "food#bytes", after they were rolled up.
  std::string roll_up(int today) {
    std::string text;
    write([&](LedgerWriter& writer) -> Status {
      QFLOW_ASSIGN(const auto events, ledger().outdated_events(day(today)));
      for (const OutdatedEvent& event : events) {
        QFLOW_ASSIGN(const Event outdated, ledger().triggers().event_at(event.order));
        text += outdated.id + "#" + std::to_string(event.payload_bytes) + " ";
        CHECK(value_of(writer.roll_up_event(event.order)));
        CHECK(!value_of(writer.roll_up_event(event.order)));
      }
      return {};
    });
    return text;
  }

  // "0:fired=1 0:filtered=2", by day.
  std::string counts() {
    std::string text;
    for (const DailyCount& count : value_of(ledger().triggers().daily_counts(kDeployment, kHeardBy))) {
      text += std::to_string((count.day.time_since_epoch() - std::chrono::days(19'000)).count()) + ":" +
              std::string(to_text(count.outcome)) + "=" + std::to_string(count.events) + " ";
    }
    return text;
  }

  std::string payload_of(const std::string& name) { return to_compact(value_of(ledger().find_event(name)).payload); }
};

}  // namespace

TEST_CASE("outcomes of old events become counts per day, trigger and outcome") {
  RollUpFixture fixture;
  fixture.add_event("a", 0, Outcome::kFired);
  fixture.add_event("b", 0, Outcome::kFiltered);
  fixture.add_event("c", 0, Outcome::kFiltered);
  fixture.add_event("d", 1, Outcome::kFiltered);
  fixture.add_event("e", 2, Outcome::kFiltered);
  CHECK(fixture.roll_up(1) == "id-a#10 id-b#10 id-c#10 ");
  CHECK(fixture.counts() == "0:filtered=2 0:fired=1 ");
  CHECK(fixture.roll_up(1).empty());
  CHECK(fixture.roll_up(2) == "id-d#10 ");
  CHECK(fixture.counts() == "0:filtered=2 0:fired=1 1:filtered=1 ");
  TriggerLedger& triggers = fixture.ledger().triggers();
  CHECK(value_of(triggers.outcomes_of_event("id-a")).empty());
  CHECK(value_of(triggers.rolled_up_at("id-a")) == fixture.clock.now());
  CHECK(value_of(triggers.outcomes_of_event("id-e")).size() == 1);
  CHECK(!value_of(triggers.rolled_up_at("id-e")));
}

TEST_CASE("what is left of an old event") {
  struct Row {
    std::string what;
    std::optional<Outcome> outcome;
    std::string name;
    bool triggered_a_run;
    std::string outdated;
    std::string payload;
  };
  const Row rows[] = {
      {"nobody heard it", std::nullopt, "food", false, "id-x#10 ", "null"},
      {"it was filtered", Outcome::kFiltered, "food", false, "id-x#10 ", "null"},
      {"it waits", Outcome::kWaiting, "food", false, "", R"({"rows":7})"},
      {"a run's trigger names it", Outcome::kFired, "food", true, "id-x#0 ", R"({"rows":7})"},
      {"the end of a run", Outcome::kFiltered, "qflow.run.F", false, "id-x#0 ", R"({"rows":7})"},
      {"the end of a run that nobody heard", std::nullopt, "qflow.run.F", false, "", R"({"rows":7})"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.what);
    RollUpFixture fixture;
    fixture.add_event("x", 0, row.outcome, row.name);
    if (row.triggered_a_run) {
      fixture.add_run("F", [&](Run& run) {
        run.trigger = TriggerRecord{};
        run.trigger->sources = {TriggerSource{value_of(fixture.ledger().find_event("id-x")), "food", {}, {}}};
      });
    }
    CHECK(fixture.roll_up(1) == row.outdated);
    CHECK(fixture.payload_of("id-x") == row.payload);
    const bool keeps_outcome = row.outcome == Outcome::kWaiting;
    CHECK(value_of(fixture.ledger().triggers().outcomes_of_event("id-x")).size() == (keeps_outcome ? 1 : 0));
  }
}

TEST_CASE("an event whose payload is empty loses nothing") {
  RollUpFixture fixture;
  Event event = event_named("x");
  event.recorded_at = RollUpFixture::day(0);
  fixture.write([&](LedgerWriter& writer) { return writer.insert_event(event).map([](std::int64_t) {}); });
  CHECK(fixture.roll_up(1) == "id-x#0 ");
  CHECK(fixture.payload_of("id-x") == "{}");
}

TEST_CASE("keys of old events go unless a run's trigger names the event or it waits") {
  RollUpFixture fixture;
  TriggerLedger& triggers = fixture.ledger().triggers();
  const std::pair<std::string, std::optional<Outcome>> events[] = {
      {"filtered", Outcome::kFiltered}, {"waiting", Outcome::kWaiting}, {"fired", Outcome::kFired}};
  for (const auto& [name, outcome] : events) {
    const std::int64_t order = fixture.add_event(name, 0, outcome);
    fixture.write([&, name = name](LedgerWriter&) { return triggers.use_key("food", name, order, "{}"); });
  }
  fixture.add_run("F", [&](Run& run) {
    run.trigger = TriggerRecord{};
    run.trigger->sources = {TriggerSource{value_of(fixture.ledger().find_event("id-fired")), "food", {}, {}}};
  });
  CHECK(value_of(fixture.ledger().outdated_keys(RollUpFixture::day(0))).empty());
  const auto outdated = value_of(fixture.ledger().outdated_keys(RollUpFixture::day(1)));
  REQUIRE(outdated.size() == 1);
  CHECK(outdated.front().name == "food");
  CHECK(outdated.front().key == "filtered");
  fixture.write([&](LedgerWriter& writer) { return writer.remove_key(outdated.front()); });
  CHECK(!value_of(triggers.used_key("food", "filtered")));
  CHECK(value_of(triggers.used_key("food", "fired")));
}
