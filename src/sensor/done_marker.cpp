#include "sensor/done_marker.h"

#include <utility>

#include "qflow/error/printable.h"
#include "qflow/os/file_system.h"

namespace qflow {
namespace {

constexpr std::string_view kName = "{name}";
constexpr std::string_view kStem = "{stem}";

// The text with its placeholders replaced; `literal` sees the characters between them.
template <class Literal>
std::string filled(std::string_view text, std::string_view name, std::string_view stem, Literal literal) {
  std::string out;
  while (!text.empty()) {
    const bool is_name = text.starts_with(kName);
    if (is_name || text.starts_with(kStem)) {
      out += is_name ? name : stem;
      text.remove_prefix(kName.size());
    } else {
      out += literal(text.front());
      text.remove_prefix(1);
    }
  }
  return out;
}

std::string unchanged(char byte) {
  return {byte};
}

std::string escaped(char byte) {
  const bool special = byte == '*' || byte == '?' || byte == '[' || byte == '\\';
  return special ? std::string{'\\', byte} : std::string{byte};
}

std::string_view file_name(std::string_view path) {
  return path.substr(path.rfind('/') + 1);
}

std::string_view stem_of(std::string_view name) {
  const std::size_t dot = name.rfind('.');
  return dot == std::string_view::npos || dot == 0 ? name : name.substr(0, dot);
}

// What follows the ways up, which lead to any folder.
std::string without_ways_up(const std::string& text) {
  const std::string plain = Path(text).lexically_normal().native();
  const std::size_t up = plain.rfind("../");
  return up == std::string::npos ? plain : plain.substr(up + 3);
}

}  // namespace

DoneMarker::DoneMarker(std::string text, std::string_view form) : text_(std::move(text)), form_(form) {}

Result<DoneMarker> DoneMarker::parse(std::string text) {
  const std::string what = "the done_marker " + quoted(text);
  if (text.empty() || text.front() == '/') {
    return fail(ErrorKind::kInvalid, what + " is no path relative to the file's folder", "write, say, \"{name}.ok\"");
  }
  const std::string form = filled(without_ways_up(text), "*", "*", escaped);
  if (form.find_first_not_of("*/") == std::string::npos) {
    return fail(ErrorKind::kInvalid, what + " makes every file a marker", "add something to the name: \"{name}.ok\"");
  }
  return DoneMarker(std::move(text), "**/" + form);
}

std::string DoneMarker::path_for(std::string_view file) const {
  const std::string_view name = file_name(file);
  return std::string(file.substr(0, file.size() - name.size())) + filled(text_, name, stem_of(name), unchanged);
}

bool DoneMarker::is_marker(std::string_view path) const {
  return form_.matches(path);
}

}  // namespace qflow
