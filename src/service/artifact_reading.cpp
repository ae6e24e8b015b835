#include "service/artifact_reading.h"

#include "qflow/service/run_objects.h"

namespace qflow {

ArtifactReader artifact_reader(Store* store) {
  return [store](const Event& event, std::string_view name) -> Result<Json> {
    if (store == nullptr || !event.caused_by) return fail(ErrorKind::kNotFound, "the event comes from no run");
    QFLOW_ASSIGN(const Run run, store->ledger().find_run(*event.caused_by));
    QFLOW_ASSIGN(const auto data, run_data(*store, run));
    QFLOW_ASSIGN(const Value value, data->field(name));
    return value.to_json();
  };
}

}  // namespace qflow
