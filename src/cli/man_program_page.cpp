#include <fmt/format.h>

#include "cli/command_table.h"
#include "cli/flow_file_keys.h"
#include "cli/help_text.h"
#include "cli/help_topics.h"
#include "cli/man_pages.h"
#include "cli/roff.h"

namespace qflow {

namespace {

constexpr std::string_view kProgramDescription =
    R"(A flow is a TOML file: its parameters, its steps, and what starts it. A step is a command in any language; it talks to qflow through environment variables and folders. What a step leaves becomes an artifact, which later steps, and other flows that are triggered by the run, read. See qflow-flow(5) for the file.

Everything that happens is kept in a store, the folder `.qflow`, which is found upwards from the working directory as git finds `.git`. `init`, `run` and `deploy` make one in the working directory. What only reads flow files needs none: `check`, `test`, and `graph`, `next` and `simulate` of a FILE. The other commands that look or change something need one.

Results are written to standard output, progress and notes to standard error. On a terminal lists are tables with relative times; elsewhere they are tab-separated values without a header, with times in RFC 3339. `--json` prints the documented keys: of lists one object per line.
)";

constexpr std::string_view kFiles[][2] = {
    {".qflow/ledger.db", "runs, steps, events, triggers, and values up to 64 KiB"},
    {".qflow/ledger.gate", "whom writers wait for, one after the other; objects.gate: the same of who brings in files"},
    {".qflow/objects/",
     "larger values and files, by content; quarantine: what fsck has found to be damaged, kept for you to look at"},
    {".qflow/runs/FLOW/NUMBER/",
     "logs, and artifacts for browsing, of one run; hook.log: what its hooks printed; executor.log: notes and errors of "
     "the process that qflow run --detach started; lost: what a forgotten run of this number had left, where the ledger "
     "was restored from a backup"},
    {".qflow/hooks/", "marks of the runs whose hooks are being called"},
    {".qflow/secrets/NAME", "a secret (mode 0600)"},
    {".qflow/python/", "the Python module of this qflow, for steps that import it"},
    {".qflow/config.toml", "settings of the store; see CONFIGURATION"},
    {".qflow/last_tick", "touched by every tick: its time is that of the last one"},
    {".qflow/worker.log",
     "notes and errors of the processes that execute queued runs, not what steps print; begins anew beyond 1 MiB"},
    {".qflow/.gitignore", "keeps all of it out of git"},
};

std::string usage_line(const Command& command) {
  std::string line = "qflow";
  for (const std::string& word : usage_words(command)) line += " " + word;
  return line;
}

std::string sentence(std::string_view text) {
  std::string result(text);
  if (result[0] >= 'a' && result[0] <= 'z') result[0] = static_cast<char>(result[0] - 'a' + 'A');
  return result;
}

void write_options(RoffPage& page, std::span<const OptionSpec> options) {
  for (const OptionSpec& option : options) page.term(option_term(option, Alignment::kNo), option_text(option));
}

void write_command(RoffPage& page, const Command& command) {
  page.subheading(command.name);
  page.bold_line(usage_line(command));
  page.text(fmt::format("{}.", sentence(command.summary)));
  if (!command.description.empty()) page.text(command.description);
  for (const PositionalSpec& spec : command.positionals) page.term(spec.name, spec.help);
  write_options(page, command.options);
  if (!command.json.empty()) page.text(fmt::format("With --json: {}.", command.json));
  if (!command.examples.empty()) page.example(command.examples);
}

template <class Rows>
void write_variables(RoffPage& page, const Rows& rows) {
  for (const EnvironmentVariable& row : rows) page.term(row.name, row.text);
}

}  // namespace

std::string program_page() {
  RoffPage page("qflow", 1);
  page.heading("NAME");
  page.text("qflow - runs flows described in TOML, and starts them when something happens");
  page.heading("SYNOPSIS");
  page.text("`qflow` [`--store` DIR] [`--color` auto|always|never] [`-q`|`-v`] COMMAND ...");
  page.heading("DESCRIPTION");
  page.text(kProgramDescription);
  page.heading("GLOBAL OPTIONS");
  page.text("They stand before or after COMMAND.");
  write_options(page, global_options());
  page.heading("COMMANDS");
  for (const Command* command : commands()) {
    if (command->group != CommandGroup::kHidden) write_command(page, *command);
  }
  page.heading("NAMES OF RUNS");
  page.text(runs_text());
  page.heading("ENVIRONMENT");
  page.text("What a step sees:");
  write_variables(page, step_variables());
  page.text("What qflow reads:");
  write_variables(page, read_variables());
  page.heading("CONFIGURATION");
  page.text(config_text());
  for (const FlowFileTable& table : store_config_tables()) {
    if (!table.heading.empty()) page.subheading(table.heading);
    page.text(table.text);
    for (const FlowFileKey& key : table.keys) page.term(key.name, key_text(key));
  }
  page.heading("EXIT STATUS");
  for (const ExitStatusMeaning& row : exit_statuses()) {
    page.term(std::to_string(static_cast<int>(row.status)), row.meaning);
  }
  page.heading("FILES");
  for (const auto& row : kFiles) page.term(row[0], row[1]);
  page.heading("SEE ALSO");
  page.text("qflow-flow(5)");
  return page.source();
}

}  // namespace qflow
