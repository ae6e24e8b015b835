#include "cli/command_table.h"
#include "cli/run_argument.h"
#include "cli/run_foreground.h"
#include "cli/store_access.h"
#include "qflow/service/dispatch.h"
#include "qflow/service/run_reference.h"
#include "qflow/service/run_resumption.h"

namespace qflow {

namespace {

constexpr PositionalSpec kPositionals[] = {
    {.name = "RUN", .help = "Flow/34, Flow/latest or Flow latest", .completes = Completes::kRun},
    {.name = kLatestWord.name,
     .help = kLatestWord.help,
     .count = kLatestWord.count,
     .completes = Completes::kLatestOrStep},
    {.name = "STEP",
     .help = "do this step and what follows it again",
     .count = PositionalSpec::Count::kOptional,
     .completes = Completes::kLatestOrStep},
};

constexpr OptionSpec kOptions[] = {kJobsOption, kFailFastOption, kResultAsJsonOption};

// The step of "Flow/34 train", or of "Flow/34/train".
Result<std::optional<StepId>> read_step(const std::vector<std::string>& words, std::size_t run_words,
                                        const RunReference& reference) {
  if (reference.index) {
    return fail(ErrorKind::kUsage, "qflow resume takes whole steps, not a task of one",
                "name the step, or the run alone: of an unfinished foreach it takes over the tasks that succeeded");
  }
  if (words.size() == run_words) return reference.step;
  if (reference.step || words.size() > run_words + 1) {
    return fail(ErrorKind::kUsage, "one step at a time", "see qflow help resume");
  }
  return StepId::parse(words[run_words]);
}

Result<ExitStatus> run(Context& context, const Arguments& arguments) {
  const std::vector<std::string>& words = arguments.positionals();
  const std::size_t run_words = count_run_words(words);
  QFLOW_ASSIGN(const RunReference reference,
               parse_run_words({words.begin(), words.begin() + static_cast<std::ptrdiff_t>(run_words)}));
  QFLOW_ASSIGN(const std::optional<StepId> step, read_step(words, run_words, reference));
  QFLOW_ASSIGN(const ExecutionOptions options, read_execution_options(arguments));
  QFLOW_ASSIGN(const std::unique_ptr<Store> store, open_store(context, StoreAccess::kWrite));
  QFLOW_ASSIGN(const Run earlier, find_named_run(context, *store, reference, LatestMeans::kNewest));
  const auto execute = [&](const Doors& doors, StopSignals& signals, RunObserver& observer) {
    auto result = resume_run(*store, earlier.id, step, options, doors, &signals, observer);
    start_waiting_runs(*store, doors, observer);
    return result;
  };
  return run_in_foreground(context, output_form(arguments), execute);
}

}  // namespace

const Command kResumeCommand = {
    .name = "resume",
    .group = CommandGroup::kRunning,
    .summary = "go on with a run that failed, was cancelled or crashed",
    .description =
        "Makes a new run with the same parameters, trigger and recorded flow file, and takes over the steps that "
        "succeeded with their artifacts; of an unfinished foreach the tasks that succeeded. Scripts are read as they "
        "are now. With STEP, that step and what follows it are done again in any case. A deployed run has the "
        "environment that qflow deploy recorded.\n\n"
        "A run that is still being executed is refused with exit status 5.",
    .json = "one object: {run, status, reason}",
    .examples =
        "  $ qflow resume TrainingFlow/34\n"
        "  $ qflow resume TrainingFlow latest evaluate\n",
    .positionals = kPositionals,
    .options = kOptions,
    .run = run,
};

}  // namespace qflow
