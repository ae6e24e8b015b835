#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "qflow/time/cron.h"
#include "time/cron_field_spec.h"

namespace qflow {

// One field's text and where it stands in the expression.
struct CronText {
  std::size_t offset = 0;
  std::string_view text;
};

// Reads one field. Days of the month and of the week also take the forms that depend on the month, and set them in
// `fields`.
class CronFieldParser {
 public:
  // `seed` is the one of the expression; the views outlive the parser.
  CronFieldParser(const CronFieldSpec& spec, CronText field, std::string_view seed, CronFields& fields)
      : spec_(spec), field_(field), seed_(seed), fields_(fields) {}

  // The first thing wrong, if any; else `into` holds the values.
  std::optional<CronError> parse(CronField& into);
  // What is misleading about it.
  const std::vector<std::string>& warnings() const { return warnings_; }

 private:
  struct Span {
    int from = 0;
    int to = 0;  // less than `from` when it wraps
    bool single = false;
  };

  bool is_day() const { return &spec_ == &kDayField; }
  bool is_weekday() const { return &spec_ == &kWeekdayField; }

  bool parse_item(CronText item, CronField& into);
  bool parse_hash(CronText item, CronField& into);
  bool parse_special_day(CronText item);
  bool parse_special_weekday(CronText item);
  bool parse_span(CronText item, Span& span);
  bool parse_value(CronText text, int& value);
  bool parse_number(CronText text, int highest, std::string_view what, std::string_view help, int& value);
  bool parse_step(CronText item, std::size_t slash, int& step);
  void add_steps(const Span& span, int step, CronField& into) const;
  void warn_of_step(std::string_view text, int step, std::uint64_t values);

  std::uint64_t hash(std::uint64_t below) const;
  std::string range_help() const;
  bool refuse(CronText where, std::string message, std::string help);
  bool refuse_unknown(CronText item);

  const CronFieldSpec& spec_;
  CronText field_;
  std::string_view seed_;
  CronFields& fields_;
  std::optional<CronError> error_;
  std::vector<std::string> warnings_;
};

}  // namespace qflow
