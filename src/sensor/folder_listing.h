#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sensor/file_version.h"

namespace qflow {

// The files that are in a folder now and count, by paths relative to it. Made for very many: all paths lie in one
// piece of memory.
class FolderListing {
 public:
  struct File {
    std::string_view path;  // as long as nothing is added
    FileVersion version;
  };

  void add(std::string_view path, const FileVersion& version);
  // A file or folder of which nothing could be learnt, nor of what is below it.
  void add_unread(std::string path);
  void add_link_outside() { ++links_outside_; }
  // Puts everything into the order of its bytes, each path once; to be called after the last addition.
  void sort();

  std::size_t size() const { return places_.size(); }
  File operator[](std::size_t index) const;
  const std::vector<std::string>& unread() const { return unread_; }
  // Links that count by their names, but lead out of the folder.
  std::size_t links_outside() const { return links_outside_; }

 private:
  struct Place {
    std::size_t start;
    std::size_t size;
    FileVersion version;
  };
  std::string_view path_of(const Place& place) const {
    return std::string_view(paths_).substr(place.start, place.size);
  }

  std::string paths_;
  std::vector<Place> places_;
  std::vector<std::string> unread_;
  std::size_t links_outside_ = 0;
};

// Whether the path or a folder that it lies in is one of `places`, which are sorted.
bool lies_in(const std::vector<std::string>& places, std::string_view path);

}  // namespace qflow
