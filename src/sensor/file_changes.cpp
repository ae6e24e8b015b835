#include "sensor/file_changes.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "sensor/file_snapshot.h"

namespace qflow {
namespace {

// The places whose baseline has to wait: those that could be read neither before nor now.
std::vector<std::string> still_unread(const std::vector<std::string>& before, const std::vector<std::string>& now) {
  std::vector<std::string> places;
  for (const std::string& place : before) {
    if (lies_in(now, place)) places.push_back(place);
  }
  for (const std::string& place : now) {
    if (lies_in(before, place)) places.push_back(place);
  }
  std::sort(places.begin(), places.end());
  places.erase(std::unique(places.begin(), places.end()), places.end());
  return places;
}

class Comparer {
 public:
  Comparer(const FolderListing& listing, const FileChangeRules& rules, Instant now, const ChangeSink& sink,
           const std::vector<std::string>* unread_before)
      : listing_(listing),
        rules_(rules),
        now_(now),
        sink_(sink),
        first_(unread_before == nullptr),
        without_baseline_(first_ ? std::vector<std::string>() : *unread_before),
        writer_(places_to_wait_for()) {}

  void take_gone(const FileRecord& record);
  Status take_file(const FolderListing::File& file, const FileRecord* record);
  FileComparison finish() {
    result_.snapshot = writer_.finish();
    return std::move(result_);
  }

 private:
  std::vector<std::string> places_to_wait_for() const {
    if (!first_) return still_unread(without_baseline_, listing_.unread());
    return rules_.baseline == SensorBaseline::kIgnore ? listing_.unread() : std::vector<std::string>();
  }
  bool in_baseline(std::string_view path) const {
    return first_ ? rules_.baseline == SensorBaseline::kIgnore : lies_in(without_baseline_, path);
  }
  FileChange change_of(const FolderListing::File& file, const FileRecord* record) const;
  bool is_reported(const FileChange& change) const;
  bool report(const FileChange& change);
  void keep(const FileRecord* record) {
    if (record != nullptr) writer_.add(*record);
  }
  void hold(const FolderListing::File& file, const FileRecord* record, const PendingVersion& pending);
  void fire(const FolderListing::File& file, const FileRecord* record);

  const FolderListing& listing_;
  const FileChangeRules& rules_;
  Instant now_;
  const ChangeSink& sink_;
  bool first_;
  std::vector<std::string> without_baseline_;
  SnapshotWriter writer_;
  FileComparison result_;
};

bool is_known(const FileRecord* record) {
  return record != nullptr && record->known;
}

FileChange Comparer::change_of(const FolderListing::File& file, const FileRecord* record) const {
  if (!is_known(record)) return {ChangeKind::kCreated, file.path, file.version};
  const bool replaced = record->known->inode != file.version.inode;
  const bool as_created = replaced && rules_.reported == ChangeKind::kCreated;
  return {as_created ? ChangeKind::kCreated : ChangeKind::kModified, file.path, file.version, replaced};
}

bool Comparer::is_reported(const FileChange& change) const {
  return rules_.reported == ChangeKind::kAll || rules_.reported == change.event;
}

bool Comparer::report(const FileChange& change) {
  if (!is_reported(change)) return true;
  // In order: after the first one that had to stay, all stay.
  if (!result_.more) result_.more = !sink_(change);
  return !result_.more;
}

void Comparer::take_gone(const FileRecord& record) {
  if (lies_in(listing_.unread(), record.path)) return keep(&record);
  // What never fired as created was never there.
  if (record.known && !report({ChangeKind::kDeleted, record.path, *record.known})) keep(&record);
}

Status Comparer::take_file(const FolderListing::File& file, const FileRecord* record) {
  const bool known = is_known(record);
  if (known && *record->known == file.version) {
    writer_.add({file.path, file.version});
    return {};
  }
  PendingVersion pending{file.version, now_};
  // An observation in the future was made by a clock that was wrong, or this one is.
  const bool seen_before = record != nullptr && record->pending && record->pending->version == file.version;
  if (seen_before && record->pending->since <= now_) pending.since = record->pending->since;
  bool complete = now_ - pending.since >= rules_.settle;
  if (rules_.marker) {
    QFLOW_ASSIGN(const std::optional<std::int64_t> marked, rules_.marker(file.path));
    if (!marked) {
      ++result_.unmarked_files;
      if (known) writer_.add({file.path, record->known});
      return {};
    }
    complete = complete || *marked >= file.version.modified_ns;
  }
  if (!known && in_baseline(file.path)) {
    writer_.add({file.path, file.version});
  } else if (complete) {
    fire(file, record);
  } else {
    hold(file, record, pending);
  }
  return {};
}

void Comparer::hold(const FolderListing::File& file, const FileRecord* record, const PendingVersion& pending) {
  writer_.add({file.path, is_known(record) ? record->known : std::nullopt, pending});
  ++result_.unsettled_files;
  if (!is_reported(change_of(file, record))) return;
  const Duration left = rules_.settle - (now_ - pending.since);
  result_.unsettled = std::min(result_.unsettled.value_or(left), left);
}

void Comparer::fire(const FolderListing::File& file, const FileRecord* record) {
  if (!report(change_of(file, record))) return keep(record);
  writer_.add({file.path, file.version});
}

// Both are in the order of their paths.
Result<FileComparison> merge(Comparer& comparer, const FolderListing& listing, SnapshotReader* reader) {
  std::size_t next = 0;
  bool more_records = false;
  const auto advance = [&]() -> Status {
    if (reader == nullptr) return {};
    QFLOW_ASSIGN(more_records, reader->next());
    return {};
  };
  QFLOW_TRY(advance());
  while (more_records || next < listing.size()) {
    const int order = !more_records            ? 1
                      : next == listing.size() ? -1
                                               : reader->record().path.compare(listing[next].path);
    if (order < 0) {
      comparer.take_gone(reader->record());
    } else {
      QFLOW_TRY(comparer.take_file(listing[next++], order == 0 ? &reader->record() : nullptr));
    }
    if (order <= 0) QFLOW_TRY(advance());
  }
  return comparer.finish();
}

}  // namespace

Result<FileComparison> compare_files(const std::optional<std::string>& snapshot, const FolderListing& listing,
                                     const FileChangeRules& rules, Instant now, const ChangeSink& sink) {
  if (!snapshot) {
    Comparer comparer(listing, rules, now, sink, nullptr);
    return merge(comparer, listing, nullptr);
  }
  QFLOW_ASSIGN(SnapshotReader reader, SnapshotReader::open(*snapshot));
  Comparer comparer(listing, rules, now, sink, &reader.unread());
  return merge(comparer, listing, &reader);
}

}  // namespace qflow
