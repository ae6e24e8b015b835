#include "qflow/service/flow_loading.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "support/temporary_folder.h"

namespace qflow {
namespace {

constexpr int kFiles = 200;

std::string flow_text(int number) {
  if (number % 10 == 3) return "id = ";
  return fmt::format("id = \"Flow{}\"\n[[triggers]]\ntype = \"schedule\"\nschedule = \"{} * * * *\"\n", number,
                     number % 60);
}

}  // namespace

TEST_CASE("many files are loaded in the order of their names, each with its own problems") {
  const TemporaryFolder folder;
  PosixFileSystem files;
  std::vector<std::string> names;
  for (int i = 0; i < kFiles; ++i) {
    names.push_back(fmt::format("{}.toml", i));
    if (i % 10 != 7) REQUIRE(write_file(files, folder.path() / names.back(), flow_text(i)));
  }
  const std::vector<Result<LoadedFlow>> flows = load_flow_files(files, TriggerRegistry(), folder.path(), names);
  REQUIRE(flows.size() == names.size());
  for (int i = 0; i < kFiles; ++i) {
    CAPTURE(i);
    const Result<LoadedFlow>& flow = flows[static_cast<std::size_t>(i)];
    REQUIRE(flow.has_value() == (i % 10 != 7));
    if (!flow) {
      CHECK(flow.error().kind == ErrorKind::kNotFound);
      CHECK(flow.error().message.find(names[static_cast<std::size_t>(i)]) != std::string::npos);
      continue;
    }
    CHECK(flow->diagnostics.has_errors() == (i % 10 == 3));
    if (i % 10 != 3) CHECK(flow->definition->id.text() == fmt::format("Flow{}", i));
  }
}

TEST_CASE("a file that defines the flow of an earlier one is warned of, in the same namespace") {
  const auto load = [](const std::string& file, const std::string& text) {
    return load_flow_text(TriggerRegistry(), text + "[[steps]]\nid = \"s\"\nrun = \":\"\n", file, "/flows");
  };
  const std::string production = "[project]\nname = \"p\"\nproduction = true\n";
  const std::string bar = "[project]\nname = \"p\"\nbranch = \"bar\"\n";
  std::vector<LoadedFlow> flows;
  flows.push_back(load("a.toml", "id = \"F\"\n"));
  flows.push_back(load("b.toml", "id = \"G\"\n"));
  flows.push_back(load("c.toml", "\nid    = \"F\"\n"));
  flows.push_back(load("d.toml", "id = \"F\"\n" + production));
  flows.push_back(load("e.toml", "id = \"F\"\n" + bar));
  flows.push_back(load("f.toml", "id = \"F\"\n" + production));
  flows.push_back(load("g.toml", "id = \"-\"\n"));
  flows.push_back(load("h.toml", "id = \"-\"\n"));
  flows.push_back(load("b.toml", "id = \"G\"\n"));
  warn_of_equal_names(flows, {});
  std::string warnings;
  for (const LoadedFlow& flow : flows) {
    for (const Diagnostic& problem : flow.diagnostics.list()) {
      if (problem.severity == Severity::kError) continue;
      warnings += fmt::format("{}:{}:{}: {}\n", flow.diagnostics.file(), problem.position.line, problem.position.column,
                              problem.message);
    }
  }
  CHECK(warnings ==
        "c.toml:2:9: 'a.toml' defines F too\n"
        "f.toml:1:6: 'd.toml' defines p.prod.F too\n");
}

TEST_CASE("no file at all is no flow") {
  PosixFileSystem files;
  CHECK(load_flow_files(files, TriggerRegistry(), "/", {}).empty());
}

}  // namespace qflow
