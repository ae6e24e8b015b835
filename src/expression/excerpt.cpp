#include "expression/excerpt.h"

#include <algorithm>

#include "expression/container.h"
#include "qflow/error/printable.h"
#include "qflow/error/wording.h"

namespace qflow {
namespace {

constexpr std::size_t kValueLength = 60;
constexpr std::size_t kSourceLength = 80;
constexpr std::size_t kMaxBytes = kSourceLength * 4;  // of UTF-8
constexpr std::string_view kMore = "...";

// The first code points of a text, whole ones.
std::string_view first_code_points(std::string_view text, std::size_t count) {
  if (text.size() <= count) return text;
  std::size_t end = 0;
  for (; count > 0 && end < text.size(); --count) end += std::max<std::size_t>(utf8_length(text.substr(end)), 1);
  return text.substr(0, end);
}

bool is_plain(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~' && c != '"' && c != '\\'; });
}

std::string quoted_text(std::string_view text) {
  const std::string shown = cut(text, kValueLength);
  return is_plain(shown) ? '"' + shown + '"' : printable(to_compact(Json(shown)));
}

// Compact JSON until there is enough of it.
class Printer {
 public:
  void print(const Value& value) {
    if (const auto list = ListView::of(value)) {
      print_list(*list);
    } else if (const auto map = MapView::of(value)) {
      print_map(*map);
    } else if (const Json* json = value.json()) {
      append(json->is_string() ? quoted_text(json->get_ref<const std::string&>()) : to_compact(*json));
    } else if (const Instant* instant = value.instant()) {
      append(format_instant(*instant));
    } else if (const Duration* duration = value.duration()) {
      append(format_duration(*duration));
    } else {
      const auto whole = value.object()->whole();
      whole ? print(Value(*whole)) : append("an object");
    }
  }

  const std::string& text() const { return text_; }

 private:
  bool enough() const { return code_points_ > kValueLength; }

  void append(std::string_view part) {
    text_ += part;
    code_points_ += count_code_points(part);
  }

  void print_list(const ListView& list) {
    append("[");
    for (std::size_t i = 0; i < list.size() && !enough(); ++i) {
      if (i > 0) append(",");
      print(list.at(i));
    }
    append("]");
  }

  void print_map(const MapView& map) {
    append("{");
    bool first = true;
    map.visit([&](std::string_view name, const Value& value) {
      if (!first) append(",");
      first = false;
      append(quoted_text(name));
      append(":");
      print(value);
      return !enough();
    });
    append("}");
  }

  std::string text_;
  std::size_t code_points_ = 0;
};

std::size_t element_count(const Value& value) {
  if (const auto list = ListView::of(value)) return list->size();
  const auto map = MapView::of(value);
  return map ? map->size() : 0;
}

}  // namespace

std::string cut(std::string_view text, std::size_t code_points) {
  const std::string_view head = first_code_points(text, code_points);
  return head.size() == text.size() ? std::string(text) : std::string(head) + std::string(kMore);
}

std::string excerpt(const Value& value) {
  const Json* json = value.json();
  if (json != nullptr && json->is_string()) return quoted_text(json->get_ref<const std::string&>());
  Printer printer;
  printer.print(value);
  const std::string_view head = first_code_points(printer.text(), kValueLength);
  if (head.size() == printer.text().size()) return printer.text();
  std::string shown = std::string(head) + std::string(kMore);
  const std::size_t count = element_count(value);
  if (count > 0) shown += " (" + counted(count, "element") + ")";
  return shown;
}

std::string source_excerpt(std::string_view source) {
  std::string line;
  bool space = false;
  for (const char c : source.substr(0, kMaxBytes * 2)) {
    const bool is_space = c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f';
    if (is_space) {
      space = !line.empty();
      continue;
    }
    if (space) line += ' ';
    space = false;
    line += c;
  }
  return cut(printable(line), kSourceLength);
}

}  // namespace qflow
