#include "sensor/s3_credentials.h"

#include <algorithm>

namespace qflow {
namespace {

Result<std::optional<std::string>> find(const SecretSource& secret, const std::string& name) {
  auto value = secret(name);
  if (!value && value.error().kind != ErrorKind::kNotFound) return tl::make_unexpected(std::move(value).error());
  if (!value || value->empty()) return std::nullopt;
  // They go into the headers of a request, each of which is a line.
  const auto is_control = [](unsigned char c) { return c < 0x20 || c == 0x7F; };
  if (std::any_of(value->begin(), value->end(), is_control)) {
    return fail(ErrorKind::kInvalid, "the secret " + name + " holds a line break or another control character");
  }
  return std::move(*value);
}

Result<std::string> find_needed(const SecretSource& secret, const std::string& name) {
  QFLOW_ASSIGN(auto value, find(secret, name));
  if (value) return std::move(*value);
  return fail(ErrorKind::kNotFound, "an s3 sensor needs the secret " + name + ", which has no value",
              "set the environment variable, or write it to the file secrets/" + name + " of the store");
}

void hide(std::string& text, const std::string& secret) {
  for (std::size_t at = 0; !secret.empty() && (at = text.find(secret, at)) != std::string::npos; at += 3) {
    text.replace(at, secret.size(), "***");
  }
}

}  // namespace

Result<S3Credentials> find_s3_credentials(const SecretSource& secret) {
  S3Credentials credentials;
  QFLOW_ASSIGN(credentials.access_key, find_needed(secret, "AWS_ACCESS_KEY_ID"));
  QFLOW_ASSIGN(credentials.secret_key, find_needed(secret, "AWS_SECRET_ACCESS_KEY"));
  QFLOW_ASSIGN(credentials.session_token, find(secret, "AWS_SESSION_TOKEN"));
  return credentials;
}

std::string without_credentials(std::string text, const S3Credentials& credentials) {
  hide(text, credentials.secret_key);
  hide(text, credentials.access_key);
  hide(text, credentials.session_token.value_or(""));
  return text;
}

}  // namespace qflow
