#include "cli/run_texts.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <string_view>
#include <unordered_map>
#include <utility>

#include "qflow/time/duration.h"

namespace qflow {

std::string time_taken(const std::optional<Instant>& start, const std::optional<Instant>& end) {
  return start && end ? format_duration_short(*end - *start) : "-";
}

std::string trigger_names(const std::optional<TriggerRecord>& trigger) {
  std::vector<std::string> names;
  if (trigger) {
    for (const TriggerSource& source : trigger->sources) {
      names.push_back(source.run ? source.run->text() : source.event.name);
    }
  }
  return names.empty() ? "-" : with_counts(names);
}

std::string with_counts(const std::vector<std::string>& names) {
  std::vector<std::pair<std::string_view, int>> distinct;
  std::unordered_map<std::string_view, std::size_t> places;
  for (const std::string& name : names) {
    const auto [known, is_new] = places.emplace(name, distinct.size());
    if (is_new) distinct.emplace_back(name, 0);
    ++distinct[known->second].second;
  }
  std::string text;
  for (const auto& [name, count] : distinct) {
    text.append(text.empty() ? "" : ", ").append(name);
    if (count > 1) text += fmt::format(" ({})", count);
  }
  return text;
}

std::string joined(const std::vector<std::string>& texts) {
  return texts.empty() ? "-" : fmt::to_string(fmt::join(texts, ", "));
}

}  // namespace qflow
