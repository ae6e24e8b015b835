#include "qflow/os/file_system.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <set>
#include <thread>
#include <vector>

#include "support/temporary_folder.h"

using namespace qflow;

namespace {

std::string text_of(FileSystem& files, const Path& path) {
  return read_file(files, path).value_or("(unreadable)");
}

void write_text(FileSystem& files, const Path& path, std::string_view text) {
  auto file = files.open(path, OpenMode::kCreate);
  REQUIRE(file);
  REQUIRE(files.write_all(*file, text));
}

}  // namespace

TEST_CASE("open: what each mode makes of what is there") {
  struct Row {
    OpenMode mode;
    std::string before;  // "-": nothing there
    std::string after;   // "-": nothing there after writing "new"; "!": opening fails
  };
  const Row rows[] = {
      {OpenMode::kCreate, "-", "new"},
      {OpenMode::kCreate, "old text", "new"},
      {OpenMode::kCreateNew, "-", "new"},
      {OpenMode::kCreateNew, "old text", "!"},
      {OpenMode::kAppend, "-", "new"},
      {OpenMode::kAppend, "old text", "old textnew"},
      {OpenMode::kLock, "-", "new"},
      {OpenMode::kLock, "old text", "old textnew"},
      {OpenMode::kRead, "-", "!"},
      {OpenMode::kOverwrite, "-", "!"},
      {OpenMode::kOverwrite, "old text", "new text"},
  };
  PosixFileSystem files;
  for (const Row& row : rows) {
    TemporaryFolder folder;
    CAPTURE(static_cast<int>(row.mode));
    CAPTURE(row.before);
    if (row.before != "-") write_text(files, folder / "f", row.before);
    auto file = files.open(folder / "f", row.mode, 0600);
    CHECK(file.has_value() == (row.after != "!"));
    if (!file) continue;
    REQUIRE(files.write_all(*file, "new"));
    CHECK(text_of(files, folder / "f") == row.after);
  }
}

TEST_CASE("open: nothing is written through a symbolic link") {
  PosixFileSystem files;
  TemporaryFolder folder;
  write_text(files, folder / "target", "precious");
  REQUIRE(files.make_symlink("target", folder / "link"));
  auto file = files.open(folder / "link", OpenMode::kCreate, 0600);
  REQUIRE(!file);
  CHECK(file.error().message == "can't write " + (folder / "link").native() + ": it is a symbolic link");
  CHECK(!files.open(folder / "link", OpenMode::kCreateNew, 0600));
  CHECK(!files.open(folder / "link", OpenMode::kOverwrite, 0600));
  CHECK(text_of(files, folder / "target") == "precious");
}

TEST_CASE("files are made for their owner alone, and descriptors close on exec") {
  PosixFileSystem files;
  TemporaryFolder folder;
  write_text(files, folder / "f", "x");
  REQUIRE(files.make_folder(folder / "d"));
  CHECK(files.info(folder / "f", FollowLinks::kNo)->mode == 0600);
  CHECK(files.info(folder / "d", FollowLinks::kNo)->mode == 0700);
  auto file = files.open(folder / "f", OpenMode::kRead, 0);
  REQUIRE(file);
  CHECK((fcntl(file->descriptor(), F_GETFD) & FD_CLOEXEC) != 0);
}

TEST_CASE("errors name the path and the reason; what is absent is kNotFound") {
  PosixFileSystem files;
  TemporaryFolder folder;
  const Path absent = folder / "absent";
  const Path below_file = folder / "file" / "x";
  write_text(files, folder / "file", "");
  REQUIRE(files.make_folder(folder / "full"));
  write_text(files, folder / "full" / "x", "");
  struct Row {
    Error error;
    ErrorKind kind;
    std::string message;
  };
  auto error_of = [](auto result) {
    REQUIRE(!result);
    return result.error();
  };
  const std::string at = absent.native();
  const Row rows[] = {
      {error_of(files.open(absent, OpenMode::kRead, 0)), ErrorKind::kNotFound,
       "can't read " + at + ": No such file or directory"},
      {error_of(files.open(below_file, OpenMode::kRead, 0)), ErrorKind::kNotFound,
       "can't read " + below_file.native() + ": Not a directory"},
      {error_of(files.info(absent, FollowLinks::kYes)), ErrorKind::kNotFound,
       "can't look at " + at + ": No such file or directory"},
      {error_of(files.list(absent)), ErrorKind::kNotFound, "can't list " + at + ": No such file or directory"},
      {error_of(files.visit(absent, [](const VisitedEntry&) { return Status(); })), ErrorKind::kNotFound,
       "can't list " + at + ": No such file or directory"},
      {error_of(files.read_link(absent)), ErrorKind::kNotFound,
       "can't read the link " + at + ": No such file or directory"},
      {error_of(files.make_folder(folder / "file")), ErrorKind::kStore,
       "can't make the folder " + (folder / "file").native() + ": File exists"},
      {error_of(files.make_symlink("x", folder / "file")), ErrorKind::kStore,
       "can't make the link " + (folder / "file").native() + ": File exists"},
      {error_of(files.rename(absent, folder / "y")), ErrorKind::kNotFound,
       "can't rename " + at + ": No such file or directory"},
      {error_of(files.move_new(absent, folder / "y")), ErrorKind::kNotFound,
       "can't move " + at + " to " + (folder / "y").native() + ": No such file or directory"},
      {error_of(files.set_permissions(absent, 0600)), ErrorKind::kNotFound,
       "can't change the permissions of " + at + ": No such file or directory"},
      {error_of(files.touch(absent)), ErrorKind::kNotFound, "can't touch " + at + ": No such file or directory"},
      {error_of(files.remove(absent)), ErrorKind::kNotFound, "can't remove " + at + ": No such file or directory"},
      {error_of(files.remove(folder / "full")), ErrorKind::kStore,
       "can't remove " + (folder / "full").native() + ": Directory not empty"},
      {error_of(files.sync_folder(absent)), ErrorKind::kNotFound, "can't sync " + at + ": No such file or directory"},
  };
  for (const Row& row : rows) {
    CHECK(row.error.message == row.message);
    CHECK(row.error.kind == row.kind);
  }
}

TEST_CASE("errors of an open file name its path") {
  PosixFileSystem files;
  TemporaryFolder folder;
  write_text(files, folder / "f", "x");
  auto file = files.open(folder / "f", OpenMode::kRead, 0);
  REQUIRE(file);
  CHECK(files.write_all(*file, "y").error().message ==
        "can't write " + (folder / "f").native() + ": Bad file descriptor");
  CHECK(files.cut_rest(*file).error().message == "can't cut " + (folder / "f").native() + ": Invalid argument");
  auto opened_folder = files.open(folder.path(), OpenMode::kRead, 0);
  REQUIRE(opened_folder);
  char byte = 0;
  CHECK(files.read_some(*opened_folder, &byte, 1).error().message ==
        "can't read " + folder.path().native() + ": Is a directory");
}

TEST_CASE("list gives every entry with its type, sorted by name") {
  PosixFileSystem files;
  TemporaryFolder folder;
  write_text(files, folder / "b", "");
  write_text(files, folder / ".hidden", "");
  REQUIRE(files.make_folder(folder / "a"));
  REQUIRE(files.make_symlink("nowhere", folder / "c"));
  REQUIRE(mkfifo((folder / "d").c_str(), 0600) == 0);
  auto entries = files.list(folder.path());
  REQUIRE(entries);
  std::string seen;
  for (const FolderEntry& entry : *entries) seen += entry.name + std::to_string(static_cast<int>(entry.type)) + " ";
  CHECK(seen == ".hidden0 a1 b0 c2 d3 ");
}

TEST_CASE("visit shows every entry, tells of it when asked, and ends with the visitor's error") {
  PosixFileSystem files;
  TemporaryFolder folder;
  write_text(files, folder / "b", "four");
  REQUIRE(files.make_folder(folder / "a"));
  REQUIRE(files.make_symlink("b", folder / "c"));
  std::set<std::string> seen;
  const auto look = [&](const VisitedEntry& entry) -> Status {
    if (entry.name == "a") REQUIRE(files.remove(folder / "a"));
    const auto info = entry.info();
    const std::string size = entry.type == FileType::kRegular ? std::to_string(info->size) : "";
    seen.insert(std::string(entry.name) + ":" + (info ? size : info.error().message));
    return {};
  };
  REQUIRE(files.visit(folder.path(), look));
  CHECK(seen == std::set<std::string>{"a:can't look at " + (folder / "a").native() + ": No such file or directory",
                                      "b:4", "c:"});
  int calls = 0;
  const auto stop = [&](const VisitedEntry&) -> Status {
    ++calls;
    return fail(ErrorKind::kFailed, "enough");
  };
  CHECK(files.visit(folder.path(), stop).error().message == "enough");
  CHECK(calls == 1);
}

TEST_CASE("info of a file from a far century has the nearest time that there is") {
  PosixFileSystem files;
  TemporaryFolder folder;
  write_text(files, folder / "f", "");
  const timespec times[] = {{0, UTIME_OMIT}, {13'000'000'000, 0}};  // 2381
  REQUIRE(utimensat(AT_FDCWD, (folder / "f").c_str(), times, 0) == 0);
  struct stat status {};
  REQUIRE(stat((folder / "f").c_str(), &status) == 0);
  // Some file systems know no such times.
  const bool kept = status.st_mtim.tv_sec == 13'000'000'000;
  const std::int64_t expected = kept ? INT64_MAX : status.st_mtim.tv_sec * std::int64_t{1'000'000'000};
  CHECK(files.info(folder / "f", FollowLinks::kNo)->modified_ns == expected);
}

TEST_CASE("info tells links from what they point to") {
  PosixFileSystem files;
  TemporaryFolder folder;
  write_text(files, folder / "f", "four");
  REQUIRE(files.make_symlink("f", folder / "link"));
  std::filesystem::create_hard_link(folder / "f", folder / "second");
  CHECK(files.info(folder / "link", FollowLinks::kNo)->type == FileType::kSymlink);
  auto info = files.info(folder / "link", FollowLinks::kYes);
  REQUIRE(info);
  CHECK(info->type == FileType::kRegular);
  CHECK(info->size == 4);
  CHECK(info->links == 2);
  CHECK(info->inode == files.info(folder / "second", FollowLinks::kNo)->inode);
  CHECK(files.read_link(folder / "link") == "f");
}

TEST_CASE("read_link gives targets of any length") {
  PosixFileSystem files;
  TemporaryFolder folder;
  for (std::size_t length : {1, 255, 256, 257, 3000}) {
    const std::string target(length, 't');
    REQUIRE(files.make_symlink(target, folder / "link"));
    CHECK(files.read_link(folder / "link") == target);
    REQUIRE(files.remove(folder / "link"));
  }
}

TEST_CASE("move_new never replaces") {
  PosixFileSystem files;
  TemporaryFolder folder;
  write_text(files, folder / "a", "a");
  write_text(files, folder / "b", "b");
  CHECK(files.move_new(folder / "a", folder / "b") == MoveOutcome::kTargetExists);
  CHECK(text_of(files, folder / "a") == "a");
  CHECK(text_of(files, folder / "b") == "b");
  CHECK(files.move_new(folder / "a", folder / "c") == MoveOutcome::kMoved);
  CHECK(!*exists(files, folder / "a"));
  CHECK(text_of(files, folder / "c") == "a");
  REQUIRE(files.make_folder(folder / "d"));
  REQUIRE(files.make_folder(folder / "e"));
  CHECK(files.move_new(folder / "d", folder / "e") == MoveOutcome::kTargetExists);
}

TEST_CASE("copy_bytes copies what follows") {
  PosixFileSystem files;
  TemporaryFolder folder;
  for (std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{300'000}}) {
    std::string text(size, 'x');
    if (size > 0) text.back() = 'y';
    write_text(files, folder / "from", text);
    auto from = files.open(folder / "from", OpenMode::kRead, 0);
    auto to = files.open(folder / "to", OpenMode::kCreate, 0600);
    REQUIRE(from);
    REQUIRE(to);
    REQUIRE(files.copy_bytes(*from, *to));
    CHECK(text_of(files, folder / "to") == text);
  }
  auto from = files.open("/proc/self/comm", OpenMode::kRead, 0);
  auto to = files.open(folder / "to", OpenMode::kCreate, 0600);
  REQUIRE(files.copy_bytes(*from, *to));
  CHECK(text_of(files, folder / "to").size() > 1);
}

TEST_CASE("a lock is held against everybody else until its file closes") {
  PosixFileSystem files;
  TemporaryFolder folder;
  auto open_lock = [&] { return files.open(folder / "lock", OpenMode::kLock, 0600).value(); };
  FileHandle first = open_lock();
  FileHandle second = open_lock();
  FileHandle third = open_lock();
  CHECK(files.is_locked(second) == false);
  REQUIRE(files.try_lock(first));
  CHECK(files.is_locked(second) == true);
  CHECK(files.try_lock(second).error().kind == ErrorKind::kBusy);
  CHECK(files.lock_within(second, std::chrono::milliseconds(10)).error().kind == ErrorKind::kBusy);
  files.unlock(first);
  REQUIRE(files.lock_within(second, std::chrono::seconds(30)));
  CHECK(files.is_locked(first) == true);
  second = FileHandle();
  REQUIRE(files.lock_within(third, std::chrono::milliseconds(10)));
}

TEST_CASE("a wait that was given up takes no lock away from a later one through the same handle") {
  PosixFileSystem files;
  TemporaryFolder folder;
  for (int round = 0; round < 20; ++round) {
    FileHandle first = files.open(folder / "lock", OpenMode::kLock, 0600).value();
    FileHandle second = files.open(folder / "lock", OpenMode::kLock, 0600).value();
    REQUIRE(files.lock_within(first, std::chrono::seconds(30)));
    REQUIRE(files.lock_within(second, std::chrono::milliseconds(1)).error().kind == ErrorKind::kBusy);
    std::thread holder([&] {
      std::this_thread::sleep_for(std::chrono::milliseconds(round % 3));
      files.unlock(first);
    });
    REQUIRE(files.lock_within(second, std::chrono::seconds(30)));
    holder.join();
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    CHECK(files.is_locked(first) == true);
    files.unlock(second);
    CHECK(files.lock_within(first, std::chrono::seconds(30)));
  }
}

TEST_CASE("lock_within is served as soon as the holder is done, and the lock is held until its handle closes") {
  PosixFileSystem files;
  TemporaryFolder folder;
  FileHandle first = files.open(folder / "lock", OpenMode::kLock, 0600).value();
  FileHandle second = files.open(folder / "lock", OpenMode::kLock, 0600).value();
  REQUIRE(files.try_lock(first));
  std::thread holder([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    files.unlock(first);
  });
  REQUIRE(files.lock_within(second, std::chrono::seconds(30)));
  holder.join();
  CHECK(files.is_locked(first) == true);
  second = FileHandle();
  CHECK(files.is_locked(first) == false);
}

TEST_CASE("the holder of a lock in another process is named") {
  PosixFileSystem files;
  TemporaryFolder folder;
  int ready[2], done[2];
  REQUIRE(pipe(ready) == 0);
  REQUIRE(pipe(done) == 0);
  FileHandle held = files.open(folder / "lock", OpenMode::kLock, 0600).value();
  pid_t child = fork();
  if (child == 0) {
    FileHandle lock = files.open(folder / "lock", OpenMode::kLock, 0600).value();
    (void)files.try_lock(lock);
    (void)!write(ready[1], "x", 1);
    char byte;
    (void)!read(done[0], &byte, 1);
    _exit(0);
  }
  char byte;
  REQUIRE(read(ready[0], &byte, 1) == 1);
  Status status = files.try_lock(held);
  REQUIRE(!status);
  CHECK(status.error().kind == ErrorKind::kBusy);
  const std::string process = "process " + std::to_string(child);
  CHECK(status.error().message.find((folder / "lock").native() + " is locked by " + process) == 0);
  CHECK(files.lock_holder(folder / "lock").find(process) == 0);
  REQUIRE(write(done[1], "x", 1) == 1);
  REQUIRE(waitpid(child, nullptr, 0) == child);
  for (int descriptor : {ready[0], ready[1], done[0], done[1]}) close(descriptor);
}

TEST_CASE("of those who hold parts of a file, whoever holds one alone is named") {
  TemporaryFolder folder;
  PosixFileSystem files;
  const Path path = folder / "shared";
  REQUIRE(write_file(files, path, "12"));
  std::vector<pid_t> children;
  for (const short kind : {F_RDLCK, F_WRLCK, F_RDLCK}) {
    int ready[2];
    REQUIRE(pipe(ready) == 0);
    children.push_back(fork());
    if (children.back() == 0) {
      const FileHandle file = files.open(path, OpenMode::kLock, 0600).value();
      struct flock part {};
      part.l_type = kind;
      part.l_start = kind == F_WRLCK ? 1 : 0;
      part.l_len = 1;
      (void)!write(ready[1], fcntl(file.descriptor(), F_SETLK, &part) == 0 ? "y" : "n", 1);
      pause();
    }
    char byte = 0;
    REQUIRE(read(ready[0], &byte, 1) == 1);
    CHECK(byte == 'y');
    for (const int descriptor : ready) close(descriptor);
  }
  CHECK(files.lock_holder(path).find("process " + std::to_string(children[1]) + " ") == 0);
  for (const pid_t child : children) {
    REQUIRE(kill(child, SIGKILL) == 0);
    REQUIRE(waitpid(child, nullptr, 0) == child);
  }
}

TEST_CASE("read_file reads all, and no more than its limit") {
  PosixFileSystem files;
  TemporaryFolder folder;
  for (std::size_t size : {0, 1, 4095, 4096, 4097, 100'000}) {
    const std::string text(size, 'r');
    write_text(files, folder / "f", text);
    CHECK(text_of(files, folder / "f") == text);
    CHECK(read_file(files, folder / "f", size).has_value());
    if (size == 0) continue;
    auto limited = read_file(files, folder / "f", size - 1);
    REQUIRE(!limited);
    CHECK(limited.error().kind == ErrorKind::kInvalid);
  }
  CHECK(text_of(files, "/proc/self/status").find("Pid:") != std::string::npos);
}

TEST_CASE("replace_file leaves the old text or the new one, and nothing else") {
  PosixFileSystem files;
  TemporaryFolder folder;
  REQUIRE(replace_file(files, folder / "f", "one"));
  REQUIRE(replace_file(files, folder / "f", "two", 0444));
  CHECK(text_of(files, folder / "f") == "two");
  CHECK(files.info(folder / "f", FollowLinks::kNo)->mode == 0444);
  REQUIRE(files.make_folder(folder / "d"));
  CHECK(!replace_file(files, folder / "d", "x"));
  CHECK(files.list(folder.path())->size() == 2);
}

TEST_CASE("overwrite_file leaves the new text alone, in the same file") {
  PosixFileSystem files;
  TemporaryFolder folder;
  CHECK(overwrite_file(files, folder / "f", "one").error().kind == ErrorKind::kNotFound);
  write_text(files, folder / "f", "one");
  const std::uint64_t inode = files.info(folder / "f", FollowLinks::kNo)->inode;
  for (const std::string text : {"a longer text", "short", "equal", ""}) {
    REQUIRE(overwrite_file(files, folder / "f", text));
    CHECK(text_of(files, folder / "f") == text);
  }
  CHECK(files.info(folder / "f", FollowLinks::kNo)->inode == inode);
}

TEST_CASE("make_folders makes parents; remove_tree takes all away, read-only folders too, and follows no link") {
  PosixFileSystem files;
  TemporaryFolder folder;
  REQUIRE(make_folders(files, folder / "a" / "b" / "c"));
  REQUIRE(make_folders(files, folder / "a" / "b" / "c"));
  write_text(files, folder / "outside", "kept");
  write_text(files, folder / "a" / "b" / "f", "");
  REQUIRE(files.make_symlink((folder / "outside").native(), folder / "a" / "link"));
  REQUIRE(files.set_permissions(folder / "a" / "b", 0555));
  CHECK(!make_folders(files, folder / "outside" / "x"));
  REQUIRE(remove_tree(files, folder / "a"));
  REQUIRE(remove_tree(files, folder / "a"));
  CHECK(!*exists(files, folder / "a"));
  CHECK(text_of(files, folder / "outside") == "kept");
}

TEST_CASE("touch moves the modification time forward") {
  PosixFileSystem files;
  TemporaryFolder folder;
  write_text(files, folder / "f", "");
  const timespec old[2] = {{1, 0}, {1, 0}};
  REQUIRE(utimensat(AT_FDCWD, (folder / "f").c_str(), old, 0) == 0);
  REQUIRE(files.touch(folder / "f"));
  CHECK(files.info(folder / "f", FollowLinks::kNo)->modified_ns > 1'000'000'000);
}

TEST_CASE("local file systems are no network ones") {
  PosixFileSystem files;
  CHECK(files.network_name("/proc") == "");
  CHECK(files.network_name("/absent").error().kind == ErrorKind::kNotFound);
}

TEST_CASE("a file handle closes once, when it is replaced or ends") {
  PosixFileSystem files;
  TemporaryFolder folder;
  auto is_open = [](int descriptor) { return fcntl(descriptor, F_GETFD) >= 0; };
  FileHandle first = files.open(folder / "a", OpenMode::kCreate, 0600).value();
  FileHandle second = files.open(folder / "b", OpenMode::kCreate, 0600).value();
  const int a = first.descriptor(), b = second.descriptor();
  first = std::move(second);
  CHECK(!is_open(a));
  CHECK(first.descriptor() == b);
  CHECK(!second);
  first = FileHandle();
  CHECK(!is_open(b));
}
