#include <fmt/format.h>
#include <unistd.h>

#include "cli/command_table.h"
#include "qflow/error/printable.h"
#include "qflow/model/json.h"
#include "qflow/model/names.h"

namespace qflow {

namespace {

constexpr std::string_view kValueSuffix = ".json";
constexpr std::uint32_t kFileMode = 0644;
constexpr std::uint32_t kProgramMode = 0755;
constexpr std::uint32_t kExecutableBits = 0111;

constexpr PositionalSpec kPositionals[] = {
    {.name = "NAME", .help = "the name of the artifact"},
    {.name = "VALUE", .help = "JSON; - reads it from standard input", .count = PositionalSpec::Count::kOptional},
};

constexpr OptionSpec kOptions[] = {
    {.name = "file", .value = "PATH", .help = "a file or folder instead of a value", .completes = Completes::kFile}};

Error outside_a_step() {
  return {ErrorKind::kUsage, "qflow put works inside a step only: QFLOW_OUT is not set",
          "call it from a step's run or exec"};
}

Error would_be_value(const ArtifactName& name) {
  const std::string bare = name.text().substr(0, name.text().size() - kValueSuffix.size());
  return {ErrorKind::kInvalid, fmt::format("{} can't be a file: what ends in .json is a value", quoted(name.text())),
          fmt::format("qflow put {} - reads the value from standard input", bare.empty() ? "NAME" : bare)};
}

Status copy_file(FileSystem& files, const Path& from, const Path& to, const FileInfo& info) {
  const std::uint32_t mode = (info.mode & kExecutableBits) != 0 ? kProgramMode : kFileMode;
  QFLOW_ASSIGN(const FileHandle source, files.open(from, OpenMode::kRead));
  QFLOW_ASSIGN(const FileHandle target, files.open(to, OpenMode::kCreateNew, mode));
  return files.copy_bytes(source, target);
}

Status copy_entry(FileSystem& files, const Path& from, const Path& to, FollowLinks follow);

Status copy_folder(FileSystem& files, const Path& from, const Path& to) {
  QFLOW_TRY(files.make_folder(to));
  QFLOW_ASSIGN(const std::vector<FolderEntry> entries, files.list(from));
  for (const FolderEntry& entry : entries) {
    QFLOW_TRY(copy_entry(files, from / entry.name, to / entry.name, FollowLinks::kNo));
  }
  return {};
}

// Links inside a folder stay links; the path that was named itself is followed.
Status copy_entry(FileSystem& files, const Path& from, const Path& to, FollowLinks follow) {
  QFLOW_ASSIGN(const FileInfo info, files.info(from, follow));
  switch (info.type) {
    case FileType::kRegular:
      return copy_file(files, from, to, info);
    case FileType::kFolder:
      return copy_folder(files, from, to);
    case FileType::kSymlink: {
      QFLOW_ASSIGN(const std::string target, files.read_link(from));
      return files.make_symlink(target, to);
    }
    case FileType::kOther:
      break;
  }
  return fail(ErrorKind::kInvalid, fmt::format("{} is neither a file nor a folder", quoted(from.string())),
              "an artifact is made of files, folders and links inside of them");
}

// Whatever an earlier put left under this name goes, so that the last one counts.
Status remove_earlier(FileSystem& files, const Path& out, const ArtifactName& name) {
  QFLOW_TRY(remove_tree(files, out / name.text()));
  return remove_tree(files, out / fmt::format("{}{}", name.text(), kValueSuffix));
}

// What is put grows beside QFLOW_OUT, where a put that is interrupted leaves no half artifact; in a place of its own,
// since tasks put at once what has one name. `grow` makes the entry at the path that it is given.
template <class Grow>
Status put(FileSystem& files, const Path& out, const ArtifactName& name, std::string_view suffix, const Grow& grow) {
  const Path growing = out.parent_path() / fmt::format("put-{}.{}", out.filename().string(), getpid());
  QFLOW_TRY(remove_tree(files, growing));
  Status done = grow(growing);
  if (done) done = remove_earlier(files, out, name);
  if (done) done = files.rename(growing, out / fmt::format("{}{}", name.text(), suffix));
  if (!done) (void)remove_tree(files, growing);
  return done;
}

Status put_value(Context& context, const Path& out, const ArtifactName& name, const std::string& given) {
  std::string text = given;
  if (given == "-") {
    QFLOW_ASSIGN(text, context.in.read_all());
  }
  Result<Json> value = parse_json(text);
  if (!value) {
    Error error = with_context(fmt::format("the value of {}", name.text()), std::move(value).error());
    error.advice = "a value is JSON, text stands in double quotes; --file PATH puts a file";
    return tl::make_unexpected(std::move(error));
  }
  return put(context.files, out, name, kValueSuffix, [&](const Path& growing) -> Status {
    QFLOW_ASSIGN(const FileHandle file, context.files.open(growing, OpenMode::kCreateNew, kFileMode));
    return context.files.write_all(file, to_compact(*value));
  });
}

// The copy of a folder that the copy itself lies in has no end.
Status check_apart(FileSystem& files, const Path& folder, const std::string& written, const Path& growing) {
  QFLOW_ASSIGN(const FileInfo source, files.info(folder, FollowLinks::kYes));
  Path above = growing.parent_path();
  std::uint64_t last_inode = 0, last_device = 0;
  while (true) {
    QFLOW_ASSIGN(const FileInfo info, files.info(above, FollowLinks::kYes));
    if (info.inode == source.inode && info.device == source.device) {
      return fail(ErrorKind::kUsage,
                  fmt::format("can't put {}: the folder holds the store, and with it the copy", quoted(written)),
                  "name a folder that the store is not in, or put its files one by one");
    }
    if (info.inode == last_inode && info.device == last_device) return {};  // of / the parent is / itself
    last_inode = info.inode;
    last_device = info.device;
    above /= "..";  // leads up from where a link leads to
  }
}

Status put_file(Context& context, const Path& out, const ArtifactName& name, const std::string& file) {
  const Path source = context.folder / file;
  return put(context.files, out, name, "", [&](const Path& growing) -> Status {
    QFLOW_TRY(check_apart(context.files, source, file, growing));
    return copy_entry(context.files, source, growing, FollowLinks::kYes);
  });
}

Result<ExitStatus> run(Context& context, const Arguments& arguments) {
  const std::vector<std::string>& words = arguments.positionals();
  const std::optional<std::string> file = arguments.value("file");
  if (file.has_value() == (words.size() == 2)) {
    return fail(ErrorKind::kUsage, "qflow put takes either VALUE or --file PATH", "see qflow help put");
  }
  QFLOW_ASSIGN(const ArtifactName name, ArtifactName::parse(words.front()));
  if (file && name.text().ends_with(kValueSuffix)) return tl::make_unexpected(would_be_value(name));
  const std::optional<std::string> out = find_variable(context.environment, "QFLOW_OUT");
  if (!out) return tl::make_unexpected(outside_a_step());
  QFLOW_TRY(file ? put_file(context, *out, name, *file) : put_value(context, *out, name, words[1]));
  return ExitStatus::kOk;
}

}  // namespace

const Command kPutCommand = {
    .name = "put",
    .group = CommandGroup::kArtifacts,
    .summary = "leave an artifact, inside a step",
    .description =
        "Writes into $QFLOW_OUT; the artifact counts when the step succeeds. A second put of one name "
        "replaces the first.",
    .examples = "  $ qflow put model '{\"x\": 1}'\n  $ qflow put report --file ./report.pdf\n",
    .positionals = kPositionals,
    .options = kOptions,
    .run = run,
};

}  // namespace qflow
