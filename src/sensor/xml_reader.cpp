#include "sensor/xml_reader.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>

#include "qflow/error/characters.h"
#include "qflow/error/printable.h"
#include "qflow/error/utf8_encoding.h"

namespace qflow {
namespace {

constexpr std::string_view kSpace = " \t\r\n";
constexpr std::size_t kMostDepth = 32;

tl::unexpected<Error> malformed(std::string why) {
  return fail(ErrorKind::kInvalid, "it is not well-formed XML: " + std::move(why));
}

bool is_name_character(char c) {
  return is_letter(c) || is_digit(c) || c == '-' || c == '.' || c == '_' || c == ':';
}

std::optional<std::uint32_t> digit_value(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return std::nullopt;
}

// "#233" or "#xE9".
std::optional<std::string> numbered_character(std::string_view name) {
  const std::uint32_t base = name.starts_with("#x") ? 16 : 10;
  name.remove_prefix(base == 16 ? 2 : 1);
  std::uint32_t code = 0;
  for (char c : name) {
    const auto digit = digit_value(c);
    if (!digit || *digit >= base) return std::nullopt;
    code = code * base + *digit;
    if (code > 0x10FFFF) return std::nullopt;
  }
  const bool is_surrogate = code >= 0xD800 && code <= 0xDFFF;
  if (code == 0 || is_surrogate) return std::nullopt;
  std::string text;
  append_utf8(text, code);
  return text;
}

std::optional<std::string> referred_text(std::string_view name) {
  if (name.starts_with('#')) return numbered_character(name);
  constexpr std::pair<std::string_view, const char*> kNamed[] = {
      {"amp", "&"}, {"lt", "<"}, {"gt", ">"}, {"quot", "\""}, {"apos", "'"}};
  for (const auto& [known, text] : kNamed) {
    if (known == name) return text;
  }
  return std::nullopt;
}

}  // namespace

XmlReader::XmlReader(std::string_view document) : rest_(document) {
  take("\xEF\xBB\xBF");
}

bool XmlReader::take(std::string_view expected) {
  if (!rest_.starts_with(expected)) return false;
  rest_.remove_prefix(expected.size());
  return true;
}

void XmlReader::skip_space() {
  rest_.remove_prefix(std::min(rest_.find_first_not_of(kSpace), rest_.size()));
}

// What stands before `end`, which is taken too.
Result<std::string_view> XmlReader::take_through(std::string_view end) {
  const std::size_t at = rest_.find(end);
  if (at == std::string_view::npos) return malformed("'" + std::string(end) + "' is missing");
  const std::string_view taken = rest_.substr(0, at);
  rest_.remove_prefix(at + end.size());
  return taken;
}

Result<std::string> XmlReader::read_name() {
  std::size_t length = 0;
  while (length < rest_.size() && is_name_character(rest_[length])) ++length;
  if (length == 0) return malformed("a name is missing after '<'");
  std::string name(rest_.substr(0, length));
  rest_.remove_prefix(length);
  return name;
}

Result<std::string> XmlReader::read_text(std::string_view raw) const {
  std::string text;
  while (!raw.empty()) {
    const std::size_t reference = std::min(raw.find('&'), raw.size());
    text += raw.substr(0, reference);
    raw.remove_prefix(reference);
    if (raw.empty()) break;
    const std::size_t end = raw.find(';');
    if (end == std::string_view::npos) return malformed("a '&' without ';'");
    const auto referred = referred_text(raw.substr(1, end - 1));
    if (!referred) return malformed("unknown reference " + quoted(raw.substr(0, end + 1)));
    text += *referred;
    raw.remove_prefix(end + 1);
  }
  return text;
}

Status XmlReader::skip_attribute() {
  QFLOW_TRY(read_name());
  skip_space();
  if (!take("=")) return malformed("an attribute without '='");
  skip_space();
  const bool is_double = take("\"");
  if (!is_double && !take("'")) return malformed("an attribute without quotes");
  QFLOW_TRY(take_through(is_double ? "\"" : "'"));
  return {};
}

Result<XmlPiece> XmlReader::read_open_tag() {
  if (open_.empty() && std::exchange(had_root_, true)) return malformed("a second document follows the first");
  if (open_.size() == kMostDepth) return malformed("elements are nested too deeply");
  QFLOW_ASSIGN(std::string name, read_name());
  skip_space();
  while (!take(">")) {
    if (take("/>")) {
      is_empty_element_ = true;
      break;
    }
    QFLOW_TRY(skip_attribute());
    skip_space();
  }
  open_.push_back(name);
  return XmlPiece{XmlPiece::Kind::kOpen, std::move(name)};
}

Result<XmlPiece> XmlReader::read_close_tag() {
  QFLOW_ASSIGN(std::string name, read_name());
  skip_space();
  if (!take(">")) return malformed("'</" + name + "' without '>'");
  if (open_.empty() || open_.back() != name) return malformed("'</" + name + ">' closes nothing");
  open_.pop_back();
  return XmlPiece{XmlPiece::Kind::kClose, std::move(name)};
}

Result<XmlPiece> XmlReader::read_markup() {
  if (take("</")) return read_close_tag();
  if (take("<![CDATA[")) {
    if (open_.empty()) return malformed("text outside of the document");
    QFLOW_ASSIGN(const std::string_view text, take_through("]]>"));
    return XmlPiece{XmlPiece::Kind::kText, std::string(text)};
  }
  if (rest_.starts_with("<!")) return malformed("a document type, which S3 never writes");
  take("<");
  return read_open_tag();
}

// Comments, instructions and, outside of the root element, white space.
Status XmlReader::skip_asides() {
  while (true) {
    if (open_.empty()) skip_space();
    if (take("<!--")) {
      QFLOW_TRY(take_through("-->"));
    } else if (take("<?")) {
      QFLOW_TRY(take_through("?>"));
    } else {
      return {};
    }
  }
}

Result<XmlPiece> XmlReader::read_character_data() {
  if (open_.empty()) return malformed("text outside of the document");
  const std::string_view raw = rest_.substr(0, rest_.find('<'));
  rest_.remove_prefix(raw.size());
  QFLOW_ASSIGN(std::string text, read_text(raw));
  return XmlPiece{XmlPiece::Kind::kText, std::move(text)};
}

Result<XmlPiece> XmlReader::next() {
  if (std::exchange(is_empty_element_, false)) {
    XmlPiece piece{XmlPiece::Kind::kClose, std::move(open_.back())};
    open_.pop_back();
    return piece;
  }
  QFLOW_TRY(skip_asides());
  if (rest_.empty()) {
    if (!open_.empty()) return malformed("'</" + open_.back() + ">' is missing");
    if (!had_root_) return malformed("it is empty");
    return XmlPiece{};
  }
  return rest_.starts_with('<') ? read_markup() : read_character_data();
}

}  // namespace qflow
