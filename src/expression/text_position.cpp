#include "expression/text_position.h"

#include "qflow/error/printable.h"
#include "qflow/expression/flow_check.h"

namespace qflow {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

std::size_t after_code_point(std::string_view text, std::size_t at) {
  return at + std::max<std::size_t>(utf8_length(text.substr(at)), 1);
}

// The rest of the text from a position on; empty when there is no such position.
std::string_view text_from(std::string_view text, SourcePosition position) {
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  std::size_t at = 0;
  for (int line = 1; line < position.line; ++line) {
    const std::size_t end = text.find('\n', at);
    if (end == std::string_view::npos) return {};
    at = end + 1;
  }
  for (int column = 1; column < position.column && at < text.size(); ++column) at = after_code_point(text, at);
  return text.substr(at);
}

void move_over(SourcePosition& position, std::string_view text) {
  for (std::size_t at = 0; at < text.size(); at = after_code_point(text, at)) {
    if (text[at] == '\n') {
      position = {position.line + 1, 1};
    } else {
      ++position.column;
    }
  }
}

// What opens the string at the start of the text, with the line break that TOML drops after three quotes.
std::string_view opening(std::string_view text) {
  if (text.empty() || (text[0] != '"' && text[0] != '\'')) return {};
  const bool triple = text.size() >= 3 && text[1] == text[0] && text[2] == text[0];
  if (!triple) return text.substr(0, 1);
  const std::string_view after = text.substr(3);
  return text.substr(0, after.starts_with("\r\n") ? 5 : after.starts_with('\n') ? 4 : 3);
}

}  // namespace

PositionsInside::PositionsInside(std::string_view file_text, SourcePosition position, std::string_view value)
    : position_(position), value_(value), source_(text_from(file_text, position)), quotes_(opening(source_)) {
  begin();
}

void PositionsInside::begin() {
  counted_ = 0;
  inside_ = position_;
  move_over(inside_, quotes_);
}

SourcePosition PositionsInside::at(std::size_t offset) {
  if (offset < counted_) begin();
  const std::string_view more = value_.substr(counted_, offset - counted_);
  const bool escapes = quotes_.starts_with('"') && more.find('\\') != std::string_view::npos;
  if (quotes_.empty() || escapes || !source_.substr(quotes_.size() + counted_).starts_with(more)) return position_;
  move_over(inside_, more);
  counted_ += more.size();
  return inside_;
}

SourcePosition position_inside(std::string_view file_text, SourcePosition position, std::string_view value,
                               std::size_t offset) {
  return PositionsInside(file_text, position, value).at(offset);
}

}  // namespace qflow
