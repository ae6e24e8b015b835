#pragma once

#include <functional>
#include <optional>
#include <string>

#include "qflow/os/clock.h"
#include "qflow/os/environment.h"
#include "qflow/os/file_system.h"
#include "qflow/os/process_launcher.h"
#include "qflow/os/process_table.h"
#include "qflow/trigger/trigger_registry.h"

namespace qflow {

// What the service may touch of the world outside the store, and the types of triggers that the program knows. Holds no
// part of it: what the references name, and what `read_input` uses, is the caller's, and must live as long as the doors
// are used. `program` is started with the words "--store DIR work" for queued runs: its main has to hand its words to
// run_program (cli/program.h), and know the same types of triggers.
struct Doors {
  FileSystem& files;
  Clock& clock;
  ProcessLauncher& launcher;
  ProcessTable& processes;
  const Environment& environment;
  const TriggerRegistry& trigger_types;
  Path folder;                                      // working directory, absolute
  Path program;                                     // absolute; usually this binary
  std::optional<std::string> store_option;          // --store
  std::function<Result<std::string>()> read_input;  // all of standard input, for `-`
};

}  // namespace qflow
