#include "qflow/model/event.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include "qflow/error/characters.h"
#include "qflow/error/suggestion.h"
#include "qflow/model/event_names.h"

namespace qflow {
namespace {

constexpr std::string_view kIdPattern = "xxxxxxxx-xxxx-7xxx-Vxxx-xxxxxxxxxxxx";
constexpr char kHexDigits[] = "0123456789abcdef";

bool fits_pattern(char pattern, char c) {
  switch (pattern) {
    case 'x':
      return is_lower_hex(c);
    case 'V':
      return c == '8' || c == '9' || c == 'a' || c == 'b';
    default:
      return c == pattern;
  }
}

tl::unexpected<Error> invalid(std::string message, std::string advice = {}) {
  return fail(ErrorKind::kInvalid, std::move(message), std::move(advice));
}

// The keys of an event as people write it, with the other name that a key may have.
struct Key {
  std::string_view name;
  std::string_view alias;
};
constexpr Key kName{"name", "key"};
constexpr Key kPayload{"payload", "fields"};
constexpr Key kType{"type", "event_type"};
constexpr Key kTimestamp{"timestamp", {}};
constexpr Key kNamespace{"namespace", {}};
constexpr Key kValue{"value", {}};
constexpr Key kSender{"sender", {}};
constexpr Key kContext{"context", {}};
constexpr std::array<Key, 8> kKeys = {kName, kPayload, kTimestamp, kType, kNamespace, kValue, kSender, kContext};

Status check_keys(const Json& object, std::vector<std::string> beside) {
  std::vector<std::string> known;
  for (const Key& key : kKeys) {
    known.emplace_back(key.name);
    if (!key.alias.empty()) known.emplace_back(key.alias);
    if (key.alias.empty() || !object.contains(key.name) || !object.contains(key.alias)) continue;
    return invalid("an event has both '" + std::string(key.name) + "' and '" + std::string(key.alias) + "'",
                   "they mean the same; leave one out");
  }
  std::move(beside.begin(), beside.end(), std::back_inserter(known));
  for (const auto& member : object.items()) {
    if (std::find(known.begin(), known.end(), member.key()) != known.end()) continue;
    return invalid("unknown key " + quoted(member.key()) + " in an event", did_you_mean_or_list(member.key(), known));
  }
  return {};
}

// The member under its name or alias; null when it is absent or null.
const Json* find_member(const Json& object, const Key& key) {
  auto found = object.find(key.name);
  if (found == object.end() && !key.alias.empty()) found = object.find(key.alias);
  return found == object.end() || found->is_null() ? nullptr : &*found;
}

Result<std::optional<std::string>> read_text(const Json& object, const Key& key) {
  const Json* value = find_member(object, key);
  if (value == nullptr) return std::nullopt;
  if (value->is_string()) return value->get<std::string>();
  return invalid("'" + std::string(key.name) + "' of an event must be text; is " + std::string(type_name(*value)));
}

Result<std::string> read_name(const Json& object) {
  QFLOW_ASSIGN(const std::optional<std::string> text, read_text(object, kName));
  if (!text) return invalid("an event has no name", R"(write it as {"name": "data_updated", "payload": {}})");
  QFLOW_ASSIGN(const EventName name, EventName::parse(*text));
  return name.text();
}

Result<Instant> read_timestamp(const Json& object, Instant now) {
  QFLOW_ASSIGN(const std::optional<std::string> text, read_text(object, kTimestamp));
  if (!text) return now;
  auto instant = parse_instant(*text);
  if (instant) return *instant;
  return tl::make_unexpected(with_context("'timestamp' of an event", std::move(instant).error()));
}

Result<Json> read_payload(const Json& object) {
  const Json* payload = find_member(object, kPayload);
  if (payload == nullptr) return Json::object();
  if (payload->is_object()) return *payload;
  return invalid("the payload of an event must be an object; is " + std::string(type_name(*payload)),
                 R"(write it as {"rows": 3})");
}

}  // namespace

std::string make_event_id(Instant now, const std::array<std::uint8_t, 10>& random) {
  // RFC 9562, section 5.7: 48 bits of Unix milliseconds, version, 12 bits, variant, 62 bits.
  const auto since_1970 = std::chrono::floor<std::chrono::milliseconds>(now.time_since_epoch()).count();
  const auto millis = static_cast<std::uint64_t>(std::max<std::int64_t>(since_1970, 0));
  std::array<std::uint8_t, 16> bytes;
  for (std::size_t i = 0; i < 6; ++i) bytes[i] = static_cast<std::uint8_t>(millis >> (40 - 8 * i));
  std::copy(random.begin(), random.end(), bytes.begin() + 6);
  bytes[6] = static_cast<std::uint8_t>(0x70 | (bytes[6] & 0x0F));
  bytes[8] = static_cast<std::uint8_t>(0x80 | (bytes[8] & 0x3F));
  std::string id(kIdPattern.size(), '-');
  char* next = id.data();
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) ++next;
    *next++ = kHexDigits[bytes[i] >> 4];
    *next++ = kHexDigits[bytes[i] & 0xF];
  }
  return id;
}

bool is_event_id(std::string_view text) {
  return std::equal(kIdPattern.begin(), kIdPattern.end(), text.begin(), text.end(), fits_pattern);
}

Instant window_time(const Event& event) {
  return std::min(event.timestamp, event.recorded_at);
}

bool is_activation(const Event& event) {
  return event.name.starts_with(kActivations);
}

bool is_end_of_run(const Event& event) {
  return event.caused_by && (event.name.starts_with(kRunEnds) || event.name.starts_with(kStepEnds));
}

Json to_json(const Event& event) {
  return {
      {"id", event.id.empty() ? Json() : Json(event.id)},
      {"name", event.name},
      {"timestamp", format_instant(event.timestamp)},
      {"recorded_at", format_instant(event.recorded_at)},
      {"type", json_or_null(event.type)},
      {"namespace", json_or_null(event.name_space)},
      {"value", json_or_null(event.value)},
      {"sender", json_or_null(event.sender)},
      {"context", json_or_null(event.context)},
      {"payload", event.payload},
      {"caused_by", event.caused_by ? Json(event.caused_by->text()) : Json()},
  };
}

Status check_idempotency_key(const std::optional<std::string>& key) {
  if (!key || !key->empty()) return {};
  return fail(ErrorKind::kInvalid, "the idempotency key is empty", "leave it out, or give what is new for a new event");
}

std::string published_content(const Event& event, bool timestamp_given) {
  Json content = to_json(event);
  for (const char* own : {"id", "recorded_at", "caused_by"}) content.erase(own);
  if (!timestamp_given) content.erase("timestamp");
  return to_compact(content);
}

Result<Event> parse_event(const Json& object, Instant now, std::vector<std::string> beside) {
  if (!object.is_object()) {
    return invalid("an event must be an object; is " + std::string(type_name(object)),
                   R"(write it as {"name": "data_updated", "payload": {}})");
  }
  QFLOW_TRY(check_keys(object, std::move(beside)));
  Event event;
  QFLOW_ASSIGN(event.name, read_name(object));
  QFLOW_ASSIGN(event.timestamp, read_timestamp(object, now));
  QFLOW_ASSIGN(event.payload, read_payload(object));
  QFLOW_ASSIGN(event.type, read_text(object, kType));
  QFLOW_ASSIGN(event.name_space, read_text(object, kNamespace));
  QFLOW_ASSIGN(event.value, read_text(object, kValue));
  QFLOW_ASSIGN(event.sender, read_text(object, kSender));
  QFLOW_ASSIGN(event.context, read_text(object, kContext));
  return event;
}

}  // namespace qflow
