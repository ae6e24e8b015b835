#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "cli/command_table.h"
#include "cli/man_pages.h"
#include "qflow/error/printable.h"
#include "qflow/error/suggestion.h"

namespace qflow {

namespace {

constexpr std::array kPages = {
    ManPage{"qflow", 1, "the program", program_page},
    ManPage{"qflow-flow", 5, "the flow file", flow_file_page},
};

constexpr PositionalSpec kPositionals[] = {{.name = "PAGE",
                                            .help = "qflow (the program, the default) or qflow-flow (the flow file)",
                                            .count = PositionalSpec::Count::kOptional,
                                            .completes = Completes::kChoice,
                                            .choices = "qflow|qflow-flow"}};

Result<ExitStatus> run(Context& context, const Arguments& arguments) {
  const std::string name = arguments.positionals().empty() ? "qflow" : arguments.positionals().front();
  std::vector<std::string> known;
  for (const ManPage& page : kPages) {
    if (page.name == name) {
      context.out.write(page.source());
      return ExitStatus::kOk;
    }
    known.emplace_back(page.name);
  }
  const std::string whole = "qflow-" + name;
  const bool is_short = std::find(known.begin(), known.end(), whole) != known.end();
  return fail(ErrorKind::kUsage, fmt::format("no manual page {}", quoted(name)),
              is_short ? fmt::format("did you mean {}?", quoted(whole)) : did_you_mean_or_list(name, known));
}

}  // namespace

std::span<const ManPage> man_pages() {
  return kPages;
}

const Command kManCommand = {
    .name = "man",
    .group = CommandGroup::kAbout,
    .summary = "a page of the manual, as roff",
    .examples = "  $ qflow man | man -l -\n  $ qflow man qflow-flow > qflow-flow.5\n",
    .positionals = kPositionals,
    .run = run,
};

}  // namespace qflow
