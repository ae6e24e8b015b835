#include "os/program_lookup.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>

#include "os/system_error.h"

namespace qflow {
namespace {

constexpr std::string_view kDefaultPath = "/bin:/usr/bin";

std::string_view search_path(const ProcessSpec& spec) {
  constexpr std::string_view kName = "PATH=";
  for (const std::string& variable : spec.environment) {
    if (std::string_view(variable).starts_with(kName)) return std::string_view(variable).substr(kName.size());
  }
  return kDefaultPath;
}

// The place from which this process sees what the child will call `path`.
std::string seen_from_here(const ProcessSpec& spec, const std::string& path) {
  bool same = path.starts_with('/') || spec.folder.empty();
  return same ? path : spec.folder + "/" + path;
}

// 0 when the file can be executed, else the errno value that says why not.
int execution_error(const std::string& path) {
  struct stat status {};
  if (stat(path.c_str(), &status) != 0) return errno;
  if (!S_ISREG(status.st_mode)) return EACCES;
  return faccessat(AT_FDCWD, path.c_str(), X_OK, AT_EACCESS) == 0 ? 0 : errno;
}

tl::unexpected<Error> not_in_path(const ProcessSpec& spec, std::string_view path, const std::string& refused) {
  if (!refused.empty()) {
    return fail(ErrorKind::kFailed, fmt::format("can't run {}: {}", refused, system_reason(EACCES)),
                "make it executable with chmod +x");
  }
  return fail(ErrorKind::kNotFound, fmt::format("can't find the program '{}' in PATH ({})", spec.program, path),
              "install it, or give its whole path");
}

Result<std::string> search(const ProcessSpec& spec, std::string_view path) {
  std::string refused;
  for (std::string_view rest = path;;) {
    std::size_t colon = rest.find(':');
    std::string folder(rest.substr(0, colon));
    // POSIX: an empty prefix is the working directory.
    std::string candidate = (folder.empty() ? "." : folder) + "/" + spec.program;
    int error = execution_error(seen_from_here(spec, candidate));
    if (error == 0) return candidate;
    if (error == EACCES && refused.empty()) refused = candidate;
    if (colon == std::string_view::npos) return not_in_path(spec, path, refused);
    rest.remove_prefix(colon + 1);
  }
}

}  // namespace

Result<std::string> find_program(const ProcessSpec& spec, FoundPrograms& found) {
  if (spec.program.empty()) return fail(ErrorKind::kInvalid, "can't run a program without a name");
  if (spec.program.find('/') != std::string::npos) return spec.program;
  const std::string_view path = search_path(spec);
  if (found.search_path != path) found = {std::string(path), {}};
  const auto known = found.files.find(spec.program);
  if (known != found.files.end() && execution_error(known->second) == 0) return known->second;
  QFLOW_ASSIGN(std::string file, search(spec, path));
  // One found through a relative folder of the path is another file in another working directory.
  if (file.starts_with('/')) found.files[spec.program] = file;
  return file;
}

}  // namespace qflow
