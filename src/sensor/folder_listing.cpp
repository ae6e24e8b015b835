#include "sensor/folder_listing.h"

#include <algorithm>
#include <functional>
#include <utility>

namespace qflow {

void FolderListing::add(std::string_view path, const FileVersion& version) {
  places_.push_back({paths_.size(), path.size(), version});
  paths_ += path;
}

void FolderListing::add_unread(std::string path) {
  unread_.push_back(std::move(path));
}

void FolderListing::sort() {
  std::sort(places_.begin(), places_.end(), [&](const Place& a, const Place& b) { return path_of(a) < path_of(b); });
  // A folder that changes while it is read may show an entry twice.
  const auto same = [&](const Place& a, const Place& b) { return path_of(a) == path_of(b); };
  places_.erase(std::unique(places_.begin(), places_.end(), same), places_.end());
  std::sort(unread_.begin(), unread_.end());
}

FolderListing::File FolderListing::operator[](std::size_t index) const {
  const Place& place = places_[index];
  return {path_of(place), place.version};
}

bool lies_in(const std::vector<std::string>& places, std::string_view path) {
  if (places.empty()) return false;
  while (true) {
    if (std::binary_search(places.begin(), places.end(), path, std::less<std::string_view>())) return true;
    std::size_t slash = path.rfind('/');
    if (slash == std::string_view::npos) return false;
    path = path.substr(0, slash);
  }
}

}  // namespace qflow
