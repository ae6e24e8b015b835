#pragma once

#include <compare>
#include <string>
#include <string_view>
#include <vector>

namespace qflow {

// Where something stands in a text: line and column from 1, columns in code points. {1, 1} when nothing better is
// known.
struct SourcePosition {
  int line = 1;
  int column = 1;
  friend auto operator<=>(const SourcePosition&, const SourcePosition&) = default;
};

// A value and where it was written.
template <class T>
struct Located {
  T value{};
  SourcePosition position;
};

enum class Severity { kError, kWarning };

// One problem in one file. `message` says what is wrong, `help` (may be empty) what to do instead.
struct Diagnostic {
  Severity severity = Severity::kError;
  SourcePosition position;
  std::string message;
  std::string help;
};

// The problems found in one text, in the order of their positions when rendered or listed. Collecting never stops at
// the first one: whoever checks goes on as far as the input makes sense.
class Diagnostics {
 public:
  // `file` is shown as given; `text` is the whole text, for source lines and carets.
  Diagnostics(std::string file, std::string text);

  void error(SourcePosition position, std::string message, std::string help = {});
  void warning(SourcePosition position, std::string message, std::string help = {});

  bool has_errors() const;
  // Sorted by position; of equal positions in the order of their finding; the same problem is listed once.
  std::vector<Diagnostic> list() const;
  const std::string& file() const { return file_; }
  const std::string& text() const { return text_; }

  // "FILE:LINE:COLUMN: error: what; what to do instead", the source line, and a caret under the column; one after the
  // other, each line ended by a newline. A tab before the column is kept in the caret line, so that it lines up. What
  // could upset a terminal is made visible; of a long line only the part around the column is shown.
  std::string render() const;

 private:
  std::string file_;
  std::string text_;
  std::vector<Diagnostic> found_;
};

}  // namespace qflow
