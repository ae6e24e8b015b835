#include <doctest/doctest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "object_workshop.h"

using namespace qflow;

TEST_CASE("collect: values, files and folders, in the order of their names") {
  Workshop shop;
  shop.put("model.json", "{\"x\": 1}\n");
  shop.put("report.pdf", "pdf");
  shop.put("plots/a.png", "a");
  shop.put("plots/deep/b.png", "bb");
  const auto artifacts = shop.collect();
  REQUIRE(artifacts.size() == 3);
  const ObjectRecord& model = artifacts[0].object;
  CHECK(artifacts[0].name.text() == "model");
  CHECK(model.kind == ArtifactKind::kValue);
  CHECK(model.bytes == "{\"x\": 1}\n");
  CHECK(model.size == 9);
  CHECK(model.sha256 == sha256_hex("{\"x\": 1}\n"));
  CHECK(shop.text(shop.layout.object(model.sha256)) == "{\"x\": 1}\n");
  const ObjectRecord& plots = artifacts[1].object;
  CHECK(artifacts[1].name.text() == "plots");
  CHECK(plots.kind == ArtifactKind::kFolder);
  CHECK(plots.size == 3);
  CHECK(plots.sha256 == sha256_hex("file - 1 " + sha256_hex("a") + " a.png\nfolder deep\nfile - 2 " + sha256_hex("bb") +
                                   " deep/b.png\n"));
  CHECK(shop.text(shop.layout.object(plots.sha256) / "deep" / "b.png") == "bb");
  const ObjectRecord& report = artifacts[2].object;
  CHECK(artifacts[2].name.text() == "report.pdf");
  CHECK(report.kind == ArtifactKind::kFile);
  CHECK(!report.bytes);
  for (const NewArtifact& artifact : artifacts) {
    CHECK(shop.objects.unchanged(artifact.object).value());
    CHECK(shop.objects.open_path(artifact.object) == shop.layout.object(artifact.object.sha256));
  }
  CHECK(shop.objects.load(model) == "{\"x\": 1}\n");
  CHECK(shop.objects.load(report) == "pdf");
  CHECK(!shop.objects.load(plots));
  CHECK(value_of(shop.files.list(shop.out)).empty());
}

TEST_CASE("collect: nothing left is nothing") {
  Workshop shop;
  CHECK(shop.collect().empty());
}

TEST_CASE("objects can be written by nobody, and programs stay programs") {
  Workshop shop;
  shop.put("data", "d");
  shop.put("tool", "t");
  check_ok(shop.files.set_permissions(shop.out / "tool", 0755));
  shop.put("tree/sub/file", "f");
  const auto artifacts = shop.collect();
  auto mode = [&](const Path& path) { return value_of(shop.files.info(path, FollowLinks::kNo)).mode; };
  CHECK(mode(shop.layout.object(artifacts[0].object.sha256)) == 0444);
  CHECK(mode(shop.layout.object(artifacts[1].object.sha256)) == 0555);
  const Path tree = shop.layout.object(artifacts[2].object.sha256);
  CHECK(mode(tree) == 0555);
  CHECK(mode(tree / "sub") == 0555);
  CHECK(mode(tree / "sub" / "file") == 0444);
}

TEST_CASE("what can't become artifacts is refused by name, and nothing is moved") {
  struct Row {
    std::string what;
    std::function<void(Workshop&)> make;
    std::string error;
  };
  auto link = [](const std::string& target, const Path& path) { REQUIRE(symlink(target.c_str(), path.c_str()) == 0); };
  const Row rows[] = {
      {"a link to a file elsewhere", [&](Workshop& shop) { link("/etc/passwd", shop.out / "x"); },
       "the output 'x' is a link to '/etc/passwd'; leave a copy of what it points to"},
      {"a link to another artifact", [&](Workshop& shop) { link("good", shop.out / "latest"); },
       "the output 'latest' is a link to 'good'; leave a copy of what it points to"},
      {"a link out of a folder",
       [&](Workshop& shop) {
         shop.put("tree/f", "");
         link("../good", shop.out / "tree" / "up");
       },
       "the output 'tree/up' is a link to '../good', which is not inside 'tree'; leave a copy of what it points to"},
      {"a pipe in a folder",
       [&](Workshop& shop) {
         shop.put("tree/f", "");
         REQUIRE(mkfifo((shop.out / "tree" / "pipe").c_str(), 0600) == 0);
       },
       "the output 'tree/pipe' is a socket, pipe or device; leave only files, folders, and links inside them"},
      {"a socket",
       [&](Workshop& shop) {
         int descriptor = socket(AF_UNIX, SOCK_STREAM, 0);
         sockaddr_un address{};
         address.sun_family = AF_UNIX;
         (shop.out / "sock").native().copy(address.sun_path, sizeof address.sun_path - 1);
         REQUIRE(bind(descriptor, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
         close(descriptor);
       },
       "the output 'sock' is a socket, pipe or device; leave only files, folders, and links inside them"},
      {"no JSON", [](Workshop& shop) { shop.put("model.json", "{\"x\": }"); },
       "the output 'model.json' is not JSON: line 1, column 7"},
      {"empty JSON", [](Workshop& shop) { shop.put("model.json", ""); },
       "the output 'model.json' is not JSON: line 1, column 1"},
      {"two of one name",
       [](Workshop& shop) {
         shop.put("x", "");
         shop.put("x.json", "1");
       },
       "the outputs x and x.json are both the artifact x; leave one of them, or rename one"},
      {"a bad name", [](Workshop& shop) { shop.put("my file", ""); },
       "the output 'my file' can't be an artifact; a name has letters, digits, '_', '.' and '-'"},
      {"a hidden file", [](Workshop& shop) { shop.put(".hidden", ""); },
       "the output '.hidden' can't be an artifact; a name has letters"},
      {"a value without a name", [](Workshop& shop) { shop.put(".json", "1"); },
       "the output '.json' can't be an artifact; a name has letters"},
      {"a folder with a value's name", [](Workshop& shop) { shop.put("x.json/f", ""); },
       "the output 'x.json' is a folder, but .json names a value; give the folder another name"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.what);
    Workshop shop;
    shop.put("good", "good");
    row.make(shop);
    const Error error = error_of(shop.objects.collect(shop.out));
    CHECK(error.kind == ErrorKind::kInvalid);
    CHECK(to_text(error).substr(0, row.error.size()) == row.error);
    CHECK(shop.text(shop.out / "good") == "good");
    CHECK(shop.count_objects() == 0);
  }
}

TEST_CASE("a link inside a folder stays one exactly when the system would find its target there") {
  struct Row {
    std::string path;
    std::string target;
    bool inside;
  };
  // The folder has: f, sub/g, sub/deep/h, and top -> ., up -> sub/deep/.. , and sub/root -> ..
  const Row rows[] = {
      {"l", "f", true},
      {"l", "./f", true},
      {"l", "sub", true},
      {"l", "sub/g", true},
      {"l", "sub/../f", true},
      {"l", ".", true},
      {"sub/l", "g", true},
      {"sub/l", "../f", true},
      {"sub/deep/l", "../../f", true},
      {"l", "top/f", true},
      {"l", "up/g", true},
      {"l", "sub/root/f", true},
      {"l", "", false},
      {"l", "..", false},
      {"l", "../tree/f", false},
      {"sub/l", "../../x", false},
      {"l", "/etc/passwd", false},
      {"l", "absent", false},
      {"l", "f/x", false},
      {"l", "l", false},
      {"l", "top/../f", false},
      // Read as text this stays inside; the system follows sub/root to the top and leaves from there.
      {"l", "sub/root/../f", false},
  };
  for (const Row& row : rows) {
    CAPTURE(row.path);
    CAPTURE(row.target);
    if (row.target.empty()) continue;  // Linux makes no such link
    Workshop shop;
    shop.put("tree/f", "");
    shop.put("tree/sub/g", "");
    shop.put("tree/sub/deep/h", "");
    const Path tree = shop.out / "tree";
    check_ok(shop.files.make_symlink(".", tree / "top"));
    check_ok(shop.files.make_symlink("sub/deep/..", tree / "up"));
    check_ok(shop.files.make_symlink("..", tree / "sub" / "root"));
    check_ok(shop.files.make_symlink(row.target, tree / row.path));
    auto artifacts = shop.objects.collect(shop.out);
    CHECK(artifacts.has_value() == row.inside);
    if (!artifacts) continue;
    const Path link = shop.layout.object(artifacts->front().object.sha256) / row.path;
    CHECK(shop.files.read_link(link) == row.target);
  }
}

TEST_CASE("a manifest tells apart what only looks alike") {
  // Each pair of folders differs in one thing only.
  auto hash_of = [](const std::function<void(Workshop&)>& make) {
    Workshop shop;
    make(shop);
    return shop.collect().front().object.sha256;
  };
  auto file = [](std::string name, std::string text) { return [=](Workshop& shop) { shop.put("t/" + name, text); }; };
  auto link = [](std::string target, std::string name) {
    return [=](Workshop& shop) {
      shop.put("t/a", "");
      shop.put("t/b c", "");
      shop.put("t/a b", "");
      shop.put("t/c", "");
      REQUIRE(symlink(target.c_str(), (shop.out / "t" / name).c_str()) == 0);
    };
  };
  CHECK(hash_of(file("f", "x")) == hash_of(file("f", "x")));
  CHECK(hash_of(file("f", "x")) != hash_of(file("f", "y")));
  CHECK(hash_of(file("f", "x")) != hash_of(file("g", "x")));
  CHECK(hash_of(file("a\nfolder b", "x")) != hash_of(file("a/folder b", "x")));
  CHECK(hash_of(link("a b", "d")) != hash_of(link("a", "b d")));
  CHECK(hash_of([](Workshop& shop) { shop.put("t/f", "x"); }) != hash_of([](Workshop& shop) {
          shop.put("t/f", "x");
          check_ok(shop.files.set_permissions(shop.out / "t" / "f", 0700));
        }));
  CHECK(hash_of([](Workshop& shop) { shop.put("t/f", "x"); }) != hash_of([](Workshop& shop) {
          shop.put("t/f", "x");
          check_ok(shop.files.make_folder(shop.out / "t" / "empty"));
        }));
}
