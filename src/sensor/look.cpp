#include "qflow/sensor/look.h"

#include "sensor/sensor_kinds.h"

namespace qflow {

Result<Sighting> look(const Look& look) {
  return std::visit([&](const auto& watched) { return look_at(watched, look); }, look.rules.watched);
}

}  // namespace qflow
