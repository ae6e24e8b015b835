#pragma once

#include <optional>
#include <string_view>

#include "qflow/error/diagnostic.h"
#include "qflow/model/config_reader.h"
#include "qflow/trigger/subscription.h"
#include "qflow/trigger/trigger_registry.h"

namespace qflow {

// The keys of each sensor_type.
FileSensor read_file_sensor(ConfigReader& reader, bool directory);
DatabaseSensor read_database_sensor(TriggerSetup& setup);
S3Sensor read_s3_sensor(ConfigReader& reader);
HttpSensor read_http_sensor(ConfigReader& reader);
ExecSensor read_exec_sensor(ConfigReader& reader);

// The sensor types that a key belongs to ("belongs to sensor_type 's3'"), or "".
std::string explain_sensor_key(std::string_view key);

// `{ name = "postgresql", config = { ... } }`, as [engine] and engine_config have it.
std::optional<DatabaseEngine> read_database_engine(const ConfigTable& table, std::string_view what,
                                                   Diagnostics& diagnostics);

}  // namespace qflow
