#include <fmt/format.h>

#include <algorithm>

#include "cli/command_table.h"
#include "cli/overdue_note.h"
#include "cli/since_option.h"
#include "cli/store_access.h"
#include "cli/table.h"
#include "qflow/error/printable.h"
#include "qflow/error/suggestion.h"

namespace qflow {

namespace {

constexpr std::int64_t kMostEvents = 1'000'000'000;
constexpr std::int64_t kEventsOnTerminal = 20;

constexpr PositionalSpec kPositionals[] = {{.name = "NAME",
                                            .help = "events of this name only",
                                            .count = PositionalSpec::Count::kOptional,
                                            .completes = Completes::kKnownEvent}};

constexpr OptionSpec kOptions[] = {
    {.name = "context", .value = "C", .help = "events with this context"},
    {.name = "since", .value = "T", .help = "events recorded since then: an instant, or a duration such as 2h"},
    {.name = "limit", .value = "N", .help = "so many, the newest (on a terminal 20)"},
    {.name = "json", .help = "one JSON object per event"},
};

Result<EventFilter> read_filter(const Context& context, const Arguments& arguments) {
  EventFilter filter;
  if (!arguments.positionals().empty()) filter.name = arguments.positionals().front();
  filter.context = arguments.value("context");
  if (const auto since = arguments.value("since")) {
    QFLOW_ASSIGN(filter.since, parse_since(*since, context.clock.now()));
  }
  QFLOW_ASSIGN(filter.limit, arguments.integer("limit", 1, kMostEvents));
  if (!filter.limit && context.out.is_terminal() && !arguments.flag("json")) filter.limit = kEventsOnTerminal;
  return filter;
}

// An event that has not happened yet is known by those who listen to it.
Status check_name_known(Store& store, const EventFilter& filter) {
  if (!filter.name) return {};
  QFLOW_ASSIGN(std::vector<std::string> names, store.ledger().triggers().recorded_events());
  QFLOW_ASSIGN(const std::vector<std::string> awaited, store.ledger().triggers().awaited_events());
  names.insert(names.end(), awaited.begin(), awaited.end());
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  if (std::binary_search(names.begin(), names.end(), *filter.name)) return {};
  return fail(ErrorKind::kNotFound, "no event is called " + quoted(*filter.name),
              did_you_mean_or_list(*filter.name, names));
}

void print_table(const Context& context, const std::vector<Event>& events) {
  Table table({"EVENT", "NAME", "RECORDED", "CONTEXT", "FROM", "PAYLOAD"});
  for (const Event& event : events) {
    table.add({{event.id, Color::kBold, true},
               {event.name},
               {list_time(context, event.recorded_at)},
               {event.context.value_or("-")},
               {event.caused_by ? event.caused_by->text() : event.sender.value_or("-"), Color::kNone,
                event.caused_by.has_value()},
               {event.payload.is_null() ? "-" : to_compact(event.payload)}});
  }
  table.print(context);
}

Result<ExitStatus> run(Context& context, const Arguments& arguments) {
  QFLOW_ASSIGN(const EventFilter filter, read_filter(context, arguments));
  QFLOW_ASSIGN(const std::unique_ptr<Store> store, open_store(context, StoreAccess::kRead));
  QFLOW_ASSIGN(const std::vector<Event> events, store->ledger().triggers().events(filter));
  if (events.empty()) QFLOW_TRY(check_name_known(*store, filter));
  if (arguments.flag("json")) {
    for (const Event& event : events) print_json_line(context.out, to_json(event));
  } else {
    print_table(context, events);
  }
  print_overdue_note(context, *store);
  return ExitStatus::kOk;
}

}  // namespace

const Command kEventsCommand = {
    .name = "events",
    .group = CommandGroup::kLooking,
    .summary = "list events, the newest first",
    .description =
        "Published events, ends of runs (qflow.run.FLOW) and of steps (qflow.step.FLOW.STEP). qflow inspect EVENT "
        "shows what one did.\n\n"
        "Columns: event, name, when it was recorded, context, the run that published it or its sender, payload; - "
        "where there is none.",
    .json =
        "one object per event: {id, name, timestamp, recorded_at, type, namespace, value, sender, context, payload, "
        "caused_by}; payload is null where qflow gc has removed it",
    .examples = "  $ qflow events data_updated --since 2d\n",
    .positionals = kPositionals,
    .options = kOptions,
    .run = run,
};

}  // namespace qflow
