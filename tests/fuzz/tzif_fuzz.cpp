// Input: the bytes of a TZif file, or (all that does not begin as one) the rule of a footer.
#include "fuzz/target.h"
#include "qflow/time/posix_zone_rule.h"
#include "qflow/time/schedule.h"

namespace qflow::fuzz {
namespace {

using namespace std::chrono;

constexpr int kPeriods = 500;
constexpr int kSamples = 10;

// An instant of the years 1 to 9998.
sys_seconds sample(std::size_t number) {
  constexpr sys_seconds first{sys_days{year{1} / 1 / 2}};
  constexpr sys_seconds last{sys_days{year{9998} / 12 / 31}};
  return first + seconds{number % static_cast<std::size_t>((last - first).count())};
}

void check_period(const ZonePeriod& period, sys_seconds at) {
  demand(period.begin <= at && at < period.end, "a period holds the instant that it was asked for");
  demand(abs(period.offset) <= hours{26}, "an offset is no longer than RFC 9636 allows");
}

// Zone is a TimeZone or a PosixZoneRule.
template <class Zone>
void check_chain(const Zone& zone, sys_seconds at) {
  ZonePeriod period = zone.period_at(at);
  check_period(period, at);
  for (int i = 0; i < kPeriods && period.end < kZoneEnd; ++i) {
    const ZonePeriod next = zone.period_at(period.end);
    check_period(next, period.end);
    demand(next.begin == period.end, "a period begins where the one before it ends");
    demand(next.offset_before == period.offset, "a period knows the offset before it");
    demand(period.offset_after == next.offset, "a period knows the offset after it");
    period = next;
  }
}

void check_format(const TimeZone& zone, Instant at) {
  const std::string text = format_local(at, zone);
  const seconds offset = zone.offset_at(at);
  if (offset % minutes{1} != seconds{0} || abs(offset) >= days{1}) return;  // beyond RFC 3339
  demand(parse_instant(text).value_or(Instant::min()) == floor<seconds>(at), "a local text is the same instant", text);
}

void check_schedules(const TimeZone& zone, Instant at) {
  const auto shared = std::make_shared<const TimeZone>(zone);
  for (const char* text : {"30 2 * * *", "*/30 * * * *", "0 0 1 1 *"}) {
    const Schedule schedule({.rhythm = CronExpression::parse(text, "").value(), .zone = shared});
    const auto next = schedule.next_after(at);
    demand(!next || *next > at, "the next instant is later", text);
    if (next) schedule.note(*next);
    const auto previous = schedule.previous_before(at);
    demand(!previous || *previous < at, "the previous instant is earlier", text);
  }
}

void check_rule(std::string_view text) {
  const auto rule = PosixZoneRule::parse(text);
  if (!rule) return demand(!rule.error().message.empty(), "the error has a message");
  check_chain(*rule, kZoneBegin);
  for (std::size_t i = 0; i < kSamples; ++i) check_chain(*rule, sample(hash_of(text) * (i + 1)));
}

void check_zone(const TimeZone& zone, std::size_t hash) {
  check_chain(zone, kZoneBegin);
  for (std::size_t i = 0; i < kSamples; ++i) {
    const sys_seconds at = sample(hash * (i + 1));
    check_period(zone.period_at(at), at);
    check_format(zone, at);
  }
  check_schedules(zone, sample(hash));
  check_schedules(zone, sys_days{year{2027} / 3 / 28});
}

}  // namespace

void feed(std::string_view input) {
  if (!input.starts_with("TZif")) return check_rule(input);
  const auto zone = TimeZone::parse("Fuzz/Zone", input);
  if (!zone) return demand(zone.error().kind == ErrorKind::kInvalid, "damaged content is invalid");
  check_zone(*zone, hash_of(input));
}

void endure(std::string_view long_input) {
  feed(long_input);
}

}  // namespace qflow::fuzz
