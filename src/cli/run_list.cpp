#include "cli/run_list.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "qflow/time/duration.h"

namespace qflow {

std::string time_taken(const std::optional<Instant>& start, const std::optional<Instant>& end, bool ended,
                       Instant now) {
  if (!start || (ended && !end)) return "-";
  return format_duration_short((end ? *end : now) - *start);
}

std::string trigger_names(const std::optional<TriggerRecord>& trigger) {
  std::vector<std::string> names;
  if (trigger) {
    for (const TriggerSource& source : trigger->sources) {
      names.push_back(source.run ? source.run->text() : source.event.name);
    }
  }
  return joined(names);
}

std::string joined(const std::vector<std::string>& texts) {
  return texts.empty() ? "-" : fmt::to_string(fmt::join(texts, ", "));
}

}  // namespace qflow
