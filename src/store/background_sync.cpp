#include "store/background_sync.h"

#include <pthread.h>
#include <signal.h>

namespace qflow {

BackgroundSync::~BackgroundSync() {
  if (thread_.joinable()) thread_.join();
}

void BackgroundSync::add_file(Path path, std::uint64_t size) {
  paths_.push_back(std::move(path));
  bytes_ += size;
}

void BackgroundSync::start() {
  constexpr std::uint64_t kWorthAThread = std::uint64_t{256} << 10;
  if (bytes_ < kWorthAThread) return;
  // Signals stay with the threads that expect them.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  thread_ = std::thread([this] {
    status_ = sync_all();
    paths_.clear();
    folders_.clear();
  });
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

Status BackgroundSync::finish() {
  if (!thread_.joinable()) return sync_all();
  thread_.join();
  return status_;
}

Status BackgroundSync::sync_all() {
  for (const Path& path : paths_) {
    QFLOW_ASSIGN(FileHandle file, files_.open(path, OpenMode::kRead));
    QFLOW_TRY(files_.sync(file));
  }
  for (const Path& folder : folders_) QFLOW_TRY(files_.sync_folder(folder));
  return {};
}

}  // namespace qflow
