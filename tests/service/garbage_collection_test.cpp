#include "qflow/service/garbage_collection.h"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "qflow/service/run_inspection.h"
#include "qflow/service/run_objects.h"
#include "support/fake_clock.h"
#include "support/faulty_file_system.h"
#include "support/test_home.h"

namespace qflow {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

std::string flow(const std::string& id, const std::string& keep, const std::string& content) {
  return "id = \"" + id + "\"\n[run]\n" + (keep.empty() ? "" : "keep = \"" + keep + "\"\n") +
         "[[steps]]\nid = \"a\"\nrun = \"echo said; echo " + content +
         " > $QFLOW_OUT/x.json; echo shared > $QFLOW_OUT/y\"\n" +
         "[[steps]]\nid = \"b\"\nneeds = [\"a\"]\nallow_failure = true\n" +
         "run = \"echo said; echo rest > $QFLOW_OUT/rest; exit 1\"\n";
}

class GarbageFixture {
 public:
  // As if gc were called so much later than the runs.
  Garbage collect(minutes later, GarbageMode mode = GarbageMode::kRemove) { return collect(home.store(), later, mode); }
  Garbage collect(Store& store, minutes later, GarbageMode mode = GarbageMode::kRemove) {
    FakeClock clock(home.clock.now() + later);
    const Doors doors{store.files(),      clock,       home.launcher, home.processes, home.environment,
                      home.trigger_types, home.folder, "/qflow",      std::nullopt,   {}};
    return collect_garbage(store, doors, mode).value();
  }
  // Every path in the store but the ledger's own files, with its permissions.
  std::map<std::string, mode_t> paths() {
    std::map<std::string, mode_t> found;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(home.folder / ".qflow")) {
      struct stat status {};
      REQUIRE(lstat(entry.path().c_str(), &status) == 0);
      const std::string path = entry.path().lexically_relative(home.folder / ".qflow").string();
      if (path.find("ledger") == std::string::npos) found[path] = status.st_mode;
    }
    return found;
  }
  // "x=1 y=…" of what the run left; "removed" where gc has been.
  std::string values(const std::string& run) {
    std::string text;
    const std::vector<Artifact> artifacts = home.store().ledger().artifacts(RunId::parse(run).value()).value();
    for (const Artifact& artifact : artifacts) {
      const auto object = home.store().ledger().object(artifact.sha256);
      const bool is_there = object && home.store().objects().open_path(*object);
      text += artifact.name.text() + (is_there ? " " : "(removed) ");
    }
    return text;
  }

  TestHome home;
};

TEST_CASE("results go when `keep` is over, rows and logs of what is kept stay") {
  GarbageFixture fixture;
  REQUIRE(fixture.home.run(flow("Kept", "", "1")));
  REQUIRE(fixture.home.run(flow("Short", "10h", "2")));
  REQUIRE(fixture.home.run(flow("Long", "20h", "3")));

  CHECK(fixture.collect(hours(9)).runs == 0);
  CHECK(fixture.values("Short/1") == "x y error ");
  const Garbage garbage = fixture.collect(hours(11));
  CHECK(garbage.runs == 1);
  CHECK(garbage.objects == 1);
  CHECK(garbage.bytes == 2);
  CHECK(fixture.values("Short/1") == "x(removed) y error ");
  CHECK(fixture.values("Kept/1") == "x y error ");
  CHECK(fixture.values("Long/1") == "x y error ");
  CHECK(fixture.home.find("Short/1").removed_at);
  CHECK(to_text(fixture.home.find("Short/1").status) == to_text(RunStatus::kSucceeded));
  CHECK(fixture.home.step_statuses("Short/1") == "a=succeeded b=failed");
  CHECK_FALSE(std::filesystem::exists(fixture.home.folder / ".qflow/runs/Short/1"));
  CHECK(fixture.home.read(".qflow/runs/Kept/1/steps/a/1/log").find("said") != std::string::npos);
  CHECK(fixture.home.store().ledger().inconsistencies().value().empty());
  CHECK(fixture.collect(hours(11)).runs == 0);
}

TEST_CASE("what was removed is shown as that, and reading it says when") {
  GarbageFixture fixture;
  TestHome& home = fixture.home;
  const std::string up =
      "id = \"Up\"\n[run]\nkeep = \"1h\"\n[[steps]]\nid = \"a\"\n"
      "run = \"echo 1 > $QFLOW_OUT/v.json; echo text > $QFLOW_OUT/file\"\n";
  const std::string down =
      "id = \"Down\"\n[parameters.p]\ndefault = 7\n[[triggers]]\ntype = \"flow\"\n"
      "source_flow_id = \"Up\"\nparameters = { p = \"artifacts.v\" }\n[[steps]]\nid = \"s\"\n"
      "run = 'ls $QFLOW_TRIGGER_DATA; exit 1'\n";
  LocalRunRequest request;
  request.triggers = {"Up/1"};
  REQUIRE(home.run(up));
  REQUIRE(home.run(down, request));
  REQUIRE(fixture.collect(hours(2)).objects == 2);

  const auto data = run_data(home.store(), home.find("Up/1")).value();
  for (const std::string name : {"v", "file"}) {
    const auto value = data->field(name);
    REQUIRE_FALSE(value);
    CHECK(value.error().kind == ErrorKind::kNotFound);
    CHECK(value.error().message.starts_with("artifact '" + name + "': qflow gc removed it at 20"));
  }
  CHECK(to_compact(data->whole().value()) == R"({"file":null,"v":null})");
  const auto whole = run_data(home.store(), home.find("Up/1"), std::nullopt, InWhole::kEverything).value()->whole();
  REQUIRE_FALSE(whole);
  CHECK(whole.error().message.starts_with("artifact 'file': qflow gc removed it at 20"));
  const Json shown = inspect_run(home.store(), home.find("Up/1"), {}).value()["artifacts"];
  CHECK(shown["v"]["gone"].get<std::string>().starts_with("qflow gc removed it at 20"));
  CHECK_FALSE(shown["file"].contains("path"));
  CHECK(inspect_run(home.store(), home.find("Down/1"), {true, true}).value()["trigger"]["data"]["v"].is_null());

  const auto again = home.run(down, request);
  REQUIRE_MESSAGE(again.has_value(), (again ? "" : to_text(again.error())));
  CHECK(home.seen.lines == std::vector<std::string>{"s | Up"});
  REQUIRE(home.seen.notes.size() == 1);
  CHECK(home.seen.notes[0].find("a deployed trigger would filter Up/1: parameter p can't be set from artifacts.v: "
                                "artifact 'v': qflow gc removed it at 20") != std::string::npos);
}

TEST_CASE("content that is younger than an hour stays, whoever names it") {
  GarbageFixture fixture;
  REQUIRE(fixture.home.run(flow("Short", "1ms", "2")));
  CHECK(fixture.collect(minutes(30)).runs == 1);
  CHECK(fixture.collect(minutes(30)).objects == 0);
  CHECK(fixture.values("Short/1") == "x y error ");
  CHECK(fixture.collect(hours(2)).objects == 3);
  CHECK(fixture.values("Short/1") == "x(removed) y(removed) error(removed) ");
}

TEST_CASE("what was removed comes in again with the next run") {
  GarbageFixture fixture;
  REQUIRE(fixture.home.run(flow("Short", "1h", "2")));
  REQUIRE(fixture.collect(hours(2)).objects == 3);
  REQUIRE(fixture.home.run(flow("Short", "1h", "2")));
  CHECK(fixture.values("Short/2") == "x y error ");
}

TEST_CASE("what failed attempts left and links for steps go, logs stay") {
  GarbageFixture fixture;
  REQUIRE(fixture.home.run(flow("Kept", "", "1")));
  const Path run = fixture.home.folder / ".qflow/runs/Kept/1";
  REQUIRE(*exists(fixture.home.files, run / "steps/b/1/out/rest"));
  REQUIRE(*exists(fixture.home.files, run / "steps/b/in/x.json"));
  CHECK(fixture.collect(minutes(30)).folders > 0);
  for (const char* gone : {"steps/b/1/out", "steps/b/in", "steps/a/artifacts", "out", "empty"}) {
    CAPTURE(gone);
    CHECK_FALSE(*exists(fixture.home.files, run / gone));
  }
  for (const char* kept : {"steps/a/1/log", "steps/b/1/log", "artifacts/x.json", "params.json"}) {
    CAPTURE(kept);
    CHECK(*exists(fixture.home.files, run / kept));
  }
  CHECK(fixture.collect(minutes(30)).folders == 0);
}

TEST_CASE("steps may be called as gc's own folders are") {
  GarbageFixture fixture;
  std::string toml = "id = \"Kept\"\n";
  for (const std::string id : {"in", "out", "artifacts", "empty"}) {
    toml += "[[steps]]\nid = \"" + id + "\"\nforeach = \"[1]\"\nrun = \"echo said\"\n";
  }
  REQUIRE(fixture.home.run(toml));
  fixture.collect(minutes(30));
  for (const std::string id : {"in", "out", "artifacts", "empty"}) {
    CAPTURE(id);
    CHECK(fixture.home.read(".qflow/runs/Kept/1/steps/" + id + "/0/1/log").find("said") != std::string::npos);
  }
}

TEST_CASE("files that a crash left in objects/ go after an hour") {
  GarbageFixture fixture;
  REQUIRE(fixture.home.run(flow("Kept", "", "1")));
  const std::string objects = ".qflow/objects/";
  const std::vector<std::string> strays{objects + "ab/" + std::string(62, 'c'), objects + ".incoming.1.0",
                                        objects + "ab/.copy.1.0",
                                        objects + "quarantine/" + std::string(64, 'd') + "-1"};
  for (const std::string& stray : strays) fixture.home.write(stray, "x");
  CHECK(fixture.collect(minutes(30)).objects == 0);
  CHECK(fixture.collect(hours(2)).objects == 4);
  for (const std::string& stray : strays) CHECK_FALSE(*exists(fixture.home.files, fixture.home.folder / stray));
  CHECK(fixture.values("Kept/1") == "x y error ");
}

TEST_CASE("a run that has not ended keeps its folder, and the results of the run that triggered it") {
  GarbageFixture fixture;
  REQUIRE(fixture.home.run(flow("Up", "1h", "1")));
  const Run up = fixture.home.find("Up/1");
  const Run waiting = fixture.home.add_run(flow("Down", "1h", "2"), [&](Run& run) {
    run.status = RunStatus::kQueued;
    TriggerSource source;
    source.event = fixture.home.store().ledger().end_event(up.id, std::nullopt).value();
    source.run = up.id;
    run.trigger = TriggerRecord{TriggerKind::kRun, std::nullopt, 1, {source}, {}};
  });
  const FileHandle lock = fixture.home.store().lock_run(waiting.id).value();
  CHECK(fixture.collect(hours(2)).runs == 0);
  CHECK(fixture.values("Up/1") == "x y error ");
  CHECK(*exists(fixture.home.files, fixture.home.store().layout().run(waiting.id)));
  fixture.home.write([&](LedgerWriter& writer) {
    return writer.end_run(waiting.id, RunStatus::kCancelled, "", fixture.home.clock.now());
  });
  CHECK(fixture.collect(hours(2)).runs == 2);
}

TEST_CASE("what can't be removed is told, and all else goes") {
  const Path stubborn[] = {"runs/A/1/steps/b/1/out/rest", StoreLayout("").object(sha256_hex("1\n"))};
  for (const Path& each : stubborn) {
    GarbageFixture fixture;
    REQUIRE(fixture.home.run(flow("A", "1h", "1")));
    REQUIRE(fixture.home.run(flow("B", "1h", "2")));
    const Path folder = fixture.home.folder / ".qflow";
    const std::string path = folder / each;
    CAPTURE(path);
    FaultyFileSystem failing(fixture.home.files);
    const auto store = Store::open(folder, StoreAccess::kWrite, failing, fixture.home.clock).value();
    failing.fail_every("remove " + path, "Permission denied");
    const Garbage garbage = fixture.collect(*store, hours(2));
    REQUIRE(garbage.left.size() == 1);
    CHECK(garbage.left[0].message == "can't remove " + path + ": Permission denied");
    CHECK_FALSE(*exists(fixture.home.files, folder / "runs/B/1"));
    CHECK_FALSE(*exists(fixture.home.files, store->layout().object(sha256_hex("2\n"))));

    CHECK(fixture.collect(*store, hours(2)).left.size() == 1);
    failing.fail_call(0);
    // What the attempts have renewed need not grow old again.
    REQUIRE(chmod(path.c_str(), 0600) == 0);
    const Garbage rest = fixture.collect(*store, minutes(30));
    CHECK(rest.left.empty());
    CHECK(rest.folders + rest.objects == 1);
    CHECK(garbage.objects + rest.objects == 4);
    CHECK_FALSE(*exists(fixture.home.files, path));
  }
}

TEST_CASE("a dry run counts what would go, and changes nothing") {
  GarbageFixture fixture;
  REQUIRE(fixture.home.run(flow("Short", "1h", "1")));
  REQUIRE(fixture.home.run(flow("Kept", "", "2")));
  fixture.home.write(".qflow/objects/.incoming.1.0", "x");
  const auto before = fixture.paths();
  const Garbage counted = fixture.collect(hours(2), GarbageMode::kCount);
  CHECK(fixture.paths() == before);
  CHECK_FALSE(fixture.home.find("Short/1").removed_at);
  const Garbage removed = fixture.collect(hours(2));
  CHECK(fixture.paths() != before);
  CHECK(counted.runs == removed.runs);
  CHECK(counted.folders == removed.folders);
  CHECK(counted.objects == removed.objects);
  CHECK(counted.bytes == removed.bytes);
}

}  // namespace
}  // namespace qflow
