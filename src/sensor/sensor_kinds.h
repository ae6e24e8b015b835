#pragma once

#include "qflow/sensor/look.h"

namespace qflow {

// One per alternative of SensorRules::watched, each in a file of its own; `look` (look.cpp) chooses. To add a kind:
// its keys in model/sensor.h and trigger/sensor_kinds.cpp, their words for the manual in cli/sensor_manual.h, its
// line here, its file.
Result<Sighting> look_at(const FileSensor& watched, const Look& look);      // file_sensor.cpp
Result<Sighting> look_at(const DatabaseSensor& watched, const Look& look);  // database_sensor.cpp
Result<Sighting> look_at(const S3Sensor& watched, const Look& look);        // s3_sensor.cpp
Result<Sighting> look_at(const HttpSensor& watched, const Look& look);      // http_sensor.cpp
Result<Sighting> look_at(const ExecSensor& watched, const Look& look);      // exec_sensor.cpp

}  // namespace qflow
