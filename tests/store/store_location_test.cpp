#include "qflow/store/store_location.h"

#include <doctest/doctest.h>

#include "store_fixture.h"

using namespace qflow;

TEST_CASE("where the store is: the option, the variable, or upwards as git finds .git") {
  TemporaryFolder folder;
  PosixFileSystem files;
  const Path top = folder.path();
  check_ok(make_folders(files, top / "project" / ".qflow"));
  check_ok(make_folders(files, top / "project" / "deep" / "er"));
  check_ok(make_folders(files, top / "named"));
  struct Row {
    std::string from;
    std::optional<std::string> option;
    std::string variable;
    std::string root;
    bool exists;
  };
  const Row rows[] = {
      {"project", {}, "", "project/.qflow", true},
      {"project/deep/er", {}, "", "project/.qflow", true},
      {"named", {}, "", "named/.qflow", false},
      {"project", "../named", "", "named", true},
      {"project", "../absent", "", "absent", false},
      {"project", {}, (top / "named").native(), "named", true},
      {"project", {}, "../named", "named", true},
      {"project", (top / "named").native(), (top / "absent").native(), "named", true},
  };
  for (const Row& row : rows) {
    CAPTURE(row.from);
    const StoreLocation location =
        value_of(locate_store(files, {{"QFLOW_STORE", row.variable}}, row.option, top / row.from));
    CHECK(location.root == top / row.root);
    CHECK(location.exists == row.exists);
  }
}

TEST_CASE("a .qflow that is not a folder, and an empty --store, are refused") {
  TemporaryFolder folder;
  PosixFileSystem files;
  check_ok(replace_file(files, folder / ".qflow", ""));
  check_ok(files.make_folder(folder / "below"));
  const Error error = error_of(locate_store(files, {}, {}, folder / "below"));
  CHECK(error.kind == ErrorKind::kStore);
  CHECK(error.message == (folder / ".qflow").native() + " is not a folder, so it can't be a store");
  CHECK(error_of(locate_store(files, {}, "", folder.path())).kind == ErrorKind::kUsage);
}

TEST_CASE("a .qflow that is a link is followed, and refused when it leads nowhere") {
  TemporaryFolder folder;
  PosixFileSystem files;
  check_ok(make_folders(files, folder / ".qflow"));
  check_ok(files.make_folder(folder / "linked"));
  check_ok(files.make_folder(folder / "away"));
  check_ok(files.make_symlink("../.qflow", folder / "linked" / ".qflow"));
  check_ok(files.make_symlink("/not/mounted/store", folder / "away" / ".qflow"));
  const StoreLocation linked = value_of(locate_store(files, {}, {}, folder / "linked"));
  CHECK(linked.root == folder / "linked" / ".qflow");
  CHECK(linked.exists);
  const Environment by_name{{"QFLOW_STORE", ".qflow"}};
  for (const Environment& environment : {Environment(), by_name}) {
    const Error error = error_of(locate_store(files, environment, {}, folder / "away"));
    CHECK(error.kind == ErrorKind::kStore);
    CHECK(to_text(error) == (folder / "away" / ".qflow").native() +
                                " is a link to /not/mounted/store, which is not there; mount the disk that has it, or "
                                "remove the link");
  }
}

TEST_CASE("no store: where it was looked for and how to make one") {
  CHECK(
      to_text(no_store({"/a/b/.qflow", false}, "/a/b")) ==
      "there is no store (.qflow) in /a/b or any folder above it; make one with 'qflow init', or name one with --store "
      "or QFLOW_STORE");
  CHECK(to_text(no_store({"/x", false}, "/a/b")) ==
        "there is no store at /x; name an existing one with --store or QFLOW_STORE, or make one with 'qflow init'");
  CHECK(no_store({"/x", false}, "/a/b").kind == ErrorKind::kStore);
}

TEST_CASE("every path of a store") {
  const StoreLayout layout("/s");
  const RunId run = run_id("TrainingFlow/34");
  const std::string hash = std::string(2, 'a') + std::string(62, 'c');
  struct Row {
    Path path;
    std::string text;
  };
  const Row rows[] = {
      {layout.ledger(), "/s/ledger.db"},
      {layout.write_gate(), "/s/ledger.gate"},
      {layout.object(hash), "/s/objects/aa/" + std::string(62, 'c')},
      {layout.quarantine(), "/s/objects/quarantine"},
      {layout.run(run), "/s/runs/TrainingFlow/34"},
      {layout.run_lock(run), "/s/runs/TrainingFlow/34/lock"},
      {layout.run_trigger(run), "/s/runs/TrainingFlow/34/trigger.json"},
      {layout.run_trigger_data(run), "/s/runs/TrainingFlow/34/trigger_data"},
      {layout.run_parameters(run), "/s/runs/TrainingFlow/34/params.json"},
      {layout.run_artifacts(run), "/s/runs/TrainingFlow/34/artifacts"},
      {layout.step(run, step_id("train")), "/s/runs/TrainingFlow/34/steps/train"},
      {layout.attempt(run, step_id("train"), {}, 1), "/s/runs/TrainingFlow/34/steps/train/1"},
      {layout.attempt(run, step_id("train"), 7, 2), "/s/runs/TrainingFlow/34/steps/train/7/2"},
      {layout.attempt_log(run, step_id("train"), {}, 1), "/s/runs/TrainingFlow/34/steps/train/1/log"},
      {layout.step_inputs(run, step_id("train")), "/s/runs/TrainingFlow/34/steps/train/in"},
      {layout.step_artifacts(run, step_id("train")), "/s/runs/TrainingFlow/34/steps/train/artifacts"},
      {layout.step_script(run, step_id("train")), "/s/runs/TrainingFlow/34/steps/train/script"},
      {layout.run_empty(run), "/s/runs/TrainingFlow/34/empty"},
      {layout.run_executor_log(run), "/s/runs/TrainingFlow/34/executor.log"},
      {layout.run_hook_log(run), "/s/runs/TrainingFlow/34/hook.log"},
      {layout.config(), "/s/config.toml"},
      {layout.hook_mark(run), "/s/hooks/TrainingFlow.34"},
      {layout.python(), "/s/python"},
      {layout.worker_log(), "/s/worker.log"},
      {layout.secret(ParameterName::parse("TOKEN").value()), "/s/secrets/TOKEN"},
      {layout.last_tick(), "/s/last_tick"},
  };
  for (const Row& row : rows) CHECK(row.path == row.text);
  CHECK(StoreLayout::marked_run(layout.hook_mark(run).filename().native()) == run);
  CHECK_FALSE(StoreLayout::marked_run("TrainingFlow"));
}
