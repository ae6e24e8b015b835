#include <fmt/format.h>

#include "qflow/error/printable.h"
#include "trigger/trigger_keys.h"
#include "trigger/trigger_types.h"

namespace qflow {
namespace {

class ApiTrigger final : public Trigger {
 public:
  using Trigger::Trigger;
  TriggerType type() const override { return TriggerType::kApi; }
};

std::string read_path(ConfigReader& reader) {
  const std::string path = read_needed_text(reader, "path", "an api trigger");
  if (path.empty() || path.front() == '/') return path;
  reader.diagnostics().error(reader.find("path")->value.position,
                             fmt::format("`path` {} does not begin with '/'", qflow::quoted(path)),
                             "write it as \"/hooks/orders\"");
  return {};
}

// RFC 9110, section 9, without the methods that ask instead of telling.
std::vector<std::string> read_methods(ConfigReader& reader) {
  std::vector<std::string> methods;
  for (const Located<std::string>& method : reader.text_list("methods")) {
    if (method.value == "POST" || method.value == "PUT" || method.value == "PATCH" || method.value == "DELETE" ||
        method.value == "GET") {
      methods.push_back(method.value);
      continue;
    }
    reader.diagnostics().error(method.position, fmt::format("{} is no method", qflow::quoted(method.value)),
                               "known: 'DELETE', 'GET', 'PATCH', 'POST' and 'PUT'");
  }
  if (methods.empty()) methods.push_back("POST");
  return methods;
}

void read_authentication(ConfigReader& reader, ApiSubscription& subscription) {
  subscription.authentication = read_enum<ApiAuthentication>(reader, "auth",
                                                             {{"none", ApiAuthentication::kNone},
                                                              {"bearer", ApiAuthentication::kBearer},
                                                              {"hmac-sha256", ApiAuthentication::kHmacSha256},
                                                              {"github", ApiAuthentication::kGithub},
                                                              {"stripe", ApiAuthentication::kStripe}});
  const auto secret = reader.text("secret");
  if (secret) subscription.secret = secret->value;
  const bool needed = subscription.authentication != ApiAuthentication::kNone;
  if (needed && !reader.has("secret")) {
    reader.diagnostics().error(reader.find("auth")->value.position, "`auth` needs `secret`",
                               "name the secret that callers must know: secret = \"NAME\"");
  } else if (secret && !needed) {
    reader.diagnostics().error(secret->position, "`secret` has no use without `auth`",
                               "choose how it is sent: auth = \"bearer\"");
  }
}

}  // namespace

std::unique_ptr<Trigger> create_api_trigger(TriggerSetup& setup) {
  ApiSubscription subscription;
  subscription.source.name = setup.rules.id.text();
  subscription.source.position = setup.rules.position;
  subscription.path = read_path(setup.config);
  subscription.methods = read_methods(setup.config);
  read_authentication(setup.config, subscription);
  return std::make_unique<ApiTrigger>(std::move(setup.rules), std::vector<Subscription>{std::move(subscription)});
}

}  // namespace qflow
