#include "service/command_words.h"

#include <algorithm>
#include <string_view>

#include "qflow/error/characters.h"
#include "qflow/error/printable.h"
#include "qflow/model/json.h"

namespace qflow {

namespace {

bool is_plain(char c) {
  return is_letter(c) || is_digit(c) || static_cast<unsigned char>(c) >= 0x80 ||
         std::string_view("_./:@%+=,-").find(c) != std::string_view::npos;
}

// What must not be printed as it is, is written in the way that the shells read which have it.
std::string ansi_word(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '\'' || c == '\\') escaped += '\\';
    escaped += c;
  }
  return "$'" + printable(escaped) + "'";
}

}  // namespace

std::string shell_word(const std::string& text) {
  if (const std::string safe = printable(text); safe != text) return ansi_word(text);
  if (!text.empty() && std::all_of(text.begin(), text.end(), is_plain)) return text;
  std::string word = "'";
  for (const char c : text) word += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return word + "'";
}

std::string correlation_word(const std::string& correlation) {
  const auto value = parse_json(correlation);
  const bool is_text = value && value->is_string() && !parse_json(value->get_ref<const std::string&>());
  return shell_word(is_text ? value->get<std::string>() : correlation);
}

}  // namespace qflow
