#include "qflow/time/time_zone.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "qflow/error/printable.h"
#include "time/tzif_reader.h"

namespace qflow {

using std::chrono::seconds;
using std::chrono::sys_seconds;

namespace {

// RFC 9636, section 3.2: no clock is further from UTC.
constexpr seconds kWestmost{-89'999};
constexpr seconds kEastmost{93'599};

tl::unexpected<Error> damaged(const std::string& name, std::string_view why) {
  return fail(ErrorKind::kInvalid, "the file of the time zone " + quoted(name) + " is damaged: " + std::string(why),
              "reinstall the package tzdata");
}

}  // namespace

Result<TimeZone> TimeZone::parse(std::string name, std::string_view tzif) {
  TzifBlock block;
  if (const std::string_view fault = read_tzif(tzif, block); !fault.empty()) return damaged(name, fault);
  TimeZone zone;
  zone.name_ = std::move(name);
  for (std::size_t i = 0; i < block.type_count; ++i) {
    const seconds offset{read_int32(block.types, 6 * i)};
    const auto at = static_cast<unsigned char>(block.types[6 * i + 5]);
    const std::size_t end = block.abbreviations.find('\0', at);
    if (offset < kWestmost || offset > kEastmost) return damaged(zone.name_, "an offset from UTC is out of range");
    if (end == std::string_view::npos) return damaged(zone.name_, "an abbreviation is cut off");
    zone.types_.push_back({offset, std::string(block.abbreviations.substr(at, end - at))});
  }
  sys_seconds last = sys_seconds::min();
  zone.changes_.reserve(block.change_count);
  for (std::size_t i = 0; i < block.change_count; ++i) {
    const sys_seconds at{seconds{read_int64(block.change_times, 8 * i)}};
    const auto type = static_cast<std::uint8_t>(block.change_types[i]);
    if (type >= block.type_count) return damaged(zone.name_, "a change is to a type that it does not have");
    if (i > 0 && at <= last) return damaged(zone.name_, "its changes are not in order");
    last = at;
    zone.changes_.push_back({std::clamp(at, kZoneBegin, kZoneEnd), type});
  }
  if (block.footer.empty()) return zone;
  Result<PosixZoneRule> rule = PosixZoneRule::parse(block.footer);
  if (!rule) return damaged(zone.name_, rule.error().message);
  zone.rule_ = std::move(*rule);
  if (!zone.changes_.empty()) {
    const Change& change = zone.changes_.back();
    const bool agree = zone.rule_->period_at(change.at).offset == zone.types_[change.type].offset;
    if (!agree) return damaged(zone.name_, "its footer contradicts its last change");
  }
  return zone;
}

TimeZone TimeZone::utc() {
  TimeZone zone;
  zone.name_ = "UTC";
  zone.types_.push_back({seconds{0}, "UTC"});
  return zone;
}

ZonePeriod TimeZone::period_by_rule(sys_seconds instant) const {
  ZonePeriod period = rule_->period_at(instant);
  if (changes_.empty() || period.begin > changes_.back().at) return period;
  period.begin = changes_.back().at;
  period.offset_before = type_before(changes_.size() - 1).offset;
  return period;
}

ZonePeriod TimeZone::period_at(sys_seconds instant) const {
  const auto next = std::upper_bound(changes_.begin(), changes_.end(), instant,
                                     [](sys_seconds t, const Change& change) { return t < change.at; });
  const auto index = static_cast<std::size_t>(next - changes_.begin());
  if (index == changes_.size() && rule_) return period_by_rule(instant);
  const LocalType& type = type_before(index);
  return {index == 0 ? kZoneBegin : changes_[index - 1].at,
          index == changes_.size() ? kZoneEnd : next->at,
          type.offset,
          index == 0 ? type.offset : type_before(index - 1).offset,
          index == changes_.size() ? type.offset : types_[next->type].offset,
          type.abbreviation};
}

seconds TimeZone::offset_at(Instant instant) const {
  return period_at(std::chrono::floor<seconds>(instant)).offset;
}

std::string format_local(Instant instant, const TimeZone& zone) {
  const sys_seconds second = std::chrono::floor<seconds>(instant);
  const seconds offset = zone.offset_at(instant);
  const std::string shown = format_instant(Instant{second + offset});
  const auto distance = std::chrono::abs(offset).count();
  std::string text = fmt::format("{}{}{:02}:{:02}", std::string_view(shown).substr(0, 19),
                                 offset < seconds{0} ? '-' : '+', distance / 3600, distance / 60 % 60);
  if (distance % 60 != 0) text += fmt::format(":{:02}", distance % 60);
  return text;
}

}  // namespace qflow
