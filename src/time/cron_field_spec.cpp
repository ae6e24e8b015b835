#include "time/cron_field_spec.h"

namespace qflow {
namespace {

constexpr std::string_view kMonthNames[] = {"JAN", "FEB", "MAR", "APR", "MAY", "JUN",
                                            "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"};
constexpr std::string_view kWeekdayNames[] = {"SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"};

}  // namespace

const CronFieldSpec kSecondField{"second", "seconds", 0, 59, 59, {}};
const CronFieldSpec kMinuteField{"minute", "minutes", 0, 59, 59, {}};
const CronFieldSpec kHourField{"hour", "hours", 0, 23, 23, {}};
const CronFieldSpec kDayField{"day of the month", "days of the month", 1, 31, 31, {}};
const CronFieldSpec kMonthField{"month", "months", 1, 12, 12, kMonthNames};
const CronFieldSpec kWeekdayField{"day of the week", "days of the week", 0, 6, 7, kWeekdayNames};

}  // namespace qflow
