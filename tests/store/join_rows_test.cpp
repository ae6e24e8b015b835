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
