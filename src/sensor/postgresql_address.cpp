#include "sensor/postgresql_address.h"

#include <algorithm>

#include "qflow/error/printable.h"
#include "sensor/lower_case.h"

namespace qflow {
namespace {

// A file that can't exist, so that libpq finds no passwords.
constexpr std::string_view kNoFile = "/dev/null/none";

void append_setting(std::string& text, std::string_view key, std::string_view value) {
  text.append(text.empty() ? "" : " ").append(key).append("='");
  for (const char c : value) {
    if (c == '\'' || c == '\\') text += '\\';
    text += c;
  }
  text += '\'';
}

std::string_view first_line(std::string_view text) {
  return text.substr(0, text.find('\n'));
}

// Prose begins in lower case, names such as SSL stay.
std::string begin_in_lower_case(std::string_view text) {
  const bool is_prose = text.size() > 1 && text[1] >= 'a' && text[1] <= 'z';
  return is_prose ? lower_case(text.substr(0, 1)).append(text.substr(1)) : std::string(text);
}

}  // namespace

std::string connection_text(const PostgresqlEngine& engine, std::string_view password) {
  std::string text;
  if (engine.host) append_setting(text, "host", *engine.host);
  append_setting(text, "port", std::to_string(engine.port));
  append_setting(text, "dbname", engine.database);
  if (engine.user) append_setting(text, "user", *engine.user);
  append_setting(text, "password", password);
  append_setting(text, "passfile", kNoFile);
  if (engine.sslmode) append_setting(text, "sslmode", *engine.sslmode);
  append_setting(text, "application_name", "qflow");
  append_setting(text, "client_encoding", "UTF8");
  return text;
}

ConnectionFailure parse_connection_failure(std::string_view message) {
  constexpr std::string_view kFailed = " failed: ";
  constexpr std::string_view kFatal = "FATAL:";
  if (const auto at = message.rfind(kFailed); at != std::string_view::npos) message.remove_prefix(at + kFailed.size());
  std::string_view reason = first_line(message);
  const bool is_from_server = reason.starts_with(kFatal);
  if (is_from_server) reason.remove_prefix(std::min(reason.find_first_not_of(' ', kFatal.size()), reason.size()));
  return {printable(begin_in_lower_case(reason)), is_from_server};
}

}  // namespace qflow
