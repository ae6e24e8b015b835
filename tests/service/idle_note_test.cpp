#include "qflow/service/idle_note.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <chrono>
#include <filesystem>
#include <functional>

#include "support/temporary_folder.h"

using namespace qflow;
using std::chrono::seconds;

namespace {

const Instant kNow = Instant(seconds(1'800'000'000));
const Instant kNext = kNow + seconds(60);

// A store whose ledger was changed long before the last tick, which found nothing to do.
struct IdleStore {
  IdleStore() : layout(folder.path()) {
    write(layout.ledger(), "rows");
    write(log(), "log");
    REQUIRE(note_tick(layout, files));
    let_time_pass();
    note(kNext);
  }

  Path log() const { return folder / "ledger.db-wal"; }
  void write(const Path& path, const std::string& text) { REQUIRE(write_file(files, path, text)); }
  void note(std::optional<Instant> next) { note_idle(layout, files, *ledger_stamp(layout, files), kNow, next); }
  bool is_idle(Instant now = kNow) { return is_noted_idle(layout, files, now); }
  std::string text() { return *read_file(files, layout.last_tick()); }

  void let_time_pass() const {
    constexpr std::time_t kLater = 10;
    const timespec later{::time(nullptr) + kLater, 0};
    const timespec times[] = {later, later};
    REQUIRE(utimensat(AT_FDCWD, layout.last_tick().c_str(), times, 0) == 0);
  }

  PosixFileSystem files;
  TemporaryFolder folder;
  StoreLayout layout;
};

}  // namespace

TEST_CASE("a note of idleness counts from its time until something is due") {
  IdleStore store;
  CHECK(store.is_idle());
  CHECK(store.is_idle(kNext - std::chrono::microseconds(1)));
  CHECK(!store.is_idle(kNext));
  CHECK(!store.is_idle(kNow - std::chrono::microseconds(1)));
  store.let_time_pass();
  store.note(std::nullopt);
  CHECK(store.is_idle(kNow + seconds(1'000'000'000)));
}

TEST_CASE("a note counts for the ledger alone that it was made of") {
  struct Row {
    std::string what;
    std::function<void(IdleStore&)> change;
  };
  const Row rows[] = {
      {"the ledger grew", [](IdleStore& store) { store.write(store.layout.ledger(), "more rows"); }},
      {"its log was written again", [](IdleStore& store) { store.write(store.log(), "gol"); }},
      {"its log went", [](IdleStore& store) { REQUIRE(store.files.remove(store.log())); }},
      {"another file took the ledger's place",
       [](IdleStore& store) {
         store.write(store.folder / "copy", "rows");
         REQUIRE(store.files.rename(store.folder / "copy", store.layout.ledger()));
       }},
      {"the ledger went", [](IdleStore& store) { REQUIRE(store.files.remove(store.layout.ledger())); }},
  };
  for (const Row& row : rows) {
    CAPTURE(row.what);
    IdleStore store;
    row.change(store);
    CHECK(!store.is_idle());
  }
}

TEST_CASE("a note that is not whole counts for nothing") {
  IdleStore store;
  const std::string whole = store.text();
  for (std::size_t size = 0; size < whole.size(); ++size) {
    store.write(store.layout.last_tick(), whole.substr(0, size));
    CHECK(!store.is_idle());
  }
  store.write(store.layout.last_tick(), whole + "\n");
  CHECK(!store.is_idle());
  store.write(store.layout.last_tick(), whole);
  CHECK(store.is_idle());
}

TEST_CASE("a ledger that was just changed is not noted, since the next change may look alike") {
  IdleStore store;
  store.write(store.log(), "new");
  REQUIRE(write_file(store.files, store.layout.last_tick(), ""));
  store.note(kNext);
  CHECK(store.text().empty());
  CHECK(!store.is_idle());
}
