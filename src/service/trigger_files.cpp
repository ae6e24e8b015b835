#include "service/trigger_files.h"

#include <map>

#include "qflow/runner/artifact_links.h"
#include "qflow/service/run_objects.h"

namespace qflow {

namespace {

// The newest triggering run of each flow, which is what trigger["Flow"] gives too.
std::map<FlowId, const TriggerSource*> runs_by_flow(const TriggerRecord& record) {
  std::map<FlowId, const TriggerSource*> runs;
  for (const TriggerSource& source : record.sources) {
    if (!source.run) continue;
    const TriggerSource*& of_flow = runs[source.run->flow];
    if (of_flow == nullptr || is_newer(source, *of_flow)) of_flow = &source;
  }
  return runs;
}

Status link_data(Store& store, const TriggerSource& source, const Path& folder) {
  QFLOW_ASSIGN(const Run run, store.ledger().find_run(*source.run));
  QFLOW_ASSIGN(const auto data, run_data(store, run, source.step));
  QFLOW_TRY(store.files().make_folder(folder));
  for (const auto& [name, visible] : data->visible()) {
    if (visible.artifact == nullptr) continue;
    const Status linked = link_artifact(store, *visible.artifact, folder);
    // What gc has removed has no link; who asks qflow for it is told when.
    if (!linked && linked.error().kind != ErrorKind::kNotFound) return linked;
  }
  return {};
}

}  // namespace

Status write_trigger_files(Store& store, const Run& run, const Value& trigger) {
  QFLOW_ASSIGN(const Json whole, trigger.to_json());
  QFLOW_TRY(replace_file(store.files(), store.layout().run_trigger(run.id), to_pretty(whole) + "\n"));
  const Path folder = store.layout().run_trigger_data(run.id);
  // A process that executed the run before may have left it.
  QFLOW_TRY(remove_tree(store.files(), folder));
  QFLOW_TRY(store.files().make_folder(folder));
  const auto runs = runs_by_flow(*run.trigger);
  for (const auto& [flow, source] : runs) QFLOW_TRY(link_data(store, *source, folder / flow.text()));
  if (runs.size() == 1) return link_data(store, *runs.begin()->second, folder);
  return {};
}

}  // namespace qflow
