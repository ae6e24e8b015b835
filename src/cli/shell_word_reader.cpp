#include "cli/shell_word_reader.h"

#include <algorithm>

#include "qflow/error/characters.h"

namespace qflow {

namespace {

constexpr std::string_view kEscapedInQuotes = "$`\"\\\n";

// The length of the variable's name at the start of the text; 0 when there is none.
std::size_t name_length(std::string_view text) {
  if (text.empty() || !begins_name(text.front())) return 0;
  const auto end = std::find_if(text.begin(), text.end(), [](char c) { return !begins_name(c) && !is_digit(c); });
  return static_cast<std::size_t>(end - text.begin());
}

class WordReader {
 public:
  WordReader(std::string_view written, const Environment& environment) : rest_(written), environment_(environment) {}

  std::string read() {
    take_home();
    char quote = 0;
    while (!rest_.empty()) {
      const char c = take();
      if (c == quote) {
        quote = 0;
      } else if (quote == 0 && (c == '\'' || c == '"')) {
        quote = c;
      } else if (c == '\\' && quote != '\'') {
        take_escaped(quote);
      } else if (c != '$' || quote == '\'' || !take_variable()) {
        word_ += c;
      }
    }
    return std::move(word_);
  }

 private:
  char take() {
    const char c = rest_.front();
    rest_.remove_prefix(1);
    return c;
  }

  void take_home() {
    if (rest_ != "~" && !rest_.starts_with("~/")) return;
    const auto home = find_variable(environment_, "HOME");
    if (!home) return;
    word_ = *home;
    rest_.remove_prefix(1);
  }

  // Within double quotes a backslash stands for itself before most characters.
  void take_escaped(char quote) {
    if (rest_.empty()) return;
    if (quote == '"' && kEscapedInQuotes.find(rest_.front()) == std::string_view::npos) word_ += '\\';
    word_ += take();
  }

  // Behind "$"; false when no variable that is known stands there.
  bool take_variable() {
    const bool braced = rest_.starts_with('{');
    const std::string_view from_name = rest_.substr(braced ? 1 : 0);
    const std::size_t length = name_length(from_name);
    if (braced && !from_name.substr(length).starts_with('}')) return false;
    const auto known = environment_.find(from_name.substr(0, length));
    if (length == 0 || known == environment_.end()) return false;
    word_ += known->second;
    rest_ = from_name.substr(length + (braced ? 1 : 0));
    return true;
  }

  std::string_view rest_;
  const Environment& environment_;
  std::string word_;
};

}  // namespace

std::string read_shell_word(std::string_view written, const Environment& environment) {
  return WordReader(written, environment).read();
}

}  // namespace qflow
