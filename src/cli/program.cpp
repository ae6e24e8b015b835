#include "qflow/cli/program.h"

#include <algorithm>
#include <exception>
#include <new>
#include <string>

#include "qflow/cli/command.h"
#include "qflow/cli/posix_streams.h"
#include "qflow/os/inherited_file.h"

namespace qflow {

int run_program(int argc, char** argv, const TriggerRegistry& trigger_types) {
  reserve_standard_descriptors();
  ignore_broken_pipes();
  PosixInput in(0);
  PosixOutput out(1, PosixOutput::Buffering::kLarge);
  PosixOutput err(2, PosixOutput::Buffering::kNone, &out);
  PosixClock clock;
  PosixFileSystem files;
  PosixProcessLauncher launcher;
  PosixProcessTable processes;
  ExitStatus status = ExitStatus::kFailed;
  try {
    Context context{in,
                    out,
                    err,
                    clock,
                    files,
                    launcher,
                    processes,
                    trigger_types,
                    process_environment(),
                    working_folder(),
                    own_program(),
                    {}};
    status = run_command_line(context, {argv + std::min(argc, 1), argv + argc});
  } catch (const std::bad_alloc&) {
    err.write("qflow: error: out of memory\n");
  } catch (const std::exception& exception) {
    err.write("qflow: error: " + std::string(exception.what()) + "\n");
  }
  return finish_process(status, out, err);
}

}  // namespace qflow
