#include <fmt/format.h>

#include <algorithm>

#include "cli/command_table.h"
#include "cli/effect_report.h"
#include "cli/namespace_options.h"
#include "cli/run_view.h"
#include "cli/store_access.h"
#include "cli/terminal.h"
#include "cli/wait_option.h"
#include "qflow/error/suggestion.h"
#include "qflow/service/calling_run.h"
#include "qflow/service/input_file.h"
#include "qflow/service/publishing.h"
#include "qflow/service/run_wait.h"

namespace qflow {

namespace {

constexpr PositionalSpec kPositionals[] = {{.name = "NAME",
                                            .help = "the event's name; none with --batch",
                                            .count = PositionalSpec::Count::kOptional,
                                            .completes = Completes::kEvent}};

constexpr OptionSpec kOwnOptions[] = {
    {.name = "payload",
     .value = "JSON",
     .help = "an object: JSON, @FILE, or - for standard input",
     .completes = Completes::kFile},
    {.name = "type", .value = "T", .help = "the event's type"},
    {.name = "namespace", .value = "N", .help = "a label to match on; has nothing to do with projects"},
    {.name = "value", .value = "V", .help = "the event's value"},
    {.name = "sender", .value = "S", .help = "who sends it"},
    {.name = "context", .value = "C", .help = "the context of the runs; in a step the run's own"},
    {.name = "timestamp", .value = "T", .help = "when it happened (RFC 3339); now"},
    {.name = "namespaced", .help = "publish {project}.{branch}.NAME, of this run or of the options"},
    {.name = "safe", .help = "in a local run: only say what would be published"},
    {.name = "idempotency-key", .value = "K", .help = "a repeat with this key makes no second event"},
    {.name = "batch",
     .value = "FILE",
     .help = "one event per line of a JSON Lines file (- for standard input), all or none",
     .completes = Completes::kFile},
    {.name = "dispatch", .help = "start the runs that it queued at once, not with the next tick"},
    kWaitOption,
    {.name = "require-match",
     .help = "status 4 when nothing fires or waits, 5 when a busy flow skipped it; the event is there all the same"},
    {.name = "dry-run", .help = "say what would happen, and change nothing"},
    {.name = "json", .help = "one JSON object per event"},
};

constexpr auto kOptions = with_namespace_options(kOwnOptions);

Result<std::string> read_source(Context& context, const std::string& source) {
  if (source == "-") return context.in.read_all();
  return read_input_file(context.files, context.folder / source, source, kLongestInput);
}

// {"rows":3} is {rows:3} when it comes through a shell without quotes around it.
bool lost_quotes(std::string_view text) {
  return text.starts_with('{') && text.find('"') == std::string_view::npos;
}

Result<Json> read_payload(Context& context, const Arguments& arguments) {
  const std::optional<std::string> given = arguments.value("payload");
  if (!given) return Json::object();
  const bool from_file = given->starts_with('@');
  std::string text = *given;
  if (from_file || text == "-") {
    QFLOW_ASSIGN(text, read_source(context, from_file ? text.substr(1) : text));
  }
  auto payload = parse_json(text);
  if (!payload) {
    Error error = with_context("--payload", payload.error());
    if (lost_quotes(*given))
      error.advice = "put it into single quotes, the shell took the double ones: '{\"rows\": 3}'";
    return tl::make_unexpected(std::move(error));
  }
  if (payload->is_object()) return payload;
  return fail(ErrorKind::kInvalid, fmt::format("--payload must be a JSON object, not {}", type_name(*payload)),
              "write it as '{\"rows\": 3}'");
}

Result<Publication> read_publication(Context& context, const Arguments& arguments) {
  Publication publication;
  Event& event = publication.event;
  publication.namespaced = arguments.flag("namespaced");
  QFLOW_TRY(take_name(publication, arguments.positionals().front()));
  QFLOW_ASSIGN(event.type, arguments.text("type"));
  QFLOW_ASSIGN(event.name_space, arguments.text("namespace"));
  QFLOW_ASSIGN(event.value, arguments.text("value"));
  QFLOW_ASSIGN(event.sender, arguments.text("sender"));
  QFLOW_ASSIGN(event.context, arguments.text("context"));
  QFLOW_ASSIGN(event.payload, read_payload(context, arguments));
  if (const auto timestamp = arguments.value("timestamp")) {
    auto instant = parse_instant(*timestamp);
    if (!instant) return tl::make_unexpected(with_context("--timestamp", instant.error()));
    event.timestamp = *instant;
    publication.timestamp_given = true;
  }
  QFLOW_ASSIGN(publication.idempotency_key, arguments.text("idempotency-key"));
  return publication;
}

// Options that would be dropped in silence.
Status check_dry_run(const Arguments& arguments) {
  if (!arguments.flag("dry-run")) return {};
  for (const char* option : {"wait", "dispatch"}) {
    if (!arguments.flag(option)) continue;
    return fail(ErrorKind::kUsage, fmt::format("--{} and --dry-run exclude each other", option),
                "a dry run queues no run");
  }
  return {};
}

// The lines of a batch say it each for itself.
Status check_namespace_used(const Arguments& arguments, const NamespaceOverride& options) {
  if (options.empty() || arguments.flag("namespaced") || arguments.flag("batch")) return {};
  return fail(ErrorKind::kUsage, "the options of projects and branches are for --namespaced events",
              "add --namespaced, or leave them out");
}

Status check_batch(const Arguments& arguments) {
  if (!arguments.positionals().empty()) {
    return fail(ErrorKind::kUsage, "qflow publish takes a NAME or --batch, not both");
  }
  for (const char* option :
       {"payload", "type", "namespace", "value", "sender", "context", "timestamp", "namespaced", "idempotency-key"}) {
    if (!arguments.flag(option)) continue;
    return fail(ErrorKind::kUsage, fmt::format("--{} says nothing about a batch", option),
                "write it into each line of the file");
  }
  return {};
}

Result<std::vector<Publication>> read_publications(Context& context, const Arguments& arguments) {
  const std::optional<std::string> batch = arguments.value("batch");
  if (batch) {
    QFLOW_TRY(check_batch(arguments));
    QFLOW_ASSIGN(const std::string text, read_source(context, *batch));
    return parse_batch(text, *batch == "-" ? "standard input" : *batch, context.clock.now());
  }
  if (arguments.positionals().empty()) {
    return fail(ErrorKind::kUsage, "qflow publish needs NAME", "see qflow help publish");
  }
  QFLOW_ASSIGN(Publication publication, read_publication(context, arguments));
  std::vector<Publication> publications;
  publications.push_back(std::move(publication));
  return publications;
}

// A local run is for trying things out, in whichever store.
bool is_only_said(const Arguments& arguments, const Doors& doors) {
  return arguments.flag("safe") && is_in_local_run(doors);
}

void print_published_json(Context& context, const PublishedNow& published, Json id) {
  Json effects = Json::array();
  for (const TriggerOutcome& effect : published.effects) effects.push_back(json_of(effect));
  print_json_line(context.out, {{"id", std::move(id)},
                                {"name", published.name},
                                {"duplicate", published.duplicate},
                                {"effects", std::move(effects)}});
}

Result<ExitStatus> say(Context& context, const Arguments& arguments, Store& store,
                       const std::vector<Publication>& publications, const Publisher& publisher) {
  const Doors doors = doors_of(context);
  QFLOW_ASSIGN(const auto named, publish_events(store, publications, publisher, PublishMode::kCheckOnly, doors));
  for (std::size_t i = 0; i < named.events.size(); ++i) {
    const PublishedNow& one = named.events[i];
    print_note(context,
               fmt::format("local run: would publish {} {}", one.name, to_compact(publications[i].event.payload)));
    if (arguments.flag("json")) print_published_json(context, one, Json());
  }
  return ExitStatus::kOk;
}

// A name that is nearly that of an awaited event was hardly meant.
std::string unheard_note(Store& store, const std::string& name) {
  const auto near = store.ledger().triggers().awaited_events_beside(name);
  const std::string hint = near ? did_you_mean(name, *near) : "";
  return fmt::format("no deployed flow listens to {}{}", name, hint.empty() ? "" : "; " + hint);
}

void print_published(Context& context, const PublishedNow& published, OutputForm form, PublishMode mode) {
  const bool dry_run = mode == PublishMode::kDryRun;
  if (form == OutputForm::kJson) {
    print_published_json(context, published, dry_run ? Json() : Json(published.id));
  } else if (!dry_run) {
    context.out.write(published.id + "\n");
  }
}

void print_consequences(Context& context, Store& store, const PublishedNow& published) {
  if (context.options.verbosity == Verbosity::kQuiet) return;
  if (published.duplicate) {
    print_note(context, "a repeat: the event with this idempotency key is there already");
  } else if (published.effects.empty()) {
    print_note(context, unheard_note(store, published.name));
  }
  print_effects(context, context.err, published.effects);
}

// What --require-match makes of it: a trigger has to take one of the events, now or together with what is to come.
ExitStatus match_status(const std::vector<PublishedNow>& published) {
  bool was_busy = false;
  for (const PublishedNow& one : published) {
    if (one.duplicate) return ExitStatus::kOk;
    for (const TriggerOutcome& effect : one.effects) {
      const Outcome outcome = effect.outcome.outcome;
      const bool taken = outcome == Outcome::kFired || outcome == Outcome::kWaiting || outcome == Outcome::kCoalesced;
      if (taken) return ExitStatus::kOk;
      was_busy |= outcome == Outcome::kSkipped;
    }
  }
  return was_busy ? ExitStatus::kBusy : ExitStatus::kNothingMatched;
}

PublishMode publish_mode(const Context& context, const Arguments& arguments) {
  if (arguments.flag("dry-run")) return PublishMode::kDryRun;
  const bool is_quiet = context.options.verbosity == Verbosity::kQuiet;
  const bool effects_count = arguments.flag("json") || arguments.flag("require-match");
  return is_quiet && !effects_count ? PublishMode::kSilently : PublishMode::kForReal;
}

Result<ExitStatus> publish(Context& context, const Arguments& arguments, Store& store,
                           std::vector<Publication> publications, const Publisher& publisher) {
  const PublishMode mode = publish_mode(context, arguments);
  const Doors doors = doors_of(context);
  QFLOW_ASSIGN(const WaitBegin begin, begin_if_asked(arguments, store));
  QFLOW_ASSIGN(const auto published, publish_events(store, std::move(publications), publisher, mode, doors));
  const OutputForm form = output_form(arguments);
  const ExitStatus matched = arguments.flag("require-match") ? match_status(published.events) : ExitStatus::kOk;
  for (const std::string& note : published.passed_over) print_note(context, note);
  for (const PublishedNow& one : published.events) {
    print_published(context, one, form, mode);
    if (form == OutputForm::kText || matched != ExitStatus::kOk) print_consequences(context, store, one);
  }
  if (mode != PublishMode::kDryRun) {
    context.out.flush();
    RunDispatcher dispatcher(store, doors);
    if (arguments.flag("dispatch")) {
      RunView view(context, StepOutput::kToErr);
      QFLOW_TRY(dispatcher.start_queued(view));
    }
    QFLOW_ASSIGN(const ExitStatus waited, wait_if_asked(context, arguments, store, begin, dispatcher));
    if (waited != ExitStatus::kOk) return waited;
  }
  return matched;
}

void print_name_notes(Context& context, const std::vector<Publication>& publications, const Publisher& publisher) {
  if (!publisher.note.empty()) print_note(context, publisher.note);
  for (const Publication& publication : publications) {
    if (!publication.note.empty()) print_note(context, publication.note);
  }
}

Result<ExitStatus> run(Context& context, const Arguments& arguments) {
  QFLOW_TRY(check_wait_option(arguments));
  QFLOW_TRY(check_dry_run(arguments));
  QFLOW_ASSIGN(const NamespaceOverride options, read_namespace(arguments));
  QFLOW_TRY(check_namespace_used(arguments, options));
  QFLOW_ASSIGN(std::vector<Publication> publications, read_publications(context, arguments));
  QFLOW_ASSIGN(const std::unique_ptr<Store> store, open_store(context, StoreAccess::kWrite));
  QFLOW_ASSIGN(const Publisher publisher, find_publisher(*store, options, doors_of(context)));
  print_name_notes(context, publications, publisher);
  if (publications.empty()) print_note(context, "the batch holds no event");
  if (is_only_said(arguments, doors_of(context))) return say(context, arguments, *store, publications, publisher);
  return publish(context, arguments, *store, std::move(publications), publisher);
}

}  // namespace

const Command kPublishCommand = {
    .name = "publish",
    .group = CommandGroup::kTriggers,
    .summary = "publish an event, and say what it does",
    .description =
        "Returns once the event is durable. Its id goes to standard output; what it did to each trigger that listens "
        "to its name, to standard error. The runs that it queued start with the next qflow tick, or at once with "
        "--dispatch.\n\n"
        "A line of a batch has the keys name, payload, type, namespace, value, sender, context, timestamp, namespaced "
        "and idempotency_key. A bad line refuses all of them.",
    .json =
        "one object per event: {id, name, duplicate, effects: [{flow, namespace, trigger, outcome, run, by, reason}]}; "
        "id is null where nothing was published; outcome is waiting, fired, superseded, expired, filtered, skipped, "
        "coalesced or stopped",
    .examples =
        "  $ qflow publish data_updated --payload '{\"latest\": \"2026-11-20\"}'\n"
        "  $ qflow publish --batch events.jsonl --dispatch --wait=5m\n",
    .positionals = kPositionals,
    .options = kOptions,
    .run = run,
    .excess_advice = wait_advice,
};

}  // namespace qflow
