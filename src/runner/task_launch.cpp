#include "runner/task_launch.h"

#include <fmt/format.h>
#include <unistd.h>

#include <utility>

#include "qflow/expression/template.h"
#include "qflow/runner/run_journal.h"
#include "qflow/runner/run_variables.h"
#include "runner/python_module.h"
#include "runner/run_environment.h"

namespace qflow {

namespace {

constexpr std::string_view kPythonPath = "PYTHONPATH";
const std::string kUnbuffered = "PYTHONUNBUFFERED";

Error template_error(std::string_view key, const ExpressionProblem& problem) {
  return {ErrorKind::kInvalid, std::string(key) + ": " + problem.message, problem.advice};
}

Result<std::string> render_text(std::string_view key, const std::string& text, const Scope& scope) {
  const auto parsed = Template::parse(text);
  if (!parsed) return tl::make_unexpected(template_error(key, parsed.error()));
  auto rendered = parsed->render_text(scope);
  if (!rendered) return tl::make_unexpected(with_context(key, rendered.error()));
  if (rendered->find('\0') != std::string::npos) {
    return fail(ErrorKind::kInvalid, std::string(key) + ": the text contains a NUL byte",
                "read the value from the file that QFLOW_PARAMS names, or with qflow get");
  }
  return rendered;
}

std::optional<Path> take_last(std::vector<Path>& paths) {
  if (paths.empty()) return std::nullopt;
  Path last = std::move(paths.back());
  paths.pop_back();
  return last;
}

}  // namespace

TaskLauncher::TaskLauncher(const RunPlan& plan, const RunnerDoors& doors, RunObserver& observer)
    : plan_(plan),
      doors_(doors),
      observer_(observer),
      mask_(run_mask(plan)),
      inherited_(run_environment(plan, doors.store.layout())) {}

Status TaskLauncher::prepare() {
  const StoreLayout& layout = doors_.store.layout();
  outputs_ = layout.run_outputs(plan_.run.id);
  items_ = layout.run_items(plan_.run.id);
  QFLOW_TRY(make_folders(doors_.store.files(), outputs_));
  QFLOW_TRY(find_python_module());
  const auto before = plan_.environment.find(kPythonPath);
  set_variable(inherited_, kPythonPath, with_module(before == plan_.environment.end() ? "" : before->second));
  // Else what a Python step prints would come at its end, or never where it is killed.
  if (!plan_.environment.contains(kUnbuffered)) add_variable(inherited_, kUnbuffered, "1");
  return {};
}

// PYTHONPATH is split at its colons, and can't quote one: to a folder with one in its path the open folder leads.
Status TaskLauncher::find_python_module() {
  QFLOW_ASSIGN(const Path module, provide_python_module(doors_.store));
  python_path_ = module.string();
  if (python_path_.find(':') == std::string::npos) return {};
  QFLOW_ASSIGN(python_folder_, doors_.store.files().open(module, OpenMode::kRead));
  python_path_ = fmt::format("/proc/{}/fd/{}", getpid(), python_folder_.descriptor());
  return {};
}

std::string TaskLauncher::with_module(const std::string& python_path) const {
  return python_path.empty() ? python_path_ : python_path_ + ":" + python_path;
}

Result<PreparedTask> TaskLauncher::prepare(const TaskRequest& request) {
  FileSystem& files = doors_.store.files();
  const Path out = outputs_ / StoreLayout::attempt_name(request.step.id, request.index, request.attempt);
  QFLOW_TRY(request.item != nullptr ? provide_output(out) : files.make_folder(out));
  Path parameters;
  if (request.item != nullptr) {
    QFLOW_ASSIGN(parameters, parameters_with_item(request));
  }

  ProcessSpec spec;
  QFLOW_ASSIGN(spec.environment, environment(request, out, parameters));
  QFLOW_ASSIGN(spec.arguments, arguments(request));
  QFLOW_ASSIGN(spec.folder, working_folder(request));
  spec.program = spec.arguments.front();
  spec.with_parent = ProcessSpec::WithParent::kDies;
  spec.journal = plan_.journal;
  spec.journal_note = attempt_note(request.step.id, request.index, request.attempt);

  auto log_place = [&layout = doors_.store.layout(), &run = plan_.run.id, step = request.step.id, index = request.index,
                    attempt = request.attempt] { return layout.attempt_log(run, step, index, attempt); };
  return PreparedTask{out, std::move(parameters), task_label(request.step.id, request.index), std::move(spec),
                      AttemptLog(files, doors_.clock, std::move(log_place), plan_.max_log)};
}

Result<LaunchedTask> TaskLauncher::launch(PreparedTask task) {
  LaunchedTask launched;
  QFLOW_ASSIGN(launched.process, TaskProcess::start(doors_.launcher, doors_.clock, std::move(task.spec),
                                                    std::move(task.label), std::move(task.log), mask_, observer_));
  launched.out = std::move(task.out);
  launched.parameters = std::move(task.parameters);
  return launched;
}

void TaskLauncher::take_back(const LaunchedTask& task, bool left_nothing) {
  if (task.parameters.empty()) return;
  FileSystem& files = doors_.store.files();
  if (left_nothing) {
    const auto out = files.info(task.out, FollowLinks::kNo);
    if (out && out->type == FileType::kFolder && out->mode == 0700) spare_outputs_.push_back(task.out);
  }
  // A file that the task has linked to elsewhere keeps its text.
  const auto file = files.info(task.parameters, FollowLinks::kNo);
  const bool is_own = file && file->type == FileType::kRegular && file->links == 1 && file->mode == 0600;
  if (is_own) spare_parameters_.push_back(task.parameters);
}

Status TaskLauncher::provide_output(const Path& out) {
  FileSystem& files = doors_.store.files();
  if (const auto spare = take_last(spare_outputs_); spare && files.rename(*spare, out)) return {};
  return files.make_folder(out);
}

Result<std::vector<std::string>> TaskLauncher::environment(const TaskRequest& request, const Path& out,
                                                           const Path& parameters) {
  std::vector<std::string> environment = inherited_;
  const std::string step = request.step.id.text();
  const std::string index = request.index ? std::to_string(*request.index) : "";
  add_variable(environment, "QFLOW_STEP", step);
  add_variable(environment, "QFLOW_TASK", plan_.run.id.text() + "/" + step + (request.index ? "/" + index : ""));
  add_variable(environment, "QFLOW_ATTEMPT", std::to_string(request.attempt));
  add_variable(environment, "QFLOW_IN", request.inputs.folder.string());
  add_variable(environment, "QFLOW_OUT", out.string());
  if (request.item != nullptr) {
    add_value(environment, "QFLOW_ITEM", *request.item);
    add_variable(environment, "QFLOW_INDEX", index);
    set_variable(environment, "QFLOW_PARAMS", parameters.string());
  }
  std::string given;
  for (const auto& secret : request.step.secrets) {
    const auto value = plan_.secrets.find(secret.value);
    if (value == plan_.secrets.end()) continue;
    add_variable(environment, secret.value, value->second);
    given += (given.empty() ? "" : ",") + secret.value;
  }
  if (!given.empty()) add_variable(environment, kGivenSecrets, given);
  for (const auto& [name, text] : request.step.environment) {
    QFLOW_ASSIGN(const std::string value, render_text("env." + name, text.value, request.scope));
    set_variable(environment, name, name == kPythonPath ? with_module(value) : value);
  }
  return environment;
}

// Without foreach all tasks share the run's file.
Result<Path> TaskLauncher::parameters_with_item(const TaskRequest& request) {
  Json parameters = plan_.run.params;
  parameters["item"] = *request.item;
  parameters["index"] = *request.index;
  Path path = items_ / (StoreLayout::attempt_name(request.step.id, request.index, request.attempt) + ".json");
  QFLOW_TRY(write_parameters(path, to_compact(parameters) + "\n"));
  return path;
}

Status TaskLauncher::write_parameters(const Path& path, const std::string& text) {
  FileSystem& files = doors_.store.files();
  const auto spare = take_last(spare_parameters_);
  if (spare && files.rename(*spare, path) && overwrite_file(files, path, text)) return {};
  if (write_file(files, path, text)) return {};
  QFLOW_TRY(files.make_folder(path.parent_path()));
  return write_file(files, path, text);
}

Result<std::vector<std::string>> TaskLauncher::arguments(const TaskRequest& request) {
  if (request.step.run) return shell_arguments(request.step);
  std::vector<std::string> arguments;
  for (const auto& argument : request.step.exec) {
    QFLOW_ASSIGN(arguments.emplace_back(), render_text("exec", argument.value, request.scope));
  }
  return arguments;
}

Result<std::vector<std::string>> TaskLauncher::shell_arguments(const Step& step) {
  const std::string& shell = step.shell.value;
  const std::string& text = step.run->value;
  std::vector<std::string> arguments{shell};
  if (shell == "sh") arguments.push_back("-eu");
  if (shell == "bash") arguments.insert(arguments.end(), {"-eu", "-o", "pipefail"});
  if (arguments.size() > 1 && text.size() <= kLongestInlineScript) {
    arguments.insert(arguments.end(), {"-c", text, shell});
    return arguments;
  }
  const Path script = doors_.store.layout().step_script(plan_.run.id, step.id);
  if (with_script_.insert(step.id).second) {
    QFLOW_TRY(make_folders(doors_.store.files(), script.parent_path()));
    QFLOW_TRY(write_file(doors_.store.files(), script, text));
  }
  arguments.push_back(script.string());
  return arguments;
}

Result<std::string> TaskLauncher::working_folder(const TaskRequest& request) {
  if (!request.step.workdir) return plan_.flow->folder;
  QFLOW_ASSIGN(const std::string folder, render_text("workdir", request.step.workdir->value, request.scope));
  return (Path(plan_.flow->folder) / folder).string();
}

}  // namespace qflow
