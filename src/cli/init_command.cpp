#include <fmt/format.h>

#include "cli/command_table.h"
#include "cli/init_files.h"
#include "qflow/error/printable.h"
#include "qflow/store/store.h"
#include "qflow/store/store_location.h"

namespace qflow {

namespace {

constexpr PositionalSpec kPositionals[] = {{.name = "DIR",
                                            .help = "where; made if it does not exist (default: here)",
                                            .count = PositionalSpec::Count::kOptional,
                                            .completes = Completes::kFolder}};

constexpr std::string_view kFlowFile = "flow.toml";

constexpr std::string_view kExample = R"toml(# A flow: what to do (steps), with what (parameters), and when (triggers).
#
#   qflow run flow.toml                  run it now
#   qflow run flow.toml -p name=Ada      with a parameter
#   qflow inspect Hello latest           what the newest run did and left
#   qflow help flow-file                 every key of this file

id          = "Hello"
description = "Greets somebody."

# -p name=... sets it; steps see it as $QFLOW_PARAM_name.
[parameters.name]
type    = "string"
default = "world"
help    = "Who is greeted"

# What starts the flow. A field `name` of the event's payload sets the parameter of that name. To try it:
#   qflow run flow.toml --trigger '{"name": "somebody_came", "payload": {"name": "Ada"}}'
[[triggers]]
id    = "on_arrival"
type  = "event"
event = "somebody_came"

# What a step leaves in $QFLOW_OUT becomes its artifacts: greeting.txt is a file.
[[steps]]
id  = "greet"
run = 'echo "Hello, $QFLOW_PARAM_name!" > "$QFLOW_OUT/greeting.txt"'

# Steps see the artifacts of those they need in $QFLOW_IN. A value is JSON; `qflow put` leaves one.
[[steps]]
id    = "measure"
needs = ["greet"]
run   = '''
cat "$QFLOW_IN/greeting.txt"
"$QFLOW_BIN" put letters "$(tr -cd 'a-zA-Z' < "$QFLOW_IN/greeting.txt" | wc -c)"
'''

# Without a shell, expressions stand in {{ }}.
[[steps]]
id    = "report"
needs = ["measure"]
exec  = ["echo", "{{ artifacts.letters }} letters for {{ params.name }}"]
)toml";

Path target_folder(const Context& context, const Arguments& arguments) {
  if (arguments.positionals().empty()) return context.folder;
  return (context.folder / arguments.positionals().front()).lexically_normal();
}

// Beside the flow, whatever store there is above, unless one is named.
Result<Path> store_root(Context& context, const Path& folder) {
  const std::string named = context.options.store.value_or((folder / ".qflow").string());
  QFLOW_ASSIGN(const StoreLocation location, locate_store(context.files, context.environment, named, context.folder));
  return location.root;
}

// So that the run is kept in the store that was made: without --store that is looked for from the working folder up.
std::string way_to_run(const Context& context, const Path& flow) {
  if (context.options.store) return fmt::format("qflow --store {} run {}", *context.options.store, flow.string());
  if (!flow.has_parent_path()) return fmt::format("qflow run {}", flow.string());
  return fmt::format("cd {} && qflow run {}", flow.parent_path().string(), flow.filename().string());
}

Status check_no_file(FileSystem& files, const Path& folder, const Path& shown) {
  const auto info = files.info(folder, FollowLinks::kYes);
  if (!info || info->type == FileType::kFolder) return {};
  return fail(ErrorKind::kInvalid, fmt::format("{} is a file, not a folder", quoted(shown.string())),
              "qflow init DIR writes the example into a folder");
}

Status write_new_file(FileSystem& files, const Path& path, std::string_view text) {
  QFLOW_ASSIGN(const FileHandle file, files.open(path, OpenMode::kCreateNew, 0644));
  return files.write_all(file, text);
}

Result<ExitStatus> run(Context& context, const Arguments& arguments) {
  const Path folder = target_folder(context, arguments);
  const Path flow = folder / kFlowFile;
  const Path shown =
      arguments.positionals().empty() ? Path(kFlowFile) : Path(arguments.positionals().front()) / kFlowFile;
  QFLOW_TRY(check_no_file(context.files, folder, shown.parent_path()));
  QFLOW_ASSIGN(const bool is_there, exists(context.files, flow));
  if (is_there) {
    return fail(ErrorKind::kRefused, fmt::format("{} exists already, and stays as it is", quoted(shown.string())),
                "name another folder: qflow init DIR");
  }
  QFLOW_TRY(make_folders(context.files, folder));
  QFLOW_ASSIGN(const Path root, store_root(context, folder));
  QFLOW_ASSIGN(const bool has_store, exists(context.files, StoreLayout(root).ledger()));
  QFLOW_TRY(Store::open(root, StoreAccess::kCreate, context.files, context.clock));
  QFLOW_TRY(write_new_file(context.files, flow, kExample));
  context.out.write(fmt::format("made {}{}; to run it: {}\n", shown.string(), has_store ? "" : " and a store",
                                way_to_run(context, shown)));
  return ExitStatus::kOk;
}

}  // namespace

std::string_view example_flow() {
  return kExample;
}

const Command kInitCommand = {
    .name = "init",
    .group = CommandGroup::kWriting,
    .summary = "write a commented example flow, and make a store",
    .description =
        "Writes flow.toml, which runs at once, and makes the store .qflow beside it, or the one that --store names. "
        "Nothing that exists is overwritten.",
    .examples = "  $ qflow init\n  $ qflow run flow.toml\n",
    .positionals = kPositionals,
    .run = run,
};

}  // namespace qflow
