#include "qflow/service/dispatch.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "qflow/error/printable.h"
#include "qflow/os/pipe.h"
#include "qflow/service/run_cancellation.h"
#include "qflow/service/run_recovery.h"
#include "service/free_workers.h"
#include "service/held_run.h"

namespace qflow {

namespace {

// So long a process may wait for the ledger until it takes a run: as long as any writer does.
constexpr std::chrono::seconds kTimeToTakeRun{30};
constexpr std::uint64_t kLongestWorkerLog = 1024 * 1024;
constexpr int kMostKilled = 3;
// Who holds the lock of a run that is to start may do so for long.
constexpr int kMostIdle = 3;
constexpr std::chrono::seconds kIdlePause{1};

// One that has grown long begins anew.
Result<FileHandle> open_worker_log(Store& store, FileSystem& files) {
  const Path path = store.layout().worker_log();
  const auto known = files.info(path, FollowLinks::kNo);
  if (known && known->size > kLongestWorkerLog) QFLOW_TRY(files.open(path, OpenMode::kCreate));
  return files.open(path, OpenMode::kAppend);
}

std::string end_of(const ProcessExit& exit) {
  if (exit.signal) return fmt::format("was killed by signal {}, {} times in a row", *exit.signal, kMostKilled);
  return fmt::format("ended with status {}", exit.exit_status.value_or(0));
}

}  // namespace

Result<int> RunDispatcher::dispatch() {
  QFLOW_TRY(collect_ended());
  QFLOW_ASSIGN(const std::int64_t free, free_workers(store_, doors_.files));
  const WorkerPlace place = free == 0 ? WorkerPlace::kLent : WorkerPlace::kFree;
  if (place == WorkerPlace::kLent && !may_lend()) return 0;
  QFLOW_ASSIGN(const std::vector<RunId> startable,
               store_.ledger().triggers().startable_runs(std::max<std::int64_t>(free, 1)));
  int started = 0;
  Status first_failure;
  for (const RunId& run : startable) {
    if (has_worker_on_its_way(run) || is_held_back(run)) continue;
    const Status made = start_worker(run, place);
    started += made ? 1 : 0;
    if (first_failure && !made) first_failure = tl::make_unexpected(with_context(run.text(), made.error()));
  }
  return first_failure.map([&] { return started; });
}

Status RunDispatcher::start_queued(RunObserver& observer) {
  const Status ended = end_replaced_runs(store_, doors_, asked_, observer);
  if (!ended) note_once(ended.error(), observer);
  return dispatch().map([](int) {});
}

// The hooks of a run that is recovered may take long.
Result<std::optional<Error>> RunDispatcher::move_on(StopSignals* signals, RunObserver& observer) {
  QFLOW_TRY(dispatch().map([](int) {}));
  const Status recovered = recover_runs(store_, doors_, signals, observer);
  const Status ended = end_replaced_runs(store_, doors_, asked_, observer);
  QFLOW_TRY(dispatch().map([](int) {}));
  for (const Status& status : {recovered, ended}) {
    if (!status) return std::optional<Error>(status.error());
  }
  return std::optional<Error>();
}

void RunDispatcher::note_once(const Error& error, RunObserver& observer) {
  const std::string text = to_text(error);
  if (noted_.insert(text).second) observer.note(text);
}

// One that can't take its run says why in a file that nobody looks at, and the next one could not either; one that is
// killed may have met somebody, but not again and again.
Status RunDispatcher::collect_ended() {
  Status failed;
  std::erase_if(workers_, [&](Worker& worker) {
    if (!wait_readable({worker.process.exited.descriptor()}, std::chrono::microseconds(0)).front()) return false;
    const auto exit = doors_.launcher.collect(worker.process);
    const auto run = store_.ledger().run_without_sources(worker.run);
    if (!exit || !run || run->status != RunStatus::kQueued) return true;
    Vain& vain = vain_[worker.run];
    const bool was_killed = exit->signal && !run->started_at && ++vain.killed >= kMostKilled;
    if (exit->exit_status == 0 && ++vain.idle >= kMostIdle) vain.until = doors_.clock.monotonic() + kIdlePause;
    if (was_killed || exit->exit_status.value_or(0) != 0) {
      failed = fail(ErrorKind::kStore,
                    fmt::format("the process that was to execute {} {}", worker.run.text(), end_of(*exit)),
                    "its last words are in " + printable(store_.layout().worker_log().native()));
    }
    return true;
  });
  return failed;
}

// It may have taken another run, and be busy with that: its own does not wait for it longer than it could wait to take
// one.
bool RunDispatcher::has_worker_on_its_way(const RunId& run) const {
  const auto now = doors_.clock.monotonic();
  return std::any_of(workers_.begin(), workers_.end(),
                     [&](const Worker& worker) { return worker.run == run && now < worker.until; });
}

bool RunDispatcher::may_lend() const {
  return lends_place_ && std::none_of(workers_.begin(), workers_.end(),
                                      [](const Worker& worker) { return worker.place == WorkerPlace::kLent; });
}

bool RunDispatcher::is_held_back(const RunId& run) const {
  const auto vain = vain_.find(run);
  return vain != vain_.end() && doors_.clock.monotonic() < vain->second.until;
}

// Nobody would hear from the new process why it can't make the run's folder.
Status RunDispatcher::start_worker(const RunId& run, WorkerPlace place) {
  QFLOW_TRY(make_folders(doors_.files, store_.layout().run(run)));
  QFLOW_ASSIGN(const FileHandle log, open_worker_log(store_, doors_.files));
  ProcessSpec spec;
  spec.program = doors_.program.string();
  spec.arguments = {"qflow", "--store", store_.layout().root().string(), "work"};
  if (place == WorkerPlace::kLent) spec.arguments.emplace_back("--lent");
  spec.environment = environment_of_executors(doors_.environment);
  spec.folder = store_.layout().root().parent_path().string();
  spec.error_output = log.descriptor();
  spec.group = ProcessSpec::Group::kNewSession;
  QFLOW_ASSIGN(ChildProcess process, doors_.launcher.start(spec));
  workers_.push_back({std::move(process), run, doors_.clock.monotonic() + kTimeToTakeRun, place});
  return {};
}

void start_waiting_runs(Store& store, const Doors& doors, RunObserver& observer) {
  RunDispatcher dispatcher(store, doors);
  if (const Status started = dispatcher.start_queued(observer); !started) observer.note(to_text(started.error()));
}

Status recover_and_start(Store& store, const Doors& doors, StopSignals* signals, RunObserver& observer) {
  QFLOW_ASSIGN(const std::vector<RunId> abandoned, abandoned_runs(store));
  const Status recovered = recover_runs(store, doors, signals, observer);
  if (!abandoned.empty()) start_waiting_runs(store, doors, observer);
  return recovered;
}

}  // namespace qflow
