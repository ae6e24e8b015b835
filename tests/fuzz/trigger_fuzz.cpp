// Input: what follows --trigger. Its JSON is compared with nlohmann's parser, a stranger to ours (model/json_parser.h
// says where they differ on purpose).
#include "fuzz/target.h"
#include "qflow/error/printable.h"
#include "qflow/service/trigger_arguments.h"
#include "support/fake_clock.h"
#include "support/test_home.h"

namespace qflow::fuzz {
namespace {

// How deep a text nests, as far as brackets outside of text say; whether it is JSON is not looked at.
int depth_of(std::string_view text) {
  int depth = 0, deepest = 0;
  bool in_text = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"') in_text = !in_text;
    if (text[i] == '\\' && in_text) ++i;
    if (in_text) continue;
    if (text[i] == '{' || text[i] == '[') deepest = std::max(deepest, ++depth);
    if (text[i] == '}' || text[i] == ']') --depth;
  }
  return deepest;
}

// Whether both parsers have the same rules for the text: nlohmann's takes NUL for the end and skips a byte order mark.
bool is_common_ground(std::string_view text) {
  return text.find('\0') == std::string_view::npos && !text.starts_with("\xEF\xBB\xBF") &&
         depth_of(text) <= kMaxJsonDepth;
}

void check_position(const Error& error, std::string_view text) {
  int line = 0, column = 0;
  demand(std::sscanf(error.message.c_str(), "line %d, column %d: ", &line, &column) == 2, "an error has a position",
         error.message);
  std::string_view rest = text;
  std::string_view at = take_line(rest);
  for (int i = 1; i < line; ++i) {
    demand(at.data() + at.size() != text.data() + text.size(), "the line is one of the text", error.message);
    at = take_line(rest);
  }
  demand(line >= 1 && column >= 1 && static_cast<std::size_t>(column) <= count_code_points(at) + 1,
         "the column is one of the line", error.message);
}

void check_json(std::string_view text) {
  const auto value = parse_json(text);
  if (is_common_ground(text)) {
    const Json reference = Json::parse(text, nullptr, false);
    demand(value.has_value() != reference.is_discarded(), value ? "a stranger accepts it" : "a stranger refuses it",
           text);
    if (value) demand(*value == reference, "a stranger reads the same value", text);
  }
  if (!value) return check_position(value.error(), text);
  for (const std::string& again : {to_compact(*value), to_pretty(*value)}) {
    const auto parsed = parse_json(again);
    demand(parsed.has_value() && to_compact(*parsed) == to_compact(*value), "a value written and read is itself",
           again);
    demand(is_utf8(again), "JSON is UTF-8", again);
  }
}

Result<TriggerSource> read_argument(std::string_view text) {
  static TestHome home;
  static FakeClock clock;
  const Doors doors{home.files,         clock,       home.launcher, home.processes, home.environment,
                    home.trigger_types, home.folder, "/qflow",      std::nullopt,   [] {
        return std::string(); }};
  return parse_trigger_argument(std::string(text), "", nullptr, doors);
}

void check_argument(std::string_view text) {
  const auto source = read_argument(text);
  if (!source) {
    const Error& error = source.error();
    demand(error.kind == ErrorKind::kInvalid || error.kind == ErrorKind::kNotFound, "a bad argument is invalid", text);
    return demand(!error.message.empty() && is_utf8(to_text(error)), "an error has a message", text);
  }
  const Event& event = source->event;
  demand(is_event_id(event.id) && EventName::parse(event.name).has_value(), "an event has an id and a name", text);
  demand(event.payload.is_object(), "a payload is an object", text);
  const Json shown = to_json(event);
  demand(parse_json(to_compact(shown)).value_or(Json()) == shown, "an event is JSON", text);
}

}  // namespace

void feed(std::string_view input) {
  check_json(input);
  check_argument(input);
}

void endure(std::string_view long_input) {
  feed(long_input);
}

}  // namespace qflow::fuzz
