#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace qflow {

// Cuts a stream of bytes into lines. A line beyond kLongestPiece comes in pieces, so that endless lines need no memory.
class LineSplitter {
 public:
  static constexpr std::size_t kLongestPiece = 64 * 1024;
  // `text` without its newline; `goes_on` when the same line continues in the next call.
  using Sink = std::function<void(std::string_view text, bool goes_on)>;

  void feed(std::string_view bytes, const Sink& sink);
  // The end of the stream: what is left is a line.
  void finish(const Sink& sink);

 private:
  std::string rest_;
};

}  // namespace qflow
