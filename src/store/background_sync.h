#pragma once

#include <thread>
#include <vector>

#include "qflow/os/file_system.h"

namespace qflow {

// Syncs files and folders to disk, in a thread of its own when there is so much that something else can be done
// meanwhile.
class BackgroundSync {
 public:
  explicit BackgroundSync(FileSystem& files) : files_(files) {}
  ~BackgroundSync();
  BackgroundSync(const BackgroundSync&) = delete;
  BackgroundSync& operator=(const BackgroundSync&) = delete;

  void add_file(Path path, std::uint64_t size);
  void add_folder(Path path) { folders_.push_back(std::move(path)); }
  // Nothing is added from here on.
  void start();
  // Waits until all is on disk; the first error.
  Status finish();

 private:
  Status sync_all();

  FileSystem& files_;
  std::vector<Path> paths_;
  std::vector<Path> folders_;
  std::uint64_t bytes_ = 0;
  std::thread thread_;
  Status status_;
};

}  // namespace qflow
