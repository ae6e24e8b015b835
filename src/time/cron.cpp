#include "qflow/time/cron.h"

#include <fmt/format.h>

#include <utility>

#include "qflow/error/printable.h"
#include "qflow/error/suggestion.h"
#include "time/cron_parser.h"

namespace qflow {
namespace {

struct Macro {
  std::string_view name;
  std::string_view meaning;
};

constexpr Macro kMacros[] = {{"@yearly", "0 0 1 1 *"}, {"@annually", "0 0 1 1 *"}, {"@monthly", "0 0 1 * *"},
                             {"@weekly", "0 0 * * 0"}, {"@daily", "0 0 * * *"},    {"@midnight", "0 0 * * *"},
                             {"@hourly", "0 * * * *"}};

constexpr std::string_view kFieldsHelp = "minute, hour, day of the month, month, day of the week: 0 3 * * MON-FRI";

bool is_blank(char c) {
  return c == ' ' || c == '\t';
}

std::vector<CronText> split(std::string_view text) {
  std::vector<CronText> fields;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = at;
    while (end < text.size() && !is_blank(text[end])) ++end;
    if (end > at) fields.push_back({at, text.substr(at, end - at)});
    at = end + 1;
  }
  return fields;
}

// From the first character of `first` to the last one of `last`.
CronError error_over(const CronText& first, const CronText& last, std::string message, std::string_view help) {
  return {first.offset, last.offset + last.text.size() - first.offset, std::move(message), std::string(help)};
}

CronError wrong_count(const std::vector<CronText>& fields) {
  const std::string has = fmt::format("it has {} field{}", fields.size(), fields.size() == 1 ? "" : "s");
  if (fields.size() < 5) return error_over(fields.front(), fields.back(), has + ", needs 5", kFieldsHelp);
  return error_over(fields[6], fields.back(), has + ", takes 5, or 6 with seconds first", kFieldsHelp);
}

tl::expected<std::string_view, CronError> expand_macro(const CronText& word) {
  std::vector<std::string> names;
  for (const Macro& macro : kMacros) {
    if (macro.name == word.text) return macro.meaning;
    names.emplace_back(macro.name);
  }
  if (word.text == "@reboot") {
    return tl::make_unexpected(
        error_over(word, word, "'@reboot' is no time", "start the flow from where that is noticed"));
  }
  return tl::make_unexpected(
      error_over(word, word, "unknown name " + quoted(word.text), did_you_mean_or_list(word.text, names)));
}

// Where a star changes nothing it is not kept, nor are days that are among the others anyway.
void normalize(CronFields& fields) {
  fields.second.star = fields.second.values == kSecondField.all();
  fields.month.star = fields.month.values == kMonthField.all();
  if (fields.day.values == kDayField.all()) {
    fields.last_day = fields.last_working_day = false;
    fields.near_days = 0;
  }
  if (fields.weekday.values == kWeekdayField.all()) {
    fields.last_weekdays = 0;
    fields.nth_weekdays = {};
  }
}

// Days and weekdays fall together anew every 28 years, and what is in no such span is in no year.
bool ever_matches(const CronExpression& expression) {
  using namespace std::chrono;
  return expression.first_in(local_days{2000y / 1 / 1}, local_days{2028y / 1 / 1}).has_value();
}

}  // namespace

tl::expected<CronExpression, CronError> CronExpression::parse(std::string_view text, std::string_view seed) {
  std::vector<CronText> texts = split(text);
  if (texts.empty()) return tl::make_unexpected(CronError{0, text.size(), "it is empty", std::string(kFieldsHelp)});
  if (texts.size() == 1 && texts.front().text.starts_with('@')) {
    const auto meaning = expand_macro(texts.front());
    if (!meaning) return tl::make_unexpected(meaning.error());
    texts = split(*meaning);
  }
  if (texts.size() < 5 || texts.size() > 6) return tl::make_unexpected(wrong_count(texts));

  CronExpression expression;
  CronFields& fields = expression.fields_;
  const CronFieldSpec* const specs[] = {&kSecondField, &kMinuteField, &kHourField,
                                        &kDayField,    &kMonthField,  &kWeekdayField};
  CronField* const targets[] = {&fields.second, &fields.minute, &fields.hour,
                                &fields.day,    &fields.month,  &fields.weekday};
  const std::size_t skipped = 6 - texts.size();
  if (skipped == 1) {
    fields.second.values = 1;
  } else {
    expression.warnings_.emplace_back(
        "the first of its six fields is the second: under cron, which ticks once a minute, instants within a minute "
        "are due together");
  }
  for (std::size_t i = skipped; i < 6; ++i) {
    CronFieldParser parser(*specs[i], texts[i - skipped], seed, fields);
    if (auto error = parser.parse(*targets[i])) return tl::make_unexpected(std::move(*error));
    for (const std::string& warning : parser.warnings()) expression.warnings_.push_back(warning);
  }
  normalize(fields);
  if (!ever_matches(expression)) {
    const CronText& day = texts[3 - skipped];
    return tl::make_unexpected(error_over(day, day, "it can never match: no year has such a day",
                                          "compare the day with the months and days of the week beside it"));
  }
  return expression;
}

}  // namespace qflow
