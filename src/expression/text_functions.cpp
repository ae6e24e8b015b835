#include <cstring>
#include <optional>

#include "expression/container.h"
#include "expression/evaluation_error.h"
#include "expression/functions.h"
#include "expression/number.h"
#include "expression/pattern.h"
#include "qflow/error/printable.h"

namespace qflow {
namespace {

constexpr std::string_view kText = "text";
constexpr std::size_t kNowhere = std::string_view::npos;

// The text of an argument, counted: whoever asks for it reads it.
Result<const std::string*> text_argument(const Call& call, std::size_t index) {
  const Json* json = call.arguments[index].json();
  const auto* text = json != nullptr ? json->get_ptr<const Json::string_t*>() : nullptr;
  if (text == nullptr) return tl::make_unexpected(wrong_argument(call, index, kText));
  if (!call.meter.spend_bytes(text->size())) return Meter::error();
  return text;
}

Result<std::int64_t> int_argument(const Call& call, std::size_t index) {
  const Json* json = call.arguments[index].json();
  const auto number = json != nullptr ? Number::of(*json) : std::nullopt;
  if (!number || !number->is_int) return tl::make_unexpected(wrong_argument(call, index, "an integer"));
  return number->integer;
}

// Where `part` first stands in `text` from `start`; linear in the text whatever the part.
std::size_t find_from(std::string_view text, std::string_view part, std::size_t start) {
  if (part.empty()) return start;
  const void* found = memmem(text.data() + start, text.size() - start, part.data(), part.size());
  return found == nullptr ? kNowhere : static_cast<std::size_t>(static_cast<const char*>(found) - text.data());
}

template <class Test>
Result<Value> test_text(const Call& call, Test test) {
  QFLOW_ASSIGN(const std::string* text, text_argument(call, 0));
  QFLOW_ASSIGN(const std::string* part, text_argument(call, 1));
  return bool_value(test(std::string_view(*text), std::string_view(*part)));
}

Result<Value> convert_letters(const Call& call, char first, char last, int shift) {
  QFLOW_ASSIGN(const std::string* text, text_argument(call, 0));
  std::string result = *text;
  for (char& c : result) {
    if (c >= first && c <= last) c = static_cast<char>(c + shift);
  }
  return Value(Json(std::move(result)));
}

std::size_t code_point_length(std::string_view text, std::size_t at) {
  return std::max<std::size_t>(utf8_length(text.substr(at)), 1);
}

// The byte at which the code point with that number starts; the end of the text for one past the last.
std::optional<std::size_t> byte_of(std::string_view text, std::int64_t code_point) {
  if (code_point < 0) return std::nullopt;
  std::size_t byte = 0;
  for (; code_point > 0 && byte < text.size(); --code_point) byte += code_point_length(text, byte);
  return code_point == 0 ? std::optional(byte) : std::nullopt;
}

// Collects the parts of split().
class Parts {
 public:
  explicit Parts(Meter& meter) : meter_(meter) {}

  bool add(std::string_view part) {
    if (!meter_.spend(1) || !meter_.spend_bytes(part.size())) return false;
    list_.push_back(std::string(part));
    return true;
  }
  std::size_t size() const { return list_.size(); }
  Result<Value> take() { return meter_.exhausted() ? Result<Value>(Meter::error()) : Value(std::move(list_)); }

 private:
  Meter& meter_;
  Json list_ = Json::array();
};

// The end of the part that starts at `start`, and how far the next one is from there.
std::pair<std::size_t, std::size_t> end_of_part(std::string_view text, std::string_view separator, std::size_t start) {
  if (!separator.empty()) return {find_from(text, separator, start), separator.size()};
  const std::size_t end = start + code_point_length(text, start);
  return {end < text.size() ? end : kNowhere, 0};
}

}  // namespace

Result<Value> call_contains(const Call& call) {
  return test_text(call,
                   [](std::string_view text, std::string_view part) { return find_from(text, part, 0) != kNowhere; });
}

Result<Value> call_starts_with(const Call& call) {
  return test_text(call, [](std::string_view text, std::string_view part) { return text.starts_with(part); });
}

Result<Value> call_ends_with(const Call& call) {
  return test_text(call, [](std::string_view text, std::string_view part) { return text.ends_with(part); });
}

Result<Value> call_lower_ascii(const Call& call) {
  return convert_letters(call, 'A', 'Z', 'a' - 'A');
}
Result<Value> call_upper_ascii(const Call& call) {
  return convert_letters(call, 'a', 'z', 'A' - 'a');
}

Result<Value> call_matches(const Call& call) {
  constexpr std::size_t kOperationsPerStep = 1024;
  QFLOW_ASSIGN(const std::string* text, text_argument(call, 0));
  QFLOW_ASSIGN(const std::string* written, text_argument(call, 1));
  Pattern pattern;
  if (call.node.slot > 0) {
    pattern = call.syntax.patterns[call.node.slot - 1];
  } else {
    auto compiled = Pattern::compile(*written, call.meter);
    if (call.meter.exhausted()) return Meter::error();
    if (!compiled) {
      return tl::make_unexpected(evaluation_error("matches() takes a regular expression, not " +
                                                  named_value({call.syntax, call.node}, 1, call.arguments[1]) + ": " +
                                                  printable(compiled.error())));
    }
    pattern = std::move(*compiled);
  }
  if (!call.meter.spend(text->size() * pattern.size() / kOperationsPerStep)) return Meter::error();
  return bool_value(pattern.found_in(*text));
}

Result<Value> call_substring(const Call& call) {
  QFLOW_ASSIGN(const std::string* text, text_argument(call, 0));
  QFLOW_ASSIGN(const std::int64_t start, int_argument(call, 1));
  const auto count = static_cast<std::int64_t>(count_code_points(*text));
  std::int64_t end = count;
  if (call.arguments.size() == 3) {
    QFLOW_ASSIGN(end, int_argument(call, 2));
  }
  if (start < 0 || start > end || end > count) {
    return tl::make_unexpected(evaluation_error("no part from " + std::to_string(start) + " to " + std::to_string(end) +
                                                " in " + named_value({call.syntax, call.node}, 0, call.arguments[0]) +
                                                ", which has " + std::to_string(count) +
                                                (count == 1 ? " character" : " characters")));
  }
  const std::size_t first = *byte_of(*text, start);
  const std::size_t last = *byte_of(*text, end);
  return Value(Json(text->substr(first, last - first)));
}

// As in cel-go's strings extension: a limit of 0 gives nothing, a negative one everything.
Result<Value> call_split(const Call& call) {
  QFLOW_ASSIGN(const std::string* text, text_argument(call, 0));
  QFLOW_ASSIGN(const std::string* separator, text_argument(call, 1));
  std::int64_t limit = -1;
  if (call.arguments.size() == 3) {
    QFLOW_ASSIGN(limit, int_argument(call, 2));
  }
  Parts parts(call.meter);
  if (limit == 0 || (text->empty() && separator->empty())) return parts.take();
  std::size_t start = 0;
  while (limit < 0 || parts.size() + 1 < static_cast<std::size_t>(limit)) {
    const auto [end, gap] = end_of_part(*text, *separator, start);
    if (end == kNowhere) break;
    if (!parts.add(std::string_view(*text).substr(start, end - start))) return Meter::error();
    start = end + gap;
  }
  parts.add(std::string_view(*text).substr(start));
  return parts.take();
}

Result<Value> call_join(const Call& call) {
  const auto list = ListView::of(call.arguments[0]);
  if (!list) return tl::make_unexpected(wrong_argument(call, 0, "a list of texts"));
  std::string separator;
  if (call.arguments.size() == 2) {
    QFLOW_ASSIGN(const std::string* written, text_argument(call, 1));
    separator = *written;
  }
  std::string text;
  for (std::size_t i = 0; i < list->size(); ++i) {
    QFLOW_ASSIGN(const Value element, loaded(list->at(i)));
    const auto* part = element.json() != nullptr ? element.json()->get_ptr<const Json::string_t*>() : nullptr;
    if (part == nullptr) {
      Error error = wrong_argument(call, 0, "a list of texts");
      error.advice = "element " + std::to_string(i) + " is " + std::string(value_type_name(element)) +
                     "; map(x, string(x)) makes texts";
      return tl::make_unexpected(std::move(error));
    }
    if (!call.meter.spend(1) || !call.meter.spend_bytes(part->size() + separator.size())) return Meter::error();
    if (i > 0) text += separator;
    text += *part;
  }
  return Value(Json(std::move(text)));
}

}  // namespace qflow
