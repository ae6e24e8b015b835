#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "qflow/model/trigger_state.h"
#include "qflow/time/instant.h"
#include "qflow/trigger/trigger.h"

namespace qflow {

// An event that will not fire this trigger: superseded by the event `by`, or expired because `by` is too much newer.
struct DroppedEvent {
  WaitingEvent event;
  bool superseded = false;
  std::int64_t by = 0;
};

// What an arrival did. `fired` is one firing that is due now; it is no longer in the state.
struct StateChange {
  std::vector<DroppedEvent> dropped = {};
  std::vector<WaitingEvent> fired = {};
  std::vector<WaitingEvent> held = {};  // instead, with a debounce; they are in the state too
};

// An event that got through the filters arrives at `now` in the state of its correlation value. `joining` is the
// trigger itself, or the group of the leg that heard it. With a debounce, a firing becomes held, or prolongs the held
// one; one that was due before `now` must have been taken out with end_hold.
StateChange arrive(const Trigger& joining, TriggerState& state, WaitingEvent event, Instant now);

// The held firing, which is over.
std::vector<WaitingEvent> end_hold(TriggerState& state);

// Activation by hand of the joining trigger: everything that waits or is held, as one firing. May be empty.
std::vector<WaitingEvent> take_by_hand(const Trigger& joining, TriggerState& state);

// Activation by hand of a leg: what waits in the leg, else `activation` itself, becomes a token of the group.
StateChange arrive_by_hand(const Trigger& leg, const Trigger& group, TriggerState& state, WaitingEvent activation,
                           Instant now);

// Whether these events, of one firing, meet the match by themselves.
bool meet_match(const Trigger& joining, const std::vector<WaitingEvent>& events);

// What a state still waits for, for people, in the words of the match: "second", "hourly_data (2 of 24)", "fx or man",
// "the step train of TrainingFlow"; "the next event" when the match holds all the same (changed by a deploy), kNothing
// when nothing is missing.
MissingPart missing_sources(const Trigger& joining, const TriggerState& state);

// The state without what a window would expire when an event of `now` counted.
TriggerState still_joining(const Trigger& joining, TriggerState state, Instant now);

// When the oldest of what the window counts between is expired: by an event (of a group: a leg that is met by one)
// later than this. Nothing without a window, and while nothing waits in it.
std::optional<Instant> window_close(const Trigger& joining, const TriggerState& state);

// The same as missing_sources() as flags: which sources of a trigger by itself, or which legs of a group, are met by
// what waits.
std::vector<bool> met_parts(const Trigger& joining, const TriggerState& state);
// And which sources of a leg.
std::vector<bool> met_sources_of_leg(const Trigger& leg, const Trigger& group, const TriggerState& state);

}  // namespace qflow
