// get and put.
#include <doctest/doctest.h>
#include <sys/stat.h>

#include <filesystem>

#include "cli/command_fixture.h"

namespace qflow {
namespace {

TEST_CASE("get prints values") {
  struct Row {
    std::vector<std::string> words;
    int status;
    std::string out;
    std::string err;  // a part of it
  };
  const std::vector<Row> rows{
      {{"get", "1 + 2"}, 0, "3\n", ""},
      {{"get", "-1"}, 0, "-1\n", ""},
      {{"get", "'text'"}, 0, "text\n", ""},
      {{"get", "'text'", "--json"}, 0, "\"text\"\n", ""},
      {{"get", "[1, {'a': null}]"}, 0, "[1,{\"a\":null}]\n", ""},
      {{"get", "1 +"}, 2, "", "expression, column "},
      {{"get", "nosuch(1)"}, 2, "", "nosuch"},
      {{"get", "1 / 0"}, 1, "", ""},
      {{"get", "{'a': 1}.b"}, 3, "", "b"},
      {{"get", "params.x"}, 3, "", "outside a step, --run RUN says which run is meant"},
      {{"get"}, 2, "", "qflow get needs EXPR"},
  };
  CommandFixture fixture;
  for (const Row& row : rows) {
    CAPTURE(row.words.back());
    CHECK_MESSAGE(static_cast<int>(fixture.run(row.words)) == row.status, fixture.err.text);
    CHECK(fixture.out.text == row.out);
    CHECK_MESSAGE(contains(fixture.err.text, row.err), fixture.err.text);
  }
}

TEST_CASE("get reads a run that has ended") {
  CommandFixture fixture;
  fixture.home.write("flow.toml",
                     "id = \"F\"\n[parameters.p]\ndefault = 7\n[[steps]]\nid = \"a\"\n"
                     "run = '''echo '{\"x\": [1]}' > $QFLOW_OUT/m.json; echo hi > $QFLOW_OUT/f.txt'''\n");
  fixture.run({"run", "flow.toml"});
  CHECK(fixture.run({"get", "artifacts.m.x[0] + params.p", "--run", "F/latest"}) == ExitStatus::kOk);
  CHECK(fixture.out.text == "8\n");
  fixture.run({"get", "run.id", "--run", "F/1"});
  CHECK(fixture.out.text == "F/1\n");
  CHECK(fixture.run({"get", "artifacts.n", "--run", "F/1"}) == ExitStatus::kNotFound);
  CHECK(fixture.run({"get", "1", "--run", "F/2"}) == ExitStatus::kNotFound);
  fixture.run({"inspect", "F/1"});
  CHECK(contains(fixture.out.text, "\nArtifacts\n  f.txt  3 bytes, "));
  CHECK(contains(fixture.out.text, "  m      {\"x\":[1]}\n"));
}

class PutFixture : public CommandFixture {
 public:
  PutFixture() {
    std::filesystem::create_directories(out_folder);
    home.environment["QFLOW_OUT"] = out_folder.string();
  }
  std::string left(const std::string& name) { return home.read(out_folder / name); }

  // The names in QFLOW_OUT, and beside it.
  std::string names() {
    std::string text;
    for (const auto& folder : {out_folder, out_folder.parent_path()}) {
      const std::vector<FolderEntry> entries = home.files.list(folder).value();
      for (const FolderEntry& entry : entries) text += entry.name + " ";
    }
    return text;
  }

  const Path out_folder = home.folder / "attempt" / "out";
};

TEST_CASE("put leaves values") {
  PutFixture fixture;
  CHECK(fixture.run({"put", "model", "{\"x\": 1}"}) == ExitStatus::kOk);
  CHECK(fixture.left("model.json") == "{\"x\":1}");
  CHECK(fixture.run({"put", "model", "-5"}) == ExitStatus::kOk);
  CHECK(fixture.left("model.json") == "-5");
  fixture.in.text = "[1,\n2]\n";
  CHECK(fixture.run({"put", "list", "-"}) == ExitStatus::kOk);
  CHECK(fixture.left("list.json") == "[1,2]");
  CHECK(fixture.names() == "list.json model.json out ");

  CHECK(fixture.run({"put", "model", "text"}) == ExitStatus::kUsage);
  CHECK(contains(fixture.err.text, "the value of model: line 1, column 1"));
  CHECK(contains(fixture.err.text, "text stands in double quotes"));
  CHECK(fixture.left("model.json") == "-5");
}

TEST_CASE("put leaves files and folders, and the last put counts") {
  PutFixture fixture;
  fixture.home.write("data/a.txt", "one");
  fixture.home.write("data/sub/b.txt", "two");
  std::filesystem::create_symlink("a.txt", fixture.home.folder / "data/link");
  chmod((fixture.home.folder / "data/a.txt").c_str(), 0755);

  CHECK(fixture.run({"put", "thing", "--file", "data"}) == ExitStatus::kOk);
  CHECK(fixture.left("thing/a.txt") == "one");
  CHECK(fixture.left("thing/sub/b.txt") == "two");
  CHECK(std::filesystem::read_symlink(fixture.out_folder / "thing/link") == "a.txt");
  struct stat info {};
  CHECK(stat((fixture.out_folder / "thing/a.txt").c_str(), &info) == 0);
  CHECK((info.st_mode & 0100) != 0);

  CHECK(fixture.run({"put", "thing", "1"}) == ExitStatus::kOk);
  CHECK(fixture.names() == "thing.json out ");
  CHECK(fixture.run({"put", "thing", "--file", "data/link"}) == ExitStatus::kOk);
  CHECK(fixture.names() == "thing out ");
  CHECK(fixture.left("thing") == "one");

  CHECK(fixture.run({"put", "thing", "--file", "missing"}) == ExitStatus::kNotFound);
  CHECK(fixture.run({"put", "thing", "--file", "/dev/null"}) == ExitStatus::kUsage);
  CHECK(contains(fixture.err.text, "neither a file nor a folder"));
  CHECK(fixture.names() == "thing out ");
}

// The copy grows beside QFLOW_OUT: it would hold itself, and so on.
TEST_CASE("put refuses a folder that its own copy would lie in") {
  PutFixture fixture;
  fixture.home.write("data.txt", "one");
  std::filesystem::create_symlink(".", fixture.home.folder / "here");
  for (const std::string folder : {".", "..", "attempt", "here", "attempt/..", "/"}) {
    CAPTURE(folder);
    CHECK(fixture.run({"put", "thing", "--file", folder}) == ExitStatus::kUsage);
    CHECK(contains(fixture.err.text, "the folder holds the store, and with it the copy; name a folder that"));
  }
  CHECK(fixture.names() == "out ");
  // Also where QFLOW_OUT leads through a link into it.
  const Path elsewhere = fixture.home.folder.string() + "-link";
  std::filesystem::create_symlink(fixture.home.folder / "attempt", elsewhere);
  fixture.home.environment["QFLOW_OUT"] = (elsewhere / "out").string();
  CHECK(fixture.run({"put", "thing", "--file", "."}) == ExitStatus::kUsage);
  std::filesystem::remove(elsewhere);
  CHECK(fixture.names() == "out ");

  fixture.home.environment["QFLOW_OUT"] = fixture.out_folder.string();
  fixture.home.write("attempt/in/a.txt", "two");
  CHECK(fixture.run({"put", "thing", "--file", "attempt/in"}) == ExitStatus::kOk);
  CHECK(fixture.left("thing/a.txt") == "two");
}

TEST_CASE("put refuses what can't be an artifact") {
  PutFixture fixture;
  for (const std::string name : {"a/b", "..", "", "1a", "a b"}) {
    CHECK(fixture.run({"put", name, "1"}) == ExitStatus::kUsage);
  }
  CHECK(fixture.run({"put", "a.json", "--file", "/etc/hostname"}) == ExitStatus::kUsage);
  CHECK(contains(fixture.err.text, "'a.json' can't be a file: what ends in .json is a value"));
  CHECK(fixture.run({"put", "a"}) == ExitStatus::kUsage);
  CHECK(fixture.run({"put", "a", "1", "--file", "x"}) == ExitStatus::kUsage);
  CHECK(fixture.names() == "out ");
  fixture.home.environment.erase("QFLOW_OUT");
  CHECK(fixture.run({"put", "a", "1"}) == ExitStatus::kUsage);
  CHECK(contains(fixture.err.text, "qflow put works inside a step only"));
}

}  // namespace
}  // namespace qflow
