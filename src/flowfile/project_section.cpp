#include <fmt/format.h>

#include "flowfile/checked_text.h"
#include "flowfile/flow_sections.h"
#include "qflow/model/name_characters.h"

namespace qflow {
namespace {

constexpr std::size_t kMaxBranchLength = 128;

std::optional<Located<std::string>> read_branch(ConfigReader& reader) {
  const auto branch = reader.text("branch");
  if (!branch) return std::nullopt;
  const std::string kept = kept_in_names(branch->value);
  Diagnostics& diagnostics = reader.diagnostics();
  if (kept.empty() || kept.size() > kMaxBranchLength) {
    diagnostics.error(branch->position, fmt::format("{} is no branch", qflow::quoted(branch->value)),
                      fmt::format("1 to {} letters, digits, '_', '.' and '-'", kMaxBranchLength));
    return std::nullopt;
  }
  if (kept != branch->value) {
    diagnostics.warning(branch->position,
                        fmt::format("branch {} is used as {}", qflow::quoted(branch->value), qflow::quoted(kept)),
                        "names of events keep only letters, digits, '_', '.' and '-'");
  }
  return branch;
}

}  // namespace

Project read_project(const ConfigTable& table, Diagnostics& diagnostics) {
  ConfigReader reader(table, "[project]", diagnostics);
  Project project;
  if (const auto name = reader.required_text("name")) {
    if (checked_name<ProjectName>(name, diagnostics)) project.name = *name;
  }
  project.branch = read_branch(reader);
  if (const auto production = reader.boolean("production")) project.production = production->value;
  reader.finish();
  return project;
}

}  // namespace qflow
