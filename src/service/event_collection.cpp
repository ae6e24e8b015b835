#include "service/event_collection.h"

#include <algorithm>
#include <vector>

#include "service/store_settings.h"

namespace qflow {

namespace {

// So many in one transaction: writers wait for a few milliseconds at most.
constexpr std::size_t kBatch = 200;

// A publisher may repeat an event for so long, however short keep_events is.
constexpr std::chrono::days kShortestKeyLife{7};

// Calls `write_one` for each item, batch by batch.
template <class Item, class Write>
Status write_all(Ledger& ledger, const std::vector<Item>& items, Write write_one) {
  for (std::size_t begin = 0; begin < items.size(); begin += kBatch) {
    const std::size_t end = std::min(begin + kBatch, items.size());
    QFLOW_TRY(ledger.write(Durability::kProcess, [&](LedgerWriter& writer) -> Status {
      for (std::size_t i = begin; i < end; ++i) QFLOW_TRY(write_one(writer, items[i]));
      return {};
    }));
  }
  return {};
}

void count(const OutdatedEvent& event, Garbage& garbage) {
  ++garbage.events;
  garbage.bytes += event.payload_bytes;
}

Status collect_outcomes(Ledger& ledger, Instant before, GarbageMode mode, Garbage& garbage) {
  QFLOW_ASSIGN(const std::vector<OutdatedEvent> events, ledger.outdated_events(before));
  if (mode == GarbageMode::kCount) {
    for (const OutdatedEvent& event : events) count(event, garbage);
    return {};
  }
  return write_all(ledger, events, [&](LedgerWriter& writer, const OutdatedEvent& event) -> Status {
    QFLOW_ASSIGN(const bool rolled_up, writer.roll_up_event(event.order));
    if (rolled_up) count(event, garbage);
    return {};
  });
}

Status collect_keys(Ledger& ledger, Instant before, GarbageMode mode, Garbage& garbage) {
  QFLOW_ASSIGN(const std::vector<EventKey> keys, ledger.outdated_keys(before));
  garbage.keys += static_cast<std::int64_t>(keys.size());
  if (mode == GarbageMode::kCount) return {};
  return write_all(ledger, keys, [](LedgerWriter& writer, const EventKey& key) { return writer.remove_key(key); });
}

}  // namespace

Status collect_events(Store& store, Duration keep_events, Instant now, GarbageMode mode, Garbage& garbage) {
  QFLOW_TRY(collect_outcomes(store.ledger(), now - keep_events, mode, garbage));
  const Duration key_life = std::max<Duration>(keep_events, kShortestKeyLife);
  return collect_keys(store.ledger(), now - key_life, mode, garbage);
}

}  // namespace qflow
