#include "qflow/model/project_namespace.h"

#include "qflow/model/name_characters.h"

namespace qflow {

namespace {

std::string removal_note(std::string_view what, std::string_view text) {
  const std::string kept = kept_in_names(text);
  if (kept == text) return {};
  return "the " + std::string(what) + " " + quoted(text) + " is used as " + quoted(kept) +
         ": names keep only letters, digits, '_', '.' and '-'";
}

}  // namespace

Result<std::optional<Project>> override_project(std::optional<Project> declared, const NamespaceOverride& changes) {
  if (changes.empty()) return declared;
  if (!declared && !changes.project) {
    return fail(ErrorKind::kUsage, "the options of a branch need a project", "give one with --project");
  }
  if (declared && changes.project_is_default && changes.project != declared->name.value) {
    return fail(ErrorKind::kUsage,
                "--config-value does not change the project's name, which is " + quoted(declared->name.value),
                "--project " + *changes.project + " does");
  }
  Project project = declared.value_or(Project());
  if (changes.project) {
    QFLOW_ASSIGN(const ProjectName name, ProjectName::parse(*changes.project));
    project.name.value = name.text();
  }
  if (changes.branch) {
    if (kept_in_names(*changes.branch).empty()) {
      return fail(ErrorKind::kInvalid, quoted(*changes.branch) + " is no branch",
                  "a branch has letters, digits, '_', '.' and '-'");
    }
    project.branch = Located<std::string>{*changes.branch, {}};
  }
  if (changes.no_branch) project.branch.reset();
  if (changes.production) project.production = *changes.production;
  return std::optional<Project>(std::move(project));
}

std::string project_namespace(const Project& project, std::string_view user) {
  const std::string& name = project.name.value;
  if (!project.branch) return project.production ? name + ".prod" : name + ".user." + kept_in_names(user);
  return name + (project.production ? ".prod." : ".test.") + kept_in_names(project.branch->value);
}

std::string namespace_note(const Project& project, std::string_view user) {
  const bool in_file = project.branch && project.branch->position != SourcePosition{};
  if (in_file) return {};  // where it stands there is a warning
  if (project.branch) return removal_note("branch", project.branch->value);
  return project.production ? std::string() : removal_note("user name", user);
}

std::string qualified_name(std::string_view name_space, const FlowId& flow) {
  return name_space.empty() ? flow.text() : std::string(name_space) + "." + flow.text();
}

std::optional<Project> project_of(std::string_view name_space) {
  if (name_space.empty()) return std::nullopt;
  return Project{{std::string(name_space.substr(0, name_space.find('.'))), {}}, std::nullopt, false};
}

NamespaceOverride override_to(std::string_view name_space) {
  NamespaceOverride changes;
  if (name_space.empty()) return changes;
  const std::size_t first = name_space.find('.');
  const std::string_view rest = first == std::string_view::npos ? "" : name_space.substr(first + 1);
  const std::size_t second = rest.find('.');
  const std::string_view kind = rest.substr(0, second);
  changes.project = name_space.substr(0, first);
  changes.production = kind == "prod";
  if (kind != "user" && second != std::string_view::npos) changes.branch = rest.substr(second + 1);
  changes.no_branch = !changes.branch;
  return changes;
}

}  // namespace qflow
