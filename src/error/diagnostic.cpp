#include "qflow/error/diagnostic.h"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

#include "qflow/error/printable.h"

namespace qflow {
namespace {

// A longer source line is shown as a window around the column.
constexpr std::size_t kMaxShown = 240;

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD
constexpr std::string_view kEllipsis = "\xE2\x80\xA6";     // U+2026

bool comes_before(const Diagnostic& a, const Diagnostic& b) {
  return a.position < b.position;
}

std::vector<std::string_view> split_lines(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    lines.push_back(line);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return lines;
}

// The code points of a line, each as what is printed for it: one column wide, so that the caret stays where it belongs.
std::vector<std::string_view> split_columns(std::string_view line) {
  std::vector<std::string_view> columns;
  while (!line.empty()) {
    const std::size_t length = utf8_length(line);
    const std::string_view character = line.substr(0, length == 0 ? 1 : length);
    const bool plain = character == "\t" || (character[0] >= ' ' && character[0] < 0x7F);
    const bool shown = plain || (length > 0 && printable(character) == character);
    columns.push_back(shown ? character : kReplacement);
    line.remove_prefix(character.size());
  }
  return columns;
}

// The source line and the caret line below it.
void append_source(std::string& out, const std::vector<std::string_view>& columns, int column) {
  const std::size_t caret = std::min(static_cast<std::size_t>(std::max(column, 1) - 1), columns.size());
  std::size_t first = 0;
  std::size_t last = columns.size();
  if (columns.size() > kMaxShown) {
    first = caret > kMaxShown / 2 ? caret - kMaxShown / 2 : 0;
    last = std::min(first + kMaxShown, columns.size());
  }
  if (first > 0) out += kEllipsis;
  for (std::size_t i = first; i < last; ++i) out += columns[i];
  if (last < columns.size()) out += kEllipsis;
  out += '\n';
  if (first > 0) out += ' ';
  for (std::size_t i = first; i < caret; ++i) out += columns[i] == "\t" ? '\t' : ' ';
  out += "^\n";
}

}  // namespace

Diagnostics::Diagnostics(std::string file, std::string text) : file_(std::move(file)), text_(std::move(text)) {}

void Diagnostics::error(SourcePosition position, std::string message, std::string help) {
  found_.push_back({Severity::kError, position, std::move(message), std::move(help)});
}

void Diagnostics::warning(SourcePosition position, std::string message, std::string help) {
  found_.push_back({Severity::kWarning, position, std::move(message), std::move(help)});
}

bool Diagnostics::has_errors() const {
  return std::any_of(found_.begin(), found_.end(), [](const Diagnostic& d) { return d.severity == Severity::kError; });
}

std::vector<Diagnostic> Diagnostics::list() const {
  std::vector<Diagnostic> sorted = found_;
  std::stable_sort(sorted.begin(), sorted.end(), comes_before);
  using Key = std::tuple<SourcePosition, Severity, std::string_view, std::string_view>;
  std::set<Key> seen;
  std::vector<Diagnostic> unique;
  for (const Diagnostic& d : sorted) {
    if (seen.emplace(d.position, d.severity, d.message, d.help).second) unique.push_back(d);
  }
  return unique;
}

std::string Diagnostics::render() const {
  const std::vector<std::string_view> lines = split_lines(text_);
  std::vector<std::string_view> columns;  // of line `split`: one long line may have many problems
  int split = 0;
  std::string out;
  for (const Diagnostic& diagnostic : list()) {
    const auto [line, column] = diagnostic.position;
    out += file_ + ":" + std::to_string(line) + ":" + std::to_string(column);
    out += diagnostic.severity == Severity::kError ? ": error: " : ": warning: ";
    out += printable(diagnostic.message);
    if (!diagnostic.help.empty()) out += "; " + printable(diagnostic.help);
    out += '\n';
    if (line < 1 || static_cast<std::size_t>(line) > lines.size()) continue;
    if (line != split) columns = split_columns(lines[static_cast<std::size_t>(line) - 1]);
    split = line;
    append_source(out, columns, column);
  }
  return out;
}

}  // namespace qflow
