#include <doctest/doctest.h>

#include <functional>
#include <string>

#include "qflow/os/file_system.h"
#include "support/temporary_folder.h"

using namespace qflow;

namespace {

// A confined folder in which `runs` was one of its own and has become a link to `outside`.
struct Swapped {
  TemporaryFolder folder;
  PosixFileSystem own;
  FileSystem& files = own;
  Path store = folder / "store";
  Path outside = folder / "outside";

  Swapped() {
    for (const Path& path : {store, outside, store / "kept"}) REQUIRE(files.make_folder(path));
    REQUIRE(replace_file(files, outside / "f", "precious", 0640));
    REQUIRE(replace_file(files, store / "kept" / "f", "mine"));
    REQUIRE(files.confine(store));
    REQUIRE(files.make_symlink(outside.native(), store / "runs"));
    REQUIRE(files.make_symlink((outside / "f").native(), store / "file"));
  }
};

}  // namespace

TEST_CASE("nothing below a confined folder is changed through a link that leads out of it") {
  struct Row {
    const char* what;
    std::function<bool(Swapped&)> change;
  };
  const Row rows[] = {
      {"create", [](Swapped& s) { return s.files.open(s.store / "runs" / "new", OpenMode::kCreate).has_value(); }},
      {"append", [](Swapped& s) { return s.files.open(s.store / "runs" / "f", OpenMode::kAppend).has_value(); }},
      {"append to a link", [](Swapped& s) { return s.files.open(s.store / "file", OpenMode::kAppend).has_value(); }},
      {"lock a link", [](Swapped& s) { return s.files.open(s.store / "file", OpenMode::kLock).has_value(); }},
      {"make a folder", [](Swapped& s) { return s.files.make_folder(s.store / "runs" / "new").has_value(); }},
      {"make a link", [](Swapped& s) { return s.files.make_symlink("x", s.store / "runs" / "new").has_value(); }},
      {"rename out",
       [](Swapped& s) { return s.files.rename(s.store / "kept" / "f", s.store / "runs" / "f").has_value(); }},
      {"rename in",
       [](Swapped& s) { return s.files.rename(s.store / "runs" / "f", s.store / "kept" / "new").has_value(); }},
      {"move out",
       [](Swapped& s) { return s.files.move_new(s.store / "kept" / "f", s.store / "runs" / "new").has_value(); }},
      {"permissions", [](Swapped& s) { return s.files.set_permissions(s.store / "runs" / "f", 0777).has_value(); }},
      {"permissions of a link", [](Swapped& s) { return s.files.set_permissions(s.store / "file", 0777).has_value(); }},
      {"remove", [](Swapped& s) { return s.files.remove(s.store / "runs" / "f").has_value(); }},
      {"remove a tree", [](Swapped& s) { return remove_tree(s.files, s.store / "runs" / "f").has_value(); }},
  };
  for (const Row& row : rows) {
    CAPTURE(row.what);
    Swapped swapped;
    CHECK(!row.change(swapped));
    CHECK(read_file(swapped.files, swapped.outside / "f").value() == "precious");
    CHECK(swapped.files.info(swapped.outside / "f", FollowLinks::kNo)->mode == 0640);
    CHECK(swapped.files.list(swapped.outside)->size() == 1);
    CHECK(read_file(swapped.files, swapped.store / "kept" / "f").value() == "mine");
  }
}

TEST_CASE("a confined folder stays the one that it was when another comes into its place") {
  Swapped swapped;
  PosixFileSystem other;
  REQUIRE(other.rename(swapped.store, swapped.folder / "aside"));
  REQUIRE(other.make_symlink(swapped.outside.native(), swapped.store));
  REQUIRE(replace_file(swapped.files, swapped.store / "new", "mine"));
  CHECK(read_file(other, swapped.folder / "aside" / "new").value() == "mine");
  CHECK(!*exists(other, swapped.outside / "new"));
  CHECK(read_file(other, swapped.files.anchored(swapped.store / "new")).value() == "mine");
}

TEST_CASE("a link out of a confined folder is named as what is wrong, and one that stays inside is followed") {
  Swapped swapped;
  const auto made = swapped.files.make_folder(swapped.store / "runs" / "new");
  REQUIRE(!made);
  CHECK(made.error().kind == ErrorKind::kStore);
  CHECK(made.error().message == "can't make the folder " + (swapped.store / "runs" / "new").native() +
                                    ": a symbolic link leads out of its store");
  REQUIRE(swapped.files.make_symlink("kept", swapped.store / "inside"));
  CHECK(read_file(swapped.files, swapped.store / "inside" / "f").value() == "mine");
}
