#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "qflow/time/duration.h"
#include "qflow/time/instant.h"
#include "qflow/trigger/match_expression.h"
#include "qflow/trigger/trigger.h"

namespace qflow {

// What waits in a join: an event, or in a group a token (all the events that a firing of one leg took).
struct JoinItem {
  std::size_t source = 0;  // place among the rules' sources
  Instant time = {};       // window time, of a token of its newest event
  std::int64_t order = 0;  // ledger order, of a token of its newest event; no two items have the same
  std::optional<std::string> distinct = {};
};

struct JoinSource {
  std::int64_t count = 1;  // so many make it met; with different `distinct` values, if it has those
  bool counted = false;    // keeps all its items, whatever `take` says, and gives all of them once it is met
};

// `match` outlives the rules.
struct JoinRules {
  std::vector<JoinSource> sources;
  const MatchExpression* match = nullptr;
  std::optional<Duration> within = {};
  JoinOrder take = JoinOrder::kLatest;
};

// An item that will never fire: expired (`by`: the item that is too much newer) or superseded (`by`: what took its
// place).
struct DroppedItem {
  enum class Why { kExpired, kSuperseded };
  JoinItem item;
  Why why = Why::kExpired;
  std::int64_t by = 0;
};

struct JoinResult {
  std::vector<DroppedItem> dropped = {};
  std::vector<JoinItem> taken = {};  // by the firing; empty: the match does not hold
};

// Lets an item arrive among those that wait (in any order) and fires once if the match holds then. First the window:
// what is more than `within` older than the newest expires, the arriving one too. Then the join: where a source keeps
// one, the newer (by time, then order) supersedes. Then the match.
JoinResult join_item(const JoinRules& rules, std::vector<JoinItem>& waiting, JoinItem arriving);

// What a firing by hand takes: as if every source that waits were met.
std::vector<JoinItem> take_what_waits(const JoinRules& rules, std::vector<JoinItem>& waiting);

// Which sources are met by what waits, one flag per source.
std::vector<bool> met_sources(const JoinRules& rules, const std::vector<JoinItem>& waiting);

// Of a trigger by itself, or of a leg (`take` and no window, as its group says), or of a group over its legs.
JoinRules rules_of(const Trigger& trigger);
JoinRules rules_of_leg(const Trigger& leg, const Trigger& group);

}  // namespace qflow
