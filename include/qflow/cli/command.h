#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "qflow/cli/context.h"
#include "qflow/error/error.h"
#include "qflow/error/exit_status.h"

namespace qflow {

// What a shell completes for a value, by asking the binary.
enum class Completes {
  kNothing,
  kFile,
  kFolder,
  kFlow,
  kRun,
  kLatest,        // the second word of "Flow latest"
  kLatestOrStep,  // that, or a step of the run on the line
  kLatestOrTag,
  kFlowOrFile,
  kScheduleOrFile,
  kDeployedFlow,
  kDeployedTrigger,  // FLOW or FLOW/TRIGGER
  kSensor,           // of a deployed flow: FLOW/TRIGGER
  kTriggerId,        // of the flow on the line
  kSource,           // what may trigger the flow on the line: a run, an event
  kEvent,            // that some deployed flow listens to
  kKnownEvent,       // or that is recorded
  kParameter,
  kTag,
  kChoice,
  kCommand,
  kTopic,
};

// One option of a command. `name` without dashes; `value` is the placeholder ("K=V"), empty for a flag. One in brackets
// ("[=DURATION]") is optional and stands behind an equals sign; one of two words takes two, which are joined by a
// space.
struct OptionSpec {
  enum class Repeats { kNo, kYes };

  std::string_view name = {};
  char short_name = 0;
  std::string_view value = {};
  std::string_view help = {};
  Repeats repeats = Repeats::kNo;
  Completes completes = Completes::kNothing;
  std::string_view choices = {};  // "auto|always|never"
};

bool has_optional_value(const OptionSpec& option);

// What stands behind its name in help: " K=V", "[=DURATION]", "".
std::string value_suffix(const OptionSpec& option);

struct PositionalSpec {
  enum class Count { kOne, kOptional, kMany, kAny };  // kMany: one or more

  std::string_view name = {};  // "FILE|FLOW"
  std::string_view help = {};
  Count count = Count::kOne;
  Completes completes = Completes::kNothing;
  std::string_view choices = {};  // "bash|zsh|fish"
};

// Under which heading the overview lists a command. Hidden ones serve the completion scripts and qflow's own
// processes.
enum class CommandGroup { kWriting, kRunning, kTriggers, kLooking, kArtifacts, kUpkeep, kAbout, kHidden };

struct Command;

// What the user gave, by the names of the specs. Asking for a name that neither the command nor the global options
// declare is a defect of the program (asserted).
class Arguments {
 public:
  explicit Arguments(const Command& command) : command_(&command) {}

  bool flag(std::string_view option) const;
  std::optional<std::string> value(std::string_view option) const;  // of a repeated option the last
  std::vector<std::string> values(std::string_view option) const;
  // The value of an option whose text is kept, and comes back as JSON; kInvalid when it is not UTF-8.
  Result<std::optional<std::string>> text(std::string_view option) const;
  // kUsage when the value is not a whole number from `minimum` to `maximum`.
  Result<std::optional<std::int64_t>> integer(std::string_view option, std::int64_t minimum,
                                              std::int64_t maximum) const;
  const std::vector<std::string>& positionals() const { return positionals_; }

  void add_option(std::string_view option, std::string value);
  void add_positional(std::string value);

 private:
  const Command* command_;
  std::vector<std::pair<std::string, std::string>> options_;
  std::vector<std::string> positionals_;
};

// One command: --help, the man page and the completions are made from this.
struct Command {
  std::string_view name = {};
  CommandGroup group = CommandGroup::kHidden;
  std::string_view summary = {};      // one line, no period
  std::string_view description = {};  // paragraphs for help and man, each on one line, an empty line between them
  std::string_view json = {};         // what --json prints: "one object: {run, status, reason}"
  std::string_view examples = {};     // lines of "$ qflow ..." and what they show
  std::span<const PositionalSpec> positionals = {};
  std::span<const OptionSpec> options = {};
  // An error is printed by the caller, unless its message is empty: then everything has been said.
  Result<ExitStatus> (*run)(Context& context, const Arguments& arguments) = nullptr;
  // What to do about words that the command does not take; "" or null: its help knows.
  std::string (*excess_advice)(const Arguments& arguments) = nullptr;
};

// All commands, sorted by name (checked at compile time). To add one: a file src/cli/<name>_command.cpp that defines
// its `const Command` (specs, the run function, output functions), its declaration in src/cli/command_table.h and one
// line in src/cli/command_table.cpp; then refresh man/ and completions/ with scripts/refresh-generated.
std::span<const Command* const> commands();

// The options that every command takes.
std::span<const OptionSpec> global_options();

// Null when there is none of that name.
const Command* find_command(std::string_view name);

// Runs `qflow ARGUMENTS...` (without argv[0]): global options, the command, errors printed as "qflow: error: ...".
ExitStatus run_command_line(Context& context, const std::vector<std::string>& arguments);

}  // namespace qflow
