#include <doctest/doctest.h>

#include "qflow/model/sha256.h"
#include "sensor/looks.h"
#include "sensor/sensor_kinds.h"
#include "sensor/web_server.h"

using namespace qflow;

namespace {

const char* const kMonday = "Mon, 16 Nov 2026 10:00:00 GMT";
const char* const kTuesday = "Tue, 17 Nov 2026 10:00:00 GMT";
const char* const kWednesday = "Wed, 18 Nov 2026 10:00:00 GMT";

Looks<HttpSensor> looks_at(const std::string& url) {
  return Looks<HttpSensor>(HttpSensor{url});
}

std::string error_of(const Result<Sighting>& sighting) {
  return sighting ? "no error" : to_text(sighting.error());
}

std::string header_of(const Json& request, const char* name) {
  return request.at("headers").value(name, "(none)");
}

}  // namespace

TEST_CASE("an http sensor sees the changes of what identifies the answer") {
  struct Row {
    const char* name;
    Json before;
    Json after;
    bool changes;
  };
  const Json etag_a = {{"ETag", "\"a\""}}, etag_b = {{"ETag", "\"b\""}};
  const Json weak_a = {{"ETag", "W/\"a\""}}, weak_b = {{"ETag", "W/\"b\""}};
  const Json monday = {{"Last-Modified", kMonday}}, tuesday = {{"Last-Modified", kTuesday}};
  const Json both_a = {{"ETag", "\"a\""}, {"Last-Modified", kMonday}};
  const Json both_b = {{"ETag", "\"b\""}, {"Last-Modified", kMonday}};
  const Json nothing = Json::object();
  const auto rule = [](const Json& headers, const char* body) { return Json{{"headers", headers}, {"body", body}}; };
  const Row rows[] = {
      {"equal ETags", rule(etag_a, "1"), rule(etag_a, "1"), false},
      {"equal ETags, another body", rule(etag_a, "1"), rule(etag_a, "2"), false},
      {"another ETag, the same body", rule(etag_a, "1"), rule(etag_b, "1"), true},
      {"equal weak ETags", rule(weak_a, "1"), rule(weak_a, "2"), false},
      {"another weak ETag", rule(weak_a, "1"), rule(weak_b, "1"), true},
      {"an ETag that became weak", rule(etag_a, "1"), rule(weak_a, "1"), false},
      {"equal times", rule(monday, "1"), rule(monday, "1"), false},
      {"another time, the same body", rule(monday, "1"), rule(tuesday, "1"), true},
      {"equal times, another body", rule(monday, "1"), rule(monday, "2"), true},
      {"equal bodies", rule(nothing, "1"), rule(nothing, "1"), false},
      {"another body", rule(nothing, "1"), rule(nothing, "2"), true},
      {"the ETag is gone, the body is not", rule(etag_a, "1"), rule(nothing, "1"), false},
      {"the ETag is gone, and the body another", rule(etag_a, "1"), rule(nothing, "2"), true},
      {"an ETag comes, the body stays", rule(nothing, "1"), rule(etag_a, "1"), false},
      {"an ETag comes with another body", rule(nothing, "1"), rule(etag_a, "2"), true},
      {"the ETag is gone, the time stays", rule(both_a, "1"), rule(monday, "1"), false},
      {"the ETag is gone, the time is another", rule(both_a, "1"), rule(tuesday, "1"), true},
      {"another ETag with an equal time", rule(both_a, "1"), rule(both_b, "1"), true},
      {"time instead of ETag", rule(etag_a, "1"), rule(tuesday, "1"), false},
  };
  WebServer server;
  for (const Row& row : rows) {
    CAPTURE(row.name);
    auto looks = looks_at(server.url("/thing"));
    server.answers("thing", row.before);
    const auto first = looks.look();
    REQUIRE_MESSAGE(first, error_of(first));
    CHECK(first->changes.empty());
    server.answers("thing", row.after);
    const auto second = looks.look();
    REQUIRE_MESSAGE(second, error_of(second));
    CHECK(second->changes.size() == (row.changes ? 1 : 0));
    const std::string left = *looks.cursor;
    const auto third = looks.look();
    REQUIRE_MESSAGE(third, error_of(third));
    CHECK(third->changes.empty());
    CHECK(*looks.cursor == left);
  }
}

TEST_CASE("an http sensor asks whether there is something new") {
  struct Row {
    const char* name;
    Json headers;
    const char* if_none_match;
    const char* if_modified_since;
  };
  const Row rows[] = {
      {"ETag", {{"ETag", "\"a\""}}, "\"a\"", "(none)"},
      {"weak ETag", {{"ETag", "W/\"a\""}}, "W/\"a\"", "(none)"},
      {"time", {{"Last-Modified", kMonday}, {"Date", kTuesday}}, "(none)", kMonday},
      {"both", {{"ETag", "\"a\""}, {"Last-Modified", kMonday}, {"Date", kTuesday}}, "\"a\"", kMonday},
      {"a time that may come again", {{"Last-Modified", kMonday}, {"Date", kMonday}}, "(none)", "(none)"},
      {"neither", Json::object(), "(none)", "(none)"},
  };
  WebServer server;
  for (const Row& row : rows) {
    CAPTURE(row.name);
    server.answers("thing", {{"headers", row.headers}, {"body", "1"}, {"conditional", true}});
    auto looks = looks_at(server.url("/thing"));
    REQUIRE(looks.look());
    const std::string left = *looks.cursor;
    const auto again = looks.look();
    REQUIRE_MESSAGE(again, error_of(again));
    CHECK(again->changes.empty());
    CHECK(again->cursor == left);
    const auto asked = server.requests();
    REQUIRE(asked.size() == 2);
    CHECK(header_of(asked[0], "if-none-match") == "(none)");
    CHECK(header_of(asked[0], "if-modified-since") == "(none)");
    CHECK(header_of(asked[0], "user-agent") == "qflow/" QFLOW_VERSION);
    CHECK(header_of(asked[0], "accept-encoding") == "(none)");
    CHECK(header_of(asked[1], "if-none-match") == row.if_none_match);
    CHECK(header_of(asked[1], "if-modified-since") == row.if_modified_since);
  }
}

TEST_CASE("two changes within the second of Last-Modified are two changes") {
  WebServer server;
  auto looks = looks_at(server.url("/thing"));
  const auto state = [](const char* body, const char* date) {
    return Json{{"headers", {{"Last-Modified", kMonday}, {"Date", date}}}, {"body", body}, {"conditional", true}};
  };
  server.answers("thing", state("1", kMonday));
  REQUIRE(looks.look());
  server.answers("thing", state("2", kMonday));
  CHECK(looks.look()->changes.size() == 1);
  server.answers("thing", state("3", kWednesday));
  CHECK(looks.look()->changes.size() == 1);
  CHECK(looks.look()->changes.empty());
  CHECK(header_of(server.requests().back(), "if-modified-since") == kMonday);
}

TEST_CASE("what an http sensor says of a change") {
  WebServer server;
  auto looks = looks_at("http://me:pass@" + server.host() + "/thing?x=1");
  looks.rules.baseline = SensorBaseline::kFire;
  server.answers("thing",
                 {{"headers", {{"ETag", "\"a\""}, {"Last-Modified", kMonday}}}, {"body", "12"}, {"repeat", 617}});
  const auto first = looks.look();
  REQUIRE_MESSAGE(first, error_of(first));
  std::string body;
  for (int count = 0; count < 617; ++count) body += "12";
  REQUIRE(first->changes.size() == 1);
  CHECK(first->changes[0].payload == Json{{"url", server.url("/thing?x=1")},
                                          {"event_type", "created"},
                                          {"etag", "\"a\""},
                                          {"last_modified", kMonday},
                                          {"sha256", sha256_hex(body)},
                                          {"size", 1234},
                                          {"status", 200}});
  CHECK(first->seen == "etag \"a\", 1,234 bytes");
  CHECK(!first->more);
  server.answers("thing", {{"status", 203}, {"body", "x"}});
  const auto second = looks.look();
  REQUIRE_MESSAGE(second, error_of(second));
  REQUIRE(second->changes.size() == 1);
  CHECK(second->changes[0].payload == Json{{"url", server.url("/thing?x=1")},
                                           {"event_type", "modified"},
                                           {"etag", nullptr},
                                           {"last_modified", nullptr},
                                           {"sha256", sha256_hex("x")},
                                           {"size", 1},
                                           {"status", 203}});
  CHECK(second->seen == "sha256 " + sha256_hex("x").substr(0, 12) + ", 1 byte");
  server.answers("thing", {{"headers", {{"Last-Modified", kTuesday}}}});
  CHECK(looks.look()->seen == std::string("modified ") + kTuesday + ", 0 bytes");
}

TEST_CASE("without baseline 'fire' the first look of an http sensor only remembers") {
  WebServer server;
  server.answers("thing", {{"body", "1"}});
  auto looks = looks_at(server.url("/thing"));
  CHECK(looks.look()->changes.empty());
  CHECK(looks.cursor);
}

TEST_CASE("compressed answers are taken as they are") {
  WebServer server;
  const std::string text(5000, 'z');
  server.answers("thing", {{"headers", {{"Content-Encoding", "gzip"}}}, {"body", text}});
  auto looks = looks_at(server.url("/thing"));
  looks.rules.baseline = SensorBaseline::kFire;
  const auto first = looks.look();
  REQUIRE(first);
  CHECK(first->changes.at(0).payload.at("size") < 100);
  CHECK(first->changes.at(0).payload.at("sha256") != sha256_hex(text));
}

TEST_CASE("a body over 64 MiB needs an ETag or a time") {
  WebServer server;
  auto looks = looks_at(server.url("/thing"));
  looks.rules.baseline = SensorBaseline::kFire;
  const std::string piece(64 * 1024, 'x');
  Json rule = {{"body", piece}, {"repeat", 1025}};
  for (bool unannounced : {false, true}) {
    rule["unannounced"] = unannounced;
    server.answers("thing", rule);
    CHECK(error_of(looks.look()) == server.url("/thing") +
                                        " is larger than 64 MiB; its server would have to send an "
                                        "ETag or Last-Modified; then it may be of any size");
    CHECK(!looks.cursor);
  }
  rule["headers"] = {{"ETag", "\"big\""}};
  server.answers("thing", rule);
  const auto unannounced = looks.look();
  REQUIRE_MESSAGE(unannounced, error_of(unannounced));
  CHECK(unannounced->changes.at(0).payload.at("size") == nullptr);
  CHECK(unannounced->seen == "etag \"big\"");
  rule["unannounced"] = false;
  rule["headers"] = {{"ETag", "\"bigger\""}};
  server.answers("thing", rule);
  const auto announced = looks.look();
  REQUIRE_MESSAGE(announced, error_of(announced));
  CHECK(announced->changes.at(0).payload.at("size") == 1025 * 64 * 1024);
  CHECK(announced->changes.at(0).payload.at("sha256") == nullptr);
  rule["repeat"] = 1024;
  rule["headers"] = Json::object();
  server.answers("thing", rule);
  const auto just = looks.look();
  REQUIRE_MESSAGE(just, error_of(just));
  CHECK(just->changes.at(0).payload.at("size") == 64 * 1024 * 1024);
}

TEST_CASE("any other answer than a good one is an error, and nothing is learnt of it") {
  WebServer server;
  server.answers("thing", {{"headers", {{"ETag", "\"a\""}}}, {"body", "1"}});
  auto looks = looks_at(server.url("/thing"));
  REQUIRE(looks.look());
  const std::string left = *looks.cursor;
  for (int status : {301, 400, 401, 403, 404, 410, 500, 503}) {
    server.answers("thing", {{"status", status}, {"headers", {{"ETag", "\"b\""}}}, {"body", "error"}});
    CHECK(error_of(looks.look()) == server.url("/thing") + " answered " + std::to_string(status));
    CHECK(*looks.cursor == left);
  }
  server.answers("thing", {{"headers", {{"ETag", "\"c\""}}}, {"body", "2"}});
  CHECK(looks.look()->changes.size() == 1);
  server.answers("thing", {{"status", 304}});
  auto first_look = looks_at(server.url("/thing"));
  CHECK(error_of(first_look.look()) == server.url("/thing") + " answered 304");
}

TEST_CASE("an http sensor that can't ask says why") {
  WebServer server;
  server.answers("hangs", {{"hang", true}});
  auto looks = looks_at(server.url("/hangs"));
  looks.rules.timeout = std::chrono::milliseconds(250);
  CHECK(error_of(looks.look()) == server.url("/hangs") + " took longer than 250ms");
  server.end();
  looks.rules.timeout = std::chrono::seconds(30);
  CHECK(error_of(looks.look()) == "can't reach " + server.url("/hangs") + ": connection refused");
  CHECK(!looks.cursor);
  CHECK(error_of(looks_at("ftp://me:pass@host/x").look()) ==
        "the address begins with neither http:// nor https://; write the whole address");
}

TEST_CASE("a damaged cursor of an http sensor is an error") {
  WebServer server;
  server.answers("thing", {{"body", "1"}});
  auto looks = looks_at(server.url("/thing"));
  REQUIRE(looks.look());
  const std::string good = *looks.cursor;
  for (const std::string& bad : {std::string(), good.substr(1), std::string("[]"), std::string("{\"v\":1}"),
                                 std::string("{\"v\":2,\"etag\":null,\"last_modified\":null,\"final\":true,"
                                             "\"sha256\":null,\"size\":1}"),
                                 std::string("{\"v\":1,\"etag\":7,\"last_modified\":null,\"final\":true,"
                                             "\"sha256\":null,\"size\":1}")}) {
    CAPTURE(bad);
    looks.cursor = bad;
    const auto sighting = looks.look();
    REQUIRE(!sighting);
    CHECK(sighting.error().kind == ErrorKind::kStore);
    CHECK(sighting.error().advice.find("qflow sensor reset") != std::string::npos);
  }
  looks.cursor = good;
  CHECK(looks.look());
}
