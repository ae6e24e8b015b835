#include "qflow/model/event.h"

#include <doctest/doctest.h>

namespace qflow {
namespace {

Instant at(std::string_view text) {
  return parse_instant(text).value();
}

const Instant kNow = at("2026-11-20T10:00:00Z");

Result<Event> parsed(std::string_view text) {
  return parse_event(parse_json(text).value(), kNow);
}

TEST_CASE("event ids are UUIDv7 (RFC 9562, appendix A.6)") {
  // The example of the RFC: 2022-02-22T19:22:22Z, rand_a 0xCC3, rand_b 0x18C4DC0C0C07398F.
  const std::array<std::uint8_t, 10> random = {0x0C, 0xC3, 0x18, 0xC4, 0xDC, 0x0C, 0x0C, 0x07, 0x39, 0x8F};
  CHECK(make_event_id(at("2022-02-22T19:22:22Z"), random) == "017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
}

TEST_CASE("version and variant stand whatever the random bits are; ids order by time") {
  const std::array<std::uint8_t, 10> ones = {255, 255, 255, 255, 255, 255, 255, 255, 255, 255};
  const std::array<std::uint8_t, 10> zeros = {};
  CHECK(make_event_id(Instant{}, zeros) == "00000000-0000-7000-8000-000000000000");
  CHECK(make_event_id(Instant{}, ones) == "00000000-0000-7fff-bfff-ffffffffffff");
  CHECK(make_event_id(at("0001-01-01T00:00:00Z"), zeros) == "00000000-0000-7000-8000-000000000000");
  CHECK(make_event_id(at("2026-11-20T10:00:00.001Z"), zeros) > make_event_id(kNow, ones));
  for (const char* text : {"1970-01-01T00:00:00Z", "2026-11-20T10:00:00Z", "9999-12-31T23:59:59Z"}) {
    CHECK(is_event_id(make_event_id(at(text), ones)));
    CHECK(is_event_id(make_event_id(at(text), zeros)));
  }
}

TEST_CASE("what is no event id") {
  CHECK(is_event_id("017f22e2-79b0-7cc3-98c4-dc0c0c07398f"));
  for (const std::string_view text :
       {"", "data_updated", "017f22e2-79b0-7cc3-98c4-dc0c0c07398", "017f22e2-79b0-7cc3-98c4-dc0c0c07398f0",
        "017f22e2-79b0-4cc3-98c4-dc0c0c07398f", "017f22e2-79b0-7cc3-78c4-dc0c0c07398f",
        "017f22e2-79b0-7cc3-c8c4-dc0c0c07398f", "017F22E2-79B0-7CC3-98C4-DC0C0C07398F",
        "017f22e2_79b0_7cc3_98c4_dc0c0c07398f", "g17f22e2-79b0-7cc3-98c4-dc0c0c07398f",
        "017f22e279b07cc398c4dc0c0c07398f", "{17f22e2-79b0-7cc3-98c4-dc0c0c07398f"}) {
    CAPTURE(text);
    CHECK(!is_event_id(text));
  }
}

TEST_CASE("an event has one documented shape in JSON") {
  Event event;
  event.id = "017f22e2-79b0-7cc3-98c4-dc0c0c07398f";
  event.name = "data_updated";
  event.timestamp = kNow;
  event.recorded_at = at("2026-11-20T10:00:00.250Z");
  CHECK(to_compact(to_json(event)) ==
        R"({"caused_by":null,"context":null,"id":"017f22e2-79b0-7cc3-98c4-dc0c0c07398f","name":"data_updated",)"
        R"("namespace":null,"payload":{},"recorded_at":"2026-11-20T10:00:00.250Z","sender":null,)"
        R"("timestamp":"2026-11-20T10:00:00Z","type":null,"value":null})");
  event.type = "t";
  event.name_space = "n";
  event.value = "v";
  event.sender = "s";
  event.context = "";
  event.payload = {{"rows", 3}};
  event.caused_by = RunId::parse("F/3").value();
  CHECK(to_compact(to_json(event)) ==
        R"({"caused_by":"F/3","context":"","id":"017f22e2-79b0-7cc3-98c4-dc0c0c07398f","name":"data_updated",)"
        R"("namespace":"n","payload":{"rows":3},"recorded_at":"2026-11-20T10:00:00.250Z","sender":"s",)"
        R"("timestamp":"2026-11-20T10:00:00Z","type":"t","value":"v"})");
  CHECK(to_json(Event())["id"].is_null());
}

TEST_CASE("an event as people write it") {
  const auto full = parsed(R"({"name": "a", "payload": {"x": 1}, "timestamp": "2026-01-01T00:00:00+01:00", "type": "t",
                               "namespace": "n", "value": "v", "sender": "s", "context": "c"})");
  REQUIRE(full);
  CHECK(full->name == "a");
  CHECK(to_compact(full->payload) == R"({"x":1})");
  CHECK(full->timestamp == at("2025-12-31T23:00:00Z"));
  CHECK(full->type == "t");
  CHECK(full->name_space == "n");
  CHECK(full->value == "v");
  CHECK(full->sender == "s");
  CHECK(full->context == "c");
  CHECK(full->id.empty());
  CHECK(!full->caused_by);

  const auto bare = parsed(R"({"name": "a"})");
  REQUIRE(bare);
  CHECK(bare->timestamp == kNow);
  CHECK(to_compact(bare->payload) == "{}");
  CHECK(!bare->type);
  CHECK(!bare->context);
}

TEST_CASE("the other names of keys, and null for absent") {
  const auto other = parsed(R"({"key": "a", "fields": {"x": 1}, "event_type": "t"})");
  REQUIRE(other);
  CHECK(other->name == "a");
  CHECK(to_compact(other->payload) == R"({"x":1})");
  CHECK(other->type == "t");
  const auto nulls = parsed(R"({"name": "a", "payload": null, "timestamp": null, "type": null, "context": null})");
  REQUIRE(nulls);
  CHECK(to_compact(nulls->payload) == "{}");
  CHECK(nulls->timestamp == kNow);
  CHECK(!nulls->type);
}

TEST_CASE("what is no event is refused, with what is wrong") {
  struct Row {
    std::string_view text;
    std::string_view message;
  };
  const Row rows[] = {
      {"[]", "an event must be an object; is a list"},
      {"\"first\"", "an event must be an object; is text"},
      {"null", "an event must be an object; is null"},
      {"{}", "an event has no name"},
      {R"({"name": null})", "an event has no name"},
      {R"({"name": 3})", "'name' of an event must be text; is an integer"},
      {R"({"name": ""})", "the event name is empty"},
      {R"({"name": "a b"})", "'a b' is not a valid event name"},
      {R"({"name": ".."})", "'..' is not a valid event name"},
      {R"({"name": "a/b"})", "'a/b' is not a valid event name"},
      {R"({"name": "a", "key": "a"})", "an event has both 'name' and 'key'"},
      {R"({"name": "a", "payload": {}, "fields": null})", "an event has both 'payload' and 'fields'"},
      {R"({"name": "a", "type": "t", "event_type": "t"})", "an event has both 'type' and 'event_type'"},
      {R"({"name": "a", "payload": [1]})", "the payload of an event must be an object; is a list"},
      {R"({"name": "a", "fields": "x"})", "the payload of an event must be an object; is text"},
      {R"({"name": "a", "value": 3})", "'value' of an event must be text; is an integer"},
      {R"({"name": "a", "event_type": {}})", "'type' of an event must be text; is an object"},
      {R"({"name": "a", "timestamp": 1700000000})", "'timestamp' of an event must be text; is an integer"},
      {R"({"name": "a", "timestamp": "2026-01-01"})",
       "'timestamp' of an event: '2026-01-01' is not an RFC 3339 instant: the date needs a time after it"},
      {R"({"name": "a", "id": "x"})", "unknown key 'id' in an event"},
      {R"({"name": "a", "caused_by": "F/1"})", "unknown key 'caused_by' in an event"},
      {R"({"name": "a", "\u001b[2J": 1})", "unknown key '\\x1b[2J' in an event"},
      {R"({"name": "a", "paylod": {}})", "unknown key 'paylod' in an event"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    const auto event = parsed(row.text);
    REQUIRE(!event);
    CHECK(event.error().kind == ErrorKind::kInvalid);
    CHECK(event.error().message == row.message);
  }
  CHECK(parsed(R"({"name": "a", "paylod": {}})").error().advice == "did you mean 'payload'?");
  CHECK(parsed(R"({"name": "a", "id": ""})").error().advice.starts_with("known: name, key, payload, fields"));
}

}  // namespace
}  // namespace qflow
