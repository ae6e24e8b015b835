#include <fmt/format.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string_view>

#include "os/child_start.h"
#include "os/program_lookup.h"
#include "os/system_error.h"
#include "qflow/os/process_journal.h"
#include "qflow/os/process_launcher.h"

namespace qflow {
namespace {

// The array that execve wants; it points into `texts`.
std::vector<char*> pointers(const std::vector<std::string>& texts) {
  std::vector<char*> result;
  result.reserve(texts.size() + 1);
  for (const std::string& text : texts) result.push_back(const_cast<char*>(text.c_str()));
  result.push_back(nullptr);
  return result;
}

const std::string* largest(const std::vector<std::string>& texts) {
  auto found = std::max_element(texts.begin(), texts.end(),
                                [](const std::string& a, const std::string& b) { return a.size() < b.size(); });
  return found == texts.end() ? nullptr : &*found;
}

std::size_t size_in_all(const ProcessSpec& spec) {
  std::size_t size = 0;
  for (const auto* texts : {&spec.arguments, &spec.environment}) {
    for (const std::string& text : *texts) size += text.size() + 1;
  }
  return size;
}

tl::unexpected<Error> too_long(const ProcessSpec& spec) {
  const std::string* argument = largest(spec.arguments);
  const std::string* variable = largest(spec.environment);
  std::string_view name = variable == nullptr ? "" : std::string_view(*variable).substr(0, variable->find('='));
  std::size_t variable_size = variable == nullptr ? 0 : variable->size();
  std::size_t argument_size = argument == nullptr ? 0 : argument->size();
  std::string message = fmt::format(
      "can't run {}: its arguments and environment are too long: {} bytes in all; the largest variable is {} ({} "
      "bytes), the longest argument has {} bytes",
      spec.program, size_in_all(spec), name, variable_size, argument_size);
  return fail(ErrorKind::kInvalid, std::move(message),
              "Linux takes 131,071 bytes in each, and in all a quarter of the stack's limit (ulimit -s); pass large "
              "values in files");
}

tl::unexpected<Error> folder_failure(const ProcessSpec& spec, int error) {
  ErrorKind kind = error == ENOENT || error == ENOTDIR ? ErrorKind::kNotFound : ErrorKind::kFailed;
  return fail(kind, fmt::format("can't run {} in the folder {}: {}", spec.program, spec.folder, system_reason(error)));
}

// execve says ENOENT for a missing file and for a missing interpreter of a script.
tl::unexpected<Error> program_failure(const ProcessSpec& spec, const std::string& program, int error) {
  if (error == E2BIG) return too_long(spec);
  if (error == ENOEXEC) {
    return fail(ErrorKind::kFailed, fmt::format("can't run {}: it is neither a program nor a script", program),
                "begin a script with a line such as #!/bin/sh");
  }
  bool relative = !program.starts_with('/') && !spec.folder.empty();
  std::string whole = relative ? spec.folder + "/" + program : program;
  struct stat status {};
  if (error == ENOENT && stat(whole.c_str(), &status) == 0) {
    return fail(ErrorKind::kNotFound, fmt::format("can't run {}: the interpreter of its first line is missing", whole));
  }
  bool absent = error == ENOENT || error == ENOTDIR;
  return fail(absent ? ErrorKind::kNotFound : ErrorKind::kFailed,
              fmt::format("can't run {}: {}", whole, system_reason(error)),
              error == EACCES ? "make it executable with chmod +x" : "");
}

tl::unexpected<Error> start_failure(const ProcessSpec& spec, const std::string& program, const ChildStart& start) {
  if (start.failed_step == ChildStep::kFolder) return folder_failure(spec, start.error);
  if (start.failed_step == ChildStep::kProgram) return program_failure(spec, program, start.error);
  std::string_view what = start.failed_step == ChildStep::kProcess ? "start a process for" : "connect the output of";
  return fail(ErrorKind::kFailed, fmt::format("can't {} {}: {}", what, spec.program, system_reason(start.error)));
}

// The text up to its first NUL is all that a program would see.
bool has_nul(const std::vector<std::string>& texts) {
  return std::any_of(texts.begin(), texts.end(), [](const std::string& text) { return text.find('\0') != text.npos; });
}

}  // namespace

// Asking for each of them anew would be a twentieth of what it costs to start a shell.
PosixProcessLauncher::PosixProcessLauncher() : signals_(std::make_shared<const ChangedSignals>(changed_signals())) {
  prctl(PR_SET_CHILD_SUBREAPER, 1);
}

Result<ChildProcess> PosixProcessLauncher::start(const ProcessSpec& spec) {
  if (has_nul(spec.arguments) || has_nul(spec.environment)) {
    return fail(ErrorKind::kInvalid,
                fmt::format("can't run {}: a NUL byte in its arguments or environment", spec.program));
  }
  QFLOW_ASSIGN(const std::string program, find_program(spec, found_));
  std::string note = journal_line(spec.journal_note);
  std::vector<char*> arguments = pointers(spec.arguments);
  std::vector<char*> environment = pointers(spec.environment);
  ChildPlan plan;
  plan.program = program.c_str();
  plan.arguments = arguments.data();
  plan.environment = environment.data();
  if (!spec.folder.empty()) plan.folder = spec.folder.c_str();
  plan.descriptors[0] = spec.input;
  plan.descriptors[1] = spec.output;
  plan.descriptors[2] = spec.error_output;
  plan.new_session = spec.group == ProcessSpec::Group::kNewSession;
  plan.dies_with_parent = spec.with_parent == ProcessSpec::WithParent::kDies;
  plan.journal = spec.journal;
  plan.journal_line = note.data();
  plan.journal_line_size = note.size();
  plan.parent = getpid();
  plan.signals = signals_.get();
  ChildStart start = start_child(plan);
  if (start.failed_step != ChildStep::kNone) return start_failure(spec, program, start);
  return ChildProcess{start.process, FileHandle(start.pidfd)};
}

Result<ProcessExit> PosixProcessLauncher::collect(ChildProcess& child) {
  int status = 0;
  pid_t ended = 0;
  do {
    ended = waitpid(child.id, &status, 0);
  } while (ended < 0 && errno == EINTR);
  if (ended < 0) {
    return fail(ErrorKind::kFailed,
                fmt::format("can't learn how process {} ended: {}", child.id, system_reason(errno)));
  }
  ProcessExit exit;
  if (WIFEXITED(status)) exit.exit_status = WEXITSTATUS(status);
  if (WIFSIGNALED(status)) exit.signal = WTERMSIG(status);
  return exit;
}

// Groups 0 and 1 would mean this process's own group and every process of the user.
void PosixProcessLauncher::signal_group(pid_t group, int signal) {
  if (group > 1) killpg(group, signal);
}

// A process that has ended and is not collected yet would still count as a member.
bool PosixProcessLauncher::group_alive(pid_t group) {
  if (group <= 1) return false;
  while (waitpid(-group, nullptr, WNOHANG) > 0) {
  }
  return killpg(group, 0) == 0 || errno == EPERM;
}

}  // namespace qflow
