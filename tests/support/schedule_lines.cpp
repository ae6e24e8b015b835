// Answers one schedule per line of standard input, for tests in other languages. A line has, between tabs: an
// expression, a zone, dst_gap, dst_overlap, "next" or "previous", an instant, a count. The answer is a line of so many
// instants, each counted from the one before it, in seconds since 1970; or "error: ...". A line of a zone and an
// instant is answered by what is added to UTC there, in seconds.
#include <fmt/format.h>

#include <iostream>
#include <sstream>

#include "qflow/time/schedule.h"

namespace qflow {
namespace {

std::vector<std::string> split(const std::string& line) {
  std::vector<std::string> parts;
  std::istringstream in(line);
  for (std::string part; std::getline(in, part, '\t');) parts.push_back(part);
  return parts;
}

DstOverlap overlap_of(const std::string& text) {
  if (text == "both") return DstOverlap::kBoth;
  return text == "last" ? DstOverlap::kLast : DstOverlap::kFirst;
}

std::string offset(const std::string& name, const std::string& second) {
  const auto zone = find_time_zone(name);
  if (!zone) return "error: " + to_text(zone.error());
  return std::to_string((*zone)->offset_at(Instant{std::chrono::seconds(std::stoll(second))}).count());
}

std::string answer(const std::string& line) {
  const std::vector<std::string> parts = split(line);
  if (parts.size() == 2) return offset(parts[0], parts[1]);
  if (parts.size() != 7) return "error: a line has seven parts";
  const auto expression = CronExpression::parse(parts[0], "");
  if (!expression) return "error: " + expression.error().message;
  const auto zone = find_time_zone(parts[1]);
  if (!zone) return "error: " + to_text(zone.error());
  const Schedule schedule({.rhythm = *expression,
                           .zone = *zone,
                           .dst_gap = parts[2] == "skip" ? DstGap::kSkip : DstGap::kShift,
                           .dst_overlap = overlap_of(parts[3])});
  Instant at{std::chrono::seconds(std::stoll(parts[5]))};
  std::string instants;
  for (int left = std::stoi(parts[6]); left > 0; --left) {
    const auto due = parts[4] == "next" ? schedule.next_after(at) : schedule.previous_before(at);
    if (!due) break;
    at = *due;
    instants += fmt::format("{}{}", instants.empty() ? "" : " ", at.time_since_epoch().count() / 1'000'000);
  }
  return instants;
}

}  // namespace
}  // namespace qflow

int main() {
  for (std::string line; std::getline(std::cin, line);) std::cout << qflow::answer(line) << '\n';
}
