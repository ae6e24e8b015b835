#include <doctest/doctest.h>

#include "store_fixture.h"

using namespace qflow;

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
