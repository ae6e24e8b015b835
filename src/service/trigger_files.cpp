#include "service/trigger_files.h"

#include <algorithm>
#include <map>
#include <string>

#include "qflow/runner/artifact_links.h"
#include "qflow/service/run_objects.h"

namespace qflow {

namespace {

using SourcesByName = std::map<std::string, const TriggerSource*>;

// The newest one stays, which is what trigger["Flow"] gives too.
void put_newest(SourcesByName& sources, const std::string& name, const TriggerSource& source) {
  const TriggerSource*& newest = sources[name];
  if (newest == nullptr || is_newer(source, *newest)) newest = &source;
}

// The folders of trigger_data/, each with the run whose artifacts it has: of every flow, and where its runs are of
// several namespaces, of the flow in each of them.
Result<SourcesByName> sources_of_folders(Store& store, const TriggerRecord& record) {
  SourcesByName folders;
  std::map<FlowId, SourcesByName> namespaces;
  for (const TriggerSource& source : record.sources) {
    if (!source.run) continue;
    QFLOW_ASSIGN(const Run run, store.ledger().find_run(*source.run));
    put_newest(folders, run.id.flow.text(), source);
    put_newest(namespaces[run.id.flow], run.name_space, source);
  }
  for (const auto& [flow, of_flow] : namespaces) {
    if (of_flow.size() == 1) continue;
    for (const auto& [name_space, source] : of_flow) {
      if (!name_space.empty()) folders[name_space + "." + flow.text()] = source;
    }
  }
  return folders;
}

Status link_data(Store& store, const TriggerSource& source, const Path& folder, const SourcesByName& taken) {
  QFLOW_ASSIGN(const Run run, store.ledger().find_run(*source.run));
  QFLOW_ASSIGN(const auto data, run_data(store, run, source.step));
  QFLOW_TRY(store.files().make_folder(folder));
  for (const auto& [name, visible] : data->visible()) {
    if (visible.artifact == nullptr || taken.contains(artifact_file_name(*visible.artifact))) continue;
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
  const std::vector<TriggerSource>& sources = run.trigger->sources;
  QFLOW_ASSIGN(const SourcesByName folders, sources_of_folders(store, *run.trigger));
  for (const auto& [name, source] : folders) QFLOW_TRY(link_data(store, *source, folder / name, {}));
  const auto is_run = [](const TriggerSource& source) { return source.run.has_value(); };
  if (std::count_if(sources.begin(), sources.end(), is_run) != 1) return {};
  return link_data(store, *folders.begin()->second, folder, folders);
}

}  // namespace qflow
