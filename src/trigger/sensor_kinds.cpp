#include "trigger/sensor_kinds.h"

#include <fmt/format.h>

#include <algorithm>

#include "qflow/error/suggestion.h"
#include "trigger/trigger_keys.h"

namespace qflow {
namespace {

struct KeyOwner {
  std::string_view key;
  std::string_view types;
};
constexpr KeyOwner kOwners[] = {
    {"path", "'file' and 'directory'"},
    {"pattern", "'file', 'directory' and 's3'"},
    {"settle", "'file' and 'directory'"},
    {"done_marker", "'file' and 'directory'"},
    {"table_name", "'database'"},
    {"detection_mode", "'database'"},
    {"timestamp_column", "'database'"},
    {"custom_query", "'database'"},
    {"condition", "'database'"},
    {"engine_config", "'database'"},
    {"bucket", "'s3'"},
    {"prefix", "'s3'"},
    {"endpoint", "'s3'"},
    {"region", "'s3'"},
    {"url", "'http'"},
    {"command", "'exec'"},
};

std::optional<std::string> optional_text(ConfigReader& reader, std::string_view key) {
  const auto text = reader.text(key);
  return text ? std::optional<std::string>(text->value) : std::nullopt;
}

// A key that only one detection mode reads.
void refuse_in_mode(ConfigReader& reader, std::string_view key, std::string_view mode, std::string_view advice) {
  const ConfigEntry* entry = reader.find(key);
  if (entry == nullptr) return;
  reader.diagnostics().error(entry->key_position, fmt::format("`{}` has no use with detection_mode '{}'", key, mode),
                             std::string(advice));
}

void read_detection(ConfigReader& reader, DatabaseSensor& sensor) {
  sensor.mode = read_enum<DetectionMode>(reader, "detection_mode",
                                         {{"row_count", DetectionMode::kRowCount},
                                          {"timestamp_column", DetectionMode::kTimestampColumn},
                                          {"custom_query", DetectionMode::kCustomQuery}});
  if (!reader.has("detection_mode")) {
    reader.diagnostics().error(
        reader.source().position, "missing key 'detection_mode'",
        "a sensor of type database needs one of 'row_count', 'timestamp_column' and 'custom_query'");
    for (const char* key : {"table_name", "timestamp_column", "custom_query", "condition"}) reader.text(key);
    return;
  }
  if (sensor.mode == DetectionMode::kCustomQuery) {
    sensor.custom_query = read_needed_text(reader, "custom_query", "detection_mode 'custom_query'");
    sensor.table_name = optional_text(reader, "table_name").value_or("");
    refuse_in_mode(reader, "timestamp_column", "custom_query", "the query decides; remove the key");
    refuse_in_mode(reader, "condition", "custom_query", "write the condition into the query");
    return;
  }
  sensor.table_name = read_needed_text(reader, "table_name", "a sensor of type database");
  sensor.condition = optional_text(reader, "condition");
  const bool by_time = sensor.mode == DetectionMode::kTimestampColumn;
  refuse_in_mode(reader, "custom_query", by_time ? "timestamp_column" : "row_count",
                 "choose detection_mode = \"custom_query\"");
  if (by_time) {
    sensor.timestamp_column = read_needed_text(reader, "timestamp_column", "detection_mode 'timestamp_column'");
  } else {
    refuse_in_mode(reader, "timestamp_column", "row_count", "choose detection_mode = \"timestamp_column\"");
  }
}

void check_is_web(ConfigReader& reader, std::string_view key, const std::string& address) {
  if (address.starts_with("http://") || address.starts_with("https://")) return;
  reader.diagnostics().error(reader.find(key)->value.position,
                             fmt::format("`{}` begins with neither http:// nor https://", key),
                             "write the whole address");
}

// What could match no file at all.
void check_pattern(ConfigReader& reader, bool directory) {
  const auto pattern = optional_text(reader, "pattern");
  if (!pattern) return;
  const auto refuse = [&](std::string message, std::string advice) {
    reader.diagnostics().error(reader.find("pattern")->value.position, std::move(message), std::move(advice));
  };
  if (pattern->empty()) refuse("`pattern` is empty", "leave the key out, and every file counts");
  if (!directory && pattern->find('/') != std::string::npos) {
    refuse("`pattern` of a file is about its name, which has no '/'", "write sensor_type = \"directory\"");
  } else if (pattern->starts_with("/") || pattern->starts_with("./") || pattern->starts_with("../")) {
    refuse("`pattern` begins with '/', './' or '../'",
           "it is about what lies in the folder, such as *.csv or **/*.csv");
  }
  if (pattern->find('{') != std::string::npos) {
    reader.diagnostics().warning(reader.find("pattern")->value.position, "'{' in `pattern` means itself",
                                 "write a trigger for each of the alternatives");
  }
}

void check_done_marker(ConfigReader& reader) {
  auto marker = optional_text(reader, "done_marker");
  if (!marker) return;
  for (const std::string_view place : {"{name}", "{stem}"}) {
    for (auto at = marker->find(place); at != std::string::npos; at = marker->find(place))
      marker->erase(at, place.size());
  }
  if (marker->find('{') == std::string::npos) return;
  reader.diagnostics().error(reader.find("done_marker")->value.position, "`done_marker` has an unknown {…}",
                             "{name} is the file's name, {stem} the same without its last extension");
}

}  // namespace

FileSensor read_file_sensor(ConfigReader& reader, bool directory) {
  FileSensor sensor;
  sensor.directory = directory;
  sensor.path = read_needed_text(reader, "path", directory ? "a sensor of type directory" : "a sensor of type file");
  sensor.pattern = optional_text(reader, "pattern");
  if (const auto settle = reader.duration("settle")) sensor.settle = settle->value;
  sensor.done_marker = optional_text(reader, "done_marker");
  check_pattern(reader, directory);
  check_done_marker(reader);
  return sensor;
}

DatabaseSensor read_database_sensor(TriggerSetup& setup) {
  ConfigReader& reader = setup.config;
  DatabaseSensor sensor;
  read_detection(reader, sensor);
  Diagnostics ignored(reader.diagnostics().file(), {});
  if (const ConfigTable* own = reader.table("engine_config")) {
    sensor.engine = read_database_engine(*own, "engine_config", reader.diagnostics()).value_or(DatabaseEngine());
  } else if (setup.flow.engine) {
    // What is wrong in [engine] is reported once for the flow (flow_triggers.cpp).
    sensor.engine = read_database_engine(*setup.flow.engine, "[engine]", ignored).value_or(DatabaseEngine());
  } else if (!reader.has("engine_config")) {
    reader.diagnostics().error(reader.source().position, "missing key 'engine_config'",
                               "say which database it is, here or for all sensors in [engine]");
  }
  return sensor;
}

S3Sensor read_s3_sensor(ConfigReader& reader) {
  S3Sensor sensor;
  sensor.bucket = read_needed_text(reader, "bucket", "a sensor of type s3");
  sensor.prefix = optional_text(reader, "prefix").value_or("");
  sensor.pattern = optional_text(reader, "pattern");
  sensor.endpoint = optional_text(reader, "endpoint");
  if (sensor.endpoint) check_is_web(reader, "endpoint", *sensor.endpoint);
  sensor.region = optional_text(reader, "region");
  return sensor;
}

HttpSensor read_http_sensor(ConfigReader& reader) {
  HttpSensor sensor{read_needed_text(reader, "url", "a sensor of type http")};
  if (!sensor.url.empty()) check_is_web(reader, "url", sensor.url);
  return sensor;
}

ExecSensor read_exec_sensor(ConfigReader& reader) {
  ExecSensor sensor;
  for (const Located<std::string>& argument : reader.text_list("command")) sensor.command.push_back(argument.value);
  const ConfigEntry* entry = reader.find("command");
  if (entry == nullptr) {
    reader.diagnostics().error(reader.source().position, "missing key 'command'", "a sensor of type exec needs it");
  } else if (const auto* list = std::get_if<ConfigList>(&entry->value.data); list != nullptr && list->empty()) {
    reader.diagnostics().error(entry->value.position, "`command` is empty", "give a program and its arguments");
  }
  return sensor;
}

std::string explain_sensor_key(std::string_view key) {
  const auto* owner =
      std::find_if(std::begin(kOwners), std::end(kOwners), [&](const KeyOwner& entry) { return entry.key == key; });
  return owner == std::end(kOwners) ? std::string() : fmt::format("belongs to sensor_type {}", owner->types);
}

}  // namespace qflow
