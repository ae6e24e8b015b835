#include "cli/roff.h"

#include <fmt/format.h>

#include <algorithm>

#include "qflow/error/printable.h"
#include "qflow/error/utf8_encoding.h"

namespace qflow {

namespace {

// The day of the version's release: the same pages wherever and whenever they are made.
constexpr std::string_view kDate = "2026-11-21";

constexpr std::size_t kLongestLine = 78;

std::string capitals(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return result;
}

std::string_view without_control(std::string_view line) {
  return !line.empty() && (line[0] == '.' || line[0] == '\'') ? "\\&" : "";
}

// Backquotes turn bold on and off.
std::string with_bold(std::string_view text) {
  std::string result;
  bool bold = false;
  for (const char c : text) {
    if (c == '`') {
      bold = !bold;
      result += bold ? "\\fB" : "\\fR";
    } else {
      result += c;
    }
  }
  return result;
}

// Running text in source lines of at most 80 bytes, where its words allow; a word that roff would take for a request
// at the start of a line is made harmless.
std::string running_text(std::string_view text) {
  const std::string marked = with_bold(roff_escaped(text));
  std::string_view rest = marked;
  std::string result;
  std::string line;
  while (!rest.empty()) {
    const std::string_view word = rest.substr(0, rest.find(' '));
    rest.remove_prefix(std::min(word.size() + 1, rest.size()));
    if (!line.empty() && line.size() + 1 + word.size() > kLongestLine) {
      result += line + "\n";
      line.clear();
    }
    line += line.empty() ? std::string(without_control(word)) : " ";
    line += word;
  }
  return result + line + "\n";
}

std::string example_line(std::string_view text) {
  const std::string escaped = roff_escaped(text);
  return std::string(without_control(escaped)) + escaped + "\n";
}

template <class Use>
void for_each_line(std::string_view text, Use use) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    use(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

}  // namespace

std::string roff_escaped(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    const std::size_t length = std::max<std::size_t>(utf8_length(text), 1);
    if (length > 1) {
      result += fmt::format("\\[u{:04X}]", decode_utf8(text.substr(0, length)));
    } else if (text[0] == '\\') {
      result += "\\e";
    } else if (text[0] == '-') {
      result += "\\-";
    } else {
      result += text[0];
    }
    text.remove_prefix(length);
  }
  return result;
}

RoffPage::RoffPage(std::string_view name, int section)
    : source_(fmt::format(".\\\" made by: qflow man {}\n.TH {} {} \"{}\" \"qflow {}\" \"qflow manual\"\n", name,
                          capitals(name), section, kDate, QFLOW_VERSION)) {}

void RoffPage::heading(std::string_view title) {
  source_ += fmt::format(".SH {}\n", roff_escaped(title));
  after_heading_ = true;
}

void RoffPage::subheading(std::string_view title) {
  source_ += fmt::format(".SS {}\n", roff_escaped(title));
  after_heading_ = true;
}

void RoffPage::start_paragraph() {
  if (!after_heading_) source_ += ".PP\n";
  after_heading_ = false;
}

void RoffPage::text(std::string_view paragraphs) {
  bool in_example = false;
  bool in_paragraph = false;
  for_each_line(paragraphs, [&](std::string_view line) {
    const bool is_example = !line.empty() && line.front() == ' ';
    if (in_example && !is_example) source_ += ".EE\n";
    if (!line.empty() && !in_paragraph) start_paragraph();
    if (!in_example && is_example) source_ += ".EX\n";
    if (!line.empty()) source_ += is_example ? example_line(line) : running_text(line);
    in_paragraph = !line.empty();
    in_example = is_example;
  });
  if (in_example) source_ += ".EE\n";
}

void RoffPage::term(std::string_view term, std::string_view text) {
  source_ += fmt::format(".TP\n\\fB{}\\fR\n{}", roff_escaped(term), running_text(text));
  after_heading_ = false;
}

void RoffPage::example(std::string_view lines) {
  start_paragraph();
  source_ += ".EX\n";
  for_each_line(lines, [&](std::string_view line) { source_ += example_line(line); });
  source_ += ".EE\n";
}

void RoffPage::bold_line(std::string_view line) {
  start_paragraph();
  source_ += fmt::format("\\fB{}\\fR\n", roff_escaped(line));
}

}  // namespace qflow
