#include <doctest/doctest.h>

#include "store_fixture.h"

using namespace qflow;

TEST_CASE("a flow that was deployed is found in its namespace, live or not") {
  StoreFixture fixture;
  TriggerLedger& ledger = fixture.ledger().triggers();
  Deployment deployment;
  deployment.flow = flow_id("F");
  deployment.name_space = "here";
  deployment.definition = "id = \"F\"\n";
  const auto save = [&] {
    fixture.write([&](LedgerWriter&) -> Status {
      QFLOW_ASSIGN(deployment.key, ledger.save_deployment(deployment, {}));
      return {};
    });
  };
  CHECK(!value_of(ledger.find_deployed(deployment.flow, "here")));
  save();
  CHECK(!value_of(ledger.find_deployed(deployment.flow, "there")));
  CHECK(value_of(ledger.find_deployed(deployment.flow, "here")).value().key == deployment.key);
  CHECK(!value_of(ledger.deployment(deployment.key)).undeployed_at);
  fixture.write([&](LedgerWriter&) { return ledger.remove_deployment(deployment.key, at_second(7)); });
  CHECK(value_of(ledger.find_deployed(deployment.flow, "here")).value().undeployed_at == at_second(7));
  save();
  CHECK(!value_of(ledger.find_deployed(deployment.flow, "here")).value().undeployed_at);
}
