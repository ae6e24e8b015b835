#include "os/confined_folders.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <mutex>
#include <utility>

#include "os/system_error.h"

namespace qflow {
namespace {

constexpr int kFolderFlags = O_PATH | O_DIRECTORY | O_CLOEXEC;

std::string without_slash(std::string path) {
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  return path;
}

int open_again(int folder, const char* path, int flags) {
  int opened = -1;
  do {
    opened = openat(folder, path, flags);
  } while (opened < 0 && errno == EINTR);
  return opened;
}

// For systems without openat2(2), Linux 5.6: no link at all is followed.
int open_step_by_step(int folder, const std::string& path) {
  FileHandle reached(open_again(folder, ".", kFolderFlags));
  for (std::size_t begin = 0; reached && begin < path.size();) {
    const std::size_t end = std::min(path.find('/', begin), path.size());
    reached = FileHandle(
        open_again(reached.descriptor(), path.substr(begin, end - begin).c_str(), kFolderFlags | O_NOFOLLOW));
    begin = end + 1;
  }
  return reached.release();
}

int open_beneath(int folder, const std::string& path) {
  open_how how{};
  how.flags = kFolderFlags;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
  long opened = -1;
  do {
    opened = syscall(SYS_openat2, folder, path.c_str(), &how, sizeof how);
  } while (opened < 0 && (errno == EINTR || errno == EAGAIN));
  if (opened >= 0 || (errno != ENOSYS && errno != EPERM)) return static_cast<int>(opened);
  return open_step_by_step(folder, path);
}

bool is_same(int one, int other) {
  struct stat a {
  }, b{};
  return fstat(one, &a) == 0 && fstat(other, &b) == 0 && a.st_ino == b.st_ino && a.st_dev == b.st_dev;
}

}  // namespace

Status ConfinedFolders::add(const Path& folder) {
  const std::string path = without_slash(folder.native());
  FileHandle opened(open_again(AT_FDCWD, path.c_str(), kFolderFlags));
  if (!opened) return system_failure("open the folder", folder, errno);
  const std::lock_guard guard(mutex_);
  const auto same = [&](const Confined& known) { return known.path == path; };
  const auto known = std::find_if(folders_.begin(), folders_.end(), same);
  if (known == folders_.end() || !is_same(known->folder.descriptor(), opened.descriptor())) {
    folders_.push_front({path, std::move(opened)});
  }
  return {};
}

const ConfinedFolders::Confined* ConfinedFolders::around(const std::string& path) const {
  for (const Confined& folder : folders_) {
    if (path.starts_with(folder.path) && (path.size() == folder.path.size() || path[folder.path.size()] == '/')) {
      return &folder;
    }
  }
  return nullptr;
}

std::optional<EntryPlace> ConfinedFolders::find(const Path& path) const {
  const std::shared_lock guard(mutex_);
  const Confined* root = around(path.native());
  if (root == nullptr) return EntryPlace{{}, AT_FDCWD, path.native(), false};
  const int folder = root->folder.descriptor();
  const std::size_t begin = root->path.size() + 1;
  if (path.native().size() <= begin) return EntryPlace{{}, folder, ".", true};
  const std::string below = path.native().substr(begin);
  const std::size_t slash = below.rfind('/');
  if (slash == std::string::npos) return EntryPlace{{}, folder, below, true};
  FileHandle opened(open_beneath(folder, below.substr(0, slash)));
  if (!opened) return std::nullopt;
  const int descriptor = opened.descriptor();
  return EntryPlace{std::move(opened), descriptor, below.substr(slash + 1), true};
}

}  // namespace qflow
