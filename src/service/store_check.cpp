#include "qflow/service/store_check.h"

#include <fmt/format.h>

#include <map>
#include <optional>
#include <string_view>
#include <utility>

#include "qflow/error/printable.h"
#include "qflow/model/sha256.h"
#include "qflow/service/dispatch.h"
#include "qflow/service/run_objects.h"
#include "qflow/service/run_recovery.h"
#include "service/store_settings.h"

namespace qflow {

namespace {

constexpr std::string_view kMakeAgain = "run the step that made it again, with qflow resume RUN STEP";
constexpr std::uint32_t kOthersMay = 0077;
constexpr std::uint32_t kOthersMayWrite = 0022;
constexpr std::uint32_t kAnybodyMayWrite = 0222;

class StoreCheck {
 public:
  StoreCheck(Store& store, const Doors& doors, RunObserver& observer)
      : store_(store), doors_(doors), files_(doors.files), observer_(observer) {}

  Result<std::vector<StoreProblem>> check() {
    QFLOW_TRY(check_ledger());
    if (!problems_.empty()) return std::move(problems_);
    check_config();
    QFLOW_TRY(check_runs());
    // Before others are set aside, which are told by their paths.
    QFLOW_TRY(check_lost());
    QFLOW_TRY(check_objects());
    QFLOW_TRY(check_permissions());
    return std::move(problems_);
  }

 private:
  void add(std::string what, std::string remedy, bool mended) {
    problems_.push_back({std::move(what), std::move(remedy), mended});
  }

  void add_unreadable(const Error& error) { add(error.message, "see whether its disk is failing", false); }

  Status check_ledger() {
    const auto wrong = store_.ledger().inconsistencies();
    if (!wrong && wrong.error().kind != ErrorKind::kStore) return tl::make_unexpected(wrong.error());
    // So damaged that SQLite can't even check it.
    if (!wrong) {
      add(wrong.error().message, wrong.error().advice, false);
      return {};
    }
    const std::string path = printable(store_.layout().ledger().native());
    for (const std::string& what : *wrong) add(path + ": " + what, "restore the store from a backup", false);
    return {};
  }

  void check_config() {
    const auto config = load_store_config(store_.layout(), files_);
    if (!config) add(config.error().message, "see qflow help config", false);
  }

  Status check_runs() {
    RunFilter filter;
    filter.status = RunStatus::kRunning;
    QFLOW_ASSIGN(const std::vector<Run> running, store_.ledger().list_runs(filter));
    for (const Run& run : running) {
      if (status_now(store_, run.id, run.status) != RunStatus::kCrashed) continue;
      add(run.id.text() + " is said to be running, but nobody executes it", "it was recovered", true);
    }
    QFLOW_ASSIGN(const std::vector<RunId> hooks, abandoned_hooks(store_));
    for (const RunId& run : hooks) {
      add(run.text() + " has hooks whose caller was killed", "what was left of them was ended", true);
    }
    return recover_and_start(store_, doors_, nullptr, observer_);
  }

  Status check_lost() {
    QFLOW_ASSIGN(const std::vector<std::string> lost, store_.ledger().lost_artifacts());
    for (const std::string& what : lost) add(what, std::string(kMakeAgain), false);
    return {};
  }

  Status check_objects() {
    QFLOW_ASSIGN(const std::vector<std::string> named, store_.ledger().named_objects());
    for (const std::string& sha256 : named) {
      QFLOW_ASSIGN(const std::optional<ObjectRecord> object, record_of(sha256));
      if (object) QFLOW_TRY(check_object(*object));
    }
    return {};
  }

  // Nothing for what gc has removed meanwhile.
  Result<std::optional<ObjectRecord>> record_of(const std::string& sha256) {
    auto object = store_.ledger().object(sha256);
    if (object) return std::optional(*std::move(object));
    if (object.error().kind == ErrorKind::kNotFound) return std::nullopt;
    if (object.error().kind != ErrorKind::kStore) return tl::make_unexpected(object.error());
    add(object.error().message, object.error().advice, false);
    return std::nullopt;
  }

  Status check_object(const ObjectRecord& object) {
    if (object.bytes && sha256_hex(*object.bytes) != object.sha256) {
      add("the ledger's copy of the value " + object.sha256 + " is damaged", "restore the store from a backup", false);
      return {};
    }
    const auto state = store_.objects().verify(object);
    if (!state) {
      add_unreadable(state.error());
    } else if (*state == ContentState::kRight) {
      forbid(store_.layout().object(object.sha256), FollowLinks::kNo, kAnybodyMayWrite, "can be written",
             "chmod a-w it");
    } else if (object.bytes) {
      write_again(object, what_is_wrong(object, *state));
    } else {
      return look_again(object);
    }
    return {};
  }

  std::string what_is_wrong(const ObjectRecord& object, ContentState state) {
    return printable(store_.layout().object(object.sha256).native()) +
           (state == ContentState::kMissing ? " is missing" : " has another content");
  }

  // ", the artifact model of TrainingFlow/34/train" behind it. Read once: an artifact is not found by its object.
  Result<std::string> whose(const ObjectRecord& object) {
    if (!owners_) {
      QFLOW_ASSIGN(owners_, store_.ledger().artifacts_by_object());
    }
    const auto owner = owners_->find(object.sha256);
    return owner != owners_->end() ? ": the artifact " + owner->second : std::string();
  }

  // Reading may take its time, in which a step may have brought the content in again, or gc has removed it.
  Status look_again(const ObjectRecord& before) {
    const auto gate = store_.lock_objects();
    if (!gate) {
      add(gate.error().message, "call qflow fsck again", false);
      return {};
    }
    QFLOW_ASSIGN(const std::optional<ObjectRecord> object, record_of(before.sha256));
    if (!object) return {};
    const auto state = store_.objects().verify(*object);
    if (!state) {
      add_unreadable(state.error());
    } else if (*state != ContentState::kRight) {
      QFLOW_ASSIGN(const std::string owner, whose(*object));
      const bool is_missing = *state == ContentState::kMissing;
      if (!is_missing) QFLOW_TRY(set_aside(*object));
      add(what_is_wrong(*object, *state) + owner,
          fmt::format("{}{}", is_missing ? "" : "it was set aside; ", kMakeAgain), false);
    }
    return {};
  }

  // Opening makes the file again where the ledger has its bytes.
  void write_again(const ObjectRecord& object, const std::string& what) {
    const auto path = store_.objects().open_path(object);
    const std::string failure = path ? "" : ", and " + path.error().message;
    add(what + failure, path ? "it was written again from the ledger" : "call qflow fsck again", path.has_value());
  }

  // Takes these permissions away where there are some of them.
  void forbid(const Path& path, FollowLinks follow, std::uint32_t modes, const std::string& what,
              const std::string& remedy) {
    const auto info = files_.info(path, follow);
    if (!info && info.error().kind != ErrorKind::kNotFound) return add_unreadable(info.error());
    if (!info || (info->mode & modes) == 0) return;
    const std::string problem = printable(path.native()) + " " + what;
    const Status set = files_.set_permissions(path, info->mode & ~modes);
    add(set ? problem : problem + ", and " + set.error().message, set ? "its permissions were set" : remedy,
        set.has_value());
  }

  Status set_aside(const ObjectRecord& object) {
    return store_.ledger().write(Durability::kProcess, [&](LedgerWriter& writer) -> Status {
      QFLOW_TRY(writer.mark_quarantined(object.sha256, "found by qflow fsck"));
      return store_.objects().quarantine(object);
    });
  }

  Status check_permissions() {
    const StoreLayout& layout = store_.layout();
    for (const Path& path : {layout.root(), layout.secrets()}) keep_private(path);
    for (const FolderEntry& secret : files_.list(layout.secrets()).value_or(std::vector<FolderEntry>())) {
      keep_private(layout.secrets() / secret.name);
    }
    for (const Path& path : {layout.ledger(), layout.objects(), layout.runs()}) {
      forbid(path, FollowLinks::kYes, kOthersMayWrite, "can be written by others", "chmod go-w it");
    }
    return {};
  }

  // What a link leads to lies elsewhere, and is guarded there.
  void keep_private(const Path& path) {
    const auto info = files_.info(path, FollowLinks::kNo);
    const bool is_link = info && info->type == FileType::kSymlink;
    if (!is_link || path == store_.layout().root())
      forbid(path, FollowLinks::kYes, kOthersMay, "is open to others", "chmod go-rwx it");
  }

  Store& store_;
  const Doors& doors_;
  FileSystem& files_;
  RunObserver& observer_;
  std::vector<StoreProblem> problems_;
  std::optional<std::map<std::string, std::string>> owners_;
};

}  // namespace

Result<std::vector<StoreProblem>> check_store(Store& store, const Doors& doors, RunObserver& observer) {
  return StoreCheck(store, doors, observer).check();
}

}  // namespace qflow
