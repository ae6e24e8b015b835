#include "store/link_target.h"

#include <algorithm>
#include <string_view>

namespace qflow {
namespace {

// As many as Linux follows in one path.
constexpr int kMostLinks = 40;

const TreeEntry* find_entry(const std::vector<TreeEntry>& tree, std::string_view path) {
  auto found = std::lower_bound(tree.begin(), tree.end(), path,
                                [](const TreeEntry& entry, std::string_view wanted) { return entry.path < wanted; });
  return found != tree.end() && found->path == path ? &*found : nullptr;
}

std::vector<std::string> components(std::string_view path) {
  std::vector<std::string> parts;
  while (!path.empty()) {
    std::size_t slash = std::min(path.find('/'), path.size());
    if (slash > 0) parts.emplace_back(path.substr(0, slash));
    path.remove_prefix(std::min(slash + 1, path.size()));
  }
  return parts;
}

std::string joined(const std::vector<std::string>& parts) {
  std::string path;
  for (const std::string& part : parts) path += (path.empty() ? "" : "/") + part;
  return path;
}

// A walk through the tree: where it stands (components from the root) and what is still to go, the next one last.
struct Walk {
  std::vector<std::string> place;
  std::vector<std::string> rest;
  int links = 0;
};

void push_target(Walk& walk, const std::string& target) {
  std::vector<std::string> parts = components(target);
  walk.rest.insert(walk.rest.end(), parts.rbegin(), parts.rend());
}

// One component further; false when the walk left the tree or came to nothing.
bool take_step(const std::vector<TreeEntry>& tree, Walk& walk) {
  std::string part = std::move(walk.rest.back());
  walk.rest.pop_back();
  if (part == ".") return true;
  if (part == "..") {
    if (walk.place.empty()) return false;
    walk.place.pop_back();
    return true;
  }
  walk.place.push_back(part);
  const TreeEntry* entry = find_entry(tree, joined(walk.place));
  if (entry == nullptr) return false;
  if (entry->info.type != FileType::kSymlink) return walk.rest.empty() || entry->info.type == FileType::kFolder;
  walk.place.pop_back();
  push_target(walk, entry->target);
  return ++walk.links < kMostLinks && !entry->target.starts_with('/');
}

}  // namespace

bool leads_inside(const std::vector<TreeEntry>& tree, const TreeEntry& link) {
  if (link.target.empty() || link.target.starts_with('/')) return false;
  Walk walk;
  walk.place = components(link.path);
  walk.place.pop_back();
  push_target(walk, link.target);
  while (!walk.rest.empty()) {
    if (!take_step(tree, walk)) return false;
  }
  return true;
}

}  // namespace qflow
