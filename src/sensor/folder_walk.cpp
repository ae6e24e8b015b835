#include "sensor/folder_walk.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sensor/real_path.h"

namespace qflow {
namespace {

// A file that is removed and made again often gets the inode of the one before, but another time of birth.
FileVersion version_of(const FileInfo& info) {
  constexpr std::uint64_t kSpread = 0x9E3779B97F4A7C15;  // odd, so that nothing of the time is lost
  return {info.size, info.modified_ns, info.inode ^ (static_cast<std::uint64_t>(info.born_ns) * kSpread)};
}

// Its info; `advice` is for what is no folder.
Result<FileInfo> watched_folder(FileSystem& files, const Path& folder, std::string advice) {
  Result<FileInfo> info = files.info(folder, FollowLinks::kYes);
  if (!info && info.error().kind == ErrorKind::kNotFound) info.error().advice = "make the folder, or mend `path`";
  if (!info || info->type == FileType::kFolder) return info;
  return fail(ErrorKind::kInvalid, folder.native() + " is no folder", std::move(advice));
}

// What the link leads to; nothing when that lies outside of the folder, whose real path it is.
Result<std::optional<FileInfo>> target_inside(FileSystem& files, const Path& link, const Path& folder) {
  QFLOW_ASSIGN(const Path target, real_path(files, link));
  if (!is_inside(target, folder)) return std::nullopt;
  QFLOW_ASSIGN(const FileInfo info, files.info(target, FollowLinks::kNo));
  return info;
}

class FolderWalk {
 public:
  FolderWalk(FileSystem& files, const Path& root, const FileSelection& selection, const LookDeadline& deadline)
      : files_(files), root_(root), selection_(selection), deadline_(deadline) {}

  Result<FolderListing> run();

 private:
  struct Folder {
    std::string path;    // relative; "" for the watched one
    std::size_t parent;  // index; the watched one is its own
    std::uint64_t device;
    std::uint64_t inode;
  };

  Status visit(std::size_t index);
  Status take_entry(std::size_t folder, const VisitedEntry& entry);
  void take(std::size_t folder, const Result<FileInfo>& info);
  Status take_link(std::size_t folder);
  bool is_around(std::size_t folder, const FileInfo& info) const;
  Path absolute(const std::string& path) const { return path.empty() ? root_ : root_ / path; }

  FileSystem& files_;
  const Path& root_;
  const FileSelection& selection_;
  const LookDeadline& deadline_;
  std::optional<Path> real_root_;
  std::vector<Folder> folders_;  // those already visited, then those still to visit
  // Of the present entry: its relative path, and as what its name could matter.
  std::string path_;
  bool counts_ = false;
  bool enters_ = false;
  FolderListing listing_;
};

Result<FolderListing> FolderWalk::run() {
  QFLOW_ASSIGN(const FileInfo info, watched_folder(files_, root_, "for one file write sensor_type = \"file\""));
  folders_.push_back({"", 0, info.device, info.inode});
  for (std::size_t index = 0; index < folders_.size(); ++index) QFLOW_TRY(visit(index));
  // What lies in a folder that was moved away meanwhile seems to be gone.
  QFLOW_ASSIGN(const FileInfo after, watched_folder(files_, root_, "mend `path`"));
  if (after.inode != info.inode || after.device != info.device) {
    return fail(ErrorKind::kFailed, root_.native() + " became another folder while qflow looked at it");
  }
  listing_.sort();
  return std::move(listing_);
}

Status FolderWalk::visit(std::size_t index) {
  const std::string path = folders_[index].path;
  const Status visited =
      files_.visit(absolute(path), [&](const VisitedEntry& entry) { return take_entry(index, entry); });
  if (visited) return {};
  if (index == 0) return visited;
  QFLOW_TRY(deadline_.check());
  // It may have gone since its parent was listed.
  if (visited.error().kind != ErrorKind::kNotFound) listing_.add_unread(path);
  return {};
}

Status FolderWalk::take_entry(std::size_t folder, const VisitedEntry& entry) {
  QFLOW_TRY(deadline_.check());
  path_ = folders_[folder].path;
  if (!path_.empty()) path_ += '/';
  path_ += entry.name;
  const bool link = entry.type == FileType::kSymlink;
  counts_ = (link || entry.type == FileType::kRegular) && selection_.counts(path_);
  enters_ = (link || entry.type == FileType::kFolder) && selection_.enters(path_);
  if (!counts_ && !enters_) return {};
  if (link) return take_link(folder);
  take(folder, entry.info());
  return {};
}

void FolderWalk::take(std::size_t folder, const Result<FileInfo>& info) {
  if (!info) {
    if (info.error().kind != ErrorKind::kNotFound) listing_.add_unread(path_);
  } else if (info->type == FileType::kRegular && counts_) {
    listing_.add(path_, version_of(*info));
  } else if (info->type == FileType::kFolder && enters_ && !is_around(folder, *info)) {
    folders_.push_back({path_, folder, info->device, info->inode});
  }
}

Status FolderWalk::take_link(std::size_t folder) {
  if (!real_root_) {
    QFLOW_ASSIGN(real_root_, real_path(files_, root_));
  }
  const Result<std::optional<FileInfo>> target = target_inside(files_, absolute(path_), *real_root_);
  if (!target) {
    take(folder, tl::make_unexpected(target.error()));
  } else if (*target) {
    take(folder, **target);
  } else {
    listing_.add_link_outside();
  }
  return {};
}

bool FolderWalk::is_around(std::size_t folder, const FileInfo& info) const {
  while (true) {
    const Folder& around = folders_[folder];
    if (around.inode == info.inode && around.device == info.device) return true;
    if (folder == 0) return false;
    folder = around.parent;
  }
}

}  // namespace

Result<FolderListing> list_folder(FileSystem& files, const Path& folder, const FileSelection& selection,
                                  const LookDeadline& deadline) {
  return FolderWalk(files, folder, selection, deadline).run();
}

Result<FolderListing> list_file(FileSystem& files, const Path& file, const FileSelection* selection) {
  const Path folder = file.parent_path();
  const Result<FileInfo> info = files.info(file, FollowLinks::kYes);
  // After the file: where the folder has just gone, so has the file.
  QFLOW_TRY(watched_folder(files, folder, "mend `path`"));
  FolderListing listing;
  const std::string name = file.filename().native();
  if (selection != nullptr && !selection->counts(name)) return listing;
  if (!info && info.error().kind == ErrorKind::kNotFound) return listing;
  QFLOW_TRY(info);
  if (info->type == FileType::kFolder) {
    return fail(ErrorKind::kInvalid, file.native() + " is a folder", "write sensor_type = \"directory\"");
  }
  QFLOW_ASSIGN(const Path real_folder, real_path(files, folder));
  const Result<std::optional<FileInfo>> target = target_inside(files, file, real_folder);
  if (!target && target.error().kind == ErrorKind::kNotFound) return listing;
  QFLOW_TRY(target);
  if (!*target) listing.add_link_outside();
  if (*target && (*target)->type == FileType::kRegular) listing.add(name, version_of(**target));
  return listing;
}

}  // namespace qflow
