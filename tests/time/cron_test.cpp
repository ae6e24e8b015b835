#include "qflow/time/cron.h"

#include <doctest/doctest.h>

#include <random>

namespace qflow {
namespace {

CronExpression parsed(std::string_view text, std::string_view seed = "Flow/nightly") {
  const auto expression = CronExpression::parse(text, seed);
  REQUIRE_MESSAGE(expression, std::string(text));
  return *expression;
}

TEST_CASE("an expression that is not understood is refused with its place and what is allowed") {
  struct Row {
    std::string_view text;
    std::size_t offset;
    std::size_t length;
    std::string_view message;
    std::string_view help;
  };
  const Row rows[] = {
      // Out of range: crontab(5), "field / allowed values".
      {"61 * * * *", 0, 2, "minute 61 is out of range", "minutes are 0 to 59"},
      {"60 * * * *", 0, 2, "minute 60 is out of range", "0 to 59"},
      {"* 24 * * *", 2, 2, "hour 24 is out of range", "hours are 0 to 23"},
      {"* * 32 * *", 4, 2, "day of the month 32 is out of range", "days of the month are 1 to 31"},
      {"* * 0 * *", 4, 1, "day of the month 0 is out of range", "1 to 31"},
      {"* * * 13 *", 6, 2, "month 13 is out of range", "months are 1 to 12, or JAN to DEC"},
      {"* * * 0 *", 6, 1, "month 0 is out of range", "1 to 12"},
      {"* * * * 8", 8, 1, "day of the week 8 is out of range", "days of the week are 0 to 7, or SUN to SAT"},
      {"60 * * * * *", 0, 2, "second 60 is out of range", "seconds are 0 to 59"},
      {"0-60 * * * *", 2, 2, "minute 60 is out of range", "0 to 59"},
      {"99999999999999999999 * * * *", 0, 20, "minute 99999999999999999999 is out of range", "0 to 59"},
      {"  61  * * * *", 2, 2, "minute 61", "0 to 59"},
      {"0,15,75 * * * *", 5, 2, "minute 75", "0 to 59"},
      {"0\t3 *\t* 9", 8, 1, "day of the week 9", "0 to 7"},
      // Steps.
      {"5-1/0 * * * *", 4, 1, "a step of 0 would never get on", "a step is a number from 1"},
      {"*/0 * * * *", 2, 1, "a step of 0", "from 1"},
      {"*/ * * * *", 1, 1, "step '' is not a number", "from 1"},
      {"*/x * * * *", 2, 1, "step 'x' is not a number", "from 1"},
      {"*/-5 * * * *", 2, 2, "step '-5' is not a number", "from 1"},
      {"*/5/5 * * * *", 2, 3, "step '5/5' is not a number", "from 1"},
      {"*/99999 * * * *", 2, 5, "step 99999 is out of range", "from 1"},
      // Lists and ranges.
      {"1,,2 * * * *", 1, 1, "the list of minutes has an empty item", "between two commas"},
      {", * * * *", 0, 1, "empty item", "between two commas"},
      {"1, * * * *", 1, 1, "empty item", "between two commas"},
      {",1 * * * *", 0, 1, "empty item", "between two commas"},
      {"5- * * * *", 1, 1, "minute '' is not understood", "0 to 59"},
      {"-5 * * * *", 0, 2, "minute '-5' is not understood", "0 to 59"},
      {"1-2-3 * * * *", 2, 3, "minute '2-3' is not understood", "0 to 59"},
      {"*-5 * * * *", 0, 1, "minute '*' is not understood", "0 to 59"},
      {"** * * * *", 0, 2, "minute '**' is not understood", "0 to 59"},
      {"*5 * * * *", 0, 2, "minute '*5' is not understood", "0 to 59"},
      {"1.5 * * * *", 0, 3, "minute '1.5' is not understood", "0 to 59"},
      {"+5 * * * *", 0, 2, "minute '+5' is not understood", "0 to 59"},
      {"0x1 * * * *", 0, 3, "minute '0x1' is not understood", "0 to 59"},
      {"0~5 * * * *", 0, 3, "minute '0~5' is not understood", "0 to 59"},
      // Names stand in their own fields, with three letters.
      {"* * * * MON-XYZ", 12, 3, "day of the week 'XYZ' is not understood", "SUN to SAT"},
      {"* * * * MONDAY", 8, 6, "day of the week 'MONDAY' is not understood", "SUN to SAT"},
      {"* * * MON *", 6, 3, "month 'MON' is not understood", "JAN to DEC"},
      {"* * * * JAN", 8, 3, "day of the week 'JAN' is not understood", "SUN to SAT"},
      {"MON * * * *", 0, 3, "minute 'MON' is not understood", "0 to 59"},
      {"* * * JAN-FEBR *", 10, 4, "month 'FEBR' is not understood", "JAN to DEC"},
      // Quartz: `?` stands alone, for a day; L, W and # belong to days.
      {"? * * * *", 0, 1, "minute '?' is not understood", "0 to 59"},
      {"* * ?,5 * *", 4, 1, "day of the month '?' is not understood", "1 to 31"},
      {"* * ?/2 * *", 4, 1, "day of the month '?' is not understood", "1 to 31"},
      {"* L * * *", 2, 1, "hour 'L' is not understood", "0 to 23"},
      {"* * W * *", 4, 1, "day of the month 'W' is not understood", "15W"},
      {"* * L-40 * *", 4, 4, "day of the month 'L-40' is not understood", "L is the last day"},
      {"* * L-3 * *", 4, 3, "day of the month 'L-3' is not understood", "L is the last day"},
      {"* * LWW * *", 4, 3, "day of the month 'LWW' is not understood", "LW its last working day"},
      {"* * 15L * *", 4, 3, "day of the month '15L' is not understood", "1 to 31"},
      {"* * 32W * *", 4, 2, "day of the month 32 is out of range", "1 to 31"},
      {"* * 0W * *", 4, 1, "day of the month 0 is out of range", "1 to 31"},
      {"* * 1-15W * *", 4, 5, "day of the month '1-15W' is not understood", "15W"},
      {"* * 5#2 * *", 4, 3, "day of the month '5#2' is not understood", "1 to 31"},
      {"* * * * L", 8, 1, "does not say which day", "5L is the last Friday"},
      {"* * * * LW", 8, 2, "day of the week 'LW' is not understood", "SUN to SAT"},
      {"* * * * 5#6", 10, 1, "place in the month 6 is out of range", "5#2 is the second Friday"},
      {"* * * * 5#0", 10, 1, "place in the month 0 is out of range", "1 to 5"},
      {"* * * * 5#", 9, 1, "place in the month '' is not a number", "1 to 5"},
      {"* * * * #2", 8, 2, "does not say which day", "5#2 the second"},
      {"* * * * 8#2", 8, 1, "day of the week 8 is out of range", "0 to 7"},
      {"* * * * 1-5L", 8, 3, "day of the week '1-5' is not understood", "SUN to SAT"},
      {"* * * * 5W", 8, 2, "day of the week '5W' is not understood", "SUN to SAT"},
      // Jenkins.
      {"H( * * * *", 0, 2, "minute 'H(' is not understood", "H(0-29)"},
      {"H() * * * *", 1, 1, "minute '' is not understood", "0 to 59"},
      {"H(5) * * * *", 0, 4, "is no range", "write H(0-59)"},
      {"H(29-0) * * * *", 0, 7, "is no range", "write H(0-59)"},
      {"H(0-60) * * * *", 4, 2, "minute 60 is out of range", "0 to 59"},
      {"H/1 * * * *", 2, 1, "a step of 1 does not fit", "2 to 60"},
      {"H/61 * * * *", 2, 2, "a step of 61 does not fit", "2 to 60"},
      {"H(0-9)/11 * * * *", 7, 2, "a step of 11 does not fit", "2 to 10"},
      {"H/0 * * * *", 2, 1, "a step of 0", "from 1"},
      {"HH * * * *", 0, 2, "minute 'HH' is not understood", "H/15"},
      {"H-5 * * * *", 0, 3, "minute 'H-5' is not understood", "H/15"},
      // The number of fields, and macros.
      {"", 0, 0, "it is empty", "minute, hour"},
      {"   ", 0, 3, "it is empty", "minute, hour"},
      {"* * * *", 0, 7, "it has 4 fields, needs 5", "minute, hour"},
      {"5", 0, 1, "it has 1 field, needs 5", "minute, hour"},
      {"* * * * * * *", 12, 1, "it has 7 fields, takes 5, or 6", "minute, hour"},
      {"* * * * * * * *", 12, 3, "it has 8 fields, takes 5, or 6", "minute, hour"},
      {"0 3 * * * /bin/true", 10, 9, "day of the week '/bin/true'", ""},
      {"@fortnightly", 0, 12, "unknown name '@fortnightly'", ""},
      {"@Daily", 0, 6, "unknown name '@Daily'", "did you mean '@daily'?"},
      {"@reboot", 0, 7, "'@reboot' is no time", ""},
      {"@", 0, 1, "unknown name '@'", "known: @yearly"},
      {"@daily *", 0, 8, "it has 2 fields", ""},
      {"* * * *\n*", 0, 9, "it has 4 fields", ""},
      // No such day in any year.
      {"0 0 30 2 *", 4, 2, "it can never match", "compare the day"},
      {"0 0 31 2,4,6,9,11 *", 4, 2, "it can never match", ""},
      {"0 0 31 APR ?", 4, 2, "it can never match", ""},
      {"0 0 30W 2 *", 4, 3, "it can never match", ""},
      {"0 0 0 31 4 *", 6, 2, "it can never match", ""},
      {"0 0 */29 * 1#2", 4, 4, "it can never match", ""},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    const auto expression = CronExpression::parse(row.text, "");
    REQUIRE(!expression);
    const CronError& error = expression.error();
    CAPTURE(error.message);
    CAPTURE(error.help);
    CHECK(error.offset == row.offset);
    CHECK(error.length == row.length);
    CHECK(error.message.find(row.message) != std::string::npos);
    CHECK(error.help.find(row.help) != std::string::npos);
    CHECK(!error.help.empty());
  }
}

TEST_CASE("every meaning has one text and one sentence") {
  struct Row {
    std::string_view text;
    std::string_view canonical;
    std::string_view sentence;
  };
  const Row rows[] = {
      {"* * * * *", "* * * * *", "every minute"},
      {"*/1 * * * *", "* * * * *", "every minute"},
      {"*/15 * * * *", "*/15 * * * *", "every 15 minutes"},
      {"0,15,30,45 * * * *", "0-45/15 * * * *", "every 15 minutes"},
      {"0 * * * *", "0 * * * *", "every hour"},
      {"@hourly", "0 * * * *", "every hour"},
      {"@daily", "0 0 * * *", "at 00:00 every day"},
      {"@midnight", "0 0 * * *", "at 00:00 every day"},
      {"@weekly", "0 0 * * 0", "at 00:00 on Sunday"},
      {"@monthly", "0 0 1 * *", "at 00:00 on day 1 of the month"},
      {"@yearly", "0 0 1 1 *", "at 00:00 on day 1 of January"},
      {"@annually", "0 0 1 1 *", "at 00:00 on day 1 of January"},
      {"0 3 * * MON-FRI", "0 3 * * 1-5", "at 03:00 on Monday to Friday"},
      {"0 3 * * mon-fri", "0 3 * * 1-5", "at 03:00 on Monday to Friday"},
      {"00 03 ? * 1,2,3,4,5", "0 3 * * 1-5", "at 03:00 on Monday to Friday"},
      {"0 3 * * FRI-MON", "0 3 * * 5-1", "at 03:00 on Friday to Monday"},
      {"0 3 * * 5-7", "0 3 * * 5-0", "at 03:00 on Friday to Sunday"},
      {"0 3 * * 7", "0 3 * * 0", "at 03:00 on Sunday"},
      {"0 3 * * 0-7", "0 3 * * 0-6", "at 03:00 every day"},
      {"0 3 * * SAT,SUN", "0 3 * * 0,6", "at 03:00 on Saturday and Sunday"},
      {"0 3 * * MON,WED,FRI", "0 3 * * 1,3,5", "at 03:00 on Monday, Wednesday and Friday"},
      {"30 2,14 * * *", "30 2,14 * * *", "at 02:30 and 14:30 every day"},
      {"0 */6 * * *", "0 */6 * * *", "at 00:00, 06:00, 12:00 and 18:00 every day"},
      {"0 */2 * * *", "0 */2 * * *", "every 2 hours"},
      {"5 * * * *", "5 * * * *", "at minute 5 of every hour"},
      {"*/40 * * * *", "*/40 * * * *", "at minutes 0 and 40 of every hour"},
      {"*/10 1-3 * * *", "*/10 1-3 * * *", "every 10 minutes from 01:00 to 03:59"},
      {"*/10 22-4 * * *", "*/10 22-4 * * *", "every 10 minutes from 22:00 to 04:59"},
      {"*/5 8,12 * * *", "*/5 8,12 * * *", "every 5 minutes in the hours 8 and 12"},
      {"7-37/10 * * * *", "7-37/10 * * * *", "at minutes 7, 17, 27 and 37 of every hour"},
      {"5/15 * * * *", "5-50/15 * * * *", "at minutes 5, 20, 35 and 50 of every hour"},
      {"50-10 3 * * *", "50-10 3 * * *", "at minutes 0 to 10 and 50 to 59 from 03:00 to 03:59"},
      {"20-20 4 * * *", "20 4 * * *", "at 04:20 every day"},
      {"0 22-4/2 * * *", "0 0,2,4,22 * * *", "at 00:00, 02:00, 04:00 and 22:00 every day"},
      {"0-59 2 * * *", "0-59 2 * * *", "every minute from 02:00 to 02:59"},
      {"* 2 * * *", "* 2 * * *", "every minute from 02:00 to 02:59"},
      {"0 0 1,15 * *", "0 0 1,15 * *", "at 00:00 on days 1 and 15 of the month"},
      {"0 0 13 * 5", "0 0 13 * 5", "at 00:00 on day 13 of the month or on Friday"},
      {"0 0 13 6 5", "0 0 13 6 5", "at 00:00 on day 13 of June or on Friday in June"},
      {"0 0 */2 * 1", "0 0 */2 * 1",
       "at 00:00 on days 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29 and 31 of "
       "the month, if that is Monday"},
      {"0 0 1-31 * 1", "0 0 1-31 * 1", "at 00:00 every day"},
      {"0 0 L * *", "0 0 L * *", "at 00:00 on the last day of the month"},
      {"0 0 lw * *", "0 0 LW * *", "at 00:00 on the last working day of the month"},
      {"0 0 15W * *", "0 0 15W * *", "at 00:00 on the working day nearest to day 15 of the month"},
      {"0 0 L,15 * *", "0 0 15,L * *", "at 00:00 on day 15 and the last day of the month"},
      {"0 9 * * 5#2", "0 9 * * 5#2", "at 09:00 on the second Friday of the month"},
      {"0 9 * * FRI#2", "0 9 * * 5#2", "at 09:00 on the second Friday of the month"},
      {"0 9 * * 5L", "0 9 * * 5L", "at 09:00 on the last Friday of the month"},
      {"0 9 * 3 7L", "0 9 * 3 0L", "at 09:00 on the last Sunday of March"},
      {"0 9 * * 1,5#2", "0 9 * * 1,5#2", "at 09:00 on Monday and the second Friday of the month"},
      {"0 9 * JAN-MAR,JUL *", "0 9 * 1-3,7 *", "at 09:00 every day in January to March and July"},
      {"0 9 * NOV-FEB 1", "0 9 * 11-2 1", "at 09:00 on Monday in November to February"},
      {"0 0 1 */3 *", "0 0 1 */3 *", "at 00:00 on day 1 of January, April, July and October"},
      {"0 0 1 1,4,7,10 *", "0 0 1 */3 *", "at 00:00 on day 1 of January, April, July and October"},
      {"0 0 29 2 *", "0 0 29 2 *", "at 00:00 on day 29 of February"},
      // Six fields.
      {"0 0 3 * * *", "0 3 * * *", "at 03:00 every day"},
      {"30 0 3 * * *", "30 0 3 * * *", "at 03:00:30 every day"},
      {"* * * * * *", "* * * * * *", "every second"},
      {"*/10 * * * * *", "*/10 * * * * *", "every 10 seconds"},
      {"0,10,20,30,40,50 * * * * *", "*/10 * * * * *", "every 10 seconds"},
      {"*/10 * 8-17 * * *", "*/10 * 8-17 * * *", "every 10 seconds from 08:00 to 17:59"},
      {"5 * * * * *", "5 * * * * *", "at second 5 of every minute"},
      {"0,30 15 3 * * *", "0,30 15 3 * * *", "every 30 seconds of minute 15 from 03:00 to 03:59"},
      {"* 0 * * * *", "* 0 * * * *", "every second of minute 0 of every hour"},
      {"* 0 */2 * * *", "* 0 */2 * * *",
       "every second of minute 0 in the hours 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20 and 22"},
      {"30 0 * * * *", "30 0 * * * *", "at second 30 of minute 0 of every hour"},
      {"*/10 0-4 * * * *", "*/10 0-4 * * * *", "every 10 seconds of minutes 0 to 4 of every hour"},
      // Every one of these names what it is due on, and nothing else.
      {"0 12 1 * */6", "0 12 1 * */6", "at 12:00 on day 1 of the month, if that is Saturday or Sunday"},
      {"*/10 22-3 * * FRI", "*/10 22-3 * * 5", "every 10 minutes in the hours 0 to 3, 22 and 23 on Friday"},
      {"*/10 22-3 * 5 *", "*/10 22-3 * 5 *", "every 10 minutes in the hours 0 to 3, 22 and 23 in May"},
      {"50-10 * * * *", "50-10 * * * *", "at minutes 50 to 10 of every hour"},
      {"50-10 5 * * * *", "50-10 5 * * * *", "at seconds 0 to 10 and 50 to 59 of minute 5 of every hour"},
      {"0 0 28-3 3 *", "0 0 28-3 3 *", "at 00:00 on days 1 to 3 and 28 to 31 of March"},
      {"0 0 * 3 1,5#1", "0 0 * 3 1,5#1", "at 00:00 on Monday and the first Friday of the month in March"},
      {"0 0 1 3 5#1", "0 0 1 3 5#1", "at 00:00 on day 1 of March or on the first Friday of March"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    const CronExpression expression = parsed(row.text);
    CHECK(expression.canonical() == row.canonical);
    CHECK(expression.sentence() == row.sentence);
    CHECK(parsed(row.canonical).fields() == expression.fields());
  }
}

TEST_CASE("a star at the beginning counts, one behind it does not") {
  CHECK(parsed("*/15 2 * * *").follows_elapsed_time());
  CHECK(parsed("5 * * * *").follows_elapsed_time());
  CHECK(parsed("5 */2 * * *").follows_elapsed_time());
  CHECK(parsed("*,5 2 * * *").follows_elapsed_time());
  CHECK(!parsed("0-59 2 * * *").follows_elapsed_time());
  CHECK(!parsed("5,* 2 * * *").follows_elapsed_time());
  CHECK(!parsed("H H * * *").follows_elapsed_time());
  CHECK(!parsed("* 30 2 * * *").follows_elapsed_time());
}

TEST_CASE("misleading steps and seconds are warned of") {
  struct Row {
    std::string_view text;
    std::string_view warning;
  };
  const Row rows[] = {
      {"*/40 * * * *", "'*/40' means the minutes 0 and 40, not every 40 minutes: each hour begins anew"},
      {"*/7 * * * *", "'*/7' means the minutes 0, 7, 14, ..., 56, not every 7 minutes: each hour begins anew"},
      {"*/90 * * * *", "'*/90' means the minute 0, not every 90 minutes: each hour begins anew"},
      {"0 */5 * * *", "'*/5' means the hours 0, 5, 10, 15 and 20, not every 5 hours: each day begins anew"},
      {"0 0 */2 * *", "'*/2' means the days of the month 1, 3, 5, ..., 31, not every 2 days: each month begins anew"},
      {"0 0 1 */5 *", "'*/5' means the months 1, 6 and 11, not every 5 months: each year begins anew"},
      {"0 0 * * */2", "'*/2' means the days of the week 0, 2, 4 and 6, not every 2 days: each week begins anew"},
      {"0 0 3 * * *",
       "the first of its six fields is the second: under cron, which ticks once a minute, instants "
       "within a minute are due together"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    const std::vector<std::string> warnings = parsed(row.text).warnings();
    REQUIRE(warnings.size() == 1);
    CHECK(warnings.front() == row.warning);
  }
  for (const std::string_view text : {"*/15 * * * *", "0 */6 * * *", "* * * * *", "*/1 * * * *", "0 0 1 */3 *",
                                      "0-59/40 * * * *", "@daily", "H/7 * * * *"}) {
    CAPTURE(text);
    CHECK(parsed(text).warnings().empty());
  }
}

TEST_CASE("H is one value, the same for ever, spread over seeds") {
  // Written down so that no change of the hash goes unnoticed: it would move every schedule.
  CHECK(parsed("H H H H H", "Flow/nightly").canonical() == parsed("H H H H H", "Flow/nightly").canonical());
  CHECK(parsed("H H * * *", "Flow/nightly").canonical() == "49 11 * * *");
  CHECK(parsed("H/15 * * * *", "Flow/nightly").canonical() == "4-49/15 * * * *");
  std::uint64_t minutes = 0, late = 0;
  for (int i = 0; i < 2000; ++i) {
    const std::string seed = "Flow" + std::to_string(i) + "/schedule";
    const CronFields fields = parsed("H(0-29) H H H H", seed).fields();
    CHECK(fields.day.values < (1u << 29));
    minutes |= fields.minute.values;
    late |= parsed("H(30-59)/10 3 * * *", seed).fields().minute.values;
    CHECK(__builtin_popcountll(parsed("H/20 * * * *", seed).fields().minute.values) == 3);
  }
  CHECK(minutes == (1u << 30) - 1);
  CHECK(late == ((std::uint64_t{1} << 60) - (1u << 30)));
}

// Any text of the grammar, from the same numbers always.
class TextGenerator {
 public:
  explicit TextGenerator(unsigned seed) : dice_(seed) {}

  std::string expression() {
    static constexpr int kBounds[6][2] = {{0, 59}, {0, 59}, {0, 23}, {1, 31}, {1, 12}, {0, 7}};
    std::string text;
    for (int i = pick(0, 4) == 0 ? 0 : 1; i < 6; ++i) text += field(i, kBounds[i][0], kBounds[i][1]) + " ";
    return text;
  }

 private:
  int pick(int low, int high) { return std::uniform_int_distribution<int>(low, high)(dice_); }

  std::string item(int index, int low, int high) {
    const std::string value = std::to_string(pick(low, high));
    const std::string step = pick(0, 2) == 0 ? "/" + std::to_string(pick(1, high)) : "";
    switch (pick(0, 6)) {
      case 0:
        return "*" + step;
      case 1:
        return value + "-" + std::to_string(pick(low, high)) + step;
      case 2:
        return "H";
      case 3:
        if (index == 3) return value + "W";
        if (index == 5) return value + "#" + std::to_string(pick(1, 5));
        return value + step;
      case 4:
        if (index == 3) return pick(0, 1) == 0 ? "L" : "LW";
        if (index == 5) return value + "L";
        return value;
      default:
        return value;
    }
  }

  std::string field(int index, int low, int high) {
    std::string text = item(index, low, high);
    for (int more = pick(0, 3); more > 0; --more) text += "," + item(index, low, high);
    return text;
  }

  std::mt19937 dice_;
};

TEST_CASE("what is printed parses back to the same, and prints the same") {
  TextGenerator texts(42);
  int understood = 0;
  for (int i = 0; i < 20'000; ++i) {
    const std::string text = texts.expression();
    const auto expression = CronExpression::parse(text, "seed");
    if (!expression) continue;
    ++understood;
    CAPTURE(text);
    const std::string canonical = expression->canonical();
    CAPTURE(canonical);
    const auto again = CronExpression::parse(canonical, "another seed");
    REQUIRE(again);
    CHECK(again->fields() == expression->fields());
    CHECK(again->canonical() == canonical);
    CHECK(again->sentence() == expression->sentence());
    CHECK(!expression->sentence().empty());
  }
  CHECK(understood > 15'000);
}

TEST_CASE("any bytes are read or refused, and an error lies within the text") {
  std::mt19937 dice(7);
  const std::string_view characters = "0123456789*/-,?LW#H()@ \tMONJANdaily\n\x80\xff";
  for (int i = 0; i < 50'000; ++i) {
    std::string text;
    for (unsigned length = dice() % 24; length > 0; --length) text += characters[dice() % characters.size()];
    const auto expression = CronExpression::parse(text, "");
    if (expression) continue;
    CAPTURE(text);
    CHECK(expression.error().offset + expression.error().length <= text.size());
    CHECK(!expression.error().message.empty());
  }
}

}  // namespace
}  // namespace qflow
