#include "qflow/store/objects.h"

#include <doctest/doctest.h>

#include <fstream>

#include "object_workshop.h"
#include "qflow/model/sha256.h"
#include "store/object_content.h"
#include "support/faulty_file_system.h"
#include "support/unprivileged_child.h"

using namespace qflow;

namespace {

std::string big(char c) {
  return std::string(kInlineValueLimit + 10, c);
}

// Every object has the content that its name says.
void check_objects(Workshop& shop) {
  for (const auto& prefix : std::filesystem::directory_iterator(shop.layout.objects())) {
    const std::string name = prefix.path().filename().native();
    if (name == "quarantine" || name.starts_with(".")) continue;
    for (const auto& entry : std::filesystem::directory_iterator(prefix)) {
      ObjectRecord object;
      object.sha256 = name + entry.path().filename().native();
      CHECK(shop.objects.unchanged(object).value());
    }
  }
}

}  // namespace

TEST_CASE("equal contents are one object, whatever their names and however they come") {
  Workshop shop;
  const ObjectRecord first = shop.keep("first", "same");
  const auto inode = value_of(shop.files.info(shop.layout.object(first.sha256), FollowLinks::kNo)).inode;
  shop.put("a", "same");
  shop.put("b", "same");
  shop.put("tree/f", "same");
  shop.put("twin/f", "same");
  const auto artifacts = shop.collect();
  CHECK(artifacts[0].object.sha256 == first.sha256);
  CHECK(artifacts[0].object.fingerprint == first.fingerprint);
  CHECK(artifacts[1].object.fingerprint == first.fingerprint);
  CHECK(artifacts[2].object.sha256 == artifacts[3].object.sha256);
  CHECK(artifacts[2].object.fingerprint == artifacts[3].object.fingerprint);
  CHECK(value_of(shop.files.info(shop.layout.object(first.sha256), FollowLinks::kNo)).inode == inode);
  CHECK(shop.count_objects() == 2);
  CHECK(value_of(shop.files.list(shop.out)).empty());
}

TEST_CASE("an empty folder is no empty file, whichever comes first") {
  for (const bool folder_first : {true, false}) {
    CAPTURE(folder_first);
    Workshop shop;
    if (!folder_first) shop.keep("_SUCCESS", "");
    check_ok(shop.files.make_folder(shop.out / "plots"));
    const std::string plots = shop.collect().front().object.sha256;
    const std::string marker = shop.keep("_SUCCESS", "").sha256;
    CHECK(value_of(shop.files.info(shop.layout.object(plots), FollowLinks::kNo)).type == FileType::kFolder);
    CHECK(value_of(shop.files.info(shop.layout.object(marker), FollowLinks::kNo)).type == FileType::kRegular);
  }
}

TEST_CASE("an empty folder with the hash of an empty file, as stores once had it, makes place for the file") {
  Workshop shop;
  const Path place = shop.layout.object(sha256_hex(""));
  check_ok(make_folders(shop.files, place));
  check_ok(shop.files.set_permissions(place, 0555));
  const std::string known = value_of(fingerprint(shop.files, place));
  ObjectRecord former;
  former.sha256 = sha256_hex("");
  former.kind = ArtifactKind::kFolder;
  CHECK(value_of(shop.objects.verify(former)) == ContentState::kRight);
  CHECK(value_of(shop.objects.open_path(former)) == place);
  shop.put("_SUCCESS", "");
  const auto artifacts =
      value_of(shop.objects.collect(shop.out, [&](const std::string&) { return std::optional(known); }));
  REQUIRE(artifacts.size() == 1);
  CHECK(artifacts[0].object.sha256 == sha256_hex(""));
  CHECK(value_of(shop.files.info(place, FollowLinks::kNo)).type == FileType::kRegular);
  CHECK(shop.objects.unchanged(artifacts[0].object).value());
}

TEST_CASE("a file that describes a folder as its hash does is refused beside that folder, not taken for it") {
  const std::string description = "file - 6 " + sha256_hex("hello\n") + " f\n";
  for (const bool folder_first : {true, false}) {
    CAPTURE(folder_first);
    Workshop shop;
    if (!folder_first) shop.keep("e", description);
    shop.put("d/f", "hello\n");
    if (folder_first) {
      shop.collect();
      shop.put("e", description);
    }
    const Error error = error_of(shop.objects.collect(shop.out));
    CHECK(error.kind == ErrorKind::kFailed);
    CHECK(error.message.starts_with(folder_first ? "the output 'e' can't be told from a folder in the store"
                                                 : "the output 'd' can't be told from a file in the store"));
  }
}

TEST_CASE("a file of a copied store is read once, and again when it has changed") {
  Workshop shop;
  const ObjectRecord object = shop.keep("data", "content");
  const Path path = shop.layout.object(object.sha256);
  check_ok(replace_file(shop.files, path, "content"));
  FaultyFileSystem watched(shop.files);
  ObjectStore objects(shop.layout, watched);
  CHECK(value_of(objects.unchanged(object)));
  watched.fail_every("open", "Input/output error");
  CHECK(value_of(objects.unchanged(object)));
  check_ok(replace_file(shop.files, path, "CONTENT"));
  CHECK_FALSE(objects.unchanged(object).has_value());
  ObjectStore others(shop.layout, shop.files);
  CHECK_FALSE(value_of(others.unchanged(object)));
}

TEST_CASE("a file is executable as soon as one of its equals was") {
  Workshop shop;
  const ObjectRecord plain = shop.keep("data", "#!/bin/sh");
  const Path object = shop.layout.object(plain.sha256);
  CHECK(value_of(shop.files.info(object, FollowLinks::kNo)).mode == 0444);
  shop.put("tool", "#!/bin/sh");
  check_ok(shop.files.set_permissions(shop.out / "tool", 0700));
  const ObjectRecord tool = shop.collect().front().object;
  CHECK(tool.sha256 == plain.sha256);
  CHECK(value_of(shop.files.info(object, FollowLinks::kNo)).mode == 0555);
  CHECK(shop.objects.unchanged(tool).value());
  CHECK(shop.objects.unchanged(plain).value());
  CHECK(shop.keep("data", "#!/bin/sh").sha256 == plain.sha256);
  CHECK(value_of(shop.files.info(object, FollowLinks::kNo)).mode == 0555);
}

TEST_CASE("an existing object that is not what its name says is set aside, not used") {
  Workshop shop;
  const ObjectRecord first = shop.keep("model", "weights");
  const Path path = shop.layout.object(first.sha256);
  shop.scribble(path, "!");
  CHECK(!shop.objects.unchanged(first).value());
  const ObjectRecord again = shop.keep("model", "weights");
  CHECK(again.sha256 == first.sha256);
  CHECK(shop.text(path) == "weights");
  CHECK(shop.objects.unchanged(again).value());
  CHECK(shop.text(shop.layout.quarantine() / (first.sha256 + "-1")) == "weights!");
  // The content is right again, though the file is another one.
  CHECK(shop.objects.unchanged(first).value());
}

TEST_CASE("an object that can't be read is not said to have changed") {
  Workshop shop;
  FaultyFileSystem failing(shop.files);
  ObjectStore objects(shop.layout, failing);
  ObjectRecord object = shop.keep("model", "weights");
  object.fingerprint = "of another file";
  for (const char* call : {"info", "open", "read"}) {
    CAPTURE(call);
    failing.fail_every(call);
    CHECK(!objects.unchanged(object));
    CHECK(!objects.verify(object));
  }
  failing.fail_call(0);
  CHECK(objects.unchanged(object).value());
  CHECK(objects.verify(object).value() == ContentState::kRight);
}

TEST_CASE("a known fingerprint saves the reading") {
  Workshop shop;
  FaultyFileSystem watched(shop.files);
  ObjectStore objects(shop.layout, watched);
  const ObjectRecord first = shop.keep("model", "weights");
  auto reads = [&](const KnownFingerprint& known) {
    shop.put("model", "weights");
    watched.fail_call(0);
    value_of(objects.collect(shop.out, known));
    std::size_t count = 0;
    for (const std::string& call : watched.calls()) {
      count += call == "open " + shop.layout.object(first.sha256).native() ? 1 : 0;
    }
    return count;
  };
  // Without it the object is read, and then synced, which opens it too.
  CHECK(reads({}) == 2);
  CHECK(reads([&](const std::string&) { return std::optional<std::string>(); }) == 2);
  CHECK(reads([&](const std::string&) { return std::optional(first.fingerprint); }) == 1);
}

TEST_CASE("a file with a second name is copied, so that nobody reaches the object by it") {
  Workshop shop;
  check_ok(replace_file(shop.files, shop.folder / "elsewhere", "weights"));
  std::filesystem::create_hard_link(shop.folder / "elsewhere", shop.out / "model");
  shop.put("a", "twice");
  std::filesystem::create_hard_link(shop.out / "a", shop.out / "b");
  shop.put("tree/f", "thrice");
  std::filesystem::create_hard_link(shop.out / "tree" / "f", shop.folder / "third");
  const auto artifacts = shop.collect();
  shop.scribble(shop.folder / "elsewhere", "!");
  shop.scribble(shop.folder / "third", "!");
  for (const NewArtifact& artifact : artifacts) {
    CHECK(shop.objects.unchanged(artifact.object).value());
    const Path path = shop.layout.object(artifact.object.sha256);
    if (artifact.object.kind == ArtifactKind::kFile) {
      CHECK(value_of(shop.files.info(path, FollowLinks::kNo)).links == 1);
    }
  }
  CHECK(shop.text(shop.folder / "elsewhere") == "weights!");
}

TEST_CASE("what is changed while it is taken in does not get the name of another content") {
  struct Row {
    std::string what;
    std::string output;
    std::function<void(Workshop&)> change;
  };
  const auto append = [](const Path& path) { std::ofstream(path, std::ios::app) << "!"; };
  const auto overwrite = [](const Path& path) { std::fstream(path) << "!"; };
  const Row rows[] = {
      {"a longer file", "model", [&](Workshop& shop) { append(shop.out / "model"); }},
      {"a file of the same size", "model", [&](Workshop& shop) { overwrite(shop.out / "model"); }},
      {"a large value of the same size", "large", [&](Workshop& shop) { overwrite(shop.out / "large.json"); }},
      {"a longer file in a folder", "tree", [&](Workshop& shop) { append(shop.out / "tree/sub/f"); }},
      {"a file of the same size in a folder", "tree", [&](Workshop& shop) { overwrite(shop.out / "tree/sub/f"); }},
      {"a new file in a folder", "tree", [&](Workshop& shop) { append(shop.out / "tree/new"); }},
      {"less in a folder", "tree", [&](Workshop& shop) { check_ok(shop.files.remove(shop.out / "tree/empty")); }},
  };
  for (const Row& row : rows) {
    for (const bool apart : {false, true}) {
      CAPTURE(row.what);
      CAPTURE(apart);
      Workshop shop;
      FaultyFileSystem watched(shop.files);
      if (apart) watched.separate_devices();
      ObjectStore objects(shop.layout, watched);
      for (const char* name : {"model", "tree/sub/f", "last/f"}) shop.put(name, "weights");
      check_ok(shop.files.make_folder(shop.out / "tree/empty"));
      shop.put("large.json", "\"" + big('y') + "\"");
      // Long ago: the clock of a file system goes in steps.
      const auto long_ago = std::filesystem::file_time_type::clock::now() - std::chrono::hours(1);
      for (const auto& entry : std::filesystem::recursive_directory_iterator(shop.out)) {
        std::filesystem::last_write_time(entry, long_ago);
      }
      watched.before("move ", [&] { row.change(shop); });
      const Error error = error_of(objects.collect(shop.out));
      CHECK(error.kind == ErrorKind::kFailed);
      CHECK(error.message == "the output '" + row.output + "' was changed while it was taken in");
      check_objects(shop);
    }
  }
}

TEST_CASE("a folder that its step has sealed is taken in, whoever runs it") {
  for (const bool apart : {false, true}) {
    CAPTURE(apart);
    Workshop shop;
    FaultyFileSystem watched(shop.files);
    if (apart) watched.separate_devices();
    ObjectStore objects(shop.layout, watched);
    shop.put("model/sub/w", "weights");
    std::filesystem::create_hard_link(shop.out / "model/sub/w", shop.folder / "elsewhere");
    check_ok(shop.files.set_permissions(shop.out / "model/sub/w", 0444));
    for (const char* sealed : {"model/sub", "model"}) check_ok(shop.files.set_permissions(shop.out / sealed, 0555));
    CHECK(in_child_as_nobody(shop.folder.path(), [&] {
      const auto artifacts = objects.collect(shop.out);
      if (!artifacts) return false;
      const Path object = shop.layout.object(artifacts->front().object.sha256);
      return shop.objects.unchanged(artifacts->front().object).value() &&
             value_of(shop.files.info(object, FollowLinks::kNo)).mode == 0555 &&
             value_of(shop.files.info(object / "sub", FollowLinks::kNo)).mode == 0555 &&
             value_of(shop.files.info(object / "sub/w", FollowLinks::kNo)).links == 1;
    }));
  }
}

TEST_CASE("between file systems everything is copied, and then gone from where it was") {
  Workshop shop;
  FaultyFileSystem apart(shop.files);
  apart.separate_devices();
  ObjectStore objects(shop.layout, apart);
  shop.put("value.json", "1");
  shop.put("model", "weights");
  shop.put("tree/sub/f", "f");
  check_ok(shop.files.make_symlink("sub/f", shop.out / "tree" / "link"));
  const auto artifacts = value_of(objects.collect(shop.out));
  REQUIRE(artifacts.size() == 3);
  for (const NewArtifact& artifact : artifacts) {
    CHECK(shop.objects.unchanged(artifact.object).value());
    CHECK(value_of(shop.objects.open_path(artifact.object)) == shop.layout.object(artifact.object.sha256));
  }
  const Path tree = shop.layout.object(artifacts[1].object.sha256);
  CHECK(shop.files.read_link(tree / "link") == "sub/f");
  CHECK(value_of(shop.files.info(tree, FollowLinks::kNo)).mode == 0555);
  CHECK(value_of(shop.files.list(shop.out)).empty());
  for (const FolderEntry& entry : value_of(shop.files.list(shop.layout.objects()))) {
    CHECK(!entry.name.starts_with("."));
  }
}

TEST_CASE("values up to 64 KiB are the ledger's; all else is on disk before it is named") {
  struct Row {
    std::string name;
    std::string bytes;
    bool in_ledger;
  };
  const Row rows[] = {
      {"v.json", "1", true},
      {"v.json", "\"" + std::string(kInlineValueLimit - 2, 'x') + "\"", true},
      {"v.json", "\"" + std::string(kInlineValueLimit - 1, 'x') + "\"", false},
      {"v", "1", false},
      {"v/f", "1", false},
  };
  for (const Row& row : rows) {
    Workshop shop;
    FaultyFileSystem watched(shop.files);
    ObjectStore objects(shop.layout, watched);
    shop.put(row.name, row.bytes);
    const auto artifacts = value_of(objects.collect(shop.out));
    CHECK(artifacts[0].object.bytes.has_value() == row.in_ledger);
    std::size_t synced = 0, moved = 0, folder_synced = 0;
    const auto calls = watched.calls();
    for (std::size_t index = 0; index < calls.size(); ++index) {
      if (calls[index].starts_with("sync ")) synced = index;
      if (calls[index].starts_with("move ")) moved = index;
      if (calls[index] == "sync_folder " + shop.layout.object(artifacts[0].object.sha256).parent_path().native()) {
        folder_synced = index;
      }
    }
    REQUIRE(moved > 0);
    CHECK((synced > 0) == !row.in_ledger);
    CHECK((folder_synced > 0) == !row.in_ledger);
    if (!row.in_ledger) {
      CHECK(synced < moved);
      CHECK(moved < folder_synced);
    }
  }
}

TEST_CASE("a content that came in as a small value is synced when it comes again as a file") {
  Workshop shop;
  shop.keep("v.json", "1");
  FaultyFileSystem watched(shop.files);
  ObjectStore objects(shop.layout, watched);
  shop.put("file", "1");
  value_of(objects.collect(shop.out));
  bool opened = false, synced_after = false;
  for (const std::string& call : watched.calls()) {
    if (call == "open " + shop.layout.object(sha256_hex("1")).native()) opened = true;
    synced_after |= opened && call.starts_with("sync ");
  }
  CHECK(synced_after);
}

TEST_CASE("a small value is made again from its bytes; anything else that is missing or changed is an error") {
  Workshop shop;
  const ObjectRecord value = shop.keep("v.json", "[1]");
  const ObjectRecord file = shop.keep("model", "weights");
  const ObjectRecord large = shop.keep("large.json", "\"" + big('x') + "\"");
  for (const ObjectRecord& object : {value, file, large}) {
    CAPTURE(object.sha256);
    const Path path = shop.layout.object(object.sha256);
    shop.scribble(path, "!");
    CHECK(!shop.objects.unchanged(object).value());
    auto opened = shop.objects.open_path(object);
    CHECK(opened.has_value() == object.bytes.has_value());
    if (!opened) {
      CHECK(opened.error().kind == ErrorKind::kStore);
      CHECK(opened.error().message.find("was changed behind qflow's back") != std::string::npos);
      CHECK(error_of(shop.objects.load(object)).kind == ErrorKind::kStore);
    }
    check_ok(shop.objects.quarantine(object));
    check_ok(shop.objects.quarantine(object));
    CHECK(!*exists(shop.files, path));
    CHECK(!shop.objects.unchanged(object).value());
    opened = shop.objects.open_path(object);
    CHECK(opened.has_value() == object.bytes.has_value());
    if (!opened) CHECK(opened.error().message.find("is missing") != std::string::npos);
  }
  CHECK(shop.text(shop.layout.object(value.sha256)) == "[1]");
  CHECK(value_of(shop.files.info(shop.layout.object(value.sha256), FollowLinks::kNo)).mode == 0444);
  CHECK(shop.objects.unchanged(value).value());
}

TEST_CASE("a changed folder is noticed and can be set aside") {
  struct Row {
    std::string what;
    std::function<void(Workshop&, const Path&)> change;
  };
  const Row rows[] = {
      {"a file", [](Workshop& shop, const Path& tree) { shop.scribble(tree / "sub" / "f", "!"); }},
      {"a new file",
       [](Workshop& shop, const Path& tree) {
         check_ok(shop.files.set_permissions(tree, 0755));
         check_ok(replace_file(shop.files, tree / "new", ""));
       }},
      {"a file less",
       [](Workshop& shop, const Path& tree) {
         check_ok(shop.files.set_permissions(tree / "sub", 0755));
         check_ok(shop.files.remove(tree / "sub" / "f"));
       }},
  };
  for (const Row& row : rows) {
    CAPTURE(row.what);
    Workshop shop;
    shop.put("tree/sub/f", "f");
    shop.put("tree/g", "g");
    const ObjectRecord tree = shop.collect().front().object;
    row.change(shop, shop.layout.object(tree.sha256));
    CHECK(!shop.objects.unchanged(tree).value());
    CHECK(error_of(shop.objects.open_path(tree)).kind == ErrorKind::kStore);
    check_ok(shop.objects.quarantine(tree));
    CHECK(!*exists(shop.files, shop.layout.object(tree.sha256)));
  }
}

TEST_CASE("a store that was copied to another place is as good as before") {
  Workshop shop;
  const ObjectRecord file = shop.keep("model", "weights");
  const Path path = shop.layout.object(file.sha256);
  check_ok(shop.files.rename(path, shop.folder / "aside"));
  check_ok(replace_file(shop.files, path, "weights", 0444));
  CHECK(shop.objects.unchanged(file).value());
  CHECK(shop.objects.open_path(file));
}

TEST_CASE("bytes of the ledger that are not what their hash says are damage") {
  Workshop shop;
  ObjectRecord value = shop.keep("v.json", "[1]");
  value.bytes = "[2]";
  CHECK(error_of(shop.objects.load(value)).kind == ErrorKind::kStore);
}

TEST_CASE("whatever call fails, an object that has its name is whole, and the next attempt succeeds") {
  auto fill = [](Workshop& shop) {
    shop.put("value.json", "{\"x\": 1}");
    shop.put("large.json", "\"" + big('y') + "\"");
    shop.put("model", "weights");
    shop.put("tree/sub/f", "f");
    check_ok(shop.files.make_symlink("sub/f", shop.out / "tree" / "link"));
    check_ok(replace_file(shop.files, shop.folder / "elsewhere", "shared"));
    std::filesystem::create_hard_link(shop.folder / "elsewhere", shop.out / "shared");
  };
  auto refill = [&](Workshop& shop) {
    check_ok(remove_tree(shop.files, shop.out));
    check_ok(remove_tree(shop.files, shop.folder / "elsewhere"));
    check_ok(shop.files.make_folder(shop.out));
    fill(shop);
  };
  for (bool apart : {false, true}) {
    Workshop counted;
    FaultyFileSystem counter(counted.files);
    if (apart) counter.separate_devices();
    fill(counted);
    value_of(ObjectStore(counted.layout, counter).collect(counted.out));
    const std::size_t calls = counter.calls().size();
    CHECK(calls > 50);
    for (std::size_t failing = 1; failing <= calls; ++failing) {
      CAPTURE(failing);
      Workshop shop;
      FaultyFileSystem faulty(shop.files);
      if (apart) faulty.separate_devices();
      ObjectStore objects(shop.layout, faulty);
      fill(shop);
      faulty.fail_call(failing, "No space left on device");
      auto artifacts = objects.collect(shop.out);
      if (!artifacts) CHECK(artifacts.error().message.find("No space left on device") != std::string::npos);
      check_objects(shop);
      faulty.fail_call(0);
      refill(shop);
      const auto again = value_of(objects.collect(shop.out));
      CHECK(again.size() == 5);
      for (const NewArtifact& artifact : again) CHECK(shop.objects.unchanged(artifact.object).value());
    }
  }
}
