#include "sensor/s3_cursor.h"

#include <doctest/doctest.h>

#include "qflow/model/sha256.h"

using namespace qflow;

namespace {

std::string with_sum(const std::string& body) {
  return "qflow-s3 1 " + sha256_hex(body).substr(0, 16) + "\n" + body;
}

}  // namespace

TEST_CASE("the cursor of an s3 sensor comes back as it was") {
  const std::string md5 = "5d41402abc4b2a76b9719d911017c592";
  const KnownObjects rows[] = {
      {},
      {{"a", md5}},
      {{"a", "not a digest"}, {"a/b", md5}, {"a/bc", "5D41402ABC4B2A76B9719D911017C592"}, {"b", md5 + "-12"}},
      {{std::string("a\0b\n", 4), "x"}, {"a\n", std::string("\0", 1)}, {"ü", md5}, {"ýx", md5}},
      {{std::string(300, 'k'), std::string(300, 'e')}, {std::string(300, 'k') + "x", md5}},
  };
  for (const KnownObjects& objects : rows) {
    const auto back = parse_s3_cursor(to_cursor(objects));
    REQUIRE(back);
    CHECK(*back == objects);
  }
}

TEST_CASE("a hundred thousand objects are 4.5 MB at most") {
  KnownObjects objects;
  for (int number = 0; number < 100'000; ++number) {
    const std::string text = std::to_string(1'000'000 + number);
    const std::string key = "exports/2026/" + text.substr(1, 2) + "/" + text.substr(3) + "-measurements.parquet";
    objects.emplace_back(key, sha256_hex(key).substr(0, 32));
  }
  const std::string cursor = to_cursor(objects);
  CHECK(cursor.size() < 4'500'000);
  CHECK(parse_s3_cursor(cursor) == objects);
}

TEST_CASE("a cursor with any other byte, or fewer or more, is damaged") {
  const std::string good = to_cursor({{"in/a", "5d41402abc4b2a76b9719d911017c592"}, {"in/b", "other"}});
  REQUIRE(parse_s3_cursor(good));
  for (std::size_t at = 0; at < good.size(); ++at) {
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] ^ 1);
    CAPTURE(at);
    CHECK(!parse_s3_cursor(bad));
    CHECK(!parse_s3_cursor(good.substr(0, at)));
  }
  CHECK(!parse_s3_cursor(good + "x"));
}

TEST_CASE("a cursor with a right sum may be wrong all the same") {
  const std::string end(
      "\0"
      "0123456789abcdef",
      17);
  struct Row {
    const char* name;
    std::string body;
    bool is_good;
  };
  const Row rows[] = {
      {"one object", std::string("\0\1a", 3) + end, true},
      {"shares what was not there", std::string("\1\1a", 3) + end, false},
      {"key longer than the rest", std::string("\0\177a", 3) + end, false},
      {"digest cut", std::string("\0\1a", 3) + end.substr(0, 10), false},
      {"no ETag", std::string("\0\1a", 3), false},
      {"out of order", std::string("\0\1b", 3) + end + std::string("\0\1a", 3) + end, false},
      {"twice", std::string("\0\1a", 3) + end + std::string("\1\0", 2) + end, false},
      {"a number without end", std::string(20, '\xFF'), false},
      {"a huge number",
       std::string("\0\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x7F"
                   "a",
                   11),
       false},
  };
  for (const Row& row : rows) {
    CAPTURE(std::string(row.name));
    const auto objects = parse_s3_cursor(with_sum(row.body));
    CHECK(objects.has_value() == row.is_good);
    if (!objects) CHECK(objects.error().kind == ErrorKind::kStore);
  }
}
