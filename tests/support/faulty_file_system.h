#pragma once

#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "qflow/os/file_system.h"

namespace qflow {

// A file system that does what `inner` does, records every call ("rename /a"), and fails the one it is told to fail,
// before anything happened, with the text of an error of the system. Thread-safe.
class FaultyFileSystem final : public FileSystem {
 public:
  explicit FaultyFileSystem(FileSystem& inner) : inner_(inner) {}

  // The call of this number, counted from 1 since the last call of this method, fails. 0: none.
  void fail_call(std::size_t number, std::string reason = "Input/output error") {
    std::lock_guard guard(mutex_);
    failing_call_ = number;
    failing_word_.clear();
    reason_ = std::move(reason);
    calls_.clear();
  }
  // Every call whose record begins with `word` fails.
  void fail_every(std::string word, std::string reason = "Input/output error") {
    fail_call(0, std::move(reason));
    failing_word_ = std::move(word);
  }
  // `action` happens once, before the next call whose record begins with `word`.
  void before(std::string word, std::function<void()> action) {
    std::lock_guard guard(mutex_);
    awaited_word_ = std::move(word);
    action_ = std::move(action);
  }
  std::vector<std::string> calls() {
    std::lock_guard guard(mutex_);
    return calls_;
  }

  Result<FileHandle> open(const Path& path, OpenMode mode, std::uint32_t permissions) override {
    QFLOW_TRY(record("open", path));
    return inner_.open(path, mode, permissions);
  }
  Result<std::size_t> read_some(const FileHandle& file, char* buffer, std::size_t size) override {
    QFLOW_TRY(record("read", {}));
    return inner_.read_some(file, buffer, size);
  }
  Status write_all(const FileHandle& file, std::string_view bytes) override {
    QFLOW_TRY(record("write", {}));
    return inner_.write_all(file, bytes);
  }
  Status cut_rest(const FileHandle& file) override {
    QFLOW_TRY(record("cut", {}));
    return inner_.cut_rest(file);
  }
  Status sync(const FileHandle& file) override {
    QFLOW_TRY(record("sync", {}));
    return inner_.sync(file);
  }
  Status try_lock(const FileHandle& file) override {
    QFLOW_TRY(record("lock", {}));
    return inner_.try_lock(file);
  }
  Status lock_within(const FileHandle& file, std::chrono::milliseconds limit) override {
    QFLOW_TRY(record("lock", {}));
    return inner_.lock_within(file, limit);
  }
  void unlock(const FileHandle& file) override { inner_.unlock(file); }
  Status lock_shared(const FileHandle& file) override {
    QFLOW_TRY(record("lock_shared", {}));
    return inner_.lock_shared(file);
  }
  Result<bool> is_locked(const FileHandle& file) override {
    QFLOW_TRY(record("is_locked", {}));
    return inner_.is_locked(file);
  }
  std::string lock_holder(const Path& path) override { return inner_.lock_holder(path); }
  Status copy_bytes(const FileHandle& from, const FileHandle& to) override {
    QFLOW_TRY(record("copy", {}));
    return inner_.copy_bytes(from, to);
  }
  Result<FileInfo> info(const Path& path, FollowLinks follow) override {
    QFLOW_TRY(record("info", path));
    return inner_.info(path, follow);
  }
  Result<std::vector<FolderEntry>> list(const Path& folder) override {
    QFLOW_TRY(record("list", folder));
    return inner_.list(folder);
  }
  // What the visitor asks of an entry is a call too ("info /a/b").
  Status visit(const Path& folder, const FolderVisitor& visitor) override {
    QFLOW_TRY(record("visit", folder));
    return inner_.visit(folder, [&](const VisitedEntry& entry) {
      const std::function<Result<FileInfo>()> info = [&]() -> Result<FileInfo> {
        QFLOW_TRY(record("info", folder / entry.name));
        return entry.info();
      };
      return visitor({entry.name, entry.type, info});
    });
  }
  Result<std::string> read_link(const Path& path) override {
    QFLOW_TRY(record("read_link", path));
    return inner_.read_link(path);
  }
  Status make_folder(const Path& path) override {
    QFLOW_TRY(record("make_folder", path));
    return inner_.make_folder(path);
  }
  Status make_symlink(const std::string& target, const Path& path) override {
    QFLOW_TRY(record("make_symlink", path));
    return inner_.make_symlink(target, path);
  }
  Status rename(const Path& from, const Path& to) override {
    QFLOW_TRY(record("rename", from));
    return inner_.rename(from, to);
  }
  Result<MoveOutcome> move_new(const Path& from, const Path& to) override {
    QFLOW_TRY(record("move", from));
    if (other_device_ && from.parent_path() != to.parent_path().parent_path()) return MoveOutcome::kOtherDevice;
    return inner_.move_new(from, to);
  }
  Status set_permissions(const Path& path, std::uint32_t mode) override {
    QFLOW_TRY(record("set_permissions", path));
    return inner_.set_permissions(path, mode);
  }
  Status touch(const Path& path) override {
    QFLOW_TRY(record("touch", path));
    return inner_.touch(path);
  }
  Status remove(const Path& path) override {
    QFLOW_TRY(record("remove", path));
    return inner_.remove(path);
  }
  Status sync_folder(const Path& path) override {
    QFLOW_TRY(record("sync_folder", path));
    return inner_.sync_folder(path);
  }
  Result<std::string> network_name(const Path& path) override {
    QFLOW_TRY(record("network_name", path));
    return network_.empty() ? inner_.network_name(path) : network_;
  }

  // From now on moves between folders answer as between two devices (but those to a sub-folder of where they start).
  void separate_devices() { other_device_ = true; }
  // From now on every path lies on a network file system of this name.
  void set_network(std::string name) { network_ = std::move(name); }

 private:
  Status record(std::string_view call, const Path& path) {
    std::unique_lock guard(mutex_);
    calls_.push_back(std::string(call) + " " + path.native());
    if (action_ && calls_.back().starts_with(awaited_word_)) {
      const auto action = std::exchange(action_, nullptr);
      guard.unlock();
      action();
      guard.lock();
    }
    bool by_number = calls_.size() == failing_call_;
    bool by_word = !failing_word_.empty() && calls_.back().starts_with(failing_word_);
    if (!by_number && !by_word) return {};
    ErrorKind kind = reason_ == "No such file or directory" ? ErrorKind::kNotFound : ErrorKind::kStore;
    return fail(kind, "can't " + calls_.back() + ": " + reason_);
  }

  FileSystem& inner_;
  std::mutex mutex_;
  std::vector<std::string> calls_;
  std::size_t failing_call_ = 0;
  std::string failing_word_;
  std::string awaited_word_;
  std::function<void()> action_;
  std::string reason_;
  bool other_device_ = false;
  std::string network_;
};

}  // namespace qflow
