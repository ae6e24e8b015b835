#pragma once

#include <cstdint>
#include <string>

#include "qflow/time/cron.h"
#include "time/cron_field_spec.h"

namespace qflow {

// "0 and 40"; of more than six the first three and the last: "0, 7, 14, ..., 56".
std::string list_values(const CronFieldSpec& spec, std::uint64_t values);

// What steps of the field count, and after what they begin anew: "minutes", "hour".
std::string_view cron_unit(const CronFieldSpec& spec);
std::string_view cron_cycle(const CronFieldSpec& spec);

// The field as it stands in a canonical expression, without the days that depend on the month.
std::string field_text(const CronFieldSpec& spec, const CronField& field);

}  // namespace qflow
