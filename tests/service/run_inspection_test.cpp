#include "qflow/service/run_inspection.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "support/run_chain.h"

namespace qflow {
namespace {

constexpr int kRuns = kDeepestChain + 100;

struct ChainFixture {
  TestHome home;

  ChainFixture() { add_run_chain(home, kRuns); }
  Run run(int number) { return home.find(fmt::format("C/{}", number)); }
};

const ChainNode& last_of(const ChainNode& chain) {
  const ChainNode* node = &chain;
  while (!node->links.empty()) node = &node->links.front();
  return *node;
}

TEST_CASE("a chain is followed to its limit, and says when it goes on") {
  ChainFixture fixture;
  struct Row {
    int start;
    int past_end;  // where --trigger-chain ends
    bool goes_on;
  };
  for (const Row& row : {Row{kRuns, kRuns - kDeepestChain, true}, Row{kDeepestChain + 1, 1, false}, Row{3, 1, false}}) {
    CAPTURE(row.start);
    const ChainNode chain = trigger_chain(fixture.home.store(), fixture.run(row.start)).value();
    CHECK(last_of(chain).run->id.text() == fmt::format("C/{}", row.past_end));
    CHECK(last_of(chain).goes_on == row.goes_on);
    CHECK_FALSE(chain.goes_on);
  }
  const ChainNode downstream = downstream_chain(fixture.home.store(), fixture.run(1)).value();
  CHECK(last_of(downstream).run->id.text() == fmt::format("C/{}", kDeepestChain + 1));
  CHECK(last_of(downstream).goes_on);
  const ChainNode rest = downstream_chain(fixture.home.store(), fixture.run(kDeepestChain)).value();
  CHECK(last_of(rest).run->id.text() == fmt::format("C/{}", kRuns));
  CHECK_FALSE(last_of(rest).goes_on);
}

TEST_CASE("JSON is nested no deeper than other programs read it") {
  ChainFixture fixture;
  const Json chain = chain_json(fixture.home.store(), fixture.run(kRuns)).value();
  const Json* run = &chain;
  for (int depth = 0; depth < kDeepestJsonChain; ++depth) run = &(*run)["trigger"]["runs"][0];
  CHECK((*run)["id"] == fmt::format("C/{}", kRuns - kDeepestJsonChain));
  CHECK((*run)["trigger"]["runs"] == Json{fmt::format("C/{}", kRuns - kDeepestJsonChain - 1)});

  Store& store = fixture.home.store();
  const Json list = downstream_json(store, downstream_chain(store, fixture.run(1)).value());
  const Json* level = &list;
  for (int depth = 1; depth < kDeepestJsonChain; ++depth) level = &(*level)[0]["downstream"];
  CHECK((*level)[0]["run"] == fmt::format("C/{}", kDeepestJsonChain + 1));
  CHECK((*level)[0]["downstream"].is_null());
  const Json whole = downstream_json(store, downstream_chain(store, fixture.run(kRuns - 1)).value());
  CHECK(whole ==
        Json::array({{{"run", fmt::format("C/{}", kRuns)}, {"status", "succeeded"}, {"downstream", Json::array()}}}));
}

}  // namespace
}  // namespace qflow
