#include "qflow/time/instant.h"

#include <doctest/doctest.h>

#include <cstdint>
#include <limits>

namespace qflow {
namespace {

using std::chrono::microseconds;

Instant at(std::int64_t micros) {
  return Instant{microseconds{micros}};
}
constexpr std::int64_t kSecond = 1'000'000;
constexpr std::int64_t kFirst = -62'135'596'800 * kSecond;     // 0001-01-01T00:00:00Z
constexpr std::int64_t kLast = 253'402'300'800 * kSecond - 1;  // 9999-12-31T23:59:59.999999Z

TEST_CASE("parse_instant reads RFC 3339") {
  struct Row {
    std::string_view text;
    std::int64_t micros;
  };
  const Row rows[] = {
      {"1970-01-01T00:00:00Z", 0},
      {"1970-01-01t00:00:00z", 0},
      {"1970-01-01 00:00:00Z", 0},
      {"1969-12-31T23:59:59Z", -kSecond},
      {"1969-12-31T23:59:59.999999Z", -1},
      {"2026-11-20T10:00:00Z", 1'795'168'800 * kSecond},
      {"2026-11-20 10:00:00.5+01:00", 1'795'165'200 * kSecond + 500'000},
      {"2026-11-20T10:00:00-05:30", 1'795'188'600 * kSecond},
      {"1970-01-01T00:00:00+23:59", -86'340 * kSecond},
      {"1970-01-01T00:00:00-23:59", 86'340 * kSecond},
      {"1970-01-01T00:00:00-00:00", 0},  // RFC 3339, 4.3: UTC, its place unknown
      {"1970-01-01T00:00:00.1Z", 100'000},
      {"1970-01-01T00:00:00.000001Z", 1},
      {"1970-01-01T00:00:00.0000019Z", 1},
      {"1970-01-01T00:00:00.99999999999999999999999999Z", 999'999},
      {"2000-02-29T00:00:00Z", 951'782'400 * kSecond},
      {"2024-02-29T12:00:00Z", 1'709'208'000 * kSecond},
      {"0001-01-01T00:00:00Z", kFirst},
      {"9999-12-31T23:59:59.999999Z", kLast},
      {"9999-12-31T23:59:59.999999+00:01", kLast - 60 * kSecond},
      {"2016-12-31T23:59:60Z", 1'483'228'800 * kSecond},
      {"2016-12-31T23:59:60.25Z", 1'483'228'800 * kSecond + 250'000},
      {"1990-12-31T15:59:60-08:00", 662'688'000 * kSecond},  // RFC 3339, 5.8
      {"2017-01-01T05:29:60+05:30", 1'483'228'800 * kSecond},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    const auto instant = parse_instant(row.text);
    REQUIRE(instant);
    CHECK(instant->time_since_epoch().count() == row.micros);
    CHECK(*parse_datetime(row.text) == *instant);
  }
}

TEST_CASE("parse_instant refuses all else, and says why") {
  struct Row {
    std::string_view text;
    std::string_view why;
  };
  const Row rows[] = {
      {"", "does not begin with a date"},
      {"now", "does not begin with a date"},
      {" 2026-11-20T10:00:00Z", "does not begin with a date"},
      {"26-11-20T10:00:00Z", "does not begin with a date"},
      {"2026/11/20T10:00:00Z", "does not begin with a date"},
      {"2026-1-20T10:00:00Z", "does not begin with a date"},
      {"+2026-11-20T10:00:00Z", "does not begin with a date"},
      {"20261-11-20T10:00:00Z", "does not begin with a date"},
      {"20261120T100000Z", "does not begin with a date"},
      {"2026-11-20", "needs a time"},
      {"2026-11-20_10:00:00Z", "needs a time"},
      {"2026-11-20T10:00Z", "not HH:MM:SS"},
      {"2026-11-20T1:00:00Z", "not HH:MM:SS"},
      {"2026-11-20T10:00:0Z", "not HH:MM:SS"},
      {"2026-11-20T-1:00:00Z", "not HH:MM:SS"},
      {"2026-11-20T10:00:00", "offset from UTC is missing"},
      {"2026-11-20T10:00:00.", "fraction"},
      {"2026-11-20T10:00:00.Z", "fraction"},
      {"2026-11-20T10:00:00,5Z", "'Z' or an offset"},
      {"2026-11-20T10:00:00 Z", "'Z' or an offset"},
      {"2026-11-20T10:00:00CET", "'Z' or an offset"},
      {"2026-11-20T10:00:00ZZ", "more after its end"},
      {"2026-11-20T10:00:00Z ", "more after its end"},
      {"2026-11-20T10:00:00+01", "not +HH:MM"},
      {"2026-11-20T10:00:00+0100", "not +HH:MM"},
      {"2026-11-20T10:00:00+1:00", "not +HH:MM"},
      {"2026-11-20T10:00:00+24:00", "at most 23:59"},
      {"2026-11-20T10:00:00+01:60", "at most 23:59"},
      {"2026-00-20T10:00:00Z", "no such month"},
      {"2026-13-20T10:00:00Z", "no such month"},
      {"2026-11-00T10:00:00Z", "no such day"},
      {"2026-11-31T10:00:00Z", "no such day"},
      {"2026-02-29T10:00:00Z", "no such day"},
      {"1900-02-29T10:00:00Z", "no such day"},
      {"2026-11-20T24:00:00Z", "no such hour"},
      {"2026-11-20T10:60:00Z", "no such minute"},
      {"2026-11-20T10:00:61Z", "no such second"},
      {"2026-11-20T10:00:60Z", "second 60"},
      {"2026-11-20T23:59:60Z", "second 60"},
      {"2016-12-31T23:59:60+01:00", "second 60"},
      {"0000-01-01T00:00:00Z", "years count from 0001"},
      {"0001-01-01T00:00:00+00:01", "outside the years"},
      {"9999-12-31T23:59:59-00:01", "outside the years"},
      {"9999-12-31T23:59:60Z", "outside the years"},
      {"\xD9\xA2\xD9\xA0\xD9\xA2\xD9\xA6-11-20T10:00:00Z", "does not begin with a date"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    const auto instant = parse_instant(row.text);
    REQUIRE(!instant);
    CHECK(instant.error().kind == ErrorKind::kInvalid);
    CAPTURE(instant.error().message);
    CHECK(instant.error().message.find(row.why) != std::string::npos);
    CHECK(!instant.error().advice.empty());
  }
  CHECK(!parse_instant(std::string_view("2026-11-20T10:00:00Z\0", 21)));
  CHECK(!parse_instant(std::string(1 << 20, '9')));
  CHECK(parse_instant("1970-01-01T00:00:00." + std::string(1 << 20, '9') + "Z"));
}

TEST_CASE("parse_datetime also takes dates and times without offset, as UTC") {
  struct Row {
    std::string_view text;
    std::string_view utc;
  };
  const Row rows[] = {
      {"2026-11-20", "2026-11-20T00:00:00Z"},
      {"2026-11-20T10:00", "2026-11-20T10:00:00Z"},
      {"2026-11-20 10:00", "2026-11-20T10:00:00Z"},
      {"2026-11-20T10:00:30", "2026-11-20T10:00:30Z"},
      {"2026-11-20T10:00:30.25", "2026-11-20T10:00:30.250Z"},
      {"2026-11-20T10:00:30.25+01:00", "2026-11-20T09:00:30.250Z"},
      {"2026-11-20T10:00+01:00", "2026-11-20T09:00:00Z"},
      {"2024-02-29", "2024-02-29T00:00:00Z"},
      {"2016-12-31T23:59:60", "2017-01-01T00:00:00Z"},
      {"0001-01-01", "0001-01-01T00:00:00Z"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    const auto instant = parse_datetime(row.text);
    REQUIRE(instant);
    CHECK(format_instant(*instant) == row.utc);
  }
  for (const std::string_view text : {"", "10:00", "07:32:00", "2026-11", "2026-11-20T", "2026-11-20T10", "2026-11-20Z",
                                      "2026-02-30", "2026-11-20T10:00:", "2026-11-20 ", "2026-11-20T10:00.5",
                                      "2026-11-20T10:00:00 CET", "0000-01-01", "tomorrow"}) {
    CAPTURE(text);
    const auto instant = parse_datetime(text);
    REQUIRE(!instant);
    CHECK(instant.error().kind == ErrorKind::kInvalid);
  }
}

TEST_CASE("format_instant writes UTC with a fraction only where there is one") {
  struct Row {
    std::int64_t micros;
    std::string_view text;
    std::string_view ms;
  };
  const Row rows[] = {
      {0, "1970-01-01T00:00:00Z", "1970-01-01T00:00:00.000Z"},
      {-1, "1969-12-31T23:59:59.999999Z", "1969-12-31T23:59:59.999Z"},
      {1, "1970-01-01T00:00:00.000001Z", "1970-01-01T00:00:00.000Z"},
      {120'000, "1970-01-01T00:00:00.120Z", "1970-01-01T00:00:00.120Z"},
      {999'999, "1970-01-01T00:00:00.999999Z", "1970-01-01T00:00:00.999Z"},
      {951'782'400 * kSecond, "2000-02-29T00:00:00Z", "2000-02-29T00:00:00.000Z"},
      {kFirst, "0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000Z"},
      {kLast, "9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999Z"},
      {std::numeric_limits<std::int64_t>::max(), "9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999Z"},
      {std::numeric_limits<std::int64_t>::min(), "0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000Z"},
  };
  for (const Row& row : rows) {
    CHECK(format_instant(at(row.micros)) == row.text);
    CHECK(format_instant_ms(at(row.micros)) == row.ms);
  }
}

TEST_CASE("what is formatted parses back to the same, over all years") {
  std::uint64_t state = 42;
  const auto span = static_cast<std::uint64_t>(kLast - kFirst) + 1;
  for (int i = 0; i < 20'000; ++i) {
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    const Instant instant = at(kFirst + static_cast<std::int64_t>((state >> 1) % span));
    CAPTURE(format_instant(instant));
    CHECK(*parse_instant(format_instant(instant)) == instant);
    const auto cut = std::chrono::floor<std::chrono::milliseconds>(instant);
    CHECK(*parse_instant(format_instant_ms(instant)) == cut);
  }
}

}  // namespace
}  // namespace qflow
