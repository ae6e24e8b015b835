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

std::string project_namespace(const Project& project, std::string_view user) {
  const std::string name = kept(project.name.value);
  if (project.production) return project.branch ? name + ".prod." + kept(project.branch->value) : name + ".prod";
  if (project.branch) return name + ".test." + kept(project.branch->value);
  return name + ".user." + kept(user);
}

}  // namespace qflow
