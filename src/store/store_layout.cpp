#include "qflow/store/store_layout.h"

#include <algorithm>
#include <iterator>

#include "qflow/model/sha256.h"

namespace qflow {

Path StoreLayout::ledger() const {
  return root_ / "ledger.db";
}

Path StoreLayout::ledger_draft() const {
  return root_ / "ledger.db.new";
}

Path StoreLayout::ignore_file() const {
  return root_ / ".gitignore";
}

Path StoreLayout::write_gate() const {
  return root_ / "ledger.gate";
}

Path StoreLayout::objects_gate() const {
  return root_ / "objects.gate";
}

Path StoreLayout::objects() const {
  return root_ / "objects";
}

Path StoreLayout::object(std::string_view sha256) const {
  constexpr std::size_t kFolderDigits = 2;
  return objects() / sha256.substr(0, kFolderDigits) / sha256.substr(kFolderDigits);
}

Path StoreLayout::quarantine() const {
  return objects() / "quarantine";
}

Path StoreLayout::runs() const {
  return root_ / "runs";
}

Path StoreLayout::run(const RunId& run) const {
  return runs() / run.flow.text() / std::to_string(run.number);
}

Path StoreLayout::run_lock(const RunId& run) const {
  return this->run(run) / "lock";
}

Path StoreLayout::run_trigger(const RunId& run) const {
  return this->run(run) / "trigger.json";
}

Path StoreLayout::run_trigger_data(const RunId& run) const {
  return this->run(run) / "trigger_data";
}

Path StoreLayout::run_parameters(const RunId& run) const {
  return this->run(run) / "params.json";
}

Path StoreLayout::run_artifacts(const RunId& run) const {
  return this->run(run) / "artifacts";
}

Path StoreLayout::run_outputs(const RunId& run) const {
  return this->run(run) / "out";
}

std::string StoreLayout::attempt_name(const StepId& step, std::optional<std::int64_t> index, int attempt) {
  const std::string task = index ? "." + std::to_string(*index) : "";
  return step.text() + task + "." + std::to_string(attempt);
}

Path StoreLayout::run_items(const RunId& run) const {
  return this->run(run) / "items";
}

Path StoreLayout::run_empty(const RunId& run) const {
  return this->run(run) / "empty";
}

Path StoreLayout::run_executor_log(const RunId& run) const {
  return this->run(run) / "executor.log";
}

Path StoreLayout::run_lost(const RunId& run) const {
  return this->run(run) / "lost";
}

Path StoreLayout::run_hook_log(const RunId& run) const {
  return this->run(run) / "hook.log";
}

Path StoreLayout::run_hook_script(const RunId& run) const {
  return this->run(run) / "hook";
}

Path StoreLayout::step(const RunId& run, const StepId& step) const {
  return this->run(run) / "steps" / step.text();
}

Path StoreLayout::step_inputs(const RunId& run, const StepId& step) const {
  return this->step(run, step) / "in";
}

Path StoreLayout::step_artifacts(const RunId& run, const StepId& step) const {
  return this->step(run, step) / "artifacts";
}

Path StoreLayout::step_script(const RunId& run, const StepId& step) const {
  return this->step(run, step) / "script";
}

Path StoreLayout::attempt(const RunId& run, const StepId& step, std::optional<std::int64_t> index, int attempt) const {
  Path task = this->step(run, step);
  if (index) task /= std::to_string(*index);
  return task / std::to_string(attempt);
}

Path StoreLayout::attempt_log(const RunId& run, const StepId& step, std::optional<std::int64_t> index,
                              int attempt) const {
  return this->attempt(run, step, index, attempt) / "log";
}

Path StoreLayout::config() const {
  return root_ / "config.toml";
}

Path StoreLayout::secrets() const {
  return root_ / "secrets";
}

Path StoreLayout::secret(const ParameterName& name) const {
  return secrets() / name.text();
}

Path StoreLayout::sensors() const {
  return root_ / "sensors";
}

Path StoreLayout::sensor_lock(std::int64_t key, std::string_view watched) const {
  return sensors() / (std::to_string(key) + "-" + sha256_hex(watched).substr(0, 16) + ".lock");
}

Path StoreLayout::hooks() const {
  return root_ / "hooks";
}

Path StoreLayout::hook_mark(const RunId& run) const {
  return hooks() / (run.flow.text() + "." + std::to_string(run.number));
}

// The name of a flow has no dot.
std::optional<RunId> StoreLayout::marked_run(std::string_view name) {
  std::string text(name);
  std::replace(text.begin(), text.end(), '.', '/');
  const auto run = RunId::parse(text);
  return run ? std::optional(*run) : std::nullopt;
}

Path StoreLayout::python() const {
  return root_ / "python";
}

Path StoreLayout::worker_log() const {
  return root_ / "worker.log";
}

Path StoreLayout::last_tick() const {
  return root_ / "last_tick";
}

bool StoreLayout::has_entry(std::string_view name) {
  const StoreLayout layout{Path()};
  const Path entries[] = {layout.config(),  layout.hooks(),        layout.ignore_file(), layout.last_tick(),
                          layout.objects(), layout.objects_gate(), layout.python(),      layout.runs(),
                          layout.secrets(), layout.sensors(),      layout.worker_log(),  layout.write_gate()};
  return name.starts_with(layout.ledger().native()) ||
         std::find(std::begin(entries), std::end(entries), Path(name)) != std::end(entries);
}

}  // namespace qflow
