#include "runner/line_splitter.h"

namespace qflow {

void LineSplitter::feed(std::string_view bytes, const Sink& sink) {
  while (!bytes.empty()) {
    const std::size_t room = kLongestPiece - rest_.size();
    const std::size_t newline = bytes.substr(0, room + 1).find('\n');
    if (newline != std::string_view::npos) {
      if (rest_.empty()) {
        sink(bytes.substr(0, newline), false);
      } else {
        rest_ += bytes.substr(0, newline);
        sink(rest_, false);
        rest_.clear();
      }
      bytes.remove_prefix(newline + 1);
    } else if (bytes.size() > room) {
      rest_ += bytes.substr(0, room);
      sink(rest_, true);
      rest_.clear();
      bytes.remove_prefix(room);
    } else {
      rest_ += bytes;
      return;
    }
  }
}

void LineSplitter::finish(const Sink& sink) {
  if (!rest_.empty()) sink(rest_, false);
  rest_.clear();
}

}  // namespace qflow
