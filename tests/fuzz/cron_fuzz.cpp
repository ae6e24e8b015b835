// Input, a line each: a cron expression, a zone, an instant, words of how clock changes are taken ("skip both"). What
// a line leaves open is chosen by the input's hash.
#include <array>

#include "fuzz/target.h"
#include "qflow/time/schedule.h"

namespace qflow::fuzz {
namespace {

using namespace std::chrono;

constexpr std::array kZones = {"UTC",          "Europe/Paris",     "America/New_York",    "Europe/Dublin",
                               "Asia/Kolkata", "America/St_Johns", "Australia/Lord_Howe", "Antarctica/Troll",
                               "Pacific/Apia", "Africa/Casablanca"};
constexpr int kInstants = 4;
constexpr int kCandidates = 1500;

struct Question {
  std::string_view text;
  std::shared_ptr<const TimeZone> zone;
  Instant at;
  DstGap gap;
  DstOverlap overlap;
};

std::shared_ptr<const TimeZone> zone_of(std::string_view line, std::size_t hash) {
  std::string_view name = kZones[hash % kZones.size()];
  for (const std::string_view known : kZones) name = known == line ? known : name;
  const auto zone = find_time_zone(name);
  demand(zone.has_value(), "the machine has the zone", name);
  return *zone;
}

Question read(std::string_view input) {
  const std::size_t hash = hash_of(input);
  std::string_view rest = input;
  const std::string_view text = take_line(rest);
  const auto zone = zone_of(take_line(rest), hash);
  const Instant at = parse_instant(take_line(rest)).value_or(Instant{seconds{hash % 8'000'000'000}});
  const auto says = [&](std::string_view word) { return rest.find(word) != std::string_view::npos; };
  return {text, zone, at, says("skip") ? DstGap::kSkip : DstGap::kShift,
          says("both")   ? DstOverlap::kBoth
          : says("last") ? DstOverlap::kLast
                         : DstOverlap::kFirst};
}

bool has(std::uint64_t values, int value) {
  return (values >> value & 1) != 0;
}

bool is_working_day(year_month_day day) {
  return day.ok() && weekday{sys_days{day}}.iso_encoding() <= 5;
}

// Quartz: the working day nearest to it in the same month.
year_month_day working_day_near(year_month_day date) {
  const int day = static_cast<int>(static_cast<unsigned>(date.day()));
  for (const int distance : {0, -1, 1, -2, 2}) {
    if (day + distance < 1) continue;
    const year_month_day near = date.year() / date.month() / (day + distance);
    if (is_working_day(near)) return near;
  }
  return date;
}

bool day_fits(const CronFields& fields, year_month_day date) {
  const int day = static_cast<int>(static_cast<unsigned>(date.day()));
  const int in_week = static_cast<int>(weekday{sys_days{date}}.c_encoding());
  const year_month_day last = date.year() / date.month() / std::chrono::last;
  bool by_day = has(fields.day.values, day) || (fields.last_day && date == last) ||
                (fields.last_working_day && date == working_day_near(last));
  for (int near = 1; near <= 31; ++near) {
    const year_month_day wanted = date.year() / date.month() / near;
    by_day = by_day || (has(fields.near_days, near) && wanted.ok() && date == working_day_near(wanted));
  }
  const bool in_last_week = sys_days{date} + days{7} > sys_days{last};
  const bool by_weekday = has(fields.weekday.values, in_week) || (in_last_week && has(fields.last_weekdays, in_week)) ||
                          has(fields.nth_weekdays[static_cast<std::size_t>((day - 1) / 7)], in_week);
  return fields.day.star || fields.weekday.star ? by_day && by_weekday : by_day || by_weekday;
}

bool date_fits(const CronFields& fields, local_days day) {
  const year_month_day date{day};
  return has(fields.month.values, static_cast<int>(static_cast<unsigned>(date.month()))) && day_fits(fields, date);
}

bool time_fits(const CronFields& fields, seconds time_of_day) {
  const hh_mm_ss time{time_of_day};
  return has(fields.second.values, static_cast<int>(time.seconds().count())) &&
         has(fields.minute.values, static_cast<int>(time.minutes().count())) &&
         has(fields.hour.values, static_cast<int>(time.hours().count()));
}

// The first and the last time of a span, by trying every second or minute of it.
void compare_with_trying(const CronExpression& cron, local_seconds from, std::string_view input) {
  const seconds step = cron.fields().second.values == 1 ? seconds{60} : seconds{1};
  from = floor<minutes>(from);
  const local_seconds until = from + kCandidates * step;
  std::optional<local_seconds> first, last;
  local_days day;
  bool on_day = false;
  for (local_seconds at = from; at < until; at += step) {
    if (at == from || floor<days>(at) != day) {
      day = floor<days>(at);
      on_day = date_fits(cron.fields(), day);
    }
    if (!on_day || !time_fits(cron.fields(), at - day)) continue;
    if (!first) first = at;
    last = at;
  }
  demand(cron.first_in(from, until) == first, "the first time is the one that trying finds", input);
  demand(cron.last_in(from, until) == last, "the last time is the one that trying finds", input);
}

void check_text(const CronExpression& cron, std::string_view input) {
  const std::string canonical = cron.canonical();
  const auto again = CronExpression::parse(canonical, "another seed");
  demand(again.has_value(), "the canonical text is an expression", canonical);
  demand(again->fields() == cron.fields(), "the canonical text has the same meaning", canonical);
  demand(again->canonical() == canonical, "the canonical text stays", canonical);
  demand(!cron.sentence().empty(), "there is a sentence", input);
}

void check_instants(const Schedule& schedule, Instant at, std::string_view input) {
  for (int i = 0; i < kInstants; ++i) {
    const auto next = schedule.next_after(at);
    if (!next) return;
    demand(*next > at, "the next instant is later", input);
    schedule.note(*next);
    demand(schedule.previous_before(*next + Duration{1}) == next, "it is the previous one of what follows", input);
    const auto previous = schedule.previous_before(*next);
    demand(!previous || *previous <= at, "nothing is due between", input);
    if (previous) demand(schedule.next_after(*previous) == next, "it is the next one of the previous", input);
    at = *next;
  }
}

}  // namespace

void feed(std::string_view input) {
  const Question question = read(input);
  const auto cron = CronExpression::parse(question.text, "flow/trigger");
  if (!cron) {
    const CronError& error = cron.error();
    demand(error.offset + error.length <= question.text.size(), "the error lies in the text", input);
    demand(error.length > 0 || question.text.empty(), "the error has a length", input);
    demand(!error.message.empty(), "the error has a message", input);
    return;
  }
  check_text(*cron, input);
  compare_with_trying(*cron, local_seconds{floor<seconds>(question.at).time_since_epoch()}, input);
  check_instants(
      Schedule({.rhythm = *cron, .zone = question.zone, .dst_gap = question.gap, .dst_overlap = question.overlap}),
      question.at, input);
}

void endure(std::string_view long_input) {
  const auto cron = CronExpression::parse(take_line(long_input), "flow/trigger");
  if (cron) check_text(*cron, cron->canonical());
}

}  // namespace qflow::fuzz
