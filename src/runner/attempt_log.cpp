#include "runner/attempt_log.h"

#include <utility>

namespace qflow {

AttemptLog::AttemptLog(FileSystem& files, Clock& clock, std::function<Path()> place, std::uint64_t limit)
    : files_(files), clock_(clock), place_(std::move(place)), limit_(limit) {}

void AttemptLog::add(TaskStream stream, std::string_view text, Piece piece) {
  if (cut_) return;
  const std::size_t before = buffer_.size();
  buffer_ += format_instant_ms(clock_.now());
  buffer_ += stream == TaskStream::kOut ? " out" : " err";
  buffer_ += piece == Piece::kGoesOn ? '+' : ' ';
  if (piece == Piece::kGoesOn) buffer_ += ' ';
  buffer_ += text;
  buffer_ += '\n';
  size_ += buffer_.size() - before;
  if (size_ <= limit_) return;
  cut_ = true;
  buffer_.resize(before);
  buffer_ +=
      format_instant_ms(clock_.now()) + " err qflow: the log is cut here, at " + std::to_string(limit_) + " bytes\n";
}

Status AttemptLog::flush() {
  if (buffer_.empty()) return {};
  if (!file_) {
    const Path path = place_();
    QFLOW_TRY(make_folders(files_, path.parent_path()));
    QFLOW_ASSIGN(file_, files_.open(path, OpenMode::kAppend));
  }
  QFLOW_TRY(files_.write_all(file_, buffer_));
  buffer_.clear();
  return {};
}

}  // namespace qflow
