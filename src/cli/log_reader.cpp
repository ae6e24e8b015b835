#include "cli/log_reader.h"

#include <vector>

namespace qflow {

namespace {

constexpr std::size_t kReadSize = 256 * 1024;

}  // namespace

Status LogReader::read_new(const Use& use) {
  if (!file_) {
    Result<FileHandle> file = files_.open(path_, OpenMode::kRead);
    if (!file && file.error().kind == ErrorKind::kNotFound) return {};
    if (!file) return tl::make_unexpected(std::move(file).error());
    file_ = std::move(*file);
  }
  std::vector<char> buffer(kReadSize);
  for (;;) {
    QFLOW_ASSIGN(const std::size_t size, files_.read_some(file_, buffer.data(), buffer.size()));
    if (size == 0) return {};
    pending_.append(buffer.data(), size);
    take_lines(use);
  }
}

void LogReader::take_lines(const Use& use) {
  std::string_view rest = pending_;
  for (std::size_t end = rest.find('\n'); end != std::string_view::npos; end = rest.find('\n')) {
    if (const auto record = parse_log_record(rest.substr(0, end))) use(*record);
    rest.remove_prefix(end + 1);
  }
  pending_.erase(0, pending_.size() - rest.size());
}

}  // namespace qflow
