#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <list>
#include <map>
#include <optional>
#include <set>
#include <tuple>

#include "cli/command_table.h"
#include "cli/log_printer.h"
#include "cli/log_reader.h"
#include "cli/run_argument.h"
#include "cli/store_access.h"
#include "qflow/error/printable.h"
#include "qflow/error/suggestion.h"
#include "qflow/error/wording.h"
#include "qflow/model/step_state.h"
#include "qflow/os/pipe.h"
#include "qflow/service/calling_run.h"
#include "qflow/service/run_objects.h"
#include "qflow/service/run_recovery.h"

namespace qflow {

namespace {

constexpr std::chrono::milliseconds kFollowInterval{200};
constexpr std::size_t kMostSilent = 20;              // tasks that are listed
constexpr std::string_view kTimedOut = "timed out";  // the reason that the runner gives

constexpr PositionalSpec kPositionals[] = {
    {.name = "RUN[/STEP[/INDEX]]",
     .help = "Flow/34, Flow/latest or Flow latest; a step of it, Flow/34/train; a task of a foreach, Flow/34/train/3",
     .completes = Completes::kRun},
    kLatestWord};

constexpr OptionSpec kOptions[] = {
    {.name = "follow", .short_name = 'f', .help = "go on until the run has ended"},
    {.name = "failed", .help = "failed attempts only"},
    {.name = "json", .help = "one JSON object per line"},
};

// The logs of one run that were asked for, as far as they have been printed.
class LogView {
 public:
  LogView(Context& context, Store& store, const Run& run, RunReference wanted, const Arguments& arguments)
      : context_(context),
        store_(store),
        run_(run.id),
        is_abandoned_(status_now(store, run.id, run.status) == RunStatus::kCrashed),
        wanted_(std::move(wanted)),
        failed_only_(arguments.flag("failed")),
        as_json_(arguments.flag("json")) {}

  // Prints what has come since the last call.
  Status print_new() {
    if (failed_only_) QFLOW_TRY(find_timed_out());
    QFLOW_ASSIGN(std::vector<Attempt> attempts, store_.ledger().attempts(run_));
    std::stable_sort(attempts.begin(), attempts.end(),
                     [](const Attempt& a, const Attempt& b) { return a.started_at < b.started_at; });
    for (const Attempt& attempt : attempts) {
      if (is_wanted(attempt)) log_of(attempt).attempt = attempt;
    }
    for (Log& log : logs_) {
      if (!log.reader) continue;
      QFLOW_TRY(log.reader->read_new([&](const LogRecord& record) {
        log.printer.print(record);
        log.has_printed = true;
      }));
      log.printer.finish();
      if (log.attempt.ended_at) log.reader.reset();
    }
    context_.out.flush();
    return {};
  }

  bool empty() const { return logs_.empty(); }

  // Those that printed nothing, as people call them.
  std::vector<std::string> silent_tasks() const {
    std::set<std::string> known;
    for (const Log& log : logs_) {
      if (log.has_printed) known.insert(task_label(log.attempt.step, log.attempt.index));
    }
    std::vector<std::string> tasks;
    for (const Log& log : logs_) {
      std::string label = task_label(log.attempt.step, log.attempt.index);
      if (known.insert(label).second) tasks.push_back(std::move(label));
    }
    return tasks;
  }

  // The attempts that were printed.
  std::vector<Attempt> attempts() const {
    std::vector<Attempt> attempts;
    for (const Log& log : logs_) attempts.push_back(log.attempt);
    return attempts;
  }

 private:
  struct Log {
    Attempt attempt;
    std::optional<LogReader> reader;  // until all of it is printed: its file is open
    LogPrinter printer;
    bool has_printed = false;
  };

  bool is_wanted(const Attempt& attempt) const {
    return (!wanted_.step || attempt.step == *wanted_.step) && (!wanted_.index || attempt.index == wanted_.index) &&
           (!failed_only_ || has_failed(attempt));
  }

  bool has_failed(const Attempt& attempt) const {
    if (!attempt.ended_at) return is_abandoned_;
    const bool was_ended = timed_out_.contains(attempt.step) || attempt.reason == kCutOff;
    return attempt.status == StepStatus::kFailed || (attempt.status == StepStatus::kCancelled && was_ended);
  }

  // The steps that the timeout of the run ended: cancelled, with its reason.
  Status find_timed_out() {
    QFLOW_ASSIGN(const std::vector<StepState> steps, store_.ledger().steps(run_));
    for (const StepState& step : steps) {
      if (step.status == StepStatus::kCancelled && step.reason == kTimedOut) timed_out_.insert(step.step);
    }
    return {};
  }

  LogForm form_of(const Attempt& attempt) const {
    if (as_json_) return LogForm::kJson;
    const bool one_task = wanted_.step && (wanted_.index || !attempt.index) && attempt.number == 1;
    return one_task ? LogForm::kPlain : LogForm::kPrefixed;
  }

  Log& log_of(const Attempt& attempt) {
    Log*& log = known_[{attempt.step, attempt.index, attempt.number}];
    if (log == nullptr) log = &add(attempt);
    return *log;
  }

  Log& add(const Attempt& attempt) {
    Path path = store_.layout().attempt_log(run_, attempt.step, attempt.index, attempt.number);
    return logs_.emplace_back(
        Log{attempt, LogReader(context_.files, std::move(path)),
            LogPrinter(context_.out, painter_for(context_, context_.out), attempt, form_of(attempt))});
  }

  Context& context_;
  Store& store_;
  RunId run_;
  bool is_abandoned_;  // no process executes it any more: what it was executing has failed
  RunReference wanted_;
  bool failed_only_;
  bool as_json_;
  std::set<StepId> timed_out_;
  std::list<Log> logs_;
  std::map<std::tuple<StepId, std::optional<std::int64_t>, int>, Log*> known_;
};

// Also one that has not begun is a step of the run.
Status check_step(Store& store, const Run& run, const RunReference& wanted) {
  if (!wanted.step) return {};
  QFLOW_ASSIGN(const std::shared_ptr<const FlowDefinition> flow, recorded_flow(store, run));
  std::vector<std::string> names;
  for (const Step& step : flow->steps) {
    if (step.id == *wanted.step) return {};
    names.push_back(step.id.text());
  }
  return fail(ErrorKind::kNotFound, fmt::format("{} has no step {}", run.id.text(), quoted(wanted.step->text())),
              did_you_mean_or_list(wanted.step->text(), names));
}

// gc removes the whole folder of a run whose results it gives up.
Status refuse_removed(Context& context, Store& store, const Run& run) {
  if (!run.removed_at) return {};
  QFLOW_ASSIGN(const bool is_there, exists(context.files, store.layout().run(run.id)));
  if (is_there) return {};
  return fail(ErrorKind::kNotFound,
              fmt::format("qflow gc removed the logs of {} at {}", run.id.text(), format_instant(*run.removed_at)),
              "run.keep of its flow says how long they stay");
}

// Nobody may come who goes on with it: whoever reads is told instead of kept waiting.
Status tell_if_cut_off(Context& context, Store& store, const Run& run) {
  QFLOW_ASSIGN(const std::shared_ptr<const FlowDefinition> flow, recorded_flow(store, run));
  if (goes_on_after_crash(run, *flow)) {
    print_note(context, fmt::format("{} was cut off; qflow tick goes on with it", run.id.text()));
  }
  return {};
}

// Until the run has ended, or nobody reads any more. A step would wait for itself, and what it prints is read again.
Status follow(Context& context, Store& store, const Run& run, LogView& view) {
  QFLOW_ASSIGN(const std::optional<RunId> caller, calling_run(store, doors_of(context)));
  if (caller == run.id && !has_ended(run.status)) {
    return fail(ErrorKind::kBusy, fmt::format("{} is the run that asks: its end would never come", run.id.text()),
                "leave out -f");
  }
  for (;;) {
    QFLOW_ASSIGN(const Run now, store.ledger().run_without_sources(run.id));
    const bool is_abandoned = status_now(store, now.id, now.status) != now.status;
    QFLOW_TRY(view.print_new());
    if (has_ended(now.status) || context.out.failed()) return {};
    if (is_abandoned) {
      // Its lock is free in the moment after its end, too.
      QFLOW_ASSIGN(const Run later, store.ledger().run_without_sources(run.id));
      if (later.status == now.status) return tell_if_cut_off(context, store, later);
    }
    (void)wait_readable({}, kFollowInterval);
  }
}

// The run that executed the attempt: one that resumes it took it over, without its log.
Result<RunId> executor_of(Store& store, Run run, const Attempt& attempt) {
  while (run.resumes && attempt.started_at < run.created_at) {
    QFLOW_ASSIGN(run, store.ledger().run_without_sources(*run.resumes));
  }
  return run.id;
}

Status tell_where_logs_are(Context& context, Store& store, const Run& run, const RunReference& wanted,
                           const std::vector<Attempt>& attempts) {
  std::set<RunId> executors;
  for (const Attempt& attempt : attempts) {
    QFLOW_ASSIGN(const RunId executor, executor_of(store, run, attempt));
    if (executor == run.id || !executors.insert(executor).second) continue;
    std::string place = executor.text() + "/" + wanted.step->text();
    if (wanted.index) place += "/" + std::to_string(*wanted.index);
    print_note(context, fmt::format("{} was taken over from {}: qflow logs {}", task_label(attempt.step, attempt.index),
                                    executor.text(), place));
  }
  return {};
}

// What failed without a word, or that nothing did.
void note_silence(Context& context, const Run& run, const LogView& view) {
  const std::string reason = run.reason.empty() ? "" : ": " + run.reason;
  std::vector<std::string> silent = view.silent_tasks();
  if (silent.size() > kMostSilent) {
    const std::string rest = fmt::format("{} more", silent.size() - kMostSilent + 1);
    silent.resize(kMostSilent - 1);
    silent.push_back(rest);
  }
  if (!silent.empty()) return print_note(context, fmt::format("{} failed and printed nothing", listed(silent)));
  if (!view.empty()) return;
  const bool failed = run.status == RunStatus::kFailed || run.status == RunStatus::kCrashed;
  print_note(context, failed ? fmt::format("no task of {} failed{}", run.id.text(), reason)
                             : fmt::format("nothing failed in {}", run.id.text()));
}

Result<ExitStatus> run(Context& context, const Arguments& arguments) {
  QFLOW_ASSIGN(const RunReference wanted, parse_run_words(arguments.positionals()));
  QFLOW_ASSIGN(const std::unique_ptr<Store> store, open_store(context, StoreAccess::kRead));
  QFLOW_ASSIGN(const Run run, find_named_run(context, *store, wanted, LatestMeans::kNewest));
  QFLOW_TRY(check_step(*store, run, wanted));
  QFLOW_TRY(refuse_removed(context, *store, run));
  LogView view(context, *store, run, wanted, arguments);
  QFLOW_TRY(arguments.flag("follow") ? follow(context, *store, run, view) : view.print_new());
  if (wanted.step) QFLOW_TRY(tell_where_logs_are(context, *store, run, wanted, view.attempts()));
  if (view.empty() && wanted.index) {
    return fail(ErrorKind::kNotFound,
                fmt::format("{}/{} has no task {}", run.id.text(), wanted.step->text(), *wanted.index));
  }
  if (arguments.flag("failed")) note_silence(context, run, view);
  return ExitStatus::kOk;
}

}  // namespace

const Command kLogsCommand = {
    .name = "logs",
    .group = CommandGroup::kLooking,
    .summary = "what the steps of a run printed",
    .description =
        "Each line is shown as `step | line`; of one step the line alone. A second attempt is step#2.\n\n"
        "What the hooks of a run printed is in .qflow/runs/FLOW/NUMBER/hook.log; that one of a run in the background "
        "failed is noted in .qflow/worker.log, and of `qflow run --detach` in executor.log beside hook.log.",
    .json = "one object per line: {step, index, attempt, time, stream, text}; stream is out or err",
    .examples = "  $ qflow logs TrainingFlow latest -f\n  $ qflow logs TrainingFlow/34/train\n",
    .positionals = kPositionals,
    .options = kOptions,
    .run = run,
};

}  // namespace qflow
