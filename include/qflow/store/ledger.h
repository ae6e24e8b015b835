#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "qflow/model/artifact.h"
#include "qflow/model/event.h"
#include "qflow/model/run.h"
#include "qflow/model/run_cause.h"
#include "qflow/model/step_state.h"
#include "qflow/os/clock.h"
#include "qflow/os/file_system.h"
#include "qflow/store/objects.h"
#include "qflow/store/store_layout.h"
#include "qflow/store/trigger_ledger.h"

namespace qflow {

// What a committed transaction survives: the end of this process (SQLite's NORMAL), or also a loss of power (FULL).
enum class Durability { kProcess, kPower };

enum class StoreAccess { kRead, kWrite, kCreate };

// The latest run of a flow has the highest number of all, or of those that have ended.
enum class LatestMeans { kNewest, kNewestEnded };

// Which runs a listing wants; absent fields match all. Newest first.
struct RunFilter {
  std::optional<FlowId> flow;
  std::optional<std::string> name_space;
  std::optional<RunStatus> status;
  std::optional<std::string> tag;
  std::optional<std::string> context;
  std::optional<Instant> since;  // created at or after
  std::optional<std::int64_t> limit;
};

// An object that no run's results name.
struct UnnamedObject {
  std::string sha256;
  std::uint64_t size = 0;
  Instant put_at;  // when it came in last
};

// An event whose outcomes are final, and nothing else of it is needed.
struct OutdatedEvent {
  std::int64_t order = 0;
  std::uint64_t payload_bytes = 0;  // that go too; 0 where a run's trigger names the event
};

// An idempotency key, as it is unique.
struct EventKey {
  std::string name;  // of the event
  std::string key;
};

// The writes of one transaction. Valid only inside Ledger::write and rehearse.
class LedgerWriter {
 public:
  LedgerWriter(SqliteConnection& database, Clock& clock) : database_(database), clock_(clock) {}

  Result<std::int64_t> next_run_number(const FlowId& flow);  // counts up, never reused
  // Inserts the run with its tags, its trigger record and the definition's text (kept once by hash). Events of the
  // trigger that are not in the ledger yet are inserted as simulated ones.
  Status insert_run(const Run& run, std::string_view definition);
  Status start_run(const RunId& run, Instant at);  // queued → running
  Status requeue_run(const RunId& run);            // running → queued after a crash, which it counts
  // kRefused when it has ended: one that is queued is ended by whoever comes first, with its lock or in an event's
  // transaction; one that is running by whoever holds its lock.
  Status end_run(const RunId& run, RunStatus status, std::string_view reason, Instant at);
  // What git said of the flow's folder when the run started.
  Status note_commit(const RunId& run, std::string_view commit, bool dirty);
  Status save_step(const RunId& run, const StepState& step);      // inserts or replaces
  Status save_attempt(const RunId& run, const Attempt& attempt);  // inserts or replaces
  Status add_artifact(const RunId& run, const StepId& step, std::optional<std::int64_t> index,
                      const NewArtifact& artifact);
  // The succeeded tasks of a step of `from`, with their artifacts, become ones of `to`. kBusy when gc has removed them.
  Status copy_results(const RunId& from, const RunId& to, const StepId& step);
  Status mark_quarantined(const std::string& sha256, std::string_view why);
  Result<std::int64_t> insert_event(const Event& event);  // its place in the ledger
  // gc gives up the results of an ended run. False, and nothing happens, when a run that has not ended was triggered by
  // it, or its end or that of a step waits in a trigger.
  Result<bool> remove_results(const RunId& run);
  // gc removes an object, whose file the caller removes before the transaction ends. False, and nothing happens, when
  // it has come in again since.
  Result<bool> remove_object(const UnnamedObject& object);
  // gc counts the event's outcomes per day instead of keeping each, and removes the payload (null from then on) unless
  // a run's trigger names the event. False, and nothing happens, when it waits or that is done already.
  Result<bool> roll_up_event(std::int64_t order);
  Status remove_key(const EventKey& key);
  Status add_tags(const RunId& run, const std::vector<std::string>& tags);

 private:
  // What a transaction writes is mostly about one run.
  Result<std::int64_t> key_of(const RunId& run);

  SqliteConnection& database_;
  Clock& clock_;
  std::optional<RunId> known_run_;
  std::int64_t known_key_ = 0;
};

// How long a command waits for other writers, all in all, before it says so.
inline constexpr std::chrono::milliseconds kLedgerPatience{30'000};

// The truth of a store: one SQLite database in WAL mode. Opening checks the schema (made or migrated only with
// kWrite/kCreate; a newer one is refused plainly). All errors are kStore with file and remedy, but: kBusy when another
// process has held the lock for too long (named, where it can be found out), kNotFound where a row does not exist.
// One object per thread.
class Ledger {
 public:
  static Result<std::unique_ptr<Ledger>> open(const StoreLayout& layout, StoreAccess access, FileSystem& files,
                                              Clock& clock);
  ~Ledger();

  // Runs `body` in one transaction, after queueing on the gate for at most `patience`; commits when it succeeds, else
  // leaves nothing.
  Status write(Durability durability, const std::function<Status(LedgerWriter&)>& body,
               std::chrono::milliseconds patience = kLedgerPatience);

  // Whether the last `write` failed before it began. With kBusy others kept it out: it may be called again.
  bool is_kept_out() const;

  // Runs `body` as `write` does, and takes back what it wrote: to see what would happen. Errors as there.
  Status rehearse(const std::function<Status(LedgerWriter&)>& body);

  // Runs `body`, whose look-ups all see the ledger as it is at its first one. Many look-ups are quicker so, since
  // SQLite takes its locks once. Not inside of itself or of `write`.
  Status read(const std::function<Status()>& body);

  Result<Run> find_run(const RunId& run);  // kNotFound with the nearest known flow or number
  // The same without the sources of its trigger, which may be many and large.
  Result<Run> run_without_sources(const RunId& run);
  Result<std::optional<Run>> latest_run(const FlowId& flow, const std::optional<std::string>& name_space,
                                        LatestMeans latest);  // by number
  // The newest first; the events of their triggers have null as payload.
  Result<std::vector<Run>> list_runs(const RunFilter& filter);
  // Those that some process should be executing: running ones, and local ones that wait for their process.
  Result<std::vector<RunId>> runs_in_hand();
  // That runs of the flow have, sorted.
  Result<std::vector<std::string>> namespaces_of(const FlowId& flow);
  Result<std::vector<FlowId>> known_flows();                  // flows that ever ran
  Result<std::vector<StepState>> steps(const RunId& run);     // in the order of their start, then pending ones by name
  Result<std::vector<Attempt>> attempts(const RunId& run);    // by step, index, number
  Result<std::vector<Artifact>> artifacts(const RunId& run);  // by step, index, name
  Result<ObjectRecord> object(const std::string& sha256);     // with bytes; kStore when quarantined, with why
  Result<Event> find_event(std::string_view id);              // kNotFound
  // Of the run's trigger, in its order; none when nothing triggered it.
  Result<std::vector<RunCause>> causes_of(const RunId& run);
  // Directly, by number; through caused_by events too.
  Result<std::vector<LinkedRun>> runs_triggered_by(const RunId& run);
  Result<std::vector<RunId>> runs_triggered_by_event(std::string_view event_id);
  // The event that is the end of the run, or of one of its steps; kNotFound while it has not ended.
  Result<Event> end_event(const RunId& run, const std::optional<StepId>& step);
  Result<std::string> definition(const std::string& hash);

  // What is deployed and what waits; its writes are for inside of `write` and `rehearse`.
  TriggerLedger& triggers();

  // For gc and fsck; these read whole tables.
  // The hashes of those that say how long results stay: of each flow in each namespace where it has runs the one that
  // is deployed, else the one of its newest run there.
  Result<std::vector<std::string>> ruling_definitions();
  // Under these definitions, by hash: runs that ended before the instant, whose results are there, oldest first.
  Result<std::vector<RunId>> runs_ended_before(const std::map<std::string, Instant>& limits);
  Result<std::vector<UnnamedObject>> unnamed_objects(Instant put_before);
  // Whether gc removed the object, and it has not come in again since.
  Result<bool> object_is_removed(const std::string& sha256);
  // In the order of the ledger; those that wait are not among them.
  Result<std::vector<OutdatedEvent>> outdated_events(Instant recorded_before);
  // Of events that neither wait nor are named by a run's trigger.
  Result<std::vector<EventKey>> outdated_keys(Instant recorded_before);
  // The hashes of the objects that some run's results name; without those that were set aside.
  Result<std::vector<std::string>> named_objects();
  // Artifacts whose content was changed and set aside, a sentence each with the run and why.
  Result<std::vector<std::string>> lost_artifacts();
  // Hash → one of the artifacts that it is, "model of TrainingFlow/34/train"; of those whose results are there.
  Result<std::map<std::string, std::string>> artifacts_by_object();
  // What does not agree inside the ledger, a sentence each: SQLite's own check, then rows that contradict each other.
  Result<std::vector<std::string>> inconsistencies();

 private:
  struct Connection;
  explicit Ledger(std::unique_ptr<Connection> connection);
  std::unique_ptr<Connection> connection_;
};

}  // namespace qflow
