#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "qflow/sensor/look.h"

namespace qflow {

// The changes of one look in the form of their events: one for each item, at most kChangesAtOnce, or one for all,
// {LIST: [their payloads], "count"}, of about 512 KiB and what the ledger takes at most.
class ChangeReport {
 public:
  // `list` names the items of a batch: "files".
  ChangeReport(const Look& look, std::string_view list);

  // False when there is no room for it.
  bool take(Json payload);
  std::vector<SensedChange> finish();

 private:
  SensorBatching per_;
  std::string list_;
  std::size_t room_;  // bytes of JSON
  std::vector<Json> payloads_;
};

// "created", "modified", "deleted"; of a change, which is never kAll.
std::string_view event_type_of(ChangeKind change);

}  // namespace qflow
