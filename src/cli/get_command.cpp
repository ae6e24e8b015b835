#include <fmt/format.h>

#include "cli/command_table.h"
#include "cli/run_argument.h"
#include "cli/store_access.h"
#include "cli/terminal.h"
#include "qflow/error/printable.h"
#include "qflow/expression/expression.h"
#include "qflow/service/get_scope.h"

namespace qflow {

namespace {

constexpr PositionalSpec kPositionals[] = {{.name = "EXPR", .help = "an expression (qflow help expressions)"}};

constexpr OptionSpec kOptions[] = {
    {.name = "run",
     .value = "RUN",
     .help = "read this run, which has ended (Flow/latest: the newest that has)",
     .completes = Completes::kRun},
    {.name = "json", .help = "always JSON, text too"},
};

Error syntax_error(const std::string& text, const ExpressionProblem& problem) {
  const std::size_t column = count_code_points(std::string_view(text).substr(0, problem.offset)) + 1;
  return {ErrorKind::kInvalid, fmt::format("expression, column {}: {}", column, problem.message), problem.advice};
}

// What the names of the expression mean, and the store that they are read from.
struct Place {
  std::unique_ptr<Store> store;
  std::unique_ptr<Scope> scope;
  bool is_outside = false;  // of runs: there are no names
};

Result<Place> find_place(Context& context, const std::optional<std::string>& run_text) {
  Place place;
  if (run_text) {
    QFLOW_ASSIGN(const RunReference reference, parse_whole_run({*run_text}, "qflow get --run"));
    QFLOW_ASSIGN(place.store, open_store(context, StoreAccess::kRead));
    QFLOW_ASSIGN(const Run run, find_named_run(context, *place.store, reference, LatestMeans::kNewestEnded));
    QFLOW_ASSIGN(place.scope, ended_run_scope(*place.store, run));
  } else if (is_inside_step(context.environment)) {
    QFLOW_ASSIGN(place.store, open_store(context, StoreAccess::kRead));
    QFLOW_ASSIGN(place.scope, step_scope(*place.store, doors_of(context)));
  }
  place.is_outside = place.scope == nullptr;
  if (place.is_outside) place.scope = std::make_unique<EmptyScope>();
  return place;
}

Result<Json> evaluate(Context& context, const Expression& expression, const std::optional<std::string>& run_text) {
  QFLOW_ASSIGN(const Place place, find_place(context, run_text));
  const Result<Value> value = expression.evaluate(*place.scope);
  if (value) return value->to_json();
  Error error = value.error();
  if (place.is_outside && !expression.references().empty())
    error.advice = "outside a step, --run RUN says which run is meant";
  return tl::make_unexpected(std::move(error));
}

Result<ExitStatus> run(Context& context, const Arguments& arguments) {
  const std::string& text = arguments.positionals().front();
  const auto expression = Expression::parse(text);
  if (!expression) return tl::make_unexpected(syntax_error(text, expression.error()));
  QFLOW_ASSIGN(const Json value, evaluate(context, *expression, arguments.value("run")));
  if (arguments.flag("json")) {
    print_json(context.out, value);
  } else {
    context.out.write(to_plain_text(value) + "\n");
  }
  return ExitStatus::kOk;
}

}  // namespace

const Command kGetCommand = {
    .name = "get",
    .group = CommandGroup::kArtifacts,
    .summary = "print a value: of an artifact, a parameter, the trigger",
    .description =
        "Inside a step the expression sees what the step sees: params, run, artifacts, trigger, item, index. "
        "With --run it sees that run after its end. Elsewhere literals and functions only. Text is printed "
        "as it is, all else as JSON. A missing field gives the status 3.",
    .json = "the value",
    .examples =
        "  $ qflow get artifacts.accuracy --run TrainingFlow/latest\n"
        "  $ qflow get 'trigger[\"first\"].timestamp'\n",
    .positionals = kPositionals,
    .options = kOptions,
    .run = run,
};

}  // namespace qflow
