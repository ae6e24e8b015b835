#include "store/out_folder.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "qflow/error/printable.h"
#include "qflow/model/json.h"

namespace qflow {
namespace {

constexpr std::string_view kValueEnding = ".json";

bool is_value(const std::string& entry) {
  return entry.ends_with(kValueEnding);
}

Result<ArtifactName> artifact_name(const std::string& entry) {
  std::string_view text = entry;
  if (is_value(entry)) text.remove_suffix(kValueEnding.size());
  auto name = ArtifactName::parse(text);
  if (name) return name;
  return fail(ErrorKind::kInvalid, fmt::format("the output {} can't be an artifact", quoted(entry)),
              fmt::format("a name has {}", ArtifactNameRule::kRule));
}

Status check_type(const std::string& entry, const Output& output, FileSystem& files) {
  if (output.info.type == FileType::kOther) {
    return fail(ErrorKind::kInvalid, fmt::format("the output {} is a socket, pipe or device", quoted(entry)),
                "leave only files, folders, and links inside them");
  }
  if (output.info.type == FileType::kSymlink) {
    std::string target = files.read_link(output.path).value_or("?");
    return fail(ErrorKind::kInvalid, fmt::format("the output {} is a link to {}", quoted(entry), quoted(target)),
                "leave a copy of what it points to");
  }
  if (output.info.type == FileType::kFolder && is_value(entry)) {
    return fail(ErrorKind::kInvalid, fmt::format("the output {} is a folder, but .json names a value", quoted(entry)),
                "give the folder another name");
  }
  return {};
}

Status read_value(FileSystem& files, const std::string& entry, Output& output) {
  QFLOW_ASSIGN(output.bytes, read_file(files, output.path));
  auto value = parse_json(output.bytes);
  if (value) return {};
  return fail(ErrorKind::kInvalid, fmt::format("the output {} is not JSON: {}", quoted(entry), value.error().message),
              value.error().advice);
}

Result<Output> read_output(FileSystem& files, const Path& folder, const std::string& entry) {
  Output output;
  QFLOW_ASSIGN(output.name, artifact_name(entry));
  output.path = folder / entry;
  QFLOW_ASSIGN(output.info, files.info(output.path, FollowLinks::kNo));
  QFLOW_TRY(check_type(entry, output, files));
  if (output.info.type == FileType::kFolder) {
    output.kind = ArtifactKind::kFolder;
    QFLOW_ASSIGN(output.tree, read_tree(files, output.path));
    QFLOW_TRY(check_tree(output.tree, entry));
  } else if (is_value(entry)) {
    output.kind = ArtifactKind::kValue;
    QFLOW_TRY(read_value(files, entry, output));
  }
  return output;
}

Status refuse_equal_names(const std::vector<Output>& outputs) {
  for (std::size_t next = 1; next < outputs.size(); ++next) {
    if (outputs[next].name != outputs[next - 1].name) continue;
    const std::string& name = outputs[next].name.text();
    return fail(ErrorKind::kInvalid, fmt::format("the outputs {0} and {0}.json are both the artifact {0}", name),
                "leave one of them, or rename one");
  }
  return {};
}

}  // namespace

Result<std::vector<Output>> read_out_folder(FileSystem& files, const Path& folder) {
  QFLOW_ASSIGN(auto entries, files.list(folder));
  std::vector<Output> outputs;
  for (const FolderEntry& entry : entries) {
    QFLOW_ASSIGN(Output output, read_output(files, folder, entry.name));
    outputs.push_back(std::move(output));
  }
  std::sort(outputs.begin(), outputs.end(), [](const Output& a, const Output& b) { return a.name < b.name; });
  QFLOW_TRY(refuse_equal_names(outputs));
  return outputs;
}

}  // namespace qflow
