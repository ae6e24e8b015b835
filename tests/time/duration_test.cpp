#include "qflow/time/duration.h"

#include <doctest/doctest.h>

#include <cstdint>
#include <limits>

namespace qflow {
namespace {

constexpr std::int64_t kMs = 1'000;
constexpr std::int64_t kSecond = 1'000 * kMs;
constexpr std::int64_t kMinute = 60 * kSecond;
constexpr std::int64_t kHour = 60 * kMinute;
constexpr std::int64_t kDay = 24 * kHour;
constexpr std::int64_t kTenThousandYears = 3'652'425 * kDay;

TEST_CASE("parse_duration reads numbers with units") {
  struct Row {
    std::string_view text;
    std::int64_t micros;
  };
  const Row rows[] = {
      {"90s", 90 * kSecond},
      {"1h30m", 90 * kMinute},
      {"2d", 2 * kDay},
      {"1.5h", 90 * kMinute},
      {"1w", 7 * kDay},
      {"250ms", 250 * kMs},
      {"0s", 0},
      {"0ms", 0},
      {"007s", 7 * kSecond},
      {"1w2d3h4m5s6ms", 9 * kDay + 3 * kHour + 4 * kMinute + 5 * kSecond + 6 * kMs},
      {"1m1ms", kMinute + kMs},
      {"100m", 100 * kMinute},
      {"0.5s", 500 * kMs},
      {"0.001ms", 1},
      {"0.0019ms", 1},
      {"0.1d", kDay / 10},
      {"0.3333333333333333333333333h", 1'199'999'999},
      {"0.99999999999999999999999999w", 7 * kDay - 1},
      {"1.0s", kSecond},
      {"3652425d", kTenThousandYears},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    const auto duration = parse_duration(row.text);
    REQUIRE(duration);
    CHECK(duration->count() == row.micros);
  }
}

TEST_CASE("parse_duration refuses all else, and says why") {
  struct Row {
    std::string_view text;
    std::string_view why;
  };
  const Row rows[] = {
      {"", "empty"},
      {"s", "a number is missing"},
      {"h30m", "a number is missing"},
      {"-5s", "a number is missing"},
      {"+5s", "a number is missing"},
      {" 5s", "a number is missing"},
      {"5s ", "a number is missing"},
      {"1h 30m", "a number is missing"},
      {".5h", "a number is missing"},
      {"5", "a unit is missing"},
      {"5 s", "a unit is missing"},
      {"1h30", "a unit is missing"},
      {"1e3s", "unknown unit 'e'"},
      {"5.s", "digits are missing"},
      {"1.5.5s", "a unit is missing"},
      {"1,5s", "a unit is missing"},
      {"5S", "unknown unit 'S'"},
      {"5sec", "unknown unit 'sec'"},
      {"5us", "unknown unit 'us'"},
      {"1y", "unknown unit 'y'"},
      {"30m1h", "largest to the smallest"},
      {"1h1h", "largest to the smallest"},
      {"1ms1s", "largest to the smallest"},
      {"3652425d1ms", "10,000 years"},
      {"3652426d", "10,000 years"},
      {"9223372036854775807s", "10,000 years"},
      {"18446744073709551616w", "10,000 years"},
      {"99999999999999999999999999ms", "10,000 years"},
      {"5\xC2\xB5s", "a unit is missing"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    const auto duration = parse_duration(row.text);
    REQUIRE(!duration);
    CHECK(duration.error().kind == ErrorKind::kInvalid);
    CAPTURE(duration.error().message);
    CHECK(duration.error().message.find(row.why) != std::string::npos);
    CHECK(!duration.error().advice.empty());
  }
  CHECK(!parse_duration(std::string(1 << 20, '9') + "s"));
  CHECK(parse_duration("0." + std::string(1 << 20, '9') + "s")->count() == 999'999);
  CHECK(parse_duration(std::string(1 << 20, '0') + "1s")->count() == kSecond);
}

TEST_CASE("format_duration is canonical") {
  struct Row {
    std::int64_t micros;
    std::string_view text;
  };
  const Row rows[] = {
      {0, "0s"},
      {90 * kSecond, "1m30s"},
      {90 * kMinute, "1h30m"},
      {2 * kDay, "2d"},
      {7 * kDay, "1w"},
      {14 * kDay, "2w"},
      {30 * kDay, "30d"},
      {7 * kDay + kHour, "7d1h"},
      {250 * kMs, "250ms"},
      {1'500 * kMs, "1.5s"},
      {kMinute + 500 * kMs, "1m500ms"},
      {1, "0.001ms"},
      {kSecond + 1, "1.000001s"},
      {kDay + 1, "1d0.001ms"},
      {-90 * kSecond, "-1m30s"},
      {kTenThousandYears, "521775w"},
  };
  for (const Row& row : rows) CHECK(format_duration(Duration{row.micros}) == row.text);
  CHECK(format_duration(Duration::min()) == "-106751991d4h54.775808s");
}

TEST_CASE("what is formatted parses back to the same") {
  std::uint64_t state = 7;
  for (int i = 0; i < 20'000; ++i) {
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    const auto micros = static_cast<std::int64_t>(state >> 1) % (kTenThousandYears >> (state % 50)) + 1;
    const std::string text = format_duration(Duration{micros});
    CAPTURE(text);
    const auto parsed = parse_duration(text);
    REQUIRE(parsed);
    CHECK(parsed->count() == micros);
    CHECK(format_duration(Duration{-micros}) == "-" + text);
  }
}

TEST_CASE("format_duration_short needs only a glance") {
  struct Row {
    std::int64_t micros;
    std::string_view text;
  };
  const Row rows[] = {
      {0, "0s"},
      {999, "<1ms"},
      {kMs, "1ms"},
      {999'999, "999ms"},
      {kSecond, "1s"},
      {3'250 * kMs, "3.2s"},
      {9'999 * kMs, "9.9s"},
      {42 * kSecond + 700 * kMs, "42s"},
      {kMinute - 1, "59s"},
      {kMinute, "1m"},
      {64 * kSecond, "1m 4s"},
      {47 * kMinute, "47m"},
      {kHour - 1, "59m 59s"},
      {2 * kHour + 5 * kMinute + 59 * kSecond, "2h 5m"},
      {kDay, "1d"},
      {3 * kDay + 4 * kHour + 5 * kMinute, "3d 4h"},
      {-3'250 * kMs, "-3.2s"},
  };
  for (const Row& row : rows) CHECK(format_duration_short(Duration{row.micros}) == row.text);
  CHECK(format_duration_short(Duration::min()) == "-106751991d 4h");
}

}  // namespace
}  // namespace qflow
