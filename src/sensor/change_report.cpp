#include "sensor/change_report.h"

#include <algorithm>
#include <cstdint>
#include <utility>

namespace qflow {

namespace {

constexpr std::uint64_t kMostOfBatch = std::uint64_t{512} << 10;
constexpr std::uint64_t kFrame = 64;  // what stands around the items

}  // namespace

ChangeReport::ChangeReport(const Look& look, std::string_view list)
    : per_(look.rules.per),
      list_(list),
      room_(std::min(kMostOfBatch, look.max_payload - std::min(look.max_payload, kFrame))) {}

// A single item goes alone, whatever its size.
bool ChangeReport::take(Json payload) {
  if (per_ == SensorBatching::kItem) {
    if (payloads_.size() == kChangesAtOnce) return false;
  } else {
    const std::size_t size = to_compact(payload).size() + 1;
    if (!payloads_.empty() && size > room_) return false;
    room_ -= std::min(room_, size);
  }
  payloads_.push_back(std::move(payload));
  return true;
}

std::vector<SensedChange> ChangeReport::finish() {
  std::vector<SensedChange> changes;
  if (per_ == SensorBatching::kItem) {
    changes.reserve(payloads_.size());
    for (Json& payload : payloads_) changes.push_back({std::move(payload)});
  } else if (!payloads_.empty()) {
    const std::size_t count = payloads_.size();
    changes.push_back({Json{{list_, std::move(payloads_)}, {"count", count}}});
  }
  return changes;
}

std::string_view event_type_of(ChangeKind change) {
  if (change == ChangeKind::kDeleted) return "deleted";
  return change == ChangeKind::kCreated ? "created" : "modified";
}

}  // namespace qflow
