#include <fmt/format.h>

#include <algorithm>

#include "cli/command_table.h"
#include "cli/flow_argument.h"
#include "cli/overdue_note.h"
#include "cli/scheduled_trigger.h"
#include "cli/store_access.h"
#include "cli/table.h"
#include "qflow/error/printable.h"
#include "qflow/time/coming_instants.h"

namespace qflow {

namespace {

constexpr std::int64_t kShown = 10;
constexpr std::int64_t kMostShown = 1'000'000;

constexpr PositionalSpec kPositionals[] = {{.name = "FLOW[/TRIGGER]|FILE",
                                            .help = "a deployed flow, one of its triggers, or a flow file; absent: all "
                                                    "that is deployed and enabled",
                                            .count = PositionalSpec::Count::kOptional,
                                            .completes = Completes::kScheduleOrFile}};

constexpr OptionSpec kOptions[] = {
    {.name = "count", .short_name = 'n', .value = "N", .help = "so many instants (10)"},
    {.name = "from", .value = "T", .help = "those after T, an instant or a date, instead of now"},
    {.name = "cron", .value = "EXPR", .help = "of this cron expression, without any flow"},
    {.name = "timezone", .value = "Z", .help = "with --cron: the zone, as Europe/Berlin (UTC)"},
    {.name = "dst-gap",
     .value = "RULE",
     .help = "with --cron: shift (default) or skip what falls into a gap",
     .completes = Completes::kChoice,
     .choices = "shift|skip"},
    {.name = "dst-overlap",
     .value = "RULE",
     .help = "with --cron: of what comes twice first (default), last or both",
     .completes = Completes::kChoice,
     .choices = "first|last|both"},
    {.name = "json", .help = "one JSON object per instant"},
};

Error explain_expression(Context& context, const std::string& text, const CronError& error) {
  Diagnostics found("--cron", text);
  const auto before = count_code_points(std::string_view(text).substr(0, error.offset));
  found.error({1, static_cast<int>(before) + 1}, error.message, error.help);
  print_diagnostics(context, found);
  return {ErrorKind::kInvalid, "", ""};
}

// Whether an item of some field begins with H.
bool holds_hash(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool begins = i == 0 || text[i - 1] == ' ' || text[i - 1] == '\t' || text[i - 1] == ',';
    if (begins && (text[i] == 'H' || text[i] == 'h')) return true;
  }
  return false;
}

// The shell makes several words of an expression without quotes, and file names of its asterisks.
constexpr std::string_view kQuoteIt = "put the whole expression into single quotes: --cron '30 2 * * *'";

std::string excess_advice(const Arguments& arguments) {
  return arguments.flag("cron") ? std::string(kQuoteIt) : std::string();
}

Result<ScheduledTrigger> read_cron(Context& context, const Arguments& arguments, const std::string& text) {
  if (!arguments.positionals().empty()) {
    return fail(ErrorKind::kUsage, "--cron stands instead of a flow",
                fmt::format("{}; else leave one of them out", kQuoteIt));
  }
  const auto expression = CronExpression::parse(text, "");
  if (!expression) return tl::make_unexpected(explain_expression(context, text, expression.error()));
  for (const std::string& warning : expression->warnings()) print_note(context, warning);
  if (holds_hash(text)) {
    print_note(context, "H depends on the flow and the trigger; here it stands for what no flow has");
  }
  const auto zone = find_time_zone(arguments.value("timezone").value_or("UTC"));
  if (!zone) return fail(ErrorKind::kUsage, "option --timezone: " + zone.error().message, zone.error().advice);
  ScheduleRules rules{.rhythm = *expression, .zone = *zone};
  const std::string overlap = arguments.value("dst-overlap").value_or("first");
  if (arguments.value("dst-gap") == "skip") rules.dst_gap = DstGap::kSkip;
  if (overlap != "first") rules.dst_overlap = overlap == "last" ? DstOverlap::kLast : DstOverlap::kBoth;
  return ScheduledTrigger{.schedule = std::make_shared<const Schedule>(std::move(rules))};
}

Json json_of(const ScheduledTrigger& row, Instant due) {
  const TimeZone& zone = *row.schedule->rules().zone;
  const std::string note = row.schedule->note(due);
  return {{"utc", format_instant(due)},
          {"local", format_local(due, zone)},
          {"timezone", zone.name()},
          {"flow", row.flow ? Json(row.flow->text()) : Json()},
          {"namespace", text_or_null(row.name_space)},
          {"trigger", text_or_null(row.trigger)},
          {"note", text_or_null(note)}};
}

void print_table(const Context& context, const std::vector<ScheduledTrigger>& rows,
                 const std::vector<ComingInstant>& coming) {
  // What is odd stands last, and a terminal is narrow.
  const bool brief = context.out.is_terminal();
  Table table(brief ? std::vector<std::string>{"LOCAL", "TRIGGER", "NOTE"}
                    : std::vector<std::string>{"UTC", "LOCAL", "TIMEZONE", "TRIGGER", "NOTE"});
  for (const ComingInstant& one : coming) {
    const ScheduledTrigger& row = rows[one.schedule];
    const TimeZone& zone = *row.schedule->rules().zone;
    const std::string note = row.schedule->note(one.due);
    std::vector<Cell> cells = {{format_local(one.due, zone), Color::kBold},
                               {row.flow ? row.name() : "-"},
                               {note.empty() ? "-" : note, note.empty() ? Color::kNone : Color::kYellow}};
    if (!brief) {
      cells.insert(cells.begin(), {format_instant(one.due)});
      cells.insert(cells.begin() + 2, {zone.name()});
    }
    table.add(std::move(cells));
  }
  table.print(context);
}

Result<std::optional<Instant>> read_from(const Arguments& arguments) {
  const auto from = arguments.value("from");
  if (!from) return std::optional<Instant>();
  const auto given = parse_datetime(*from);
  if (!given) return fail(ErrorKind::kUsage, "option --from: " + given.error().message, given.error().advice);
  return std::optional<Instant>(*given);
}

// Instants do not come again after the clock went back.
Instant last_seen(const ScheduledTrigger& row, Instant now) {
  return row.due ? std::max(now, *row.due - Duration(1)) : now;
}

// Of several nothing is said: the others' instants stand there.
void note_end(Context& context, const ScheduledTrigger& row, Instant after) {
  if (row.schedule->next_after(after)) return;
  print_note(context, fmt::format("{} has ended: nothing is due after {}", row.flow ? row.name() : "the schedule",
                                  format_instant(after)));
}

Result<ExitStatus> print_next(Context& context, const Arguments& arguments, const std::vector<ScheduledTrigger>& rows,
                              bool with_headings) {
  QFLOW_ASSIGN(const std::optional<std::int64_t> count, arguments.integer("count", 1, kMostShown));
  QFLOW_ASSIGN(const std::optional<Instant> from, read_from(arguments));
  std::vector<AskedSchedule> asked;
  for (const ScheduledTrigger& row : rows) {
    asked.push_back({row.schedule.get(), from ? *from : last_seen(row, context.clock.now())});
    if (with_headings) note_end(context, row, asked.back().after);
  }
  const auto coming = coming_instants(asked, static_cast<std::size_t>(count.value_or(kShown)));
  if (arguments.flag("json")) {
    for (const ComingInstant& one : coming) print_json_line(context.out, json_of(rows[one.schedule], one.due));
    return ExitStatus::kOk;
  }
  if (with_headings) {
    for (const ScheduledTrigger& row : rows) context.out.write(heading_of(row) + "\n");
  }
  print_table(context, rows, coming);
  return ExitStatus::kOk;
}

Result<ExitStatus> run(Context& context, const Arguments& arguments) {
  if (const auto expression = arguments.value("cron")) {
    QFLOW_ASSIGN(ScheduledTrigger row, read_cron(context, arguments, *expression));
    return print_next(context, arguments, {std::move(row)}, true);
  }
  for (const char* option : {"timezone", "dst-gap", "dst-overlap"}) {
    if (!arguments.value(option)) continue;
    return fail(ErrorKind::kUsage, fmt::format("option --{} belongs to --cron", option),
                "a trigger says so itself, in its flow file");
  }
  const std::vector<std::string>& names = arguments.positionals();
  const bool is_file = !names.empty() && (names.front().ends_with(".toml") ||
                                          exists(context.files, context.folder / names.front()).value_or(false));
  if (is_file) {
    QFLOW_ASSIGN(const std::vector<ScheduledTrigger> rows, schedules_of_file(context, names.front()));
    return print_next(context, arguments, rows, true);
  }
  QFLOW_ASSIGN(const std::unique_ptr<Store> store, open_store(context, StoreAccess::kRead));
  auto rows =
      names.empty() ? all_deployed_schedules(context, *store) : deployed_schedules(context, *store, names.front());
  if (!rows) return tl::make_unexpected(rows.error());
  if (rows->empty() && names.empty()) print_note(context, "no schedule is deployed and enabled");
  const auto status = print_next(context, arguments, *rows, !names.empty());
  print_overdue_note(context, *store);
  return status;
}

}  // namespace

const Command kNextCommand = {
    .name = "next",
    .group = CommandGroup::kTriggers,
    .summary = "when schedules are due next",
    .description =
        "First each schedule in its canonical form and in English (not when all deployed ones are listed), then the "
        "coming instants, by time. Columns (a terminal shows the second, fourth and fifth): the instant in UTC, on the "
        "clocks of the zone, the zone, the trigger, and what is odd about it: a time that does not exist or comes "
        "twice on a night when clocks change.\n\n"
        "Flows have to be deployed, or given as a file; --cron tries an expression out.",
    .json =
        "one object per instant: {utc, local, timezone, flow, namespace, trigger, note}; flow and trigger are null "
        "with --cron, namespace without one, note where nothing is odd",
    .examples =
        "  $ qflow next\n  $ qflow next NightlyFlow -n 3\n"
        "  $ qflow next --cron '30 2 * * *' --timezone Europe/Berlin --from 2027-03-27\n",
    .positionals = kPositionals,
    .options = kOptions,
    .run = run,
    .excess_advice = excess_advice,
};

}  // namespace qflow
