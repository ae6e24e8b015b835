#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "qflow/time/duration.h"

namespace qflow {

// A file, or the files of a folder. The path may be relative to the flow file's folder.
struct FileSensor {
  bool directory = false;
  std::string path;
  std::optional<std::string> pattern;
  Duration settle = std::chrono::seconds(5);
  std::optional<std::string> done_marker;
};

struct PostgresqlEngine {
  std::optional<std::string> host;
  std::int64_t port = 5432;
  std::string database;
  std::optional<std::string> user;
  std::optional<std::string> password_secret;
  std::optional<std::string> sslmode;
};
struct SqliteEngine {
  std::string path;
};
using DatabaseEngine = std::variant<PostgresqlEngine, SqliteEngine>;

enum class DetectionMode { kRowCount, kTimestampColumn, kCustomQuery };

struct DatabaseSensor {
  DatabaseEngine engine;
  DetectionMode mode = DetectionMode::kRowCount;
  std::string table_name;
  std::string timestamp_column;
  std::string custom_query;
  std::optional<std::string> condition;
};

struct S3Sensor {
  std::string bucket;
  std::string prefix;
  std::optional<std::string> pattern;
  std::optional<std::string> endpoint;
  std::optional<std::string> region;
};
struct HttpSensor {
  std::string url;
};
struct ExecSensor {
  std::vector<std::string> command;
};

enum class ChangeKind { kCreated, kModified, kDeleted, kAll };
enum class SensorBaseline { kIgnore, kFire };
enum class SensorBatching { kItem, kBatch };

// What a sensor looks at again and again, and which changes count (qflow-flow(5)).
struct SensorRules {
  std::variant<FileSensor, DatabaseSensor, S3Sensor, HttpSensor, ExecSensor> watched;
  ChangeKind change = ChangeKind::kCreated;
  Duration poll = std::chrono::seconds(30);
  Duration timeout = std::chrono::seconds(30);
  SensorBaseline baseline = SensorBaseline::kIgnore;
  SensorBatching per = SensorBatching::kItem;
};

}  // namespace qflow
