#pragma once

#include <string>
#include <vector>

#include "qflow/os/file_system.h"
#include "sensor/child_program.h"

namespace qflow {

// A script of tests/sensor/npm, which gets as its first argument where the packages of npm are: in the folder
// node_modules of QFLOW_NPM, by default of build/npm.
inline std::vector<std::string> npm_command(const std::string& script, const std::vector<std::string>& arguments) {
  const Environment environment = process_environment();
  const Path folder = find_variable(environment, "QFLOW_NPM").value_or(QFLOW_SOURCE_DIR "/build/npm");
  PosixFileSystem files;
  REQUIRE_MESSAGE(exists(files, folder / "node_modules"),
                  "no packages of npm in " << folder.native() << "; scripts/bootstrap test installs them");
  // s3rver makes its continuation tokens with DES, which OpenSSL 3 calls legacy.
  std::vector<std::string> command = {"node", "--openssl-legacy-provider", "--no-deprecation",
                                      QFLOW_SOURCE_DIR "/tests/sensor/npm/" + script,
                                      (folder / "node_modules").native()};
  command.insert(command.end(), arguments.begin(), arguments.end());
  return command;
}

inline std::string npm_output(const std::string& script, const std::vector<std::string>& arguments) {
  return ChildProgram(npm_command(script, arguments)).output();
}

}  // namespace qflow
