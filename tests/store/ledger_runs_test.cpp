#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <thread>

#include "store_fixture.h"
#include "support/faulty_file_system.h"

using namespace qflow;

namespace {

std::string ids(const std::vector<Run>& runs) {
  std::string text;
  for (const Run& run : runs) text += (text.empty() ? "" : " ") + run.id.text();
  return text;
}

std::string ids(const std::vector<RunId>& runs) {
  std::string text;
  for (const RunId& run : runs) text += (text.empty() ? "" : " ") + run.text();
  return text;
}

}  // namespace

TEST_CASE("a run comes back as it was inserted") {
  StoreFixture fixture;
  Run run = queued_run(run_id("F/1"));
  run.status = RunStatus::kFailed;
  run.reason = "timed out";
  run.origin = RunOrigin::kDeployed;
  run.name_space = "foo.prod.bar";
  run.context = "2021-09-13T15";
  run.params = Json::parse(R"({"window": 3, "ä": [1.5, null, true]})");
  run.tags = {"b", "a"};
  run.started_at = at_second(5);
  run.ended_at = at_second(6) + std::chrono::microseconds(123456);
  run.scheduled_at = at_second(4);
  run.git_commit = "abc";
  run.git_dirty = true;
  fixture.write([&](LedgerWriter& writer) { return writer.insert_run(run, "text"); });
  const Run found = value_of(fixture.ledger().find_run(run.id));
  CHECK(found.id == run.id);
  CHECK(found.status == run.status);
  CHECK(found.reason == run.reason);
  CHECK(found.origin == run.origin);
  CHECK(found.name_space == run.name_space);
  CHECK(found.context == run.context);
  CHECK(found.params == run.params);
  CHECK(found.tags == run.tags);
  CHECK(found.created_at == run.created_at);
  CHECK(found.started_at == run.started_at);
  CHECK(found.ended_at == run.ended_at);
  CHECK(found.scheduled_at == run.scheduled_at);
  CHECK(!found.trigger);
  CHECK(found.definition_hash == run.definition_hash);
  CHECK(found.flow_file == run.flow_file);
  CHECK(found.git_commit == run.git_commit);
  CHECK(found.git_dirty);
  CHECK(value_of(fixture.ledger().definition(run.definition_hash)) == "text");
}

TEST_CASE("numbers count up per flow and are never used twice, also when the transaction that took one failed") {
  StoreFixture fixture;
  CHECK(fixture.add_run("A").id.number == 1);
  CHECK(fixture.add_run("A").id.number == 2);
  CHECK(fixture.add_run("B").id.number == 1);
  Status failed = fixture.ledger().write(Durability::kPower, [](LedgerWriter& writer) -> Status {
    QFLOW_ASSIGN(std::int64_t number, writer.next_run_number(flow_id("A")));
    CHECK(number == 3);
    return fail(ErrorKind::kFailed, "changed my mind");
  });
  CHECK(failed.error().message == "changed my mind");
  CHECK(fixture.add_run("A").id.number == 3);
  CHECK(value_of(fixture.ledger().known_flows()) == std::vector<FlowId>{flow_id("A"), flow_id("B")});
}

TEST_CASE("a run goes from queued to running to its end, and starts and ends once") {
  StoreFixture fixture;
  const RunId run = fixture.add_run("F").id;
  fixture.write([&](LedgerWriter& writer) { return writer.start_run(run, at_second(10)); });
  CHECK(value_of(fixture.ledger().find_run(run)).status == RunStatus::kRunning);
  CHECK(value_of(fixture.ledger().find_run(run)).started_at == at_second(10));
  Status again = fixture.ledger().write(Durability::kPower,
                                        [&](LedgerWriter& writer) { return writer.start_run(run, at_second(11)); });
  CHECK(error_of(again).kind == ErrorKind::kBusy);
  fixture.write([&](LedgerWriter& writer) { return writer.end_run(run, RunStatus::kFailed, "step a", at_second(12)); });
  const Run ended = value_of(fixture.ledger().find_run(run));
  CHECK(ended.status == RunStatus::kFailed);
  CHECK(ended.reason == "step a");
  CHECK(ended.started_at == at_second(10));
  CHECK(ended.ended_at == at_second(12));
  const Status twice = fixture.ledger().write(Durability::kPower, [&](LedgerWriter& writer) {
    return writer.end_run(run, RunStatus::kCancelled, "too late", at_second(13));
  });
  CHECK(to_text(error_of(twice)) == "F/1 has ended already");
  CHECK(error_of(twice).kind == ErrorKind::kRefused);
  CHECK(value_of(fixture.ledger().find_run(run)).status == RunStatus::kFailed);
}

TEST_CASE("an unknown run is kNotFound, with the nearest flow or the newest number") {
  StoreFixture fixture;
  CHECK(to_text(error_of(fixture.ledger().find_run(run_id("F/1")))) ==
        "there is no run F/1; no flow has run in this store yet");
  fixture.add_run("TrainingFlow");
  struct Row {
    std::string run;
    std::string text;
  };
  const Row rows[] = {
      {"TrainingFlow/99", "there is no run TrainingFlow/99; the newest run of TrainingFlow is TrainingFlow/1"},
      {"TraningFlow/1", "there is no run TraningFlow/1; did you mean 'TrainingFlow'?"},
  };
  for (const Row& row : rows) {
    const Error error = error_of(fixture.ledger().find_run(run_id(row.run)));
    CHECK(error.kind == ErrorKind::kNotFound);
    CHECK(to_text(error) == row.text);
  }
  const RunId absent = run_id("TrainingFlow/99");
  CHECK(error_of(fixture.ledger().steps(absent)).kind == ErrorKind::kNotFound);
  CHECK(error_of(fixture.ledger().attempts(absent)).kind == ErrorKind::kNotFound);
  CHECK(error_of(fixture.ledger().artifacts(absent)).kind == ErrorKind::kNotFound);
  CHECK(error_of(fixture.ledger().runs_triggered_by(absent)).kind == ErrorKind::kNotFound);
  CHECK(error_of(fixture.ledger().end_event(absent, {})).kind == ErrorKind::kNotFound);
  CHECK(error_of(fixture.ledger().definition("nothing")).kind == ErrorKind::kNotFound);
}

TEST_CASE("latest: the highest number, of a namespace, of those that have ended") {
  StoreFixture fixture;
  auto state = [](std::string name_space, RunStatus status) {
    return [=](Run& run) {
      run.name_space = name_space;
      run.status = status;
    };
  };
  fixture.add_run("F", state("", RunStatus::kSucceeded));        // 1
  fixture.add_run("F", state("foo.prod", RunStatus::kFailed));   // 2
  fixture.add_run("F", state("", RunStatus::kCrashed));          // 3
  fixture.add_run("F", state("foo.prod", RunStatus::kRunning));  // 4
  fixture.add_run("F", state("", RunStatus::kQueued));           // 5
  fixture.add_run("G", state("", RunStatus::kSucceeded));
  struct Row {
    std::string flow;
    std::optional<std::string> name_space;
    LatestMeans latest;
    std::int64_t number;  // 0: none
  };
  constexpr LatestMeans kAny = LatestMeans::kNewest, kEnded = LatestMeans::kNewestEnded;
  const Row rows[] = {
      {"F", std::nullopt, kAny, 5}, {"F", std::nullopt, kEnded, 3}, {"F", "", kAny, 5},
      {"F", "", kEnded, 3},         {"F", "foo.prod", kAny, 4},     {"F", "foo.prod", kEnded, 2},
      {"F", "other", kAny, 0},      {"H", std::nullopt, kAny, 0},
  };
  for (const Row& row : rows) {
    auto run = value_of(fixture.ledger().latest_run(flow_id(row.flow), row.name_space, row.latest));
    CHECK((run ? run->id.number : 0) == row.number);
  }
}

TEST_CASE("list_runs: every filter, newest first") {
  StoreFixture fixture;
  fixture.add_run("A", [](Run& run) {
    run.tags = {"nightly", "ml"};
    run.created_at = at_second(10);
    run.context = "monday";
  });
  fixture.add_run("B", [](Run& run) {
    run.created_at = at_second(20);
    run.status = RunStatus::kFailed;
    run.name_space = "foo.prod";
  });
  fixture.add_run("A", [](Run& run) {
    run.created_at = at_second(30);
    run.tags = {"ml"};
    run.status = RunStatus::kFailed;
  });
  fixture.add_run("A", [](Run& run) { run.created_at = at_second(30); });
  auto list = [&](auto set) {
    RunFilter filter;
    set(filter);
    return ids(value_of(fixture.ledger().list_runs(filter)));
  };
  CHECK(list([](RunFilter&) {}) == "A/3 A/2 B/1 A/1");
  CHECK(list([](RunFilter& filter) { filter.flow = flow_id("A"); }) == "A/3 A/2 A/1");
  CHECK(list([](RunFilter& filter) { filter.name_space = "foo.prod"; }) == "B/1");
  CHECK(list([](RunFilter& filter) { filter.status = RunStatus::kFailed; }) == "A/2 B/1");
  CHECK(list([](RunFilter& filter) { filter.tag = "ml"; }) == "A/2 A/1");
  CHECK(list([](RunFilter& filter) { filter.context = "monday"; }) == "A/1");
  CHECK(list([](RunFilter& filter) { filter.since = at_second(20); }) == "A/3 A/2 B/1");
  CHECK(list([](RunFilter& filter) { filter.limit = 2; }) == "A/3 A/2");
  CHECK(list([](RunFilter& filter) {
          filter.flow = flow_id("A");
          filter.status = RunStatus::kFailed;
          filter.tag = "ml";
          filter.since = at_second(1);
          filter.limit = 5;
        }) == "A/2");
  CHECK(list([](RunFilter& filter) { filter.flow = flow_id("C"); }).empty());
}

TEST_CASE("runs that ended before the limit of their flow's newest definition, oldest first") {
  StoreFixture fixture;
  const auto ended = [&](const std::string& flow, const std::string& text, std::int64_t second, bool removed = false) {
    fixture.write([&](LedgerWriter& writer) -> Status {
      QFLOW_ASSIGN(const std::int64_t number, writer.next_run_number(flow_id(flow)));
      Run run = queued_run({flow_id(flow), number});
      run.definition_hash = sha256_hex(text);
      QFLOW_TRY(writer.insert_run(run, text));
      if (second > 0) QFLOW_TRY(writer.end_run(run.id, RunStatus::kSucceeded, "", at_second(second)));
      return removed ? writer.remove_results(run.id).map([](bool) {}) : Status();
    });
  };
  ended("Short", "an older one", 30);  // Short/1
  ended("Short", "short", 10);         // Short/2
  ended("Short", "short", 50);         // Short/3: after the limit
  ended("Short", "short", 0);          // Short/4: has not ended
  ended("Long", "short", 20);          // Long/1
  ended("Long", "long", 5, true);      // Long/2: its results are gone
  ended("None", "short", 2);           // None/1
  ended("None", "none", 1);            // None/2: without a limit
  const auto found = value_of(fixture.ledger().runs_ended_before({{sha256_hex("short"), at_second(50)},
                                                                  {sha256_hex("long"), at_second(21)},
                                                                  {sha256_hex("never"), at_second(99)}}));
  CHECK(found == std::vector{run_id("Short/2"), run_id("Long/1"), run_id("Short/1")});
  CHECK(value_of(fixture.ledger().runs_ended_before({})).empty());
  auto definitions = value_of(fixture.ledger().ruling_definitions());
  std::vector<std::string> wanted = {sha256_hex("short"), sha256_hex("long"), sha256_hex("none")};
  std::sort(definitions.begin(), definitions.end());
  std::sort(wanted.begin(), wanted.end());
  CHECK(definitions == wanted);
}

TEST_CASE("tags are added once each, behind those that are there") {
  StoreFixture fixture;
  const RunId run = fixture.add_run("F", [](Run& added) { added.tags = {"z", "z"}; }).id;
  CHECK(value_of(fixture.ledger().find_run(run)).tags == std::vector<std::string>{"z"});
  fixture.write([&](LedgerWriter& writer) { return writer.add_tags(run, {"a", "z", "a", "b"}); });
  CHECK(value_of(fixture.ledger().find_run(run)).tags == std::vector<std::string>{"z", "a", "b"});
  RunFilter filter;
  filter.tag = "b";
  CHECK(ids(value_of(fixture.ledger().list_runs(filter))) == "F/1");
}

TEST_CASE("a trigger record comes back whole, with events that were made for it alone") {
  StoreFixture fixture;
  const Run upstream = fixture.add_run("Up");
  Event end = event_named("qflow.run.Up");
  end.caused_by = upstream.id;
  fixture.write([&](LedgerWriter& writer) { return writer.insert_event(end).map([](std::int64_t) {}); });
  Event simulated = event_named("first");
  simulated.payload = Json{{"x", 1}};
  simulated.context = "c";
  simulated.name_space = "label";
  TriggerRecord record;
  record.kind = TriggerKind::kMixed;
  record.trigger_id = TriggerId::parse("both").value();
  record.declared_sources = 3;
  record.declared_names = {"Up", "first", "second"};
  record.sources = {TriggerSource{end, "Up", upstream.id, step_id("train")},
                    TriggerSource{simulated, "first", std::nullopt, std::nullopt}};
  const Run down = fixture.add_run("Down", [&](Run& run) { run.trigger = record; });
  const Run found = value_of(fixture.ledger().find_run(down.id));
  REQUIRE(found.trigger);
  CHECK(found.trigger->kind == TriggerKind::kMixed);
  CHECK(found.trigger->trigger_id == record.trigger_id);
  CHECK(found.trigger->declared_sources == 3);
  CHECK(found.trigger->declared_names == record.declared_names);
  REQUIRE(found.trigger->sources.size() == 2);
  const TriggerSource& first = found.trigger->sources[0];
  CHECK(to_json(first.event) == to_json(end));
  CHECK(first.short_name == "Up");
  CHECK(first.run == upstream.id);
  CHECK(first.step == step_id("train"));
  CHECK(to_json(found.trigger->sources[1].event) == to_json(simulated));
  CHECK(!found.trigger->sources[1].run);
  CHECK(to_json(value_of(fixture.ledger().find_event("id-first"))) == to_json(simulated));
}

TEST_CASE("what a run triggered: through its end, its steps' ends, and the events it published; by number") {
  StoreFixture fixture;
  const Run up = fixture.add_run("Up");
  auto triggered_by = [](std::vector<TriggerSource> sources) {
    return [=](Run& run) {
      run.trigger = TriggerRecord{};
      run.trigger->sources = sources;
    };
  };
  Event published = event_named("food");
  published.caused_by = up.id;
  Event end = event_named("qflow.run.Up");
  end.caused_by = up.id;
  fixture.write([&](LedgerWriter& writer) -> Status {
    QFLOW_TRY(writer.insert_event(published));
    return writer.insert_event(end).map([](std::int64_t) {});
  });
  fixture.add_run("B", triggered_by({TriggerSource{published, "food", {}, {}}}));
  fixture.add_run("A", triggered_by({TriggerSource{end, "Up", up.id, {}}, TriggerSource{published, "food", {}, {}}}));
  fixture.add_run("A", triggered_by({TriggerSource{event_named("other"), "other", {}, {}}}));
  for (int count = 0; count < 10; ++count) fixture.add_run("A", triggered_by({TriggerSource{end, "Up", up.id, {}}}));
  std::vector<RunId> started;
  for (const LinkedRun& run : value_of(fixture.ledger().runs_triggered_by(up.id))) started.push_back(run.id);
  CHECK(ids(started) == "A/1 A/3 A/4 A/5 A/6 A/7 A/8 A/9 A/10 A/11 A/12 B/1");
  CHECK(ids(value_of(fixture.ledger().runs_triggered_by_event("id-food"))) == "A/1 B/1");
  CHECK(ids(value_of(fixture.ledger().runs_triggered_by_event("unknown"))).empty());
}

TEST_CASE("the causes of a run: runs with their state, events with the run that published them") {
  StoreFixture fixture;
  const Run up = fixture.add_run("Up");
  Event end = event_named("qflow.run.Up");
  Event published = event_named("food");
  end.caused_by = published.caused_by = up.id;
  fixture.write([&](LedgerWriter& writer) -> Status {
    QFLOW_TRY(writer.start_run(up.id, at_second(1)));
    QFLOW_TRY(writer.insert_event(published));
    return writer.insert_event(end).map([](std::int64_t) {});
  });
  const Run down = fixture.add_run("Down", [&](Run& run) {
    run.trigger = TriggerRecord{};
    run.trigger->sources = {TriggerSource{event_named("outside"), "outside", {}, {}},
                            TriggerSource{end, "Up", up.id, {}}, TriggerSource{published, "food", {}, {}}};
  });
  const std::vector<RunCause> causes = value_of(fixture.ledger().causes_of(down.id));
  REQUIRE(causes.size() == 3);
  CHECK(causes[0].event_name == "outside");
  CHECK(causes[0].event_id == "id-outside");
  CHECK((!causes[0].run && !causes[0].publisher));
  REQUIRE(causes[1].run);
  CHECK(causes[1].run->id == up.id);
  CHECK(causes[1].run->status == RunStatus::kRunning);
  CHECK(causes[1].run->started_at == at_second(1));
  CHECK(!causes[1].run->ended_at);
  CHECK(!causes[1].publisher);
  CHECK(!causes[2].run);
  REQUIRE(causes[2].publisher);
  CHECK(causes[2].publisher->id == up.id);
  CHECK(value_of(fixture.ledger().causes_of(up.id)).empty());
}

TEST_CASE("the lock of a run is held by one, seen by all, and free when its holder is gone") {
  StoreFixture fixture;
  const RunId run = run_id("F/1");
  CHECK(!fixture.store().run_is_locked(run).value());
  auto second = fixture.open(StoreAccess::kWrite);
  {
    FileHandle lock = value_of(fixture.store().lock_run(run));
    CHECK(second->run_is_locked(run).value());
    const Error error = error_of(second->lock_run(run));
    CHECK(error.kind == ErrorKind::kBusy);
    CHECK(error.message.find("F/1 is being executed by ") == 0);
  }
  CHECK(!second->run_is_locked(run).value());
  CHECK(second->lock_run(run));
}

TEST_CASE("a run takes in further events behind those that it has, without reading all of them") {
  StoreFixture fixture;
  TriggerLedger& ledger = fixture.ledger().triggers();
  std::vector<TriggerSource> sources;
  for (const char* name : {"a", "b", "c", "d", "e"}) sources.push_back({event_named(name), "x", {}, {}});
  Run run = fixture.add_run("F", [&](Run& added) {
    added.trigger = TriggerRecord{};
    added.trigger->sources = {sources[0], sources[1], sources[3]};
  });
  std::string read;
  const auto last = value_of(ledger.last_events_of_run(run.id, [&](const RecordedEvent& event) {
    read += event.event.name;
    return event.event.name == "b";
  }));
  CHECK(read == "db");
  CHECK(last.first == 1);
  REQUIRE(last.second.size() == 2);
  CHECK(last.second[0].event.name == "b");
  CHECK(last.second[1].event.name == "d");
  run.trigger->sources = {sources[1], sources[2], sources[3], sources[4]};
  run.params = {{"n", 1}};
  fixture.write([&](LedgerWriter&) { return ledger.extend_run(run, last.first); });
  std::string names;
  const Run extended = value_of(fixture.ledger().find_run(run.id));
  for (const TriggerSource& source : extended.trigger->sources) names += source.event.name;
  CHECK(names == "abcde");
  const TriggerSource listed = value_of(fixture.ledger().list_runs({})).front().trigger->sources.front();
  CHECK(listed.event.name == "a");
  CHECK(listed.event.payload.is_null());
  const Run found = value_of(fixture.ledger().run_without_sources(run.id));
  CHECK(found.params == run.params);
  CHECK(found.trigger->sources.empty());
  CHECK(value_of(ledger.last_events_of_run(run.id, [](const RecordedEvent&) { return false; })).first == 0);
  CHECK(error_of(fixture.ledger().run_without_sources(run_id("F/9"))).kind == ErrorKind::kNotFound);
}

TEST_CASE("a lock that can't be looked at is not said to be free") {
  StoreFixture fixture;
  const RunId run = run_id("F/1");
  const FileHandle lock = value_of(fixture.store().lock_run(run));
  FaultyFileSystem failing(fixture.files);
  const auto store = value_of(Store::open(fixture.root(), StoreAccess::kRead, failing, fixture.clock));
  for (const char* call : {"open", "is_locked"}) {
    failing.fail_every(call, "Too many open files");
    CHECK(error_of(store->run_is_locked(run)).message.ends_with("Too many open files"));
  }
}

TEST_CASE("whoever removes objects waits for those who bring some in, and those for it") {
  StoreFixture fixture;
  std::optional<FileHandle> locked;
  std::atomic<bool> is_locked_now = false;
  std::thread remover;
  {
    const FileHandle shared = value_of(fixture.store().share_objects());
    remover = std::thread([&] {
      locked = fixture.store().lock_objects().value();
      is_locked_now = true;
    });
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    CHECK(!is_locked_now);
  }
  remover.join();
  REQUIRE(locked);
  const FileHandle gate = value_of(fixture.files.open(fixture.store().layout().objects_gate(), OpenMode::kRead, 0));
  CHECK(fixture.files.is_locked(gate).value());
}
