#include <fmt/format.h>

#include "trigger/sensor_kinds.h"
#include "trigger/trigger_keys.h"

namespace qflow {
namespace {

PostgresqlEngine read_postgresql(ConfigReader& reader) {
  PostgresqlEngine engine;
  if (const auto host = reader.text("host")) engine.host = host->value;
  if (const auto port = reader.integer("port", 1, 65535)) engine.port = port->value;
  engine.database = read_needed_text(reader, "database", "a postgresql engine");
  if (const auto user = reader.text("user")) engine.user = user->value;
  if (const auto secret = reader.text("password_secret")) engine.password_secret = secret->value;
  if (const auto mode =
          reader.choice("sslmode", {"disable", "allow", "prefer", "require", "verify-ca", "verify-full"})) {
    engine.sslmode = mode->value;
  }
  reader.finish([](std::string_view key) {
    if (key == "password") return std::string("would stand in the file; name a secret: password_secret = \"NAME\"");
    return std::string(key == "path" ? "belongs to the engine sqlite" : "");
  });
  return engine;
}

SqliteEngine read_sqlite(ConfigReader& reader) {
  SqliteEngine engine{read_needed_text(reader, "path", "a sqlite engine")};
  reader.finish([](std::string_view key) {
    const bool other = key == "host" || key == "port" || key == "database" || key == "user" ||
                       key == "password_secret" || key == "sslmode";
    return std::string(other ? "belongs to the engine postgresql" : "");
  });
  return engine;
}

}  // namespace

std::optional<DatabaseEngine> read_database_engine(const ConfigTable& table, std::string_view what,
                                                   Diagnostics& diagnostics) {
  ConfigReader reader(table, std::string(what), diagnostics);
  const auto name = reader.has("name") ? reader.choice("name", {"postgresql", "sqlite"}) : reader.required_text("name");
  const ConfigTable* config = reader.table("config");
  if (!reader.has("config")) {
    diagnostics.error(table.position, fmt::format("missing key 'config' in {}", what),
                      "add config = { database = \"...\" }, or { path = \"...\" } for sqlite");
  }
  reader.finish();
  if (!name || config == nullptr) return std::nullopt;
  ConfigReader keys(*config, fmt::format("config of the engine {}", name->value), diagnostics);
  if (name->value == "sqlite") return read_sqlite(keys);
  return read_postgresql(keys);
}

}  // namespace qflow
