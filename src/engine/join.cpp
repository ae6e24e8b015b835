#include "qflow/engine/join.h"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

namespace qflow {

namespace {

bool is_older(const JoinItem& a, const JoinItem& b) {
  return std::tie(a.time, a.order) < std::tie(b.time, b.order);
}

void drop(std::vector<JoinItem>& waiting, std::size_t place, DroppedItem::Why why, std::int64_t by,
          JoinResult& result) {
  result.dropped.push_back({std::move(waiting[place]), why, by});
  waiting.erase(waiting.begin() + static_cast<std::ptrdiff_t>(place));
}

void expire(const JoinRules& rules, std::vector<JoinItem>& waiting, JoinResult& result) {
  if (!rules.within) return;
  const JoinItem newest = *std::max_element(waiting.begin(), waiting.end(), is_older);
  for (std::size_t i = waiting.size(); i-- > 0;) {
    if (newest.time - waiting[i].time > *rules.within) {
      drop(waiting, i, DroppedItem::Why::kExpired, newest.order, result);
    }
  }
}

// Whether one of the two has to go: a source that takes the latest keeps one, a counted one keeps one per value.
bool compete(const JoinRules& rules, const JoinItem& a, const JoinItem& b) {
  if (a.source != b.source || a.order == b.order || rules.take != JoinOrder::kLatest) return false;
  return !rules.sources[a.source].counted || (a.distinct && a.distinct == b.distinct);
}

void supersede(const JoinRules& rules, std::vector<JoinItem>& waiting, const JoinItem& arriving, JoinResult& result) {
  const auto rival = std::find_if(waiting.begin(), waiting.end(),
                                  [&](const JoinItem& item) { return compete(rules, item, arriving); });
  if (rival == waiting.end()) return;
  const JoinItem newer = is_older(*rival, arriving) ? arriving : *rival;
  const std::int64_t older = newer.order == arriving.order ? rival->order : arriving.order;
  const auto place =
      std::find_if(waiting.begin(), waiting.end(), [&](const JoinItem& item) { return item.order == older; });
  drop(waiting, static_cast<std::size_t>(place - waiting.begin()), DroppedItem::Why::kSuperseded, newer.order, result);
}

// The oldest, or the newest, of a source.
std::vector<JoinItem>::const_iterator extreme(const std::vector<JoinItem>& waiting, std::size_t source, bool oldest) {
  auto found = waiting.end();
  for (auto item = waiting.begin(); item != waiting.end(); ++item) {
    if (item->source != source) continue;
    if (found == waiting.end() || is_older(*item, *found) == oldest) found = item;
  }
  return found;
}

void take_all(std::vector<JoinItem>& waiting, std::size_t source, std::vector<JoinItem>& taken) {
  const auto rest = std::stable_partition(waiting.begin(), waiting.end(),
                                          [&](const JoinItem& item) { return item.source != source; });
  std::move(rest, waiting.end(), std::back_inserter(taken));
  waiting.erase(rest, waiting.end());
}

void take_from(const JoinRules& rules, std::size_t source, std::vector<JoinItem>& waiting,
               std::vector<JoinItem>& taken) {
  if (rules.sources[source].counted || rules.take == JoinOrder::kAll) return take_all(waiting, source, taken);
  const auto item = extreme(waiting, source, rules.take == JoinOrder::kOldest);
  if (item == waiting.end()) return;
  taken.push_back(*item);
  waiting.erase(item);
}

JoinSource source_rules(const Subscription& subscription) {
  const SourceRules& source = source_of(subscription);
  return {source.count, source.count > 1 || source.distinct.has_value()};
}

}  // namespace

std::vector<bool> met_sources(const JoinRules& rules, const std::vector<JoinItem>& waiting) {
  std::vector<std::int64_t> counts(rules.sources.size());
  std::vector<std::set<std::string>> values(rules.sources.size());
  for (const JoinItem& item : waiting) {
    if (!item.distinct || values[item.source].insert(*item.distinct).second) ++counts[item.source];
  }
  std::vector<bool> met(rules.sources.size());
  for (std::size_t i = 0; i < met.size(); ++i) met[i] = counts[i] > 0 && counts[i] >= rules.sources[i].count;
  return met;
}

JoinResult join_item(const JoinRules& rules, std::vector<JoinItem>& waiting, JoinItem arriving) {
  JoinResult result;
  waiting.push_back(arriving);
  expire(rules, waiting, result);
  const bool waits =
      std::any_of(waiting.begin(), waiting.end(), [&](const JoinItem& item) { return item.order == arriving.order; });
  if (waits) supersede(rules, waiting, arriving, result);
  const std::vector<bool> met = met_sources(rules, waiting);
  if (!rules.match->holds(met)) return result;
  for (std::size_t source = 0; source < met.size(); ++source) {
    if (met[source]) take_from(rules, source, waiting, result.taken);
  }
  return result;
}

std::vector<JoinItem> take_what_waits(const JoinRules& rules, std::vector<JoinItem>& waiting) {
  std::vector<JoinItem> taken;
  for (std::size_t source = 0; source < rules.sources.size(); ++source) take_from(rules, source, waiting, taken);
  return taken;
}

JoinRules rules_of(const Trigger& trigger) {
  const TriggerRules& rules = trigger.rules();
  JoinRules result{{}, &rules.match, rules.within, rules.join};
  for (const Subscription& subscription : trigger.subscriptions()) {
    result.sources.push_back(source_rules(subscription));
  }
  result.sources.resize(result.sources.size() + trigger.legs().size());
  return result;
}

JoinRules rules_of_leg(const Trigger& leg, const Trigger& group) {
  JoinRules result = rules_of(leg);
  result.within.reset();
  result.take = group.rules().join;
  return result;
}

}  // namespace qflow
