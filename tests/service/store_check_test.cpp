#include "qflow/service/store_check.h"

#include <doctest/doctest.h>
#include <sqlite3.h>
#include <sys/stat.h>

#include <filesystem>
#include <string>
#include <vector>

#include "qflow/model/step_state.h"
#include "support/faulty_file_system.h"
#include "support/test_home.h"

namespace qflow {
namespace {

const std::string kFlow =
    "id = \"F\"\n[[steps]]\nid = \"a\"\nrun = \"echo 1 > $QFLOW_OUT/small.json; mkdir $QFLOW_OUT/folder; "
    "echo text > $QFLOW_OUT/folder/inside\"\n";

class CheckFixture {
 public:
  CheckFixture() { REQUIRE(home.run(kFlow)); }

  // "mended: …" or "wrong: …", a line for each problem, with paths from the home on.
  std::string check() { return check(home.store()); }
  std::string check(Store& store) {
    std::string text;
    const auto problems = check_store(store, home.doors(), home.seen).value();
    for (const StoreProblem& problem : problems) {
      text += (problem.mended ? "mended: " : "wrong: ") + problem.what + "; " + problem.remedy + "\n";
    }
    const std::string folder = home.folder.string() + "/";
    for (std::size_t at = text.find(folder); at != std::string::npos; at = text.find(folder))
      text.erase(at, folder.size());
    return text;
  }
  Path object(const std::string& name) {
    const auto artifacts = home.store().ledger().artifacts(RunId::parse("F/1").value()).value();
    for (const Artifact& artifact : artifacts) {
      if (artifact.name.text() == name) return home.store().layout().object(artifact.sha256);
    }
    return {};
  }

  // The store as `watched` sees it.
  std::unique_ptr<Store> open(FileSystem& watched) {
    return Store::open(home.folder / ".qflow", StoreAccess::kWrite, watched, home.clock).value();
  }
  // A change behind qflow's back; returns the folder.
  Path damage_folder() {
    const Path path = object("folder");
    REQUIRE(chmod(path.c_str(), 0755) == 0);
    std::ofstream(path / "added") << "more";
    return path;
  }

  TestHome home;
};

TEST_CASE("nothing is found in a store that is whole") {
  CheckFixture fixture;
  CHECK(fixture.check().empty());
}

TEST_CASE("a run that nobody executes any more is recovered") {
  CheckFixture fixture;
  fixture.home.add_run(kFlow);
  CHECK(fixture.check() == "mended: F/2 is said to be running, but nobody executes it; it was recovered\n");
  CHECK(to_text(fixture.home.find("F/2").status) == to_text(RunStatus::kCrashed));
  CHECK(fixture.check().empty());
}

TEST_CASE("what others may write is closed to them") {
  CheckFixture fixture;
  for (const std::string path : {".qflow/ledger.db", ".qflow/objects", ".qflow/runs"}) {
    CAPTURE(path);
    REQUIRE(chmod((fixture.home.folder / path).c_str(), 0777) == 0);
    CHECK(fixture.check() == "mended: " + path + " can be written by others; its permissions were set\n");
    CHECK(fixture.check().empty());
  }
}

TEST_CASE("the store and its secrets are their owner's alone") {
  CheckFixture fixture;
  fixture.home.write(".qflow/secrets/TOKEN", "");
  for (const std::string path : {"", "/secrets", "/secrets/TOKEN"}) {
    REQUIRE(chmod((fixture.home.folder / ".qflow").c_str(), 0700) == 0);
    REQUIRE(chmod((fixture.home.folder / ".qflow/secrets").c_str(), 0700) == 0);
    REQUIRE(chmod((fixture.home.folder / ".qflow/secrets/TOKEN").c_str(), 0600) == 0);
    REQUIRE(chmod((fixture.home.folder.string() + "/.qflow" + path).c_str(), 0744) == 0);
    CHECK(fixture.check() == "mended: .qflow" + path + " is open to others; its permissions were set\n");
    CHECK(fixture.check().empty());
  }
}

TEST_CASE("what a secret's link leads to is guarded there") {
  CheckFixture fixture;
  fixture.home.write("token", "");
  fixture.home.write(".qflow/secrets/OTHER", "");
  REQUIRE(chmod((fixture.home.folder / ".qflow/secrets").c_str(), 0700) == 0);
  REQUIRE(chmod((fixture.home.folder / ".qflow/secrets/OTHER").c_str(), 0600) == 0);
  std::filesystem::create_symlink(fixture.home.folder / "token", fixture.home.folder / ".qflow/secrets/TOKEN");
  CHECK(fixture.check().empty());
}

TEST_CASE("a value whose file was changed is written again from the ledger") {
  CheckFixture fixture;
  const Path path = fixture.object("small");
  REQUIRE(chmod(path.c_str(), 0644) == 0);
  fixture.home.write(path.lexically_relative(fixture.home.folder), "2\n");
  const std::string shown = path.lexically_relative(fixture.home.folder).string();
  CHECK(fixture.check() == "mended: " + shown + " has another content; it was written again from the ledger\n");
  CHECK(fixture.home.read(path) == "1\n");
  CHECK(fixture.check().empty());
}

TEST_CASE("a folder with another content is set aside, so that nothing reads it") {
  CheckFixture fixture;
  const Path path = fixture.damage_folder();
  const std::string shown = path.lexically_relative(fixture.home.folder).string();
  CHECK(fixture.check() ==
        "wrong: " + shown +
            " has another content: the artifact folder of F/1/a; it was set aside; run the step that "
            "made it again, with qflow resume RUN STEP\n");
  CHECK_FALSE(*exists(fixture.home.files, path));
  CHECK(std::filesystem::exists(fixture.home.store().layout().quarantine()));
  for (int again = 0; again < 2; ++again) {
    CHECK(
        fixture.check() ==
        "wrong: the artifact folder of F/1/a is lost: it was changed and set aside: found by qflow fsck; run the step "
        "that made it again, with qflow resume RUN STEP\n");
  }
  // The same content comes in again.
  REQUIRE(fixture.home.run(kFlow));
  CHECK(fixture.check().empty());
}

TEST_CASE("what comes in again while objects are read is not set aside") {
  CheckFixture fixture;
  const Path path = fixture.damage_folder();
  FaultyFileSystem watched(fixture.home.files);
  const auto store = fixture.open(watched);
  // When its files are read, their names have been.
  watched.before("open " + (path / "inside").string(), [&] { std::filesystem::remove(path / "added"); });
  CHECK(fixture.check(*store).empty());
  CHECK(*exists(fixture.home.files, path / "inside"));
  CHECK(fixture.home.store().ledger().lost_artifacts().value().empty());
}

TEST_CASE("nobody brings objects in while one is set aside") {
  CheckFixture fixture;
  const Path path = fixture.damage_folder();
  FaultyFileSystem watched(fixture.home.files);
  const auto store = fixture.open(watched);
  bool is_closed = false;
  watched.before("move " + path.string(), [&] {
    const FileHandle gate = fixture.home.files.open(store->layout().objects_gate(), OpenMode::kRead, 0).value();
    is_closed = fixture.home.files.is_locked(gate).value();
  });
  CHECK(fixture.check(*store).find("it was set aside") != std::string::npos);
  CHECK(is_closed);
}

TEST_CASE("what gc removes while objects are read is not missed") {
  CheckFixture fixture;
  const Path path = fixture.object("folder");
  FaultyFileSystem watched(fixture.home.files);
  const auto store = fixture.open(watched);
  watched.before("info " + path.string(), [&] {
    fixture.home.write([&](LedgerWriter& writer) -> Status {
      QFLOW_TRY(writer.remove_results(RunId::parse("F/1").value()).map([](bool) {}));
      const Instant later = fixture.home.clock.now() + std::chrono::hours(1);
      const auto objects = fixture.home.store().ledger().unnamed_objects(later).value();
      for (const UnnamedObject& object : objects) {
        QFLOW_TRY(writer.remove_object(object).map([](bool) {}));
        QFLOW_TRY(remove_tree(fixture.home.files, store->layout().object(object.sha256)));
      }
      return {};
    });
  });
  CHECK(fixture.check(*store).empty());
  CHECK_FALSE(*exists(fixture.home.files, path));
}

TEST_CASE("the ledger's log can begin anew while objects are read") {
  CheckFixture fixture;
  const Path path = fixture.object("folder");
  FaultyFileSystem watched(fixture.home.files);
  const auto store = fixture.open(watched);
  int answer = -1;
  watched.before("open " + (path / "inside").string(), [&] {
    sqlite3* other = nullptr;
    REQUIRE(sqlite3_open(store->layout().ledger().c_str(), &other) == SQLITE_OK);
    answer = sqlite3_wal_checkpoint_v2(other, nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
    sqlite3_close(other);
  });
  CHECK(fixture.check(*store).empty());
  CHECK(answer == SQLITE_OK);
}

TEST_CASE("rows that contradict each other are named") {
  struct Row {
    std::function<Status(LedgerWriter&, const RunId&)> write;
    std::string problem;
  };
  StepState step;
  step.step = StepId::parse("a").value();
  step.status = StepStatus::kRunning;
  Attempt attempt;
  attempt.step = step.step;
  const std::vector<Row> rows{
      {[&](LedgerWriter& writer, const RunId& run) { return writer.save_step(run, step); },
       "F/1 has ended, but its step a is running"},
      {[&](LedgerWriter& writer, const RunId& run) { return writer.save_attempt(run, attempt); },
       "F/1 has ended, but an attempt of its step a has not"},
      {[&](LedgerWriter& writer, const RunId& run) -> Status {
         Run other = CheckFixture().home.find("F/1");
         other.id.number = run.number + 5;
         return writer.insert_run(other, kFlow);
       },
       "F has a run with a number that was not given yet"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.problem);
    CheckFixture fixture;
    fixture.home.write([&](LedgerWriter& writer) { return row.write(writer, RunId::parse("F/1").value()); });
    CHECK(fixture.check() == "wrong: .qflow/ledger.db: " + row.problem + "; restore the store from a backup\n");
  }
}

}  // namespace
}  // namespace qflow
