#include "service/git_probe.h"

#include <algorithm>
#include <csignal>
#include <string_view>
#include <utility>

namespace qflow {

namespace {

constexpr std::chrono::seconds kGitPatience{2};

// Everything in the repository but stores, which may be links, and which older ones do not ignore (gitglossary(7)).
constexpr const char* kWholeTree = ":(top)";
constexpr const char* kNoStores[] = {":(top,exclude,glob)**/.qflow", ":(top,exclude,glob)**/.qflow/**"};

bool is_in_repository(FileSystem& files, Path folder) {
  while (true) {
    if (exists(files, folder / ".git").value_or(false)) return true;
    if (!folder.has_relative_path()) return false;
    folder = folder.parent_path();
  }
}

// "# branch.oid COMMIT" and other headers, then one line per path that differs (git-status(1), porcelain format 2).
std::optional<GitState> parse_status(std::string_view text) {
  static constexpr std::string_view kCommit = "# branch.oid ";
  GitState state;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    if (line.substr(0, kCommit.size()) == kCommit) state.commit = line.substr(kCommit.size());
    if (!line.empty() && line.front() != '#') state.dirty = true;
    text.remove_prefix(std::min(line.size() + 1, text.size()));
  }
  if (state.commit.empty() || state.commit == "(initial)") return std::nullopt;
  return state;
}

}  // namespace

GitProbe::GitProbe(const Doors& doors, const Path& folder) : doors_(doors) {
  if (!is_in_repository(doors.files, folder)) return;
  auto pipe = make_pipe();
  if (!pipe) return;
  ProcessSpec spec;
  spec.program = "git";
  spec.arguments = {"git", "status", "--porcelain=v2", "--branch", "--", kWholeTree, kNoStores[0], kNoStores[1]};
  for (const auto& [name, value] : doors.environment) spec.environment.push_back(name + "=" + value);
  // Refreshing the index would take a lock that the user's own git may want.
  spec.environment.emplace_back("GIT_OPTIONAL_LOCKS=0");
  spec.folder = folder.string();
  spec.output = pipe->write_end.descriptor();
  auto child = doors.launcher.start(spec);
  if (!child) return;
  child_ = std::move(*child);
  output_ = std::move(pipe->read_end);
}

GitProbe::~GitProbe() {
  if (!child_.exited) return;
  doors_.launcher.signal_group(child_.id, SIGKILL);
  wait_readable({child_.exited.descriptor()}, std::nullopt);
  (void)doors_.launcher.collect(child_);
}

std::optional<GitState> GitProbe::take() {
  std::string text;
  const auto deadline = doors_.clock.monotonic() + kGitPatience;
  while (output_) {
    char buffer[16 * 1024];
    const PipeRead got = read_pipe(output_, buffer, sizeof buffer);
    if (got.state == PipeState::kClosed) return parse_status(text);
    if (got.state == PipeState::kData) {
      text.append(buffer, got.size);
      continue;
    }
    const auto left = deadline - doors_.clock.monotonic();
    if (left.count() <= 0) return std::nullopt;
    wait_readable({output_.descriptor()}, left);
  }
  return std::nullopt;
}

}  // namespace qflow
