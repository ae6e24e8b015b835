#pragma once

#include <stdlib.h>

#include <memory>
#include <string>

#include "sensor/npm_program.h"
#include "support/temporary_folder.h"

namespace qflow {

// The package s3rver, and the objects of its one bucket "data" as files, in the form in which it keeps them.
class S3Server {
 public:
  S3Server() {
    setenv("no_proxy", "127.0.0.1", 1);  // whoever runs the tests may need a proxy for the rest of the world
    REQUIRE(make_folders(files_, bucket_));
    start();
  }

  void start() {
    program_ = std::make_unique<ChildProgram>(npm_command("s3_server.js", {folder_.path().native()}));
    port_ = program_->line();
    REQUIRE_MESSAGE(!port_.empty(), "s3_server.js did not start");
  }
  void end() { program_->end(); }

  std::string endpoint() const { return "http://127.0.0.1:" + port_; }

  void put(const std::string& key, const std::string& text) {
    const Path file = object(key);
    REQUIRE(make_folders(files_, file.parent_path()));
    REQUIRE(write_file(files_, file, text));
    (void)files_.remove(file.native() + ".md5");
  }
  void remove(const std::string& key) {
    REQUIRE(files_.remove(object(key)));
    (void)files_.remove(object(key).native() + ".md5");
  }

 private:
  Path object(const std::string& key) const { return bucket_ / (key + "._S3rver_object"); }

  PosixFileSystem files_;
  TemporaryFolder folder_;
  Path bucket_ = folder_ / "data";
  std::unique_ptr<ChildProgram> program_;
  std::string port_;
};

}  // namespace qflow
