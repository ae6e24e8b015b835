#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "qflow/model/json.h"
#include "qflow/model/names.h"
#include "qflow/time/instant.h"

namespace qflow {

// Something that happened: a published event, the end of a run or step, a due instant, a change that a sensor saw.
// `timestamp` is when it happened, `recorded_at` when qflow wrote it down. Absent texts are null in JSON.
struct Event {
  std::string id;  // UUIDv7 (RFC 9562)
  std::string name;
  Instant timestamp;
  Instant recorded_at;
  std::optional<std::string> type;
  std::optional<std::string> name_space;
  std::optional<std::string> value;
  std::optional<std::string> sender;
  std::optional<std::string> context;
  Json payload = Json::object();   // null once gc has removed it
  std::optional<RunId> caused_by;  // the run that published it, or whose end it is
};

// An event that has a place in the ledger.
struct RecordedEvent {
  std::int64_t order = 0;
  Event event;
};

// The UUIDv7 of `now` with 74 random bits taken from `random`.
std::string make_event_id(Instant now, const std::array<std::uint8_t, 10>& random);

// Whether the text has the shape of an event id: a UUIDv7 in small letters.
bool is_event_id(std::string_view text);

// Which events stand in a window before others: the earlier of timestamp and recorded_at.
Instant window_time(const Event& event);

// Whether the event is the end of a run (caused_by) or of one of its steps.
bool is_end_of_run(const Event& event);

// Whether the event is an activation by hand (qflow.cli.…).
bool is_activation(const Event& event);

// The documented shape: id, name, timestamp, recorded_at, type, namespace, value, sender, context, payload, caused_by.
Json to_json(const Event& event);

// So far at most may an event say that it lies in the future: clocks of other machines differ, by mistake by more.
inline constexpr std::chrono::hours kFarthestAhead{24};

// kInvalid for an idempotency key that is empty, as an unset variable of a script gives it.
Status check_idempotency_key(const std::optional<std::string>& key);

// What a repeat under the same idempotency key must have in common with the first: all that its publisher said. A
// timestamp counts only when it was `timestamp_given`.
std::string published_content(const Event& event, bool timestamp_given);

// An event as people write it: {"name": ..., "payload": {...}, "timestamp", "type", "namespace", "value", "sender",
// "context"}; `fields` is accepted for payload, `key` for name, `event_type` for type; both of a pair, and other keys,
// are errors. id, recorded_at and caused_by are left empty, timestamp is `now` unless given. kInvalid says what is
// wrong, and names the keys `beside` too: those that the caller has taken out.
Result<Event> parse_event(const Json& object, Instant now, std::vector<std::string> beside = {});

}  // namespace qflow
