#include "qflow/time/time_zone.h"

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace qflow {
namespace {

using std::chrono::hours;
using std::chrono::seconds;
using std::chrono::sys_seconds;

sys_seconds at(std::string_view text) {
  return std::chrono::floor<seconds>(*parse_instant(text));
}

std::shared_ptr<const TimeZone> zone(std::string_view name) {
  const auto found = find_time_zone(name);
  REQUIRE_MESSAGE(found, std::string(name));
  return *found;
}

std::string content_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// TZDIR for as long as it lives.
class ZoneFolder {
 public:
  explicit ZoneFolder(const std::string& folder) { setenv("TZDIR", folder.c_str(), 1); }
  ~ZoneFolder() { unsetenv("TZDIR"); }
  ZoneFolder(const ZoneFolder&) = delete;
  ZoneFolder& operator=(const ZoneFolder&) = delete;
};

TEST_CASE("clocks show what the IANA database says") {
  struct Row {
    std::string_view zone;
    std::string_view instant;
    std::string_view local;
  };
  const Row rows[] = {
      {"UTC", "2026-11-20T10:00:00Z", "2026-11-20T10:00:00+00:00"},
      {"Etc/UTC", "2026-11-20T10:00:00Z", "2026-11-20T10:00:00+00:00"},
      {"Etc/GMT+12", "2026-11-20T10:00:00Z", "2026-11-19T22:00:00-12:00"},
      {"Pacific/Kiritimati", "2026-11-20T10:00:00Z", "2026-11-21T00:00:00+14:00"},
      {"Asia/Kathmandu", "2026-11-20T10:00:00Z", "2026-11-20T15:45:00+05:45"},
      // The European Union changes at 01:00 UTC (directive 2000/84/EC).
      {"Europe/Berlin", "2027-03-28T00:59:59Z", "2027-03-28T01:59:59+01:00"},
      {"Europe/Berlin", "2027-03-28T01:00:00Z", "2027-03-28T03:00:00+02:00"},
      {"Europe/Berlin", "2027-10-31T00:59:59Z", "2027-10-31T02:59:59+02:00"},
      {"Europe/Berlin", "2027-10-31T01:00:00Z", "2027-10-31T02:00:00+01:00"},
      // Beyond the table of any file: the rule of the footer.
      {"Europe/Berlin", "2099-07-01T00:00:00Z", "2099-07-01T02:00:00+02:00"},
      {"Europe/Berlin", "9999-12-31T00:00:00Z", "9999-12-31T01:00:00+01:00"},
      {"America/New_York", "2040-03-11T06:59:59Z", "2040-03-11T01:59:59-05:00"},
      {"America/New_York", "2040-03-11T07:00:00Z", "2040-03-11T03:00:00-04:00"},
      {"America/New_York", "2040-11-04T05:59:59Z", "2040-11-04T01:59:59-04:00"},
      {"America/New_York", "2040-11-04T06:00:00Z", "2040-11-04T01:00:00-05:00"},
      {"Australia/Sydney", "2050-01-15T00:00:00Z", "2050-01-15T11:00:00+11:00"},
      // Half an hour.
      {"Australia/Lord_Howe", "2026-10-03T15:29:59Z", "2026-10-04T01:59:59+10:30"},
      {"Australia/Lord_Howe", "2026-10-03T15:30:00Z", "2026-10-04T02:30:00+11:00"},
      // Winter time is the exception there, by law: daylight saving of -1 h.
      {"Europe/Dublin", "2026-12-01T12:00:00Z", "2026-12-01T12:00:00+00:00"},
      {"Europe/Dublin", "2026-07-01T12:00:00Z", "2026-07-01T13:00:00+01:00"},
      {"Europe/Dublin", "2060-07-01T12:00:00Z", "2060-07-01T13:00:00+01:00"},
      // Samoa left out 2011-12-30.
      {"Pacific/Apia", "2011-12-30T09:59:59Z", "2011-12-29T23:59:59-10:00"},
      {"Pacific/Apia", "2011-12-30T10:00:00Z", "2011-12-31T00:00:00+14:00"},
      // Changes at 24:00, written as an hour beyond the day.
      {"Asia/Gaza", "2100-07-01T00:00:00Z", "2100-07-01T03:00:00+03:00"},
      {"America/Nuuk", "2050-07-01T00:00:00Z", "2050-06-30T23:00:00-01:00"},
      // Before standard time.
      {"Europe/Berlin", "1890-01-01T00:00:00Z", "1890-01-01T00:53:28+00:53:28"},
      {"America/New_York", "1883-01-01T00:00:00Z", "1882-12-31T19:03:58-04:56:02"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.zone);
    CAPTURE(row.instant);
    CHECK(format_local(*parse_instant(row.instant), *zone(row.zone)) == row.local);
  }
}

TEST_CASE("a period knows its neighbours") {
  const ZonePeriod summer = zone("Europe/Berlin")->period_at(at("2027-07-01T00:00:00Z"));
  CHECK(summer.begin == at("2027-03-28T01:00:00Z"));
  CHECK(summer.end == at("2027-10-31T01:00:00Z"));
  CHECK(summer.offset == hours{2});
  CHECK(summer.offset_before == hours{1});
  CHECK(summer.offset_after == hours{1});
  CHECK(summer.abbreviation == "CEST");

  const ZonePeriod ever = zone("UTC")->period_at(at("2027-07-01T00:00:00Z"));
  CHECK(ever.begin < at("0001-01-01T00:00:00Z"));
  CHECK(ever.end > at("9999-12-31T23:59:59Z"));
}

TEST_CASE("the periods of every zone follow each other without gaps, beyond the table too") {
  for (const std::string_view name : {"Europe/Berlin", "America/New_York", "Europe/Dublin", "Pacific/Apia", "Asia/Gaza",
                                      "Africa/Casablanca", "America/Nuuk", "Antarctica/Troll", "Asia/Tokyo"}) {
    CAPTURE(name);
    const auto known = zone(name);
    ZonePeriod period = known->period_at(kZoneBegin);
    int count = 1;
    for (; period.end < at("2200-01-01T00:00:00Z"); ++count) {
      const ZonePeriod next = known->period_at(period.end);
      REQUIRE(next.begin == period.end);
      REQUIRE(next.offset_before == period.offset);
      REQUIRE(next.offset == period.offset_after);
      REQUIRE(next.end > next.begin);
      period = next;
    }
    CHECK(count > 1);
  }
}

TEST_CASE("rules are read as POSIX and RFC 9636 write them") {
  struct Row {
    std::string_view rule;
    std::string_view instant;
    int offset;  // in minutes
    std::string_view abbreviation;
  };
  const Row rows[] = {
      {"UTC0", "2026-01-01T00:00:00Z", 0, "UTC"},
      {"<+03>-3", "2026-01-01T00:00:00Z", 180, "+03"},
      {"<-0330>+3:30", "2026-01-01T00:00:00Z", -210, "-0330"},
      {"EST5EDT,M3.2.0,M11.1.0", "2026-03-08T06:59:59Z", -300, "EST"},
      {"EST5EDT,M3.2.0,M11.1.0", "2026-03-08T07:00:00Z", -240, "EDT"},
      {"EST5EDT,M3.2.0,M11.1.0", "2026-11-01T05:59:59Z", -240, "EDT"},
      {"EST5EDT,M3.2.0,M11.1.0", "2026-11-01T06:00:00Z", -300, "EST"},
      {"IST-1GMT0,M10.5.0,M3.5.0/1", "2026-01-01T00:00:00Z", 0, "GMT"},
      {"IST-1GMT0,M10.5.0,M3.5.0/1", "2026-07-01T00:00:00Z", 60, "IST"},
      {"<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", "2026-01-01T00:00:00Z", 660, "+11"},
      // J counts without 29 February, the plain number with it: both are 1 March here.
      {"AAA0BBB,J60/0,J61/0", "2024-03-01T00:00:00Z", 60, "BBB"},
      {"AAA0BBB,60/0,61/0", "2024-03-01T00:00:00Z", 60, "BBB"},
      {"AAA0BBB,60/0,61/0", "2023-03-01T00:00:00Z", 0, "AAA"},
      // RFC 9636, 3.3.1: hours before midnight and beyond the day, and daylight saving all year.
      {"<-03>3<-02>,M3.5.0/-2,M10.5.0/-1", "2026-03-29T00:59:59Z", -180, "-03"},
      {"<-03>3<-02>,M3.5.0/-2,M10.5.0/-1", "2026-03-29T01:00:00Z", -120, "-02"},
      {"EET-2EEST,M3.4.4/50,M10.4.4/50", "2026-03-27T23:59:59Z", 120, "EET"},
      {"EET-2EEST,M3.4.4/50,M10.4.4/50", "2026-03-28T00:00:00Z", 180, "EEST"},
      {"XXX3EDT4,0/0,J365/23", "2026-01-01T03:30:00Z", -240, "EDT"},
      {"XXX3EDT4,0/0,J365/23", "2026-07-01T00:00:00Z", -240, "EDT"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.rule);
    CAPTURE(row.instant);
    const auto rule = PosixZoneRule::parse(row.rule);
    REQUIRE(rule);
    const ZonePeriod period = rule->period_at(at(row.instant));
    CHECK(period.offset == std::chrono::minutes(row.offset));
    CHECK(period.abbreviation == row.abbreviation);
    CHECK(period.begin <= at(row.instant));
    CHECK(period.end > at(row.instant));
  }
}

TEST_CASE("what is no rule is refused") {
  for (const std::string_view rule :
       {"", "U", "UT0", "UTC", "UTC25", "UTC0:60", "<UTC0", "<+3>", "EST5EDT", "EST5EDT,", "EST5EDT,M3.2.0",
        "EST5EDT,M3.2.0,", "EST5EDT,M13.2.0,M11.1.0", "EST5EDT,M0.2.0,M11.1.0", "EST5EDT,M3.0.0,M11.1.0",
        "EST5EDT,M3.6.0,M11.1.0", "EST5EDT,M3.2.7,M11.1.0", "EST5EDT,M3.2,M11.1.0", "EST5EDT,J0,J60",
        "EST5EDT,J366,J60", "EST5EDT,366,60", "EST5EDT,M3.2.0/168,M11.1.0", "EST5EDT,M3.2.0/,M11.1.0",
        "EST5EDT,M3.2.0,M11.1.0x", "EST5EDT,M3.2.0,M11.1.0/99999999999999999999",
        // each daylight saving ends after the next one's begin, or at its own begin
        "AAA1BBB,J1/-166,J365/-17", "AAA1BBB,J100/0,J100/1"}) {
    CAPTURE(rule);
    const auto parsed = PosixZoneRule::parse(rule);
    REQUIRE(!parsed);
    CHECK(parsed.error().kind == ErrorKind::kInvalid);
  }
}

TEST_CASE("a damaged file is an error, wherever it is cut") {
  const std::string berlin = content_of("/usr/share/zoneinfo/Europe/Berlin");
  REQUIRE(TimeZone::parse("Europe/Berlin", berlin));
  for (std::size_t size = 0; size < berlin.size(); ++size) {
    CAPTURE(size);
    CHECK(!TimeZone::parse("Europe/Berlin", berlin.substr(0, size)));
  }
  std::uint64_t state = 7;
  int refused = 0;
  for (int i = 0; i < 20'000; ++i) {
    std::string damaged = berlin;
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    damaged[(state >> 33) % damaged.size()] ^= static_cast<char>(1 << (state >> 60 & 7));
    const auto parsed = TimeZone::parse("Europe/Berlin", damaged);
    if (parsed) {
      const ZonePeriod period = parsed->period_at(at("2050-07-01T00:00:00Z"));
      CHECK(period.begin < period.end);
    } else {
      ++refused;
      CHECK(parsed.error().message.find("damaged") != std::string::npos);
    }
  }
  CHECK(refused > 100);
}

TEST_CASE("what a file says is compared with what it may say") {
  std::string tokyo = content_of("/usr/share/zoneinfo/Asia/Tokyo");
  REQUIRE(TimeZone::parse("Asia/Tokyo", tokyo));
  const auto refused = [](const std::string& content) {
    const auto parsed = TimeZone::parse("Asia/Tokyo", content);
    return parsed ? std::string() : parsed.error().message;
  };
  std::string first = tokyo;
  first[4] = '\0';
  CHECK(refused(first).find("version 1") != std::string::npos);
  CHECK(refused("PK" + tokyo).find("no TZif file") != std::string::npos);
  const std::size_t footer = tokyo.rfind("JST-9");
  CHECK(refused(tokyo.substr(0, footer) + "JST-8\n").find("contradicts") != std::string::npos);
  CHECK(refused(tokyo.substr(0, footer) + "J\n").find("is not a rule") != std::string::npos);
  CHECK(refused(tokyo.substr(0, footer) + "\n").empty());  // then the last offset holds for ever
}

TEST_CASE("a zone is found by its exact name alone") {
  struct Row {
    std::string_view name;
    ErrorKind kind;
    std::string_view text;
  };
  const Row rows[] = {
      {"Europe/Berln", ErrorKind::kNotFound, "did you mean 'Europe/Berlin'?"},
      {"europe/berlin", ErrorKind::kNotFound, "did you mean 'Europe/Berlin'?"},
      {"Berlin", ErrorKind::kNotFound, "did you mean 'Europe/Berlin'?"},
      {"America/NewYork", ErrorKind::kNotFound, "did you mean 'America/New_York'?"},
      {"utc", ErrorKind::kNotFound, "'Etc/UTC'"},
      {"XYZ", ErrorKind::kNotFound, "write an IANA name"},
      {"Europe", ErrorKind::kNotFound, "unknown time zone"},
      {"", ErrorKind::kInvalid, "is empty"},
      {"/etc/passwd", ErrorKind::kInvalid, "no time zone can be called"},
      {"../zoneinfo/UTC", ErrorKind::kInvalid, "no time zone can be called"},
      {"Europe/../Europe/Berlin", ErrorKind::kInvalid, "no time zone can be called"},
      {"./UTC", ErrorKind::kInvalid, "no time zone can be called"},
      {"Europe//Berlin", ErrorKind::kInvalid, "no time zone can be called"},
      {"Europe/Berlin/", ErrorKind::kInvalid, "no time zone can be called"},
      {"zone.tab", ErrorKind::kInvalid, "no time zone can be called"},
      {"Europe/Berlin ", ErrorKind::kInvalid, "no time zone can be called"},
      {":UTC", ErrorKind::kInvalid, "no time zone can be called"},
      {std::string_view("UTC\0", 4), ErrorKind::kInvalid, "no time zone can be called"},
      {"leapseconds", ErrorKind::kInvalid, "no TZif file"},
      {"right/Europe/Berlin", ErrorKind::kInvalid, "leap seconds"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    const auto found = find_time_zone(row.name);
    REQUIRE(!found);
    CHECK(found.error().kind == row.kind);
    CAPTURE(to_text(found.error()));
    CHECK(to_text(found.error()).find(row.text) != std::string::npos);
  }
  CHECK(find_time_zone("Europe/Berlin")->get() == find_time_zone("Europe/Berlin")->get());
}

TEST_CASE("without a database UTC is left") {
  const ZoneFolder folder("/nowhere");
  CHECK(find_time_zone("UTC"));
  const auto berlin = find_time_zone("Europe/Berlin");
  REQUIRE(!berlin);
  CHECK(berlin.error().kind == ErrorKind::kNotFound);
  CHECK(to_text(berlin.error()).find("install the package tzdata") != std::string::npos);
}

}  // namespace
}  // namespace qflow
