#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "qflow/model/artifact.h"
#include "qflow/os/file_system.h"
#include "qflow/store/store_layout.h"

namespace qflow {

// Values up to this size live in the ledger too; larger values and files live in objects/ alone and are synced first.
inline constexpr std::uint64_t kInlineValueLimit = 64 * 1024;

// Larger values are neither compared nor shown with others.
inline bool is_small_value(const Artifact& artifact) {
  return artifact.kind == ArtifactKind::kValue && artifact.size <= kInlineValueLimit;
}

// Content in the store, as the ledger knows it. `fingerprint` is size, inode and ctime of the object's file (of a
// folder: of all its entries) when it came in: whoever changes the file through a link changes it.
struct ObjectRecord {
  std::string sha256;
  ArtifactKind kind = ArtifactKind::kValue;
  std::uint64_t size = 0;
  std::string fingerprint;
  std::optional<std::string> bytes;  // of a value up to kInlineValueLimit
};

// An artifact that is whole in objects/ (and synced, unless its bytes go into the ledger) but not yet in the ledger.
struct NewArtifact {
  ArtifactName name;
  ObjectRecord object;
};

// What reading an object's file whole says.
enum class ContentState { kRight, kChanged, kMissing };

// The fingerprint that the ledger has of an object; nothing when it does not know the object.
using KnownFingerprint = std::function<std::optional<std::string>(const std::string& sha256)>;

// The content-addressed files of a store. Objects are regular files of mode 0444 (0555 when executable) named by the
// SHA-256 of their bytes, or folders of mode 0555 named by the SHA-256 of their manifest: one line per entry, sorted by
// path bytes: "file MODE SIZE SHA256 PATH", "folder PATH", "link TARGET PATH" (MODE is x or -; in paths and targets a
// space, a backslash and control characters are \ and three octal digits); of an empty folder "folder .".
class ObjectStore {
 public:
  // Both outlive the object.
  ObjectStore(const StoreLayout& layout, FileSystem& files);

  // Takes in everything that a step left in `folder`, all or nothing: x.json is the value x (kInvalid with the
  // position when it is not JSON), anything else a file or folder artifact. Refused by name (kInvalid): names that
  // break the rule, both x and x.json, sockets, devices, symbolic links that point outside their own artifact. Files
  // with one name are moved, others copied. An object that is there already is kept and used, once its content is seen
  // to be right: by its fingerprint where `known` has one, else by its hash. When something fails, what was already
  // moved stays in objects/, whole and named by nothing. In the order of the names.
  Result<std::vector<NewArtifact>> collect(const Path& folder, const KnownFingerprint& known = {});

  // The object's file, for links; made again from `bytes` when a small value's file is gone or changed. kStore when
  // it is missing, or its content is no longer the one that came in.
  Result<Path> open_path(const ObjectRecord& object);

  // Whether the object's file still has the content that came in (a stat, where the fingerprint is the same too). An
  // error when that can't be learnt: then nobody knows that it has changed.
  Result<bool> unchanged(const ObjectRecord& object);

  // Reads the object's file whole, whatever its fingerprint says; an error when it can't be read.
  Result<ContentState> verify(const ObjectRecord& object);

  // Moves a changed object out of the way, so that nothing reads it again. A small value comes back from the ledger.
  Status quarantine(const ObjectRecord& object);

  // The bytes of a value or file, verified against the hash.
  Result<std::string> load(const ObjectRecord& object);

 private:
  Result<bool> is_right(const Path& path, const ObjectRecord& object);

  const StoreLayout& layout_;
  FileSystem& files_;
  // Of objects whose file is not the one that came in (of a store that was copied): the fingerprint under which it was
  // read, and found right.
  std::map<std::string, std::string> read_;
};

}  // namespace qflow
