#include "cli/namespace_options.h"

#include <fmt/format.h>

#include "cli/terminal.h"
#include "qflow/error/printable.h"
#include "qflow/model/json.h"

namespace qflow {

namespace {

Error contradiction(std::string_view key) {
  return {ErrorKind::kUsage, fmt::format("--config-value and the options say different things about {}", key),
          "give one of them"};
}

template <class T>
Status take(std::optional<T>& known, const Json& value, std::string_view key) {
  try {
    const T given = value.get<T>();
    if (known && *known != given) return tl::make_unexpected(contradiction(key));
    known = given;
    return {};
  } catch (const Json::exception&) {
    return fail(ErrorKind::kUsage, fmt::format("--config-value project: {} can't be {}", key, type_name(value)));
  }
}

Status take_key(NamespaceOverride& changes, const std::string& key, const Json& value) {
  if (key == "name") {
    changes.project_is_default = !changes.project;
    return take(changes.project, value, key);
  }
  if (key == "production") return take(changes.production, value, key);
  if (key != "branch") {
    return fail(ErrorKind::kUsage, "--config-value project: unknown key " + quoted(key), "name, branch, production");
  }
  if (value.is_null()) {
    if (changes.branch) return tl::make_unexpected(contradiction(key));
    changes.no_branch = true;
    return {};
  }
  if (changes.no_branch) return tl::make_unexpected(contradiction(key));
  return take(changes.branch, value, key);
}

// "project {...}", as the two words of the command line were joined.
Status take_config_value(NamespaceOverride& changes, const std::string& text) {
  const std::size_t space = text.find(' ');
  const std::string name = text.substr(0, space);
  const std::string advice = "write --config-value project '{\"branch\": \"bar\"}'";
  if (name != "project")
    return fail(ErrorKind::kUsage, "--config-value knows only project, not " + quoted(name), advice);
  if (space == std::string::npos) return fail(ErrorKind::kUsage, "--config-value project lacks its JSON", advice);
  auto value = parse_json(std::string_view(text).substr(space + 1));
  if (!value) return tl::make_unexpected(with_context("--config-value project", value.error()));
  if (!value->is_object()) return fail(ErrorKind::kUsage, "--config-value project must be a JSON object");
  for (const auto& entry : value->items()) QFLOW_TRY(take_key(changes, entry.key(), entry.value()));
  return {};
}

}  // namespace

Result<NamespaceOverride> read_namespace(const Arguments& arguments) {
  NamespaceOverride changes;
  changes.project = arguments.value("project");
  changes.branch = arguments.value("branch");
  changes.no_branch = arguments.flag("no-branch");
  if (changes.branch && changes.no_branch)
    return fail(ErrorKind::kUsage, "--branch and --no-branch exclude each other");
  if (arguments.flag("production") && arguments.flag("no-production")) {
    return fail(ErrorKind::kUsage, "--production and --no-production exclude each other");
  }
  if (arguments.flag("production")) changes.production = true;
  if (arguments.flag("no-production")) changes.production = false;
  for (const std::string& text : arguments.values("config-value")) QFLOW_TRY(take_config_value(changes, text));
  return changes;
}

void print_namespace_note(Context& context, const std::optional<Project>& project) {
  if (!project) return;
  const std::string note = namespace_note(*project, user_name(context.environment));
  if (!note.empty()) print_note(context, note);
}

}  // namespace qflow
