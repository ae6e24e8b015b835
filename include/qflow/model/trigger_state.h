#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "qflow/model/names.h"
#include "qflow/time/instant.h"

namespace qflow {

// An event that waits for one trigger and one correlation value.
struct WaitingEvent {
  std::int64_t event = 0;  // ledger order
  Instant time;            // window time
  TriggerId trigger;       // which heard it: the joining trigger, or a leg of it
  std::string source;      // the name of that trigger's source
  std::optional<std::string> distinct = {};
  std::int64_t token = 0;  // in a group: the ledger order of the newest event of its token; 0: it waits in its leg
  bool held = false;       // a firing has taken it that a debounce holds back

  friend bool operator==(const WaitingEvent&, const WaitingEvent&) = default;
};

// A firing that is held back by a debounce: all `held` events, at `due` unless a further firing comes before.
struct HeldFiring {
  Instant since;  // of the first firing
  Instant due;

  friend bool operator==(const HeldFiring&, const HeldFiring&) = default;
};

// What an event meets that arrives: not those that a debounce holds back already, of which there may be very many.
enum class StatePart { kWhole, kJoining };

struct TriggerState {
  std::vector<WaitingEvent> waiting = {};
  std::optional<HeldFiring> held = {};
  StatePart part = StatePart::kWhole;  // kJoining: `waiting` has of the held events only those that were added
};

}  // namespace qflow
