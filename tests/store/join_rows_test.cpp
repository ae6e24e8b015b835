#include <doctest/doctest.h>

#include "store_fixture.h"

using namespace qflow;

namespace {

const TriggerId kTrigger = TriggerId::parse("both").value();

// A debounce of the deployment that is due at that second.
void hold(StoreFixture& fixture, std::int64_t deployment, std::int64_t due, const std::string& correlation) {
  const TriggerState held{{}, HeldFiring{at_second(0), at_second(due)}};
  fixture.write([&](LedgerWriter&) {
    return fixture.ledger().triggers().change_state(deployment, kTrigger, correlation, {}, held);
  });
}

// "deployment correlation", one after the other.
std::string text_of(const std::vector<DueDebounce>& due) {
  std::string text;
  for (const DueDebounce& one : due) {
    text += (text.empty() ? "" : ", ") + std::to_string(one.deployment) + " " + one.correlation;
  }
  return text;
}

}  // namespace

TEST_CASE("nothing waits for a trigger without a row, and asking makes none") {
  StoreFixture fixture;
  const TriggerId trigger = TriggerId::parse("both").value();
  const auto reader = fixture.open(StoreAccess::kRead);
  CHECK(value_of(reader->ledger().triggers().state(1, trigger, "")).waiting.empty());
  CHECK(value_of(reader->ledger().triggers().states(1, trigger)).empty());
}

TEST_CASE("of a state only what has changed is written") {
  StoreFixture fixture;
  TriggerLedger& ledger = fixture.ledger().triggers();
  const TriggerId trigger = TriggerId::parse("both").value();
  const auto waiting = [&](std::int64_t event, std::int64_t token = 0) {
    return WaitingEvent{event, at_second(event), trigger, "a", {}, token};
  };
  const auto change = [&](const TriggerState& before, const TriggerState& after) {
    fixture.write([&](LedgerWriter&) { return ledger.change_state(1, trigger, "", before, after); });
  };
  const TriggerState first{{waiting(3), waiting(1), waiting(2)}};
  const TriggerState second{{waiting(4), waiting(3, 4), waiting(1)}, HeldFiring{at_second(5), at_second(6)}};
  change({}, first);
  CHECK(value_of(ledger.state(1, trigger, "")).waiting == std::vector{waiting(1), waiting(2), waiting(3)});
  change(first, second);
  CHECK(value_of(ledger.state(1, trigger, "")).waiting == std::vector{waiting(1), waiting(3, 4), waiting(4)});
  CHECK(value_of(ledger.state(1, trigger, "")).held == second.held);
  change(second, {});
  CHECK(value_of(ledger.states(1, trigger)).empty());
}

TEST_CASE("what a debounce holds back is neither read nor touched where an event arrives") {
  StoreFixture fixture;
  TriggerLedger& ledger = fixture.ledger().triggers();
  const TriggerId trigger = TriggerId::parse("both").value();
  const auto waiting = [&](std::int64_t event, bool held) {
    return WaitingEvent{event, at_second(event), trigger, "a", {}, 0, held};
  };
  const auto change = [&](const TriggerState& before, const TriggerState& after) {
    fixture.write([&](LedgerWriter&) { return ledger.change_state(1, trigger, "", before, after); });
  };
  const HeldFiring hold{at_second(5), at_second(6)};
  change({}, {{waiting(1, true), waiting(2, false), waiting(3, true)}, hold});
  const TriggerState joining = value_of(ledger.state(1, trigger, "", StatePart::kJoining));
  CHECK(joining.waiting == std::vector{waiting(2, false)});
  CHECK(joining.held == hold);
  change(joining, {{waiting(2, true), waiting(4, false)}, hold, StatePart::kJoining});
  CHECK(value_of(ledger.state(1, trigger, "")).waiting ==
        std::vector{waiting(1, true), waiting(2, true), waiting(3, true), waiting(4, false)});
}

TEST_CASE("the debounces of some deployments that are over, however many of others are") {
  StoreFixture fixture;
  TriggerLedger& ledger = fixture.ledger().triggers();
  hold(fixture, 1, 30, "late");
  hold(fixture, 1, 10, "early");
  hold(fixture, 1, 99, "open");
  hold(fixture, 2, 20, "other");
  hold(fixture, 3, 20, "third");
  const auto check = [&] {
    CHECK(text_of(value_of(ledger.due_debounces(at_second(30), {1}))) == "1 early, 1 late");
    CHECK(text_of(value_of(ledger.due_debounces(at_second(10), {1, 2}))) == "1 early");
    CHECK(text_of(value_of(ledger.due_debounces(at_second(50), {2, 1}))) == "1 early, 2 other, 1 late");
    CHECK(value_of(ledger.due_debounces(at_second(50), {7})).empty());
  };
  check();
  for (int i = 0; i < 120; ++i) hold(fixture, 4, 1, std::to_string(i));
  check();
  CHECK(value_of(ledger.due_debounces(at_second(30))).size() == 124);
}

TEST_CASE("the correlation value under which an event waits") {
  StoreFixture fixture;
  TriggerLedger& ledger = fixture.ledger().triggers();
  for (std::int64_t event : {1, 2}) {
    const TriggerState waiting{{WaitingEvent{event, at_second(event), kTrigger, "a", {}, 0}}};
    fixture.write(
        [&](LedgerWriter&) { return ledger.change_state(1, kTrigger, "v" + std::to_string(event), {}, waiting); });
  }
  CHECK(value_of(ledger.waiting_under(1, kTrigger, 2, kTrigger)) == "v2");
  CHECK(!value_of(ledger.waiting_under(1, kTrigger, 3, kTrigger)));
  CHECK(!value_of(ledger.waiting_under(2, kTrigger, 2, kTrigger)));
  CHECK(!value_of(ledger.waiting_under(1, kTrigger, 2, TriggerId::parse("other").value())));
}
