#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "qflow/store/objects.h"
#include "store_fixture.h"

namespace qflow {

// An empty store without a ledger, and an out folder that can be filled.
class Workshop {
 public:
  Workshop() {
    check_ok(files.make_folder(layout.root()));
    check_ok(files.make_folder(layout.objects()));
    check_ok(files.make_folder(out));
  }

  void put(const std::string& name, std::string_view text) {
    check_ok(make_folders(files, (out / name).parent_path()));
    check_ok(replace_file(files, out / name, text));
  }
  std::string text(const Path& path) { return read_file(files, path).value_or("(unreadable)"); }
  std::vector<NewArtifact> collect() { return value_of(objects.collect(out)); }
  // Puts one file and takes it in.
  ObjectRecord keep(const std::string& name, std::string_view bytes) {
    put(name, bytes);
    return collect().front().object;
  }
  // A step writes into an object through its link, as root or owner can.
  void scribble(const Path& path, std::string_view bytes) {
    check_ok(files.set_permissions(path, 0644));
    FileHandle file = value_of(files.open(path, OpenMode::kAppend, 0600));
    check_ok(files.write_all(file, bytes));
  }
  std::size_t count_objects() {
    std::size_t count = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(layout.objects())) {
      count += entry.is_regular_file() ? 1 : 0;
    }
    return count;
  }

  TemporaryFolder folder;
  PosixFileSystem files;
  StoreLayout layout{folder / "store"};
  Path out = folder / "out";
  ObjectStore objects{layout, files};
};

}  // namespace qflow
