#include "qflow/model/project_namespace.h"

#include <algorithm>

namespace qflow {

namespace {

bool is_kept(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '-';
}

std::string kept(std::string_view text) {
  std::string result;
  std::copy_if(text.begin(), text.end(), std::back_inserter(result), is_kept);
  return result;
}

}  // namespace

Result<std::optional<Project>> override_project(std::optional<Project> declared, const NamespaceOverride& changes) {
  if (changes.empty()) return declared;
  if (!declared && !changes.project) {
    return fail(ErrorKind::kUsage, "the flow has no project", "give one with --project, or [project] in the file");
  }
  Project project = declared.value_or(Project());
  if (changes.project) {
    QFLOW_ASSIGN(const ProjectName name, ProjectName::parse(*changes.project));
    project.name.value = name.text();
  }
  if (changes.branch) project.branch = Located<std::string>{*changes.branch, {}};
  if (changes.no_branch) project.branch.reset();
  if (changes.production) project.production = *changes.production;
  return std::optional<Project>(std::move(project));
}

std::string project_namespace(const Project& project, std::string_view user) {
  const std::string name = kept(project.name.value);
  if (project.production) return project.branch ? name + ".prod." + kept(project.branch->value) : name + ".prod";
  if (project.branch) return name + ".test." + kept(project.branch->value);
  return name + ".user." + kept(user);
}

}  // namespace qflow
