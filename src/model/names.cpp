#include "qflow/model/names.h"

#include <algorithm>
#include <charconv>

#include "qflow/error/characters.h"

namespace qflow {
namespace {

constexpr std::size_t kMaxIdLength = 128;

bool is_small(char c) {
  return c >= 'a' && c <= 'z';
}
bool is_word(char c) {
  return begins_name(c) || is_digit(c);
}
bool is_word_or_dash(char c) {
  return is_word(c) || c == '-';
}
bool is_dotted(char c) {
  return is_word_or_dash(c) || c == '.';
}
bool is_project(char c) {
  return is_small(c) || is_digit(c) || c == '_';
}

bool consists_of(std::string_view text, std::size_t max_length, bool (*fits)(char)) {
  return !text.empty() && text.size() <= max_length && std::all_of(text.begin(), text.end(), fits);
}

bool is_id(std::string_view text, bool (*fits)(char), std::size_t max_length = kMaxIdLength) {
  return consists_of(text, max_length, fits) && begins_name(text[0]);
}

tl::unexpected<Error> bad_run_id(std::string_view text, std::string_view why) {
  return fail(ErrorKind::kInvalid, quoted(text) + " is not a run id: " + std::string(why),
              "a run id is FLOW/NUMBER, such as TrainingFlow/34");
}

}  // namespace

bool FlowIdRule::holds(std::string_view text) {
  return is_id(text, is_word_or_dash);
}
bool StepIdRule::holds(std::string_view text) {
  return is_id(text, is_word);
}
bool TriggerIdRule::holds(std::string_view text) {
  return is_id(text, is_word_or_dash);
}
bool ParameterNameRule::holds(std::string_view text) {
  return is_id(text, is_word);
}
bool ArtifactNameRule::holds(std::string_view text) {
  return is_id(text, is_dotted, 200);
}
bool EventNameRule::holds(std::string_view text) {
  return consists_of(text, 255, is_dotted) && text != "." && text != "..";
}
bool ProjectNameRule::holds(std::string_view text) {
  return consists_of(text, kMaxIdLength, is_project) && text != "qflow";
}

Error bad_name(std::string_view noun, std::string_view rule, std::string_view text) {
  std::string advice = "use " + std::string(rule);
  if (text.empty()) return {ErrorKind::kInvalid, "the " + std::string(noun) + " is empty", std::move(advice)};
  return {ErrorKind::kInvalid, quoted(text) + " is not a valid " + std::string(noun), std::move(advice)};
}

Result<RunId> RunId::parse(std::string_view text) {
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return bad_run_id(text, "it has no '/'");
  auto flow = FlowId::parse(text.substr(0, slash));
  if (!flow) return bad_run_id(text, flow.error().message);
  const std::string_view digits = text.substr(slash + 1);
  if (!consists_of(digits, digits.size(), is_digit)) return bad_run_id(text, "after '/' stands no number");
  if (digits[0] == '0') return bad_run_id(text, "run numbers count from 1, without leading zeros");
  RunId id{std::move(*flow), 0};
  const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), id.number);
  if (failure != std::errc()) return bad_run_id(text, "its number is too large");
  return id;
}

}  // namespace qflow
