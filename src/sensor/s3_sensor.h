#pragma once

#include "sensor/http_transport.h"
#include "sensor/sensor_kinds.h"

namespace qflow {

// The same look, over a given transport.
Result<Sighting> look_at(const S3Sensor& watched, const Look& look, HttpTransport& transport);

}  // namespace qflow
