#include "service/artifact_reading.h"

#include <string>

#include "qflow/model/run_end.h"
#include "qflow/service/run_objects.h"

namespace qflow {

ArtifactReader artifact_reader(Store* store) {
  return [store](const Event& event, std::string_view name) -> Result<Json> {
    if (store == nullptr || !event.caused_by) return fail(ErrorKind::kNotFound, "the event comes from no run");
    QFLOW_ASSIGN(const Run run, store->ledger().find_run(*event.caused_by));
    QFLOW_ASSIGN(const auto data, run_data(*store, run, ended_step(event)));
    auto value = data->field(name);
    // What gc has removed was there: no default takes its place.
    const bool was_there = !value && data->visible().contains(std::string(name));
    if (was_there && value.error().kind == ErrorKind::kNotFound) value.error().kind = ErrorKind::kFailed;
    if (!value) return tl::make_unexpected(value.error());
    return value->to_json();
  };
}

}  // namespace qflow
