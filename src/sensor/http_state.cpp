#include "sensor/http_state.h"

#include "qflow/error/printable.h"
#include "qflow/model/json.h"
#include "sensor/thousands.h"

namespace qflow {
namespace {

constexpr int kStateVersion = 1;

// Headers may have any bytes (RFC 9110, section 5.5), the cursor and the payload have UTF-8: others count as Latin-1.
std::string as_utf8(const std::string& bytes) {
  if (is_utf8(bytes)) return bytes;
  std::string text;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x80) text += static_cast<char>(byte >= 0xC0 ? 0xC3 : 0xC2);
    text += static_cast<char>(byte < 0x80 ? byte : 0x80 | (byte & 0x3F));
  }
  return text;
}

std::optional<std::string> header(const HttpAnswer& answer, std::string_view name) {
  const auto found = answer.headers.find(name);
  if (found == answer.headers.end() || found->second.empty()) return std::nullopt;
  return as_utf8(found->second);
}

std::string_view without_weakness(std::string_view etag) {
  return etag.starts_with("W/") ? etag.substr(2) : etag;
}

template <class Value>
bool read_member(const Json& object, const char* name, std::optional<Value>& value) {
  const auto found = object.find(name);
  if (found == object.end()) return false;
  if (found->is_null()) return true;
  if constexpr (std::is_same_v<Value, std::string>) {
    if (!found->is_string()) return false;
  } else {
    if (!found->is_number_integer() || *found < 0) return false;
  }
  value = found->get<Value>();
  return true;
}

bool read_state(const Json& object, HttpState& state) {
  if (!object.is_object() || object.value("v", Json()) != Json(kStateVersion)) return false;
  const Json is_final = object.value("final", Json());
  if (!is_final.is_boolean()) return false;
  state.last_modified_is_final = is_final.get<bool>();
  return read_member(object, "etag", state.etag) && read_member(object, "last_modified", state.last_modified) &&
         read_member(object, "sha256", state.sha256) && read_member(object, "size", state.size);
}

}  // namespace

HttpState state_in(const HttpAnswer& answer) {
  HttpState state;
  state.etag = header(answer, "etag");
  state.last_modified = header(answer, "last-modified");
  const auto date = header(answer, "date");
  state.last_modified_is_final = state.last_modified && date && date != state.last_modified;
  return state;
}

bool is_changed(const HttpState& before, const HttpState& now) {
  if (before.etag && now.etag) return without_weakness(*before.etag) != without_weakness(*now.etag);
  const bool both_dated = before.last_modified && now.last_modified;
  if (both_dated && before.last_modified != now.last_modified) return true;
  if (before.sha256 && now.sha256) return before.sha256 != now.sha256;
  return !both_dated;
}

std::string to_cursor(const HttpState& state) {
  return to_compact({{"v", kStateVersion},
                     {"etag", json_or_null(state.etag)},
                     {"last_modified", json_or_null(state.last_modified)},
                     {"final", state.last_modified_is_final},
                     {"sha256", json_or_null(state.sha256)},
                     {"size", json_or_null(state.size)}});
}

Result<HttpState> parse_http_cursor(std::string_view text) {
  const auto object = parse_json(text);
  HttpState state;
  if (object && read_state(*object, state)) return state;
  return fail(ErrorKind::kStore, "what the sensor knew of its address is damaged, or was written by another qflow",
              "qflow sensor reset FLOW/TRIGGER begins anew");
}

std::string describe(const HttpState& state) {
  std::string text = "something";
  if (state.sha256) text = "sha256 " + state.sha256->substr(0, 12);
  if (state.last_modified) text = "modified " + printable(*state.last_modified);
  if (state.etag) text = "etag " + printable(*state.etag);
  return state.size ? text + ", " + with_thousands(*state.size) + (*state.size == 1 ? " byte" : " bytes") : text;
}

}  // namespace qflow
