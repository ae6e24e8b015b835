#pragma once

#include <stdlib.h>

#include <memory>
#include <string>
#include <vector>

#include "qflow/model/json.h"
#include "sensor/child_program.h"
#include "support/temporary_folder.h"

namespace qflow {

// tests/sensor/web_server.py, which answers as it was told.
class WebServer {
 public:
  enum class Protocol { kHttp, kHttps };

  explicit WebServer(Protocol protocol = Protocol::kHttp) : protocol_(protocol) {
    setenv("no_proxy", "127.0.0.1", 1);  // whoever runs the tests may need a proxy for the rest of the world
    std::vector<std::string> command = {"python3", QFLOW_SOURCE_DIR "/tests/sensor/web_server.py",
                                        folder_.path().native()};
    if (protocol == Protocol::kHttps) {
      make_certificate();
      command.push_back(file("certificate"));
      command.push_back(file("key"));
    }
    program_ = std::make_unique<ChildProgram>(std::move(command));
    port_ = program_->line();
    REQUIRE_MESSAGE(!port_.empty(), "web_server.py did not start");
  }

  // From now on the answer to /NAME; the rules are in web_server.py.
  void answers(const std::string& name, const Json& rule) {
    PosixFileSystem files;
    REQUIRE(replace_file(files, folder_ / (name + ".json"), to_compact(rule)));
  }

  // "127.0.0.1:41234"
  std::string host() const { return "127.0.0.1:" + port_; }
  std::string url(const std::string& path) const {
    return (protocol_ == Protocol::kHttp ? "http://" : "https://") + host() + path;
  }

  // What was asked since the last call: {path, headers} each, the names of headers in lower case.
  std::vector<Json> requests() {
    PosixFileSystem files;
    const std::string text = read_file(files, folder_ / "requests").value_or("");
    std::vector<Json> all;
    for (std::size_t at = seen_; at < text.size(); at = text.find('\n', at) + 1) {
      all.push_back(parse_json(text.substr(at, text.find('\n', at) - at)).value());
    }
    seen_ = text.size();
    return all;
  }

  void end() { program_->end(); }

 private:
  std::string file(const char* name) const { return (folder_ / name).native(); }
  void make_certificate() {
    ChildProgram openssl({"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                          "-days", "2", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout",
                          file("key"), "-out", file("certificate")});
    (void)openssl.output();
  }

  TemporaryFolder folder_;
  Protocol protocol_;
  std::unique_ptr<ChildProgram> program_;
  std::string port_;
  std::size_t seen_ = 0;
};

}  // namespace qflow
