#include <doctest/doctest.h>

#include "qflow/model/step_state.h"
#include "store_fixture.h"

using namespace qflow;

namespace {

NewArtifact small_value(std::string_view name, std::string bytes) {
  NewArtifact artifact;
  artifact.name = ArtifactName::parse(name).value();
  artifact.object.sha256 = sha256_hex(bytes);
  artifact.object.kind = ArtifactKind::kValue;
  artifact.object.size = bytes.size();
  artifact.object.fingerprint = "1:2:3";
  artifact.object.bytes = std::move(bytes);
  return artifact;
}

NewArtifact file(std::string_view name, const std::string& bytes) {
  NewArtifact artifact = small_value(name, bytes);
  artifact.object.kind = ArtifactKind::kFile;
  artifact.object.bytes.reset();
  return artifact;
}

Attempt attempt_of(std::string_view step, std::optional<std::int64_t> index, int number) {
  Attempt attempt;
  attempt.step = step_id(step);
  attempt.index = index;
  attempt.number = number;
  attempt.started_at = at_second(number);
  return attempt;
}

}  // namespace

TEST_CASE("steps come in the order of their start, then the pending ones by name") {
  StoreFixture fixture;
  const RunId run = fixture.add_run("F").id;
  auto save = [&](std::string_view name, StepStatus status, std::optional<Instant> start) {
    StepState step;
    step.step = step_id(name);
    step.status = status;
    step.started_at = start;
    fixture.write([&](LedgerWriter& writer) { return writer.save_step(run, step); });
  };
  for (std::string_view name : {"load", "train", "zeta", "alpha"}) save(name, StepStatus::kPending, {});
  save("train", StepStatus::kRunning, at_second(1));
  save("load", StepStatus::kSucceeded, at_second(2));
  std::string seen;
  for (const StepState& step : value_of(fixture.ledger().steps(run))) {
    seen += step.step.text() + ":" + std::string(to_text(step.status)) + " ";
  }
  CHECK(seen == "train:running load:succeeded alpha:pending zeta:pending ");
}

TEST_CASE("a step and an attempt come back as they were saved last") {
  StoreFixture fixture;
  const RunId run = fixture.add_run("F").id;
  StepState step;
  step.step = step_id("train");
  step.status = StepStatus::kFailed;
  step.reason = "exit status 3";
  step.tasks = 7;
  step.attempts = 9;
  step.started_at = at_second(1);
  step.ended_at = at_second(2);
  Attempt attempt = attempt_of("train", 4, 2);
  attempt.status = StepStatus::kFailed;
  attempt.reason = "signal 9";
  attempt.exit_status = 3;
  attempt.signal = 9;
  attempt.ended_at = at_second(3);
  fixture.write([&](LedgerWriter& writer) -> Status {
    QFLOW_TRY(writer.save_step(run, StepState{step_id("train"), StepStatus::kRunning, "", 1, 0, {}, {}}));
    QFLOW_TRY(writer.save_step(run, step));
    QFLOW_TRY(writer.save_attempt(run, attempt_of("train", 4, 2)));
    return writer.save_attempt(run, attempt);
  });
  const auto steps = value_of(fixture.ledger().steps(run));
  REQUIRE(steps.size() == 1);
  CHECK(steps[0].status == step.status);
  CHECK(steps[0].reason == step.reason);
  CHECK(steps[0].tasks == 7);
  CHECK(steps[0].attempts == 9);
  CHECK(steps[0].started_at == step.started_at);
  CHECK(steps[0].ended_at == step.ended_at);
  const auto attempts = value_of(fixture.ledger().attempts(run));
  REQUIRE(attempts.size() == 1);
  CHECK(attempts[0].index == 4);
  CHECK(attempts[0].number == 2);
  CHECK(attempts[0].status == attempt.status);
  CHECK(attempts[0].reason == attempt.reason);
  CHECK(attempts[0].exit_status == 3);
  CHECK(attempts[0].signal == 9);
  CHECK(attempts[0].started_at == attempt.started_at);
  CHECK(attempts[0].ended_at == attempt.ended_at);
}

TEST_CASE("attempts come by step, index and number, as numbers") {
  StoreFixture fixture;
  const RunId run = fixture.add_run("F").id;
  fixture.write([&](LedgerWriter& writer) -> Status {
    for (std::int64_t index : {10, 2}) QFLOW_TRY(writer.save_attempt(run, attempt_of("b", index, 1)));
    for (int number : {10, 2}) QFLOW_TRY(writer.save_attempt(run, attempt_of("a", std::nullopt, number)));
    return Status();
  });
  std::string seen;
  for (const Attempt& attempt : value_of(fixture.ledger().attempts(run))) {
    seen += attempt.step.text() + "[" + (attempt.index ? std::to_string(*attempt.index) : "") + "]" +
            std::to_string(attempt.number) + " ";
  }
  CHECK(seen == "a[]2 a[]10 b[2]1 b[10]1 ");
}

TEST_CASE("artifacts: by step, index and name; equal contents are one object, whatever they are called") {
  StoreFixture fixture;
  const RunId run = fixture.add_run("F").id;
  fixture.write([&](LedgerWriter& writer) -> Status {
    QFLOW_TRY(writer.add_artifact(run, step_id("b"), 1, small_value("z", "1")));
    QFLOW_TRY(writer.add_artifact(run, step_id("b"), 1, file("copy", "1")));
    QFLOW_TRY(writer.add_artifact(run, step_id("a"), std::nullopt, file("model", "weights")));
    return Status();
  });
  std::string seen;
  for (const Artifact& artifact : value_of(fixture.ledger().artifacts(run))) {
    seen += artifact.step.text() + "[" + (artifact.index ? std::to_string(*artifact.index) : "") + "]." +
            artifact.name.text() + ":" + std::string(to_text(artifact.kind)) + ":" + std::to_string(artifact.size) +
            (artifact.sha256 == sha256_hex("1") ? "=1 " : " ");
  }
  CHECK(seen == "a[].model:file:7 b[1].copy:file:1=1 b[1].z:value:1=1 ");
  CHECK(value_of(fixture.ledger().object(sha256_hex("1"))).bytes == "1");
  const ObjectRecord model = value_of(fixture.ledger().object(sha256_hex("weights")));
  CHECK(!model.bytes);
  CHECK(model.kind == ArtifactKind::kFile);
  CHECK(model.size == 7);
  CHECK(model.fingerprint == "1:2:3");
  CHECK(error_of(fixture.ledger().object(sha256_hex("other"))).kind == ErrorKind::kNotFound);
}

TEST_CASE("bytes of a value come back as they were, NUL included") {
  StoreFixture fixture;
  const RunId run = fixture.add_run("F").id;
  const std::string bytes("\"a\"\n\0 \xff", 7);
  for (const std::string& text : {bytes, std::string()}) {
    fixture.write(
        [&](LedgerWriter& writer) { return writer.add_artifact(run, step_id("a"), {}, small_value("v", text)); });
    CHECK(value_of(fixture.ledger().object(sha256_hex(text))).bytes == text);
  }
}

TEST_CASE("a quarantined object is refused with the reason until it is put again; a small value stays") {
  StoreFixture fixture;
  const RunId run = fixture.add_run("F").id;
  auto put = [&](const NewArtifact& artifact) {
    fixture.write([&](LedgerWriter& writer) { return writer.add_artifact(run, step_id("a"), {}, artifact); });
  };
  put(file("model", "weights"));
  put(small_value("v", "1"));
  fixture.write([&](LedgerWriter& writer) -> Status {
    QFLOW_TRY(writer.mark_quarantined(sha256_hex("weights"), "changed by F/1/b"));
    return writer.mark_quarantined(sha256_hex("1"), "changed by F/1/b");
  });
  const Error error = error_of(fixture.ledger().object(sha256_hex("weights")));
  CHECK(error.kind == ErrorKind::kStore);
  CHECK(error.message.find("changed by F/1/b") != std::string::npos);
  CHECK(value_of(fixture.ledger().object(sha256_hex("1"))).bytes == "1");
  put(file("model", "weights"));
  CHECK(fixture.ledger().object(sha256_hex("weights")));
}

TEST_CASE("an event comes back as it was; its id is there once") {
  StoreFixture fixture;
  Event event = event_named("data_updated");
  event.type = "t";
  event.name_space = "n";
  event.value = "";
  event.sender = "s";
  event.context = "c";
  event.payload = Json::parse(R"({"rows": 1.0, "deep": {"x": [1, 2]}})");
  event.caused_by = fixture.add_run("F").id;
  fixture.write([&](LedgerWriter& writer) { return writer.insert_event(event).map([](std::int64_t) {}); });
  CHECK(to_json(value_of(fixture.ledger().find_event(event.id))) == to_json(event));
  Status again = fixture.ledger().write(
      Durability::kPower, [&](LedgerWriter& writer) { return writer.insert_event(event).map([](std::int64_t) {}); });
  CHECK(error_of(again).message == "the ledger has an event id-data_updated already");
  CHECK(error_of(fixture.ledger().find_event("unknown")).kind == ErrorKind::kNotFound);
  Event orphan = event_named("orphan");
  orphan.caused_by = run_id("G/1");
  Status unknown = fixture.ledger().write(
      Durability::kPower, [&](LedgerWriter& writer) { return writer.insert_event(orphan).map([](std::int64_t) {}); });
  CHECK(error_of(unknown).kind == ErrorKind::kNotFound);
}

TEST_CASE("the end of a run and of its steps is found; simulated events and those of others are not it") {
  StoreFixture fixture;
  const RunId first = fixture.add_run("F").id;
  const RunId second = fixture.add_run("F").id;
  auto end_of = [](const std::string& id, const std::string& name, const RunId& run) {
    Event event = event_named(name);
    event.id = id;
    event.caused_by = run;
    return event;
  };
  fixture.add_run("G", [&](Run& run) {
    run.trigger = TriggerRecord{};
    run.trigger->sources = {TriggerSource{end_of("sim", "qflow.run.F", first), "F", {}, {}}};
  });
  CHECK(error_of(fixture.ledger().end_event(first, {})).message == "F/1 has not ended");
  CHECK(error_of(fixture.ledger().end_event(first, step_id("train"))).message ==
        "the step 'train' of F/1 has not ended");
  fixture.write([&](LedgerWriter& writer) -> Status {
    QFLOW_TRY(writer.insert_event(end_of("e1", "qflow.run.F", first)));
    QFLOW_TRY(writer.insert_event(end_of("e2", "qflow.step.F.train", first)));
    QFLOW_TRY(writer.insert_event(end_of("e3", "qflow.run.F", second)));
    return writer.insert_event(end_of("e4", "food", first)).map([](std::int64_t) {});
  });
  CHECK(value_of(fixture.ledger().end_event(first, {})).id == "e1");
  CHECK(value_of(fixture.ledger().end_event(first, step_id("train"))).id == "e2");
  CHECK(value_of(fixture.ledger().end_event(second, {})).id == "e3");
}

TEST_CASE("events of a span of time, with the ends of runs and steps or without them") {
  StoreFixture fixture;
  std::int64_t second = 0;
  for (const char* name : {"early", "food", "qflow.run.F", "qflow.step.F.s", "qflow.sensor.F.s", "late"}) {
    Event event = event_named(name);
    event.recorded_at = at_second(++second);
    fixture.write([&](LedgerWriter& writer) { return writer.insert_event(event).map([](std::int64_t) {}); });
  }
  const auto names = [&](bool with_ends) {
    EventFilter filter;
    filter.since = at_second(2);
    filter.until = at_second(6);
    filter.with_ends = with_ends;
    std::string text;
    for (const Event& event : value_of(fixture.ledger().triggers().events(filter))) text += event.name + " ";
    return text;
  };
  CHECK(names(true) == "qflow.sensor.F.s qflow.step.F.s qflow.run.F food ");
  CHECK(names(false) == "qflow.sensor.F.s food ");
}

TEST_CASE("sha256_hex: the examples of FIPS 180-4") {
  struct Row {
    std::string text;
    std::string hash;
  };
  const Row rows[] = {
      {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
      {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
      {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
       "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
      {std::string(1'000'000, 'a'), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"},
  };
  for (const Row& row : rows) CHECK(sha256_hex(row.text) == row.hash);
}
