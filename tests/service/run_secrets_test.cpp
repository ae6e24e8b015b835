#include <doctest/doctest.h>
#include <sys/stat.h>

#include <filesystem>
#include <string>
#include <vector>

#include "qflow/model/step_state.h"
#include "qflow/service/local_run.h"
#include "step_text.h"
#include "support/test_home.h"

namespace qflow {
namespace {

TEST_CASE("secrets reach only the steps that list them, and no log or message") {
  TestHome home;
  const std::string toml = kHead + R"toml(
[[steps]]
id = "a"
secrets = ["DB_PASSWORD", "TOKEN"]
run = """
printf 'hun'; sleep 0.05; printf 'ter2secret\n'
echo "$TOKEN" >&2
echo "nonsense $DB_PASSWORD" > $QFLOW_OUT/x.json
"""
[[steps]]
id = "b"
run = "echo ${DB_PASSWORD-none} ${TOKEN-none}"
)toml";
  home.environment["DB_PASSWORD"] = "hunter2secret";
  const auto missing = home.run(toml);
  REQUIRE_FALSE(missing);
  CHECK(missing.error().kind == ErrorKind::kInvalid);
  CHECK(missing.error().message.find("TOKEN") != std::string::npos);
  CHECK_FALSE(std::filesystem::exists(home.folder / ".qflow"));

  home.write(".qflow/secrets/TOKEN", "short\n");
  CHECK_FALSE(home.run(toml));
  home.write(".qflow/secrets/TOKEN", "to\"ken12345\n");
  const auto run = home.run(toml);
  REQUIRE_MESSAGE(run.has_value(), (run ? "" : to_text(run.error())));
  std::string everything = run->reason;
  for (const std::string& line : home.seen.lines) everything += line + "\n";
  for (const auto& entry : std::filesystem::recursive_directory_iterator(home.folder / ".qflow")) {
    const std::string path = entry.path().string();
    if (entry.is_regular_file() && path.find("/secrets/") == std::string::npos &&
        path.find("/out/") == std::string::npos) {
      everything += home.read(entry.path());
    }
  }
  CHECK(everything.find("a | ***") != std::string::npos);
  CHECK(everything.find("a ! ***") != std::string::npos);
  CHECK(everything.find("b | none none") != std::string::npos);
  CHECK(everything.find("hunter2secret") == std::string::npos);
  CHECK(everything.find("ken12345") == std::string::npos);
}

TEST_CASE("what only waits to be written to is no secret and no configuration") {
  TestHome home;
  const std::string toml = kHead + step("a", "secrets = ['TOKEN']\nrun = 'true'");
  for (const std::string name : {"secrets/TOKEN", "config.toml"}) {
    CAPTURE(name);
    home.write(".qflow/secrets/TOKEN", "hunter2secret\n");
    const Path path = home.folder / ".qflow" / name;
    std::filesystem::remove(path);
    REQUIRE(mkfifo(path.c_str(), 0600) == 0);
    const auto run = home.run(toml);
    REQUIRE_FALSE(run);
    CHECK(run.error().kind == ErrorKind::kStore);
    CHECK(run.error().message == "can't read " + path.string() + ": it is not a regular file");
    std::filesystem::remove(path);
  }
}

TEST_CASE("what a local run would publish is shown without secrets, and published with them") {
  TestHome home;
  home.environment["DB_PASSWORD"] = "hunter2secret";
  const auto run = home.run(kHead + R"toml(
[[steps]]
id = "a"
secrets = ["DB_PASSWORD"]
run = """
echo "\\"$DB_PASSWORD\\"" > $QFLOW_OUT/x.json
"""
publish = [
  { event = "shown", payload = { x = "{{ artifacts.x }}" } },
  { event = "sent", payload = { x = "{{ artifacts.x }}" }, safe = false },
]
)toml");
  REQUIRE_MESSAGE(run.has_value(), (run ? "" : to_text(run.error())));
  REQUIRE_MESSAGE(run->status == RunStatus::kSucceeded, run->reason);
  CHECK(home.seen.notes == std::vector<std::string>{R"(local run: would publish shown {"x":"***"})"});
  std::vector<std::string> payloads;
  for (const Event& event : home.events_of(run->run)) {
    if (event.name == "sent") payloads.push_back(to_compact(event.payload));
  }
  CHECK(payloads == std::vector<std::string>{R"({"x":"hunter2secret"})"});
}

TEST_CASE("what is said about an artifact with a secret in it masks the secret") {
  TestHome home;
  home.environment["DB_PASSWORD"] = "hunter2secret";
  const auto run = home.run(kHead + R"toml(
[[steps]]
id = "a"
secrets = ["DB_PASSWORD"]
run = """
echo "\\"$DB_PASSWORD\\"" > $QFLOW_OUT/x.json
"""
[[steps]]
id = "skipped"
needs = ["a"]
when = "artifacts.x == 'hunter3'"
[[steps]]
id = "failed"
needs = ["a"]
foreach = "[1, 2].map(i, artifacts[artifacts.x])"
)toml");
  REQUIRE_MESSAGE(run.has_value(), (run ? "" : to_text(run.error())));
  const auto steps = home.store().ledger().steps(run->run).value();
  for (const StepState& state : steps) {
    CAPTURE(state.reason);
    CHECK(state.reason.find("hunter2secret") == std::string::npos);
    if (state.step.text() != "a") CHECK(state.reason.find("***") != std::string::npos);
  }
  CHECK(run->reason.find("***") != std::string::npos);
}

}  // namespace
}  // namespace qflow
