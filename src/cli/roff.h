#pragma once

#include <string>
#include <string_view>

namespace qflow {

// Builds a manual page of man(7) macros; texts are plain, `code` in backquotes becomes bold.
class RoffPage {
 public:
  RoffPage(std::string_view name, int section);

  void heading(std::string_view title);
  void subheading(std::string_view title);
  // Paragraphs with empty lines between them; lines that start with a space are examples (help_text.h).
  void text(std::string_view paragraphs);
  // A term in bold and its explanation below it.
  void term(std::string_view term, std::string_view text);
  void example(std::string_view lines);
  // A paragraph of one line, as it is but for escaping, in bold.
  void bold_line(std::string_view line);

  const std::string& source() const { return source_; }

 private:
  void start_paragraph();

  std::string source_;
  bool after_heading_ = false;
};

// The text with everything escaped that roff would take for its own, or can't read: what is beyond ASCII.
std::string roff_escaped(std::string_view text);

}  // namespace qflow
