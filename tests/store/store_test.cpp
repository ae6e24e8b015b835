#include "qflow/store/store.h"

#include <doctest/doctest.h>
#include <sqlite3.h>

#include "store_fixture.h"
#include "support/faulty_file_system.h"
#include "support/unprivileged_child.h"

using namespace qflow;

namespace {

// Runs SQL on a database as another program would.
void run_sql(const Path& database, const std::string& sql) {
  sqlite3* connection = nullptr;
  REQUIRE(sqlite3_open(database.c_str(), &connection) == SQLITE_OK);
  char* problem = nullptr;
  sqlite3_exec(connection, sql.c_str(), nullptr, nullptr, &problem);
  CHECK_MESSAGE(problem == nullptr, problem);
  sqlite3_close(connection);
}

}  // namespace

TEST_CASE("a new store is its owner's alone and has its folders") {
  StoreFixture fixture;
  for (const Path& folder : {fixture.root(), fixture.store().layout().objects(), fixture.store().layout().runs()}) {
    CHECK(value_of(fixture.files.info(folder, FollowLinks::kNo)).mode == 0700);
  }
  CHECK(value_of(fixture.files.info(fixture.store().layout().ledger(), FollowLinks::kNo)).mode == 0600);
  CHECK(value_of(read_file(fixture.files, fixture.root() / ".gitignore")) == "*\n");
  CHECK(fixture.store().notes().empty());
}

TEST_CASE("what is in .gitignore already stays") {
  TemporaryFolder folder;
  PosixFileSystem files;
  FakeClock clock;
  const Path root = folder / "store";
  check_ok(make_folders(files, root));
  for (const char* text : {"*\n!config.toml\n", ""}) {
    check_ok(replace_file(files, root / ".gitignore", text));
    value_of(Store::open(root, StoreAccess::kCreate, files, clock));
    CHECK(value_of(read_file(files, root / ".gitignore")) == text);
  }
}

TEST_CASE("an empty ledger is made by who may make a store, and refused to others") {
  TemporaryFolder folder;
  PosixFileSystem files;
  FakeClock clock;
  const Path root = folder / "store";
  check_ok(make_folders(files, root));
  check_ok(replace_file(files, root / "ledger.db", ""));
  for (const StoreAccess access : {StoreAccess::kRead, StoreAccess::kWrite}) {
    const Error error = error_of(Store::open(root, access, files, clock));
    CHECK(error.kind == ErrorKind::kStore);
    CHECK(error.message == root.native() + " is not a store: its ledger.db is empty");
    CHECK(value_of(files.info(root / "ledger.db", FollowLinks::kYes)).size == 0);
  }
  value_of(Store::open(root, StoreAccess::kCreate, files, clock));
  CHECK(Store::open(root, StoreAccess::kWrite, files, clock));
}

TEST_CASE("a ledger is whole as soon as it has its name, whatever an earlier process left") {
  TemporaryFolder folder;
  PosixFileSystem files;
  FakeClock clock;
  const Path root = folder / "store";
  check_ok(make_folders(files, root));
  for (const char* leftover : {"ledger.db.new", "ledger.db.new-wal", "ledger.db.new-journal"}) {
    check_ok(replace_file(files, root / leftover, std::string(5000, 'x')));
  }
  auto store = value_of(Store::open(root, StoreAccess::kCreate, files, clock));
  check_ok(insert(store->ledger(), "x"));
  store.reset();
  CHECK(!*exists(files, root / "ledger.db.new"));
  CHECK(value_of(files.info(root / "ledger.db", FollowLinks::kYes)).size > 4096);
  CHECK(value_of(value_of(Store::open(root, StoreAccess::kRead, files, clock))->ledger().find_event("id-x")).name ==
        "x");
}

TEST_CASE("what can't be a store is refused with the reason, and nothing is made") {
  struct Row {
    std::string what;
    std::function<void(const Path&, FileSystem&)> make;
    StoreAccess access;
    std::string error;
  };
  auto nothing = [](const Path&, FileSystem&) {};
  auto file = [](const Path& root, FileSystem& files) { check_ok(replace_file(files, root, "text")); };
  auto empty_folder = [](const Path& root, FileSystem& files) { check_ok(files.make_folder(root)); };
  auto home = [](const Path& root, FileSystem& files) {
    check_ok(files.make_folder(root));
    check_ok(replace_file(files, root / "letter.txt", "dear"));
  };
  auto lost = [](const Path& root, FileSystem& files) {
    for (const char* name : {"python", "sensors", "runs", "runs/F"}) check_ok(make_folders(files, root / name));
    check_ok(replace_file(files, root / "worker.log", ""));
  };
  const std::string make_one = "name a store with --store, or make one with 'qflow init'";
  const Row rows[] = {
      {"nothing there", nothing, StoreAccess::kRead,
       "there is no store at ROOT; name an existing one with --store or QFLOW_STORE, or make one with 'qflow init'"},
      {"nothing there", nothing, StoreAccess::kWrite,
       "there is no store at ROOT; name an existing one with --store or QFLOW_STORE, or make one with 'qflow init'"},
      {"a file", file, StoreAccess::kRead,
       "ROOT is not a folder, so it can't be a store; move it away, or name a store with --store"},
      {"a file", file, StoreAccess::kCreate,
       "ROOT is not a folder, so it can't be a store; move it away, or name a store with --store"},
      {"an empty folder", empty_folder, StoreAccess::kRead, "ROOT is not a store: it has no ledger.db; " + make_one},
      {"an empty folder", empty_folder, StoreAccess::kWrite, "ROOT is not a store: it has no ledger.db; " + make_one},
      {"somebody's folder", home, StoreAccess::kCreate,
       "ROOT is no store, and it is not empty: it has 'letter.txt'; name an empty or new folder"},
      {"a store without its ledger", lost, StoreAccess::kCreate,
       "the ledger ROOT/ledger.db is missing, but its store was in use; restore it from a backup, or move the whole "
       "store away to begin a new one"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.what);
    TemporaryFolder folder;
    PosixFileSystem files;
    FakeClock clock;
    const Path root = folder / "store";
    row.make(root, files);
    std::string expected = row.error;
    expected.replace(expected.find("ROOT"), 4, root.native());
    const Error error = error_of(Store::open(root, row.access, files, clock));
    CHECK(error.kind == ErrorKind::kStore);
    CHECK(to_text(error) == expected);
    CHECK(!*exists(files, root / "ledger.db"));
  }
}

TEST_CASE("a store is made in a folder that waits for one, and opening it again keeps it") {
  TemporaryFolder folder;
  PosixFileSystem files;
  FakeClock clock;
  const Path root = folder / "new" / "store";
  check_ok(make_folders(files, root / "secrets"));
  check_ok(replace_file(files, root / "config.toml", ""));
  for (int count = 1; count <= 3; ++count) {
    auto store = value_of(Store::open(root, StoreAccess::kCreate, files, clock));
    check_ok(insert(store->ledger(), std::to_string(count)));
    for (int earlier = 1; earlier <= count; ++earlier) {
      CHECK(store->ledger().find_event("id-" + std::to_string(earlier)));
    }
  }
}

TEST_CASE("a ledger of the first schema is brought up to date, and keeps what it has") {
  StoreFixture fixture;
  const Path ledger = fixture.store().layout().ledger();
  check_ok(insert(fixture.ledger(), "a"));
  fixture.close();
  run_sql(ledger,
          "ALTER TABLE events DROP COLUMN rolled_up_at; DROP TABLE daily_outcomes; DROP TABLE schedules; DROP TABLE "
          "sensors; DROP INDEX runs_queued; DROP INDEX runs_running; DROP INDEX runs_queued_locally;"
          "DROP INDEX runs_by_trigger; DROP INDEX idempotency_keys_by_event; DROP INDEX waiting_joining;"
          "ALTER TABLE runs DROP COLUMN caller; PRAGMA user_version = 1");
  const Error too_old = error_of(Store::open(fixture.root(), StoreAccess::kRead, fixture.files, fixture.clock));
  CHECK(too_old.message == "the ledger " + ledger.native() + " was made by an older qflow");
  const auto store = fixture.open(StoreAccess::kWrite);
  CHECK(value_of(store->ledger().find_event("id-a")).name == "a");
  CHECK(!value_of(store->ledger().triggers().rolled_up_at("id-a")));
}

TEST_CASE("a ledger of a newer qflow, of another program, or damaged is refused plainly") {
  struct Row {
    std::string what;
    std::function<void(const Path&, FileSystem&)> spoil;
    std::string error;
  };
  const Row rows[] = {
      {"newer", [](const Path& ledger, FileSystem&) { run_sql(ledger, "PRAGMA user_version = 999"); },
       "the ledger LEDGER was made by a newer qflow: its schema has number 999, this one knows "},
      {"no tables",
       [](const Path& ledger, FileSystem& files) {
         check_ok(remove_tree(files, ledger.native() + "-wal"));
         check_ok(files.remove(ledger));
         run_sql(ledger, "CREATE TABLE a(b); DROP TABLE a");
       },
       "the ledger LEDGER has no tables; restore it from a backup, or move the whole store away to begin a new one"},
      {"no database",
       [](const Path& ledger, FileSystem& files) {
         check_ok(remove_tree(files, ledger.native() + "-wal"));
         check_ok(replace_file(files, ledger, std::string(5000, 'x')));
       },
       "the ledger LEDGER is damaged: file is not a database; keep a copy of its folder, then restore it from a "
       "backup"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.what);
    for (StoreAccess access : {StoreAccess::kRead, StoreAccess::kWrite, StoreAccess::kCreate}) {
      StoreFixture fixture;
      const Path ledger = fixture.store().layout().ledger();
      fixture.close();
      row.spoil(ledger, fixture.files);
      std::string expected = row.error;
      expected.replace(expected.find("LEDGER"), 6, ledger.native());
      const Error error = error_of(Store::open(fixture.root(), access, fixture.files, fixture.clock));
      CHECK(error.kind == ErrorKind::kStore);
      CHECK(to_text(error).substr(0, expected.size()) == expected);
    }
  }
}

TEST_CASE("a database of another program is left alone") {
  TemporaryFolder folder;
  PosixFileSystem files;
  FakeClock clock;
  check_ok(files.make_folder(folder / "store"));
  run_sql(folder / "store" / "ledger.db", "CREATE TABLE recipes(name TEXT)");
  const Error error = error_of(Store::open(folder / "store", StoreAccess::kCreate, files, clock));
  CHECK(error.message == (folder / "store" / "ledger.db").native() + " is a database of another program");
}

TEST_CASE("damage inside is an error that names file and remedy, not a crash") {
  StoreFixture fixture;
  for (int count = 0; count < 200; ++count) check_ok(insert(fixture.ledger(), std::to_string(count)));
  const Path ledger = fixture.store().layout().ledger();
  fixture.close();
  run_sql(ledger, "PRAGMA wal_checkpoint(TRUNCATE)");
  std::string bytes = value_of(read_file(fixture.files, ledger));
  for (std::size_t page = 1; page * 4096 < bytes.size(); ++page) bytes.replace(page * 4096, 64, 64, '\xff');
  check_ok(replace_file(fixture.files, ledger, bytes));
  auto store = Store::open(fixture.root(), StoreAccess::kWrite, fixture.files, fixture.clock);
  REQUIRE(store);
  const Error error = error_of((*store)->ledger().find_event("id-1"));
  CHECK(error.kind == ErrorKind::kStore);
  CHECK(error.message.find("the ledger " + ledger.native() + " is damaged") == 0);
  CHECK(error.advice.find(".recover") != std::string::npos);
  CHECK(!insert((*store)->ledger(), "new"));
}

TEST_CASE("a reader writes nothing") {
  StoreFixture fixture;
  auto reader = fixture.open(StoreAccess::kRead);
  const Error error = error_of(insert(reader->ledger(), "x"));
  CHECK(error.kind == ErrorKind::kStore);
}

TEST_CASE("a store that may not be written can be read") {
  for (bool with_log : {false, true}) {
    CAPTURE(with_log);
    StoreFixture fixture;
    check_ok(insert(fixture.ledger(), "x"));
    const Path root = fixture.root();
    fixture.close();
    if (!with_log) run_sql(root / "ledger.db", "PRAGMA wal_checkpoint(TRUNCATE)");
    CHECK(*exists(fixture.files, root / "ledger.db-wal") == with_log);
    for (const FolderEntry& entry : value_of(fixture.files.list(root))) {
      check_ok(fixture.files.set_permissions(root / entry.name, entry.type == FileType::kFolder ? 0500 : 0400));
    }
    check_ok(fixture.files.set_permissions(root, 0500));
    CHECK(in_child_as_nobody(fixture.folder.path(), [&] {
      auto reader = Store::open(root, StoreAccess::kRead, fixture.files, fixture.clock);
      auto writer = Store::open(root, StoreAccess::kWrite, fixture.files, fixture.clock);
      bool refused = !writer || !insert((*writer)->ledger(), "y");
      return reader && (*reader)->ledger().find_event("id-x") && refused;
    }));
    check_ok(fixture.files.set_permissions(root, 0700));
  }
}

TEST_CASE("a folder that may not be entered says so") {
  StoreFixture fixture;
  const Path root = fixture.root();
  fixture.close();
  check_ok(fixture.files.set_permissions(root, 0));
  CHECK(in_child_as_nobody(fixture.folder.path(), [&] {
    auto store = Store::open(root, StoreAccess::kRead, fixture.files, fixture.clock);
    return !store && store.error().kind == ErrorKind::kStore &&
           store.error().message.find("Permission denied") != std::string::npos;
  }));
  check_ok(fixture.files.set_permissions(root, 0700));
}

TEST_CASE("a store on a network file system says so") {
  StoreFixture fixture;
  FaultyFileSystem network(fixture.files);
  network.set_network("NFS");
  auto store = value_of(Store::open(fixture.root(), StoreAccess::kRead, network, fixture.clock));
  const auto notes = store->notes();
  REQUIRE(notes.size() == 1);
  CHECK(notes[0].find("network file system (NFS)") != std::string::npos);
}
