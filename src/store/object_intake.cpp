#include "store/object_intake.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <set>

#include "qflow/error/printable.h"
#include "qflow/model/sha256.h"
#include "qflow/store/ledger.h"
#include "store/object_content.h"
#include "store/object_files.h"

namespace qflow {
namespace {

Path incoming_path(const StoreLayout& layout) {
  static std::atomic<unsigned> counter{0};
  return layout.objects() / fmt::format(".incoming.{}.{}", getpid(), counter++);
}

tl::unexpected<Error> changed_meanwhile(const Output& output) {
  return fail(ErrorKind::kFailed,
              fmt::format("the output {} was changed while it was taken in", quoted(output.name.text())),
              "let the step wait for the processes that it starts");
}

bool is_unwritten(const FileInfo& before, const FileInfo& now) {
  if (before.type != now.type) return false;
  return now.type != FileType::kRegular || (before.size == now.size && before.modified_ns == now.modified_ns);
}

bool is_same_entry(const TreeEntry& before, const TreeEntry& now) {
  return before.path == now.path && before.target == now.target && is_unwritten(before.info, now.info);
}

std::uint64_t size_of(const Outline& outline) {
  return outline.info.type == FileType::kFolder ? tree_size(outline.tree) : outline.info.size;
}

// Whether nobody has written to the output since it was read, or begun to be.
bool is_unwritten(const Output& output, const Outline& now) {
  return is_unwritten(output.info, now.info) &&
         std::equal(output.tree.begin(), output.tree.end(), now.tree.begin(), now.tree.end(), is_same_entry);
}

// Somebody has written down what a folder contains, as its hash has it: one name can't be both.
Status refuse_other_kind(const Output& output, const FileInfo& existing) {
  const bool is_folder = output.kind == ArtifactKind::kFolder;
  if (is_folder == (existing.type == FileType::kFolder)) return {};
  return fail(ErrorKind::kFailed,
              fmt::format("the output {} can't be told from a {} in the store: {}", quoted(output.name.text()),
                          is_folder ? "file" : "folder",
                          is_folder ? "its description is all that the file has" : "it is the description of that"),
              is_folder ? "add a file to the folder" : "add a byte to the file");
}

}  // namespace

Result<std::vector<NewArtifact>> ObjectIntake::take(const Path& folder) {
  QFLOW_ASSIGN(std::vector<Output> outputs, read_out_folder(files_, folder));
  std::vector<Item> items;
  for (Output& output : outputs) items.push_back(make_item(std::move(output)));
  BackgroundSync sync(files_);
  for (Item& item : items) {
    QFLOW_TRY(seal(item));
    if (item.durable) add_output(sync, item.output, item.output.path);
  }
  // Hashing is the processor's work and syncing the disk's: they go on at the same time.
  sync.start();
  for (Item& item : items) QFLOW_TRY(hash(item));
  QFLOW_TRY(sync.finish());
  for (Item& item : items) QFLOW_TRY(place(item));
  QFLOW_TRY(sync_places(items));
  std::vector<NewArtifact> artifacts;
  for (Item& item : items) artifacts.push_back({std::move(item.output.name), std::move(item.object)});
  return artifacts;
}

ObjectIntake::Item ObjectIntake::make_item(Output output) {
  Item item;
  item.object.kind = output.kind;
  item.object.size = output.kind == ArtifactKind::kFolder  ? tree_size(output.tree)
                     : output.kind == ArtifactKind::kValue ? output.bytes.size()
                                                           : output.info.size;
  item.durable = output.kind != ArtifactKind::kValue || output.bytes.size() > kInlineValueLimit;
  item.output = std::move(output);
  return item;
}

// A folder is moved, and what is in it replaced, only by somebody who may write to it; the step may have sealed it.
Status ObjectIntake::open_folders(const Output& output) {
  constexpr std::uint32_t kOwnerAll = 0700;
  const auto open = [&](const Path& path, const FileInfo& info) -> Status {
    const bool is_closed = info.type == FileType::kFolder && (info.mode & kOwnerAll) != kOwnerAll;
    return is_closed ? files_.set_permissions(path, info.mode | kOwnerAll) : Status();
  };
  QFLOW_TRY(open(output.path, output.info));
  for (const TreeEntry& entry : output.tree) QFLOW_TRY(open(output.path / entry.path, entry.info));
  return {};
}

// From then on nobody else knows the file.
Status ObjectIntake::detach_file(const Path& path, FileInfo& info) {
  QFLOW_TRY(replace_by_copy(files_, path));
  const std::uint32_t mode = info.mode;
  QFLOW_ASSIGN(info, files_.info(path, FollowLinks::kNo));
  info.mode = mode;
  return {};
}

Status ObjectIntake::seal_file(const Path& path, FileInfo& info) {
  bool shared = info.links > 1;
  if (shared) QFLOW_TRY(detach_file(path, info));
  // A file of another user can be copied, but its mode can't be changed.
  if (!files_.set_permissions(path, sealed_mode(info))) {
    QFLOW_TRY(detach_file(path, info));
    QFLOW_TRY(files_.set_permissions(path, sealed_mode(info)));
  }
  return {};
}

Status ObjectIntake::seal(Item& item) {
  Output& output = item.output;
  if (output.kind != ArtifactKind::kFolder) return seal_file(output.path, output.info);
  QFLOW_TRY(open_folders(output));
  for (TreeEntry& entry : output.tree) {
    if (entry.info.type == FileType::kRegular) QFLOW_TRY(seal_file(output.path / entry.path, entry.info));
  }
  for (TreeEntry& entry : output.tree) {
    bool is_folder = entry.info.type == FileType::kFolder;
    if (is_folder) QFLOW_TRY(files_.set_permissions(output.path / entry.path, 0555));
  }
  return {};
}

Status ObjectIntake::hash(Item& item) {
  Output& output = item.output;
  if (output.kind == ArtifactKind::kFile) {
    QFLOW_ASSIGN(item.object.sha256, hash_file(files_, output.path));
  } else if (output.kind == ArtifactKind::kFolder) {
    QFLOW_TRY(hash_files(files_, output.path, output.tree));
    item.object.sha256 = sha256_hex(tree_manifest(output.tree));
  } else {
    item.object.sha256 = sha256_hex(output.bytes);
    if (!item.durable) item.object.bytes = std::move(output.bytes);
    output.bytes = {};
  }
  return {};
}

Status ObjectIntake::place(Item& item) {
  const Path target = layout_.object(item.object.sha256);
  QFLOW_ASSIGN(MoveOutcome outcome, move(item, target));
  if (outcome == MoveOutcome::kTargetExists) {
    QFLOW_ASSIGN(bool right, is_right(item, target));
    if (!right) {
      QFLOW_TRY(set_aside(files_, layout_, item.object.sha256));
      QFLOW_ASSIGN(outcome, move(item, target));
    }
  }
  if (outcome != MoveOutcome::kTargetExists) return accept(item, target);
  QFLOW_TRY(use_existing(item, target));
  QFLOW_ASSIGN(item.object.fingerprint, fingerprint(files_, target));
  return {};
}

// Somebody may still write to what has its name now: one look both finds what was written since it was hashed, and is
// remembered, so that what is written from now on is found too.
Status ObjectIntake::accept(Item& item, const Path& target) {
  if (item.output.kind == ArtifactKind::kFolder) QFLOW_TRY(files_.set_permissions(target, 0555));
  QFLOW_ASSIGN(const Outline now, read_outline(files_, target));
  if (size_of(now) != item.object.size || !(item.copied || is_unwritten(item.output, now))) {
    QFLOW_TRY(set_aside(files_, layout_, item.object.sha256));
    return changed_meanwhile(item.output);
  }
  item.object.fingerprint = fingerprint(now);
  return {};
}

Result<MoveOutcome> ObjectIntake::move(Item& item, const Path& target) {
  auto outcome = files_.move_new(item.output.path, target);
  if (outcome && *outcome == MoveOutcome::kOtherDevice) return move_copy(item, target);
  if (outcome || outcome.error().kind != ErrorKind::kNotFound) return outcome;
  QFLOW_ASSIGN(const bool has_folder, exists(files_, target.parent_path()));
  if (has_folder) return outcome;
  QFLOW_TRY(make_folders(files_, target.parent_path()));
  made_folder_ = true;
  return move(item, target);
}

Result<MoveOutcome> ObjectIntake::move_copy(Item& item, const Path& target) {
  QFLOW_TRY(make_folders(files_, target.parent_path()));
  made_folder_ = true;
  const Path path = incoming_path(layout_);
  Status copied = copy(item, path);
  Result<MoveOutcome> outcome = MoveOutcome::kMoved;
  if (copied) outcome = files_.move_new(path, target);
  item.copied = copied && outcome && *outcome == MoveOutcome::kMoved;
  if (!item.copied) (void)remove_tree(files_, path);
  if (!copied) return tl::make_unexpected(std::move(copied).error());
  if (item.copied) QFLOW_TRY(remove_tree(files_, item.output.path));
  return outcome;
}

Status ObjectIntake::copy(const Item& item, const Path& path) {
  QFLOW_TRY(copy_output(files_, item.output, path));
  QFLOW_ASSIGN(const Outline source, read_outline(files_, item.output.path));
  if (!is_unwritten(item.output, source)) return changed_meanwhile(item.output);
  if (!item.durable) return {};
  BackgroundSync sync(files_);
  add_output(sync, item.output, path);
  return sync.finish();
}

Result<bool> ObjectIntake::is_right(const Item& item, const Path& target) {
  // It makes place for the empty file, which has the better right to the name.
  QFLOW_ASSIGN(const bool is_former, is_former_empty_folder(files_, target, item.object.sha256));
  if (is_former) return false;
  if (known_) {
    auto recorded = known_(item.object.sha256);
    QFLOW_ASSIGN(std::string present, fingerprint(files_, target));
    if (recorded && *recorded == present) return true;
  }
  return has_content(files_, target, item.object.sha256);
}

Status ObjectIntake::use_existing(const Item& item, const Path& target) {
  QFLOW_ASSIGN(const FileInfo existing, files_.info(target, FollowLinks::kNo));
  QFLOW_TRY(refuse_other_kind(item.output, existing));
  // Equal bytes are one object, which is executable as soon as one of those who left them said so.
  const std::uint32_t mode = sealed_mode(existing) | sealed_mode(item.output.info);
  if (item.output.kind != ArtifactKind::kFolder && mode != sealed_mode(existing)) {
    QFLOW_TRY(files_.set_permissions(target, mode));
  }
  // It may have come in as a small value, which is not synced, and is a file artifact now.
  if (item.durable) {
    BackgroundSync sync(files_);
    add_output(sync, item.output, target);
    QFLOW_TRY(sync.finish());
  }
  return remove_tree(files_, item.output.path);
}

Status ObjectIntake::sync_places(const std::vector<Item>& items) {
  std::set<Path> folders;
  for (const Item& item : items) {
    if (item.durable) folders.insert(layout_.object(item.object.sha256).parent_path());
  }
  if (!folders.empty() && made_folder_) folders.insert(layout_.objects());
  for (const Path& folder : folders) QFLOW_TRY(files_.sync_folder(folder));
  return {};
}

}  // namespace qflow
