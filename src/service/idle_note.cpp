#include "qflow/service/idle_note.h"

#include <fmt/format.h>

#include <chrono>
#include <string_view>

#include "qflow/os/decimal.h"

namespace qflow {

namespace {

// File systems count time in steps, of up to two seconds (FAT).
constexpr std::chrono::nanoseconds kStep = std::chrono::seconds(3);
constexpr std::size_t kLongestNote = 4096;

// Without the time of its last change of status: for root SQLite sets the log's owner whenever it opens it.
std::string words(const FileInfo& file) {
  return fmt::format("{} {} {} {}", file.device, file.inode, file.size, file.modified_ns);
}

Path log_of(const StoreLayout& layout) {
  return layout.ledger().native() + "-wal";
}

std::int64_t instant_number(Instant instant) {
  return instant.time_since_epoch().count();
}

// The number that the text begins with, and the line's end behind it, are taken off.
std::optional<std::int64_t> take_number(std::string_view& text) {
  const std::size_t end = text.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  const auto number = parse_decimal<std::int64_t>(text.substr(0, end));
  text.remove_prefix(end + 1);
  return number;
}

// Whether the last change is old enough to be told from the next one, by the file system's own clock.
bool has_settled(const StoreLayout& layout, FileSystem& files) {
  const auto now = files.info(layout.last_tick(), FollowLinks::kYes);
  if (!now) return false;
  for (const Path& path : {layout.ledger(), log_of(layout)}) {
    const auto file = files.info(path, FollowLinks::kYes);
    if (file && file->modified_ns > now->modified_ns - kStep.count()) return false;
  }
  return true;
}

}  // namespace

Result<std::string> ledger_stamp(const StoreLayout& layout, FileSystem& files) {
  QFLOW_ASSIGN(const FileInfo ledger, files.info(layout.ledger(), FollowLinks::kYes));
  const auto log = files.info(log_of(layout), FollowLinks::kYes);
  return fmt::format("qflow " QFLOW_VERSION " {} {}\n", words(ledger), log ? words(*log) : "-");
}

bool is_noted_idle(const StoreLayout& layout, FileSystem& files, Instant now) {
  const auto note = read_file(files, layout.last_tick(), kLongestNote);
  if (!note || note->empty()) return false;
  const auto stamp = ledger_stamp(layout, files);
  if (!stamp || !note->starts_with(*stamp)) return false;
  std::string_view rest = std::string_view(*note).substr(stamp->size());
  const auto from = take_number(rest);
  const auto until = take_number(rest);
  return from && until && rest.empty() && instant_number(now) >= *from && instant_number(now) < *until;
}

void note_idle(const StoreLayout& layout, FileSystem& files, const std::string& stamp, Instant now,
               std::optional<Instant> next) {
  if (!has_settled(layout, files)) return;
  const std::int64_t until = instant_number(next.value_or(Instant::max()));
  (void)write_file(files, layout.last_tick(), fmt::format("{}{}\n{}\n", stamp, instant_number(now), until));
}

Status note_tick(const StoreLayout& layout, FileSystem& files) {
  const Status touched = files.touch(layout.last_tick());
  if (touched || touched.error().kind != ErrorKind::kNotFound) return touched;
  return files.open(layout.last_tick(), OpenMode::kAppend).map([](const FileHandle&) {});
}

}  // namespace qflow
