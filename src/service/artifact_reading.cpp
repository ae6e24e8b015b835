#include "service/artifact_reading.h"

#include <memory>
#include <optional>
#include <string>

#include "qflow/model/run_end.h"
#include "qflow/service/run_objects.h"

namespace qflow {
namespace {

// Whose end the last event was: several artifacts of it are asked for one after the other.
struct LastEnd {
  std::optional<RunId> run;
  std::optional<StepId> step;
  std::shared_ptr<const ArtifactsObject> data;
};

Status look_at(LastEnd& last, Store& store, const Event& event) {
  const std::optional<StepId> step = ended_step(event);
  if (last.run == event.caused_by && last.step == step) return {};
  QFLOW_ASSIGN(const Run run, store.ledger().find_run(*event.caused_by));
  QFLOW_ASSIGN(last.data, run_data(store, run, step));
  last.run = run.id;
  last.step = step;
  return {};
}

}  // namespace

ArtifactReader artifact_reader(Store* store) {
  return [store, last = std::make_shared<LastEnd>()](const Event& event, std::string_view name) -> Result<Json> {
    if (store == nullptr || !event.caused_by) return fail(ErrorKind::kNotFound, "the event comes from no run");
    QFLOW_TRY(look_at(*last, *store, event));
    const auto& data = last->data;
    auto value = data->field(name);
    // What gc has removed was there: no default takes its place.
    const bool was_there = !value && data->visible().contains(std::string(name));
    if (was_there && value.error().kind == ErrorKind::kNotFound) value.error().kind = ErrorKind::kFailed;
    if (!value) return tl::make_unexpected(value.error());
    return value->to_json();
  };
}

}  // namespace qflow
