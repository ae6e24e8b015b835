#include <doctest/doctest.h>

#include <algorithm>

#include "sensor/looks.h"
#include "sensor/s3_server.h"
#include "sensor/sensor_kinds.h"
#include "sensor/web_server.h"

using namespace qflow;

namespace {

constexpr int kThreePages = 2500;

Looks<S3Sensor> looks_at(const S3Server& server, const std::string& prefix = "") {
  Looks<S3Sensor> looks(S3Sensor{"data", prefix, std::nullopt, server.endpoint(), std::nullopt});
  looks.secrets = {{"AWS_ACCESS_KEY_ID", "S3RVER"}, {"AWS_SECRET_ACCESS_KEY", "S3RVER"}};
  return looks;
}

std::string numbered(int number) {
  std::string digits = std::to_string(number);
  return "in/" + std::string(5 - digits.size(), '0') + digits + ".csv";
}

void put_many(S3Server& server) {
  for (int number = 0; number < kThreePages; ++number) server.put(numbered(number), std::to_string(number));
}

// "created a, deleted b"
std::string events(const Result<Sighting>& sighting) {
  if (!sighting) return to_text(sighting.error());
  std::string text;
  for (const SensedChange& change : sighting->changes) {
    text += (text.empty() ? "" : ", ") + change.payload.at("event_type").get<std::string>() + " " +
            change.payload.at("key").get<std::string>();
  }
  return text;
}

std::vector<std::string> keys(const Json& objects) {
  std::vector<std::string> all;
  for (const Json& object : objects) all.push_back(object.at("key"));
  return all;
}

}  // namespace

TEST_CASE("an s3 sensor sees what came, changed and went") {
  struct Row {
    ChangeKind kind;
    std::string expected;
  };
  const Row rows[] = {
      {ChangeKind::kCreated, "created 0, created 9"},
      {ChangeKind::kModified, "modified 1, modified 3"},
      {ChangeKind::kDeleted, "deleted 2"},
      {ChangeKind::kAll, "created 0, modified 1, deleted 2, modified 3, created 9"},
  };
  for (const Row& row : rows) {
    S3Server server;
    for (const char* key : {"1", "2", "3", "4", "5"}) server.put(key, "old");
    auto looks = looks_at(server);
    looks.rules.change = row.kind;
    CHECK(events(looks.look()) == "");
    for (const char* key : {"0", "1", "3", "9"}) server.put(key, "new");
    server.put("4", "old");
    server.remove("2");
    CHECK(events(looks.look()) == row.expected);
    const std::string left = *looks.cursor;
    CHECK(events(looks.look()) == "");
    CHECK(*looks.cursor == left);
  }
}

TEST_CASE("an s3 sensor reads all three pages") {
  S3Server server;
  put_many(server);
  auto looks = looks_at(server);
  looks.rules.change = ChangeKind::kAll;
  const auto first = looks.look();
  REQUIRE_MESSAGE(first, events(first));
  CHECK(first->changes.empty());
  CHECK(!first->more);
  CHECK(first->seen == "2,500 objects");
  server.put("in/00000a.csv", "new");
  server.put("in/02499.csv", "other");
  server.remove("in/00999.csv");
  server.remove("in/01000.csv");
  CHECK(events(looks.look()) ==
        "created in/00000a.csv, deleted in/00999.csv, deleted in/01000.csv, modified in/02499.csv");
  CHECK(events(looks.look()) == "");
}

TEST_CASE("what an s3 sensor says of an object") {
  S3Server server;
  server.put("a.csv", "hello");
  auto looks = looks_at(server);
  looks.rules.baseline = SensorBaseline::kFire;
  looks.rules.change = ChangeKind::kAll;
  const auto first = looks.look();
  REQUIRE_MESSAGE(first, events(first));
  CHECK(first->seen == "1 object");
  Json payload = first->changes.at(0).payload;
  const auto modified = parse_instant(payload.at("last_modified").get<std::string>());
  REQUIRE(modified);
  CHECK(*modified > *parse_instant("2026-01-01T00:00:00Z"));
  payload.erase("last_modified");
  const std::string md5 = "5d41402abc4b2a76b9719d911017c592";
  CHECK(payload == Json{{"bucket", "data"}, {"key", "a.csv"}, {"size", 5}, {"etag", md5}, {"event_type", "created"}});
  server.remove("a.csv");
  const auto second = looks.look();
  REQUIRE_MESSAGE(second, events(second));
  CHECK(second->seen == "0 objects");
  CHECK(second->changes.at(0).payload == Json{{"bucket", "data"},
                                              {"key", "a.csv"},
                                              {"size", nullptr},
                                              {"etag", md5},
                                              {"last_modified", nullptr},
                                              {"event_type", "deleted"}});
}

TEST_CASE("an s3 sensor reports a thousand changes at once, each of them once") {
  S3Server server;
  put_many(server);
  auto looks = looks_at(server);
  looks.rules.baseline = SensorBaseline::kFire;
  std::vector<std::string> seen;
  for (const auto& [count, more] : {std::pair(1000, true), {1000, true}, {500, false}, {0, false}}) {
    const auto sighting = looks.look();
    REQUIRE_MESSAGE(sighting, events(sighting));
    CHECK(sighting->changes.size() == count);
    CHECK(sighting->more == more);
    for (const SensedChange& change : sighting->changes) seen.push_back(change.payload.at("key"));
  }
  REQUIRE(seen.size() == kThreePages);
  for (int number = 0; number < kThreePages; ++number) CHECK(seen[number] == numbered(number));
}

TEST_CASE("what had no room is seen by the next look, whatever it was") {
  S3Server server;
  put_many(server);
  auto looks = looks_at(server);
  looks.rules.change = ChangeKind::kAll;
  REQUIRE(looks.look());
  for (int number = 0; number < 1000; ++number) server.put(numbered(number), "other");
  server.put(numbered(2000), "other");
  server.remove(numbered(2001));
  server.put("in/99999.csv", "new");
  const auto first = looks.look();
  REQUIRE_MESSAGE(first, events(first));
  CHECK(first->changes.size() == 1000);
  CHECK(first->more);
  CHECK(events(looks.look()) == "modified in/02000.csv, deleted in/02001.csv, created in/99999.csv");
  CHECK(events(looks.look()) == "");
}

TEST_CASE("a batch of objects is one change of at most about 512 KiB") {
  S3Server server;
  const std::string folder(150, 'f');
  for (int number = 0; number < 2100; ++number) server.put(folder + "/" + numbered(number), "x");
  auto looks = looks_at(server);
  looks.rules.baseline = SensorBaseline::kFire;
  looks.rules.per = SensorBatching::kBatch;
  std::vector<std::string> seen;
  for (bool more = true; more;) {
    const auto sighting = looks.look();
    REQUIRE_MESSAGE(sighting, events(sighting));
    REQUIRE(sighting->changes.size() == 1);
    const Json& payload = sighting->changes[0].payload;
    const auto some = keys(payload.at("objects"));
    CHECK(payload.at("count") == some.size());
    CHECK(payload.size() == 2);
    CHECK(to_compact(payload).size() < 520 * 1024);
    more = sighting->more;
    if (more) CHECK(to_compact(payload).size() > 500 * 1024);
    seen.insert(seen.end(), some.begin(), some.end());
  }
  REQUIRE(seen.size() == 2100);
  for (int number = 0; number < 2100; ++number) CHECK(seen[number] == folder + "/" + numbered(number));
  CHECK(looks.look()->changes.empty());
}

TEST_CASE("keys arrive as they are") {
  S3Server server;
  std::vector<std::string> odd = {"a b.txt",     "a+b",         "100%",    "%41",     "ü/日本",   "quote\"'",
                                  "&amp;<tag/>", "line\nbreak", "tab\tin", "🙂",    "a=b&c=d?", "x;y,z:@!$*()",
                                  "back\\slash", " leading",    "end ",    "[a]{b}|", "~^`#",     "\x01"};
  for (const std::string& key : odd) server.put("odd +%/" + key, "1");
  auto looks = looks_at(server, "odd +%/");
  looks.rules.baseline = SensorBaseline::kFire;
  const auto sighting = looks.look();
  REQUIRE_MESSAGE(sighting, events(sighting));
  std::vector<std::string> seen;
  for (const SensedChange& change : sighting->changes) seen.push_back(change.payload.at("key"));
  for (std::string& key : odd) key = "odd +%/" + key;
  std::sort(odd.begin(), odd.end());
  CHECK(seen == odd);
  CHECK(looks.look()->changes.empty());
}

TEST_CASE("prefix and pattern choose objects") {
  S3Server server;
  for (const char* key :
       {"a.csv", "b.txt", "in/a.csv", "in/b.txt", "in/2026/c.csv", "in/2026/11/d.csv", "inside.csv"}) {
    server.put(key, "1");
  }
  server.put("in/empty/", "");
  struct Row {
    std::string prefix;
    std::optional<std::string> pattern;
    std::vector<std::string> expected;
  };
  const Row rows[] = {
      {"", std::nullopt, {"a.csv", "b.txt", "in/2026/11/d.csv", "in/2026/c.csv", "in/a.csv", "in/b.txt", "inside.csv"}},
      {"", "*.csv", {"a.csv", "inside.csv"}},
      {"", "**/*.csv", {"a.csv", "in/2026/11/d.csv", "in/2026/c.csv", "in/a.csv", "inside.csv"}},
      {"", "in/*.csv", {"in/a.csv"}},
      {"in/", "*.csv", {"in/a.csv"}},
      {"in/", "**/*.csv", {"in/2026/11/d.csv", "in/2026/c.csv", "in/a.csv"}},
      {"in/", "*/*", {"in/2026/c.csv"}},
      {"in", "*.csv", {"inside.csv"}},
      {"in", "in/*.csv", {"in/a.csv"}},
      {"in/20", "2026/*.csv", {"in/2026/c.csv"}},
      {"in/2026/", std::nullopt, {"in/2026/11/d.csv", "in/2026/c.csv"}},
      {"nowhere/", std::nullopt, {}},
  };
  for (const Row& row : rows) {
    CAPTURE(row.prefix);
    CAPTURE(row.pattern.value_or("(none)"));
    auto looks = looks_at(server, row.prefix);
    looks.watched.pattern = row.pattern;
    looks.rules.baseline = SensorBaseline::kFire;
    const auto sighting = looks.look();
    REQUIRE_MESSAGE(sighting, events(sighting));
    std::vector<std::string> seen;
    for (const SensedChange& change : sighting->changes) seen.push_back(change.payload.at("key"));
    CHECK(seen == row.expected);
  }
}

TEST_CASE("an outage of S3 loses nothing and doubles nothing") {
  S3Server server;
  server.put("a", "1");
  server.put("b", "1");
  auto looks = looks_at(server);
  looks.rules.change = ChangeKind::kAll;
  REQUIRE(looks.look());
  server.put("a", "2");
  CHECK(events(looks.look()) == "modified a");
  const std::string left = *looks.cursor;
  server.end();
  server.remove("b");
  server.put("c", "1");
  for (int times = 0; times < 2; ++times) {
    CHECK(events(looks.look()) == "can't reach " + server.endpoint() + "/data: connection refused");
    CHECK(*looks.cursor == left);
  }
  server.start();
  looks.watched.endpoint = server.endpoint() + "/";
  CHECK(events(looks.look()) == "deleted b, created c");
  CHECK(events(looks.look()) == "");
}

TEST_CASE("an s3 sensor waits for its timeout at most") {
  WebServer server;
  server.answers("data", {{"hang", true}});
  Looks<S3Sensor> looks(S3Sensor{"data", "in/", std::nullopt, server.url(""), std::nullopt});
  CHECK(events(looks.look()) ==
        "an s3 sensor needs the secret AWS_ACCESS_KEY_ID, which has no value; set the "
        "environment variable, or write it to the file secrets/AWS_ACCESS_KEY_ID of the store");
  looks.secrets = {{"AWS_ACCESS_KEY_ID", "AKIAEXAMPLE"}, {"AWS_SECRET_ACCESS_KEY", "secret"}};
  looks.rules.timeout = std::chrono::milliseconds(250);
  CHECK(events(looks.look()) == server.url("/data") + " took longer than 250ms");
}

TEST_CASE("S3 says itself what is wrong") {
  S3Server server;
  auto looks = looks_at(server);
  looks.watched.bucket = "absent";
  looks.watched.prefix = "in/";
  CHECK(events(looks.look()) ==
        "can't list s3://absent/in/: NoSuchBucket: The specified bucket does not exist; check `bucket`");
  looks = looks_at(server);
  looks.secrets["AWS_ACCESS_KEY_ID"] = "AKIAOTHER";
  CHECK(events(looks.look()) ==
        "can't list s3://data/: InvalidAccessKeyId: The AWS Access Key Id you provided does not "
        "exist in our records.; check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and "
        "AWS_SESSION_TOKEN");
}

TEST_CASE("a damaged cursor of an s3 sensor is an error") {
  S3Server server;
  server.put("a", "1");
  auto looks = looks_at(server);
  REQUIRE(looks.look());
  looks.cursor->back() = static_cast<char>(looks.cursor->back() + 1);
  const auto sighting = looks.look();
  REQUIRE(!sighting);
  CHECK(sighting.error().kind == ErrorKind::kStore);
  CHECK(sighting.error().advice.find("qflow sensor reset") != std::string::npos);
}
