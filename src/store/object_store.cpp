#include <fmt/format.h>

#include "qflow/error/printable.h"
#include "qflow/model/sha256.h"
#include "qflow/store/ledger.h"
#include "qflow/store/objects.h"
#include "store/object_content.h"
#include "store/object_files.h"
#include "store/object_intake.h"

namespace qflow {
namespace {

tl::unexpected<Error> missing(const ObjectRecord& object, const Path& path) {
  return fail(
      ErrorKind::kStore,
      fmt::format("the object {} is missing: there is no {}", object.sha256.substr(0, 12), printable(path.native())),
      "run the step that made it again");
}

tl::unexpected<Error> changed(const ObjectRecord& object, const Path& path) {
  return fail(ErrorKind::kStore,
              fmt::format("the object {} was changed behind qflow's back: {}", object.sha256.substr(0, 12),
                          printable(path.native())),
              "run the step that made it again");
}

Status restore(FileSystem& files, const StoreLayout& layout, const ObjectRecord& object) {
  const Path path = layout.object(object.sha256);
  QFLOW_TRY(make_folders(files, path.parent_path()));
  return replace_file(files, path, *object.bytes, 0444);
}

}  // namespace

ObjectStore::ObjectStore(const StoreLayout& layout, FileSystem& files) : layout_(layout), files_(files) {}

// The quick answer first: a file that is the very one that came in, or that was read before, needs no reading.
Result<bool> ObjectStore::is_right(const Path& path, const ObjectRecord& object) {
  auto now = fingerprint(files_, path);
  if (!now && now.error().kind == ErrorKind::kNotFound) return false;
  if (!now) return tl::make_unexpected(std::move(now).error());
  const auto read = read_.find(object.sha256);
  if (*now == object.fingerprint || (read != read_.end() && *now == read->second)) return true;
  QFLOW_ASSIGN(const bool right, has_content(files_, path, object.sha256));
  if (right) read_[object.sha256] = *now;
  return right;
}

Result<std::vector<NewArtifact>> ObjectStore::collect(const Path& folder, const KnownFingerprint& known) {
  return ObjectIntake(layout_, files_, known).take(folder);
}

Result<Path> ObjectStore::open_path(const ObjectRecord& object) {
  Path path = layout_.object(object.sha256);
  QFLOW_ASSIGN(bool right, is_right(path, object));
  if (right) return path;
  if (object.bytes) {
    QFLOW_TRY(restore(files_, layout_, object));
    return path;
  }
  QFLOW_ASSIGN(const bool is_there, exists(files_, path));
  return is_there ? Result<Path>(changed(object, path)) : missing(object, path);
}

Result<bool> ObjectStore::unchanged(const ObjectRecord& object) {
  return is_right(layout_.object(object.sha256), object);
}

Result<ContentState> ObjectStore::verify(const ObjectRecord& object) {
  const Path path = layout_.object(object.sha256);
  auto info = files_.info(path, FollowLinks::kNo);
  if (!info && info.error().kind == ErrorKind::kNotFound) return ContentState::kMissing;
  if (!info) return tl::make_unexpected(std::move(info).error());
  QFLOW_ASSIGN(bool right, has_content(files_, path, object.sha256));
  return right ? ContentState::kRight : ContentState::kChanged;
}

Status ObjectStore::quarantine(const ObjectRecord& object) {
  return set_aside(files_, layout_, object.sha256);
}

Result<std::string> ObjectStore::load(const ObjectRecord& object) {
  const Path path = layout_.object(object.sha256);
  if (object.kind == ArtifactKind::kFolder) {
    return fail(ErrorKind::kInvalid,
                fmt::format("the object {} is a folder, not a value", object.sha256.substr(0, 12)));
  }
  if (object.bytes) {
    if (sha256_hex(*object.bytes) == object.sha256) return *object.bytes;
    return fail(
        ErrorKind::kStore,
        fmt::format("the ledger is damaged: the value {} is not what its hash says", object.sha256.substr(0, 12)),
        "restore the store from a backup");
  }
  auto bytes = read_file(files_, path);
  if (!bytes && bytes.error().kind == ErrorKind::kNotFound) return missing(object, path);
  if (bytes && sha256_hex(*bytes) != object.sha256) return changed(object, path);
  return bytes;
}

}  // namespace qflow
