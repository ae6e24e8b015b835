#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <thread>

#include "store_fixture.h"

using namespace qflow;

TEST_CASE("a rehearsal sees what it wrote and leaves nothing") {
  StoreFixture fixture;
  check_ok(fixture.ledger().rehearse([&](LedgerWriter& writer) -> Status {
    QFLOW_TRY(writer.insert_event(event_named("a")));
    CHECK(value_of(fixture.ledger().find_event("id-a")).name == "a");
    return {};
  }));
  CHECK(!fixture.ledger().find_event("id-a"));
  const auto refuse = [](LedgerWriter&) -> Status { return fail(ErrorKind::kRefused, "no"); };
  CHECK(error_of(fixture.ledger().rehearse(refuse)).message == "no");
  const Error read_only = error_of(fixture.open(StoreAccess::kRead)->ledger().rehearse(refuse));
  CHECK(read_only.message == "the store was opened for reading only");
  check_ok(insert(fixture.ledger(), "b"));
}

TEST_CASE("a failed body leaves nothing, also when it throws") {
  StoreFixture fixture;
  Status failed = fixture.ledger().write(Durability::kPower, [](LedgerWriter& writer) -> Status {
    QFLOW_TRY(writer.insert_event(event_named("a")));
    return fail(ErrorKind::kRefused, "no");
  });
  CHECK(error_of(failed).kind == ErrorKind::kRefused);
  CHECK_THROWS_AS((void)fixture.ledger().write(Durability::kPower,
                                               [](LedgerWriter& writer) -> Status {
                                                 QFLOW_TRY(writer.insert_event(event_named("b")));
                                                 throw std::runtime_error("stop");
                                               }),
                  std::runtime_error);
  CHECK(!fixture.ledger().find_event("id-a"));
  CHECK(!fixture.ledger().find_event("id-b"));
  check_ok(insert(fixture.ledger(), "c"));
  auto other = fixture.open(StoreAccess::kWrite);
  check_ok(insert(other->ledger(), "d"));
}

TEST_CASE("eight writers at once, each with its own ledger, lose nothing and see no lock") {
  constexpr int kWriters = 8, kWrites = 200;
  StoreFixture fixture;
  std::vector<std::thread> writers;
  std::vector<std::string> problems(kWriters);
  for (int number = 0; number < kWriters; ++number) {
    writers.emplace_back([&, number] {
      auto store = Store::open(fixture.root(), StoreAccess::kWrite, fixture.files, fixture.clock);
      if (!store) {
        problems[number] = to_text(store.error());
        return;
      }
      for (int count = 0; count < kWrites; ++count) {
        Status done = (*store)->ledger().write(Durability::kProcess, [&](LedgerWriter& writer) -> Status {
          QFLOW_ASSIGN(std::int64_t next, writer.next_run_number(flow_id("F")));
          return writer.insert_run(queued_run({flow_id("F"), next}), "text");
        });
        if (!done) problems[number] = to_text(done.error());
        // Readers work while others write.
        if (!(*store)->ledger().find_run(run_id("F/1"))) problems[number] = "F/1 is gone";
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  for (const std::string& problem : problems) CHECK(problem == "");
  auto latest = value_of(fixture.ledger().latest_run(flow_id("F"), {}, LatestMeans::kNewest));
  CHECK(latest->id.number == kWriters * kWrites);
  CHECK(value_of(fixture.ledger().list_runs({})).size() == kWriters * kWrites);
}

TEST_CASE("eight processes make one new store and write to it at once") {
  constexpr int kWriters = 8, kWrites = 25;
  TemporaryFolder folder;
  PosixFileSystem files;
  FakeClock clock;
  std::vector<pid_t> writers;
  for (int number = 0; number < kWriters; ++number) {
    writers.push_back(fork());
    if (writers.back() != 0) continue;
    bool good = true;
    for (int count = 0; count < kWrites; ++count) {
      auto store = Store::open(folder / "store", StoreAccess::kCreate, files, clock);
      good = good && store &&
             insert((*store)->ledger(), std::to_string(number) + "-" + std::to_string(count), Durability::kPower);
    }
    _exit(good ? 0 : 1);
  }
  for (pid_t writer : writers) {
    int status = 0;
    REQUIRE(waitpid(writer, &status, 0) == writer);
    CHECK(status == 0);
  }
  auto store = value_of(Store::open(folder / "store", StoreAccess::kRead, files, clock));
  for (int number = 0; number < kWriters; ++number) {
    for (int count = 0; count < kWrites; ++count) {
      CHECK(store->ledger().find_event("id-" + std::to_string(number) + "-" + std::to_string(count)));
    }
  }
}

TEST_CASE("the log stays short when every write is a process of its own, and when one process writes much") {
  constexpr std::uint64_t kBound = 1200 * 4120;
  StoreFixture fixture;
  const Path log = fixture.store().layout().ledger().native() + "-wal";
  auto log_size = [&] { return value_of(fixture.files.info(log, FollowLinks::kNo)).size; };
  for (int count = 0; count < 1000; ++count) check_ok(insert(fixture.ledger(), std::to_string(count)));
  CHECK(log_size() < kBound);
  fixture.close();
  for (int count = 1000; count < 1300; ++count) {
    auto store = fixture.open(StoreAccess::kWrite);
    check_ok(insert(store->ledger(), std::to_string(count)));
  }
  CHECK(log_size() < kBound);
  auto store = fixture.open(StoreAccess::kRead);
  for (int count = 0; count < 1300; ++count) CHECK(store->ledger().find_event("id-" + std::to_string(count)));
}

TEST_CASE("a process that is killed at any time leaves a valid store") {
  // The child collects and commits for ever; whatever the ledger names must be whole.
  TemporaryFolder folder;
  PosixFileSystem files;
  FakeClock clock;
  std::int64_t known = 0;
  for (int round = 0; round < 12; ++round) {
    pid_t child = fork();
    if (child == 0) {
      auto store = Store::open(folder / "store", StoreAccess::kCreate, files, clock).value();
      for (int count = 0;; ++count) {
        const Path out = folder / ("out-" + std::to_string(getpid()) + "-" + std::to_string(count));
        if (!files.make_folder(out)) _exit(1);
        const std::string text = std::to_string(getpid()) + "." + std::to_string(count);
        if (!replace_file(files, out / "value.json", text) || !replace_file(files, out / "file", "f" + text)) _exit(1);
        auto artifacts = store->objects().collect(out);
        if (!artifacts) _exit(1);
        Status done = store->ledger().write(Durability::kProcess, [&](LedgerWriter& writer) -> Status {
          QFLOW_ASSIGN(std::int64_t number, writer.next_run_number(flow_id("F")));
          const RunId run{flow_id("F"), number};
          QFLOW_TRY(writer.insert_run(queued_run(run), "text"));
          for (const NewArtifact& artifact : *artifacts) {
            QFLOW_TRY(writer.add_artifact(run, step_id("s"), {}, artifact));
          }
          return Status();
        });
        if (!done) _exit(1);
      }
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(30 + 7 * round));
    REQUIRE(kill(child, SIGKILL) == 0);
    int status = 0;
    REQUIRE(waitpid(child, &status, 0) == child);
    REQUIRE(WIFSIGNALED(status));
    auto store = value_of(Store::open(folder / "store", StoreAccess::kCreate, files, clock));
    const auto runs = value_of(store->ledger().list_runs({}));
    CHECK(static_cast<std::int64_t>(runs.size()) >= known);
    known = static_cast<std::int64_t>(runs.size());
    for (const Run& run : runs) {
      const auto artifacts = value_of(store->ledger().artifacts(run.id));
      CHECK(artifacts.size() == 2);
      for (const Artifact& artifact : artifacts) {
        const ObjectRecord object = value_of(store->ledger().object(artifact.sha256));
        CHECK(store->objects().load(object));
        CHECK(store->objects().unchanged(object).value());
      }
    }
  }
}
