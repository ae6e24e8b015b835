#include "qflow/trigger/payload_path.h"

#include <fmt/format.h>

#include <charconv>
#include <optional>

#include "qflow/error/characters.h"
#include "qflow/error/printable.h"

namespace qflow {
namespace {

constexpr std::string_view kAdvice = "write it as in expressions: rows, a.b[0].c, [\"how-many\"]";

// Reads a path from left to right; nothing means that the text is wrong at `position()`.
class PathParser {
 public:
  explicit PathParser(std::string_view text) : text_(text) {}

  std::size_t position() const { return at_; }

  std::optional<std::vector<PayloadPath::Segment>> parse() {
    std::vector<PayloadPath::Segment> segments;
    while (segments.empty() || at_ < text_.size()) {
      std::optional<PayloadPath::Segment> segment = next(segments.empty());
      if (!segment) return std::nullopt;
      segments.push_back(std::move(*segment));
    }
    return segments;
  }

 private:
  std::optional<PayloadPath::Segment> next(bool first) {
    if (take('[')) return bracketed();
    if (!first && !take('.')) return std::nullopt;
    return field();
  }

  std::optional<PayloadPath::Segment> field() {
    const std::size_t begin = at_;
    while (at_ < text_.size() && (begins_name(text_[at_]) || (at_ > begin && is_digit(text_[at_])))) ++at_;
    if (at_ == begin) return std::nullopt;
    return std::string(text_.substr(begin, at_ - begin));
  }

  std::optional<PayloadPath::Segment> bracketed() {
    const char quote = at_ < text_.size() ? text_[at_] : '\0';
    std::optional<PayloadPath::Segment> segment;
    if (quote == '"' || quote == '\'') {
      ++at_;
      segment = quoted_key(quote);
    } else {
      segment = index();
    }
    return segment && take(']') ? segment : std::nullopt;
  }

  std::optional<PayloadPath::Segment> index() {
    std::int64_t number = 0;
    if (at_ >= text_.size() || !is_digit(text_[at_])) return std::nullopt;
    const auto [end, error] = std::from_chars(text_.data() + at_, text_.data() + text_.size(), number);
    if (error != std::errc()) return std::nullopt;
    at_ = static_cast<std::size_t>(end - text_.data());
    return number;
  }

  // A backslash takes the next character as it is.
  std::optional<PayloadPath::Segment> quoted_key(char quote) {
    std::string key;
    while (at_ < text_.size() && text_[at_] != quote) {
      if (text_[at_] == '\\' && ++at_ == text_.size()) return std::nullopt;
      key += text_[at_++];
    }
    return take(quote) ? std::optional<PayloadPath::Segment>(std::move(key)) : std::nullopt;
  }

  bool take(char wanted) {
    if (at_ >= text_.size() || text_[at_] != wanted) return false;
    ++at_;
    return true;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

const Json* step_into(const Json& value, const PayloadPath::Segment& segment) {
  if (const auto* key = std::get_if<std::string>(&segment)) {
    if (!value.is_object()) return nullptr;
    const auto found = value.find(*key);
    return found == value.end() ? nullptr : &*found;
  }
  const auto index = static_cast<std::size_t>(std::get<std::int64_t>(segment));
  return value.is_array() && index < value.size() ? &value[index] : nullptr;
}

}  // namespace

Result<PayloadPath> PayloadPath::parse(std::string_view text) {
  PathParser parser(text);
  std::optional<std::vector<Segment>> segments = parser.parse();
  if (!segments) {
    const std::string where =
        parser.position() < text.size() ? fmt::format("character {}", parser.position() + 1) : "its end";
    return fail(ErrorKind::kInvalid,
                fmt::format("{} is no path into a payload: wrong at {}", qflow::quoted(text), where),
                std::string(kAdvice));
  }
  PayloadPath path;
  path.text_ = text;
  path.segments_ = std::move(*segments);
  return path;
}

const Json* PayloadPath::find(const Json& payload, std::size_t skip) const {
  const Json* value = &payload;
  for (std::size_t i = skip; i < segments_.size() && value != nullptr; ++i) value = step_into(*value, segments_[i]);
  return segments_.empty() ? nullptr : value;
}

std::string_view PayloadPath::single_field() const {
  const auto* name = segments_.size() == 1 ? std::get_if<std::string>(&segments_[0]) : nullptr;
  return name != nullptr ? std::string_view(*name) : std::string_view();
}

}  // namespace qflow
