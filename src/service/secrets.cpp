#include "service/secrets.h"

#include <optional>
#include <utility>
#include <vector>

#include "qflow/error/suggestion.h"
#include "qflow/runner/secret_limits.h"
#include "service/stored_text.h"

namespace qflow {

namespace {

constexpr std::uint64_t kLongestSecret = 64 * 1024;

}  // namespace

Result<std::optional<std::string>> find_secret(const ParameterName& name, const Environment& environment,
                                               const StoreLayout& store, FileSystem& files) {
  if (const auto found = environment.find(name.text()); found != environment.end()) return found->second;
  auto text = read_stored_text(files, store.secret(name), kLongestSecret);
  if (!text && text.error().kind == ErrorKind::kNotFound) return std::nullopt;
  if (!text) return tl::make_unexpected(text.error());
  if (!text->empty() && text->back() == '\n') text->pop_back();
  return std::move(*text);
}

std::map<std::string, std::string> known_secrets(const FlowDefinition& flow, const Environment& environment,
                                                 const StoreLayout& store, FileSystem& files) {
  std::map<std::string, std::string> secrets;
  for (const Step& step : flow.steps) {
    for (const auto& listed : step.secrets) {
      const auto name = ParameterName::parse(listed.value);
      if (!name) continue;
      const auto value = find_secret(*name, environment, store, files);
      if (value && *value) secrets[listed.value] = **value;
    }
  }
  return secrets;
}

Result<std::map<std::string, std::string>> required_secrets(const FlowDefinition& flow, const Environment& environment,
                                                            const StoreLayout& store, FileSystem& files) {
  std::map<std::string, std::string> secrets;
  std::vector<std::string> missing;
  for (const Step& step : flow.steps) {
    for (const auto& listed : step.secrets) {
      if (secrets.contains(listed.value)) continue;
      QFLOW_ASSIGN(const ParameterName name, ParameterName::parse(listed.value));
      QFLOW_ASSIGN(auto value, find_secret(name, environment, store, files));
      if (!value) missing.push_back(listed.value);
      if (value && value->size() < kShortestSecret) {
        return fail(ErrorKind::kInvalid, "the secret '" + listed.value + "' is too short to be masked in logs",
                    "secrets have at least " + std::to_string(kShortestSecret) + " bytes");
      }
      secrets[listed.value] = value.value_or("");
    }
  }
  if (missing.empty()) return secrets;
  return fail(ErrorKind::kInvalid, "no value for the secret " + quoted_list(missing),
              "set the environment variable, or write it to " + store.secrets().string() + "/" + missing.front());
}

}  // namespace qflow
