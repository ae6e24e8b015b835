#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "qflow/store/objects.h"
#include "store/out_folder.h"

namespace qflow {

// One taking-in of what a step left: ObjectStore::collect.
class ObjectIntake {
 public:
  ObjectIntake(const StoreLayout& layout, FileSystem& files, const KnownFingerprint& known)
      : layout_(layout), files_(files), known_(known) {}

  Result<std::vector<NewArtifact>> take(const Path& folder);

 private:
  // An output on its way.
  struct Item {
    Output output;
    ObjectRecord object;
    bool durable = false;  // it must be on disk before the ledger names it: its bytes do not go into the ledger
    bool copied = false;   // a copy was placed, not what the step left
  };

  static Item make_item(Output output);
  Status seal(Item& item);
  Status open_folders(const Output& output);
  Status seal_file(const Path& path, FileInfo& info);
  Status detach_file(const Path& path, FileInfo& info);
  Status hash(Item& item);
  Status place(Item& item);
  Status accept(Item& item, const Path& target);
  Result<MoveOutcome> move(Item& item, const Path& target);
  Result<MoveOutcome> move_copy(Item& item, const Path& target);
  Status copy(const Item& item, const Path& path);
  Result<bool> is_right(const Item& item, const Path& target);
  Status use_existing(const Item& item, const Path& target);
  Status sync_places(const std::vector<Item>& items);

  const StoreLayout& layout_;
  FileSystem& files_;
  const KnownFingerprint& known_;
  bool made_folder_ = false;  // of objects/ab
};

}  // namespace qflow
