#include "qflow/service/dispatch.h"

#include <fmt/format.h>

#include <algorithm>
#include <thread>
#include <utility>

#include "qflow/error/printable.h"
#include "qflow/os/pipe.h"
#include "qflow/service/run_cancellation.h"
#include "qflow/service/run_recovery.h"
#include "service/held_run.h"
#include "service/run_doors.h"
#include "service/store_settings.h"

namespace qflow {

namespace {

constexpr std::chrono::milliseconds kPause{20};
constexpr std::int64_t kAtOnce = 16;  // candidates looked at in one go
// So long a process may wait for the ledger until it takes a run: as long as any writer does.
constexpr std::chrono::seconds kTimeToTakeRun{30};
constexpr std::uint64_t kLongestWorkerLog = 1024 * 1024;

bool contains(const std::vector<RunId>& runs, const RunId& run) {
  return std::find(runs.begin(), runs.end(), run) != runs.end();
}

Result<std::int64_t> most_workers(Store& store, const Doors& doors) {
  QFLOW_ASSIGN(const StoreConfig config, load_store_config(store.layout(), doors.files));
  if (config.max_workers > 0) return config.max_workers;
  return std::max<std::int64_t>(1, std::thread::hardware_concurrency());
}

Result<std::int64_t> free_workers(Store& store, const Doors& doors) {
  QFLOW_ASSIGN(const std::int64_t most, most_workers(store, doors));
  QFLOW_ASSIGN(const std::int64_t running, store.ledger().triggers().running_runs());
  return std::max<std::int64_t>(0, most - running);
}

// One that has grown long begins anew.
Result<FileHandle> open_worker_log(Store& store, FileSystem& files) {
  const Path path = store.layout().worker_log();
  const auto known = files.info(path, FollowLinks::kNo);
  if (known && known->size > kLongestWorkerLog) QFLOW_TRY(files.open(path, OpenMode::kCreate));
  return files.open(path, OpenMode::kAppend);
}

// In the transaction: queued → running with the lock held; nothing when somebody else has the lock.
Result<std::optional<ClaimedRun>> take(Store& store, LedgerWriter& writer, const RunId& id, Instant now) {
  auto lock = store.lock_run(id);
  if (!lock && lock.error().kind == ErrorKind::kBusy) return std::optional<ClaimedRun>();
  if (!lock) return tl::make_unexpected(lock.error());
  QFLOW_TRY(writer.start_run(id, now));
  QFLOW_ASSIGN(Run run, store.ledger().find_run(id));
  return std::optional<ClaimedRun>(ClaimedRun{std::move(run), std::move(*lock)});
}

// Who waits for a run's turn asks often: others can write all the while.
Result<std::optional<ClaimedRun>> claim_in_turn(Store& store, const RunId& run, const Doors& doors) {
  std::optional<ClaimedRun> claimed;
  QFLOW_ASSIGN(const bool startable, store.ledger().triggers().may_start(run));
  if (!startable) return claimed;
  QFLOW_TRY(store.ledger().write(Durability::kPower, [&](LedgerWriter& writer) -> Status {
    QFLOW_ASSIGN(claimed, claim_run(store, writer, run, doors.clock.now()));
    return {};
  }));
  return claimed;
}

// A signal ends this process until it is about to take a run; what comes from then on is for that run, and waits in
// `signals`.
Result<std::optional<ClaimedRun>> claim_next(Store& store, const Doors& doors, std::optional<StopSignals>& signals) {
  std::optional<ClaimedRun> claimed;
  QFLOW_ASSIGN(const std::vector<RunId> hope, store.ledger().triggers().startable_runs(1));
  if (hope.empty()) return claimed;
  QFLOW_TRY(store.ledger().write(Durability::kPower, [&](LedgerWriter& writer) -> Status {
    QFLOW_ASSIGN(const std::int64_t free, free_workers(store, doors));
    if (free == 0) return {};
    QFLOW_ASSIGN(const std::vector<RunId> startable, store.ledger().triggers().startable_runs(kAtOnce));
    signals.emplace();
    for (const RunId& run : startable) {
      QFLOW_ASSIGN(claimed, take(store, writer, run, doors.clock.now()));
      if (claimed) break;
    }
    return {};
  }));
  return claimed;
}

// The oldest first.
Result<std::vector<Run>> made_since(Store& store, Instant at) {
  RunFilter filter;
  filter.since = at;
  QFLOW_ASSIGN(std::vector<Run> made, store.ledger().list_runs(filter));
  std::reverse(made.begin(), made.end());
  return made;
}

// Which no process ends.
Result<bool> only_abandoned_left(Store& store) {
  QFLOW_ASSIGN(const std::vector<RunId> unended, store.ledger().triggers().unended_runs());
  QFLOW_ASSIGN(const std::vector<RunId> abandoned, abandoned_runs(store));
  return !unended.empty() &&
         std::all_of(unended.begin(), unended.end(), [&](const RunId& run) { return contains(abandoned, run); });
}

// The runs that had not ended then, and those that were made since.
Result<std::vector<Run>> ended_since(Store& store, const WaitBegin& begin) {
  std::vector<Run> ended;
  for (const RunId& id : begin.unended) {
    QFLOW_ASSIGN(Run run, store.ledger().find_run(id));
    if (has_ended(run.status)) ended.push_back(std::move(run));
  }
  QFLOW_ASSIGN(std::vector<Run> made, made_since(store, begin.at));
  for (Run& run : made) {
    const bool is_known = contains(begin.unended, run.id) || contains(begin.ended_later, run.id);
    if (run.origin == RunOrigin::kDeployed && has_ended(run.status) && !is_known) ended.push_back(std::move(run));
  }
  return ended;
}

}  // namespace

Result<int> RunDispatcher::dispatch() {
  QFLOW_TRY(collect_ended());
  QFLOW_ASSIGN(const std::int64_t free, free_workers(store_, doors_));
  if (free == 0) return 0;
  QFLOW_ASSIGN(const std::vector<RunId> startable, store_.ledger().triggers().startable_runs(free));
  int started = 0;
  for (const RunId& run : startable) {
    if (has_worker_on_its_way(run)) continue;
    QFLOW_TRY(start_worker(run));
    ++started;
  }
  return started;
}

Status RunDispatcher::start_queued(RunObserver& observer) {
  const Status ended = end_replaced_runs(store_, doors_, asked_, observer);
  if (!ended) note_once(ended.error(), observer);
  return dispatch().map([](int) {});
}

Result<std::optional<Error>> RunDispatcher::move_on(StopSignals* signals, RunObserver& observer) {
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

// One that can't take its run says why in a file that nobody looks at, and the next one could not either.
Status RunDispatcher::collect_ended() {
  Status failed;
  std::erase_if(workers_, [&](Worker& worker) {
    if (!wait_readable({worker.process.exited.descriptor()}, std::chrono::microseconds(0)).front()) return false;
    const auto exit = doors_.launcher.collect(worker.process);
    const int status = exit ? exit->exit_status.value_or(0) : 0;
    const auto run = store_.ledger().find_run(worker.run);
    if (status != 0 && run && run->status == RunStatus::kQueued) {
      failed = fail(ErrorKind::kStore,
                    fmt::format("the process that was to execute {} ended with status {}", worker.run.text(), status),
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

// Nobody would hear from the new process why it can't make the run's folder.
Status RunDispatcher::start_worker(const RunId& run) {
  QFLOW_TRY(make_folders(doors_.files, store_.layout().run(run)));
  QFLOW_ASSIGN(const FileHandle log, open_worker_log(store_, doors_.files));
  ProcessSpec spec;
  spec.program = doors_.program.string();
  spec.arguments = {"qflow", "--store", store_.layout().root().string(), "work"};
  spec.environment = environment_of_executors(doors_.environment);
  spec.folder = store_.layout().root().parent_path().string();
  spec.error_output = log.descriptor();
  spec.group = ProcessSpec::Group::kNewSession;
  QFLOW_ASSIGN(ChildProcess process, doors_.launcher.start(spec));
  workers_.push_back({std::move(process), run, doors_.clock.monotonic() + kTimeToTakeRun});
  return {};
}

Result<std::optional<ClaimedRun>> claim_run(Store& store, LedgerWriter& writer, const RunId& run, Instant now) {
  QFLOW_ASSIGN(const bool startable, store.ledger().triggers().may_start(run));
  if (!startable) return std::optional<ClaimedRun>();
  return take(store, writer, run, now);
}

Result<RunResult> execute_claimed_run(Store& store, ClaimedRun claimed, const ExecutionOptions& options,
                                      const Doors& doors, StopSignals* signals, RunObserver& observer) {
  QFLOW_ASSIGN(const auto own, RunDoors::of(claimed.run, store, doors));
  return execute_started_run(store, std::move(claimed.run), std::move(claimed.lock), options, own->doors(), signals,
                             observer);
}

Status execute_waiting_runs(Store& store, const Doors& doors, RunObserver& observer) {
  while (true) {
    std::optional<StopSignals> signals;
    QFLOW_ASSIGN(auto claimed, claim_next(store, doors, signals));
    if (!claimed) return {};
    const auto result = execute_claimed_run(store, std::move(*claimed), {}, doors, &*signals, observer);
    if (!result) observer.note(to_text(result.error()));
    // Whoever ends this process means more than the run.
    if ((result && result->signal) || signals->take_for_process()) return {};
  }
}

Result<RunResult> execute_in_turn(Store& store, const RunId& id, RunDispatcher& dispatcher, const Doors& doors,
                                  StopSignals& signals, RunObserver& observer) {
  observer.note(id.text() + " waits for earlier runs");
  while (true) {
    QFLOW_ASSIGN(const Run run, store.ledger().find_run(id));
    if (has_ended(run.status)) return RunResult{id, run.status, run.reason, std::nullopt};
    QFLOW_ASSIGN(auto claimed, claim_in_turn(store, id, doors));
    if (claimed) {
      auto result = execute_claimed_run(store, std::move(*claimed), {}, doors, &signals, observer);
      // Others have waited for the place that it had.
      if (const Status started = dispatcher.start_queued(observer); !started) {
        dispatcher.note_once(started.error(), observer);
      }
      return result;
    }
    QFLOW_ASSIGN(const std::optional<Error> failure, dispatcher.move_on(&signals, observer));
    if (failure) dispatcher.note_once(*failure, observer);
    if (const auto signal = signals.take_for_process()) {
      const bool is_queued = run.status == RunStatus::kQueued;
      return RunResult{id, run.status, is_queued ? "qflow tick starts it in its turn" : "it goes on by itself",
                       *signal};
    }
    std::this_thread::sleep_for(kPause);
  }
}

Result<WaitBegin> begin_to_wait(Store& store, const Doors& doors) {
  WaitBegin begin;
  begin.at = doors.clock.now();
  QFLOW_ASSIGN(begin.unended, store.ledger().triggers().unended_runs());
  QFLOW_ASSIGN(const std::vector<Run> made, made_since(store, begin.at));
  for (const Run& run : made) {
    if (has_ended(run.status)) begin.ended_later.push_back(run.id);
  }
  return begin;
}

Result<WaitResult> wait_for_runs(Store& store, const WaitBegin& begin, const std::optional<Duration>& limit,
                                 RunDispatcher& dispatcher, const Doors& doors, StopSignals* signals,
                                 RunObserver& observer) {
  WaitResult result;
  const auto began = doors.clock.monotonic();
  while (true) {
    QFLOW_ASSIGN(const bool any_left, store.ledger().triggers().has_unended_runs());
    if (!any_left) break;
    QFLOW_ASSIGN(const std::optional<Error> failure, dispatcher.move_on(signals, observer));
    if (failure) {
      QFLOW_ASSIGN(const bool in_vain, only_abandoned_left(store));
      if (in_vain) return tl::make_unexpected(*failure);
      dispatcher.note_once(*failure, observer);
    }
    result.timed_out = limit && doors.clock.monotonic() - began >= *limit;
    if (signals != nullptr) result.signal = signals->take_for_process();
    if (result.timed_out || result.signal) break;
    std::this_thread::sleep_for(kPause);
  }
  QFLOW_ASSIGN(result.ended, ended_since(store, begin));
  return result;
}

}  // namespace qflow
