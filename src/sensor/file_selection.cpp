#include "sensor/file_selection.h"

#include <algorithm>
#include <iterator>

namespace qflow {
namespace {

constexpr std::string_view kPartialSuffixes[] = {".tmp", ".part", ".filepart", "~"};

std::string_view last_part(std::string_view path) {
  return path.substr(path.rfind('/') + 1);
}

// The parts before the last one that begin with a dot.
std::vector<Glob> hidden_folders(std::string_view pattern) {
  std::vector<Glob> folders;
  for (std::size_t slash = 0; (slash = pattern.find('/')) != std::string_view::npos;) {
    if (pattern.starts_with('.')) folders.emplace_back(pattern.substr(0, slash));
    pattern.remove_prefix(slash + 1);
  }
  return folders;
}

}  // namespace

FileSelection::FileSelection(const std::optional<std::string>& pattern, const DoneMarker* marker)
    : last_part_(last_part(pattern.value_or("*"))),
      glob_(pattern.value_or("*")),
      hidden_folders_(hidden_folders(pattern.value_or("*"))),
      marker_(marker) {}

bool FileSelection::is_partial(std::string_view name) const {
  if (name.starts_with('.') && !last_part_.starts_with('.')) return true;
  return std::any_of(std::begin(kPartialSuffixes), std::end(kPartialSuffixes),
                     [&](std::string_view suffix) { return name.ends_with(suffix) && !last_part_.ends_with(suffix); });
}

bool FileSelection::counts(std::string_view path) const {
  return !is_partial(last_part(path)) && glob_.matches(path) && (marker_ == nullptr || !marker_->is_marker(path));
}

bool FileSelection::enters(std::string_view folder) const {
  const std::string_view name = last_part(folder);
  const auto names_it = [&](const Glob& glob) { return glob.matches(name); };
  if (name.starts_with('.') && std::none_of(hidden_folders_.begin(), hidden_folders_.end(), names_it)) return false;
  return glob_.reaches_below(folder);
}

}  // namespace qflow
