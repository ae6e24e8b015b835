#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "qflow/os/clock.h"
#include "qflow/os/environment.h"
#include "qflow/os/file_system.h"
#include "qflow/os/process_launcher.h"
#include "qflow/os/process_table.h"
#include "qflow/trigger/trigger_registry.h"

namespace qflow {

// A stream that a command reads or writes. Writing never fails towards the caller: a reader that went away (EPIPE) or a
// full disk is remembered, and main turns it into an exit status.
class OutputStream {
 public:
  virtual ~OutputStream() = default;
  virtual void write(std::string_view text) = 0;
  virtual void flush() = 0;
  virtual bool is_terminal() const = 0;
  virtual int width() const = 0;  // columns of the terminal; 80 when unknown
  virtual bool failed() const = 0;

  // From now on nobody waits for a reader that has stalled: what it does not take at once is kept, and written as soon
  // as it does. flush() only begins with that.
  virtual void keep_unread() {}
  virtual std::size_t unread() const { return 0; }  // bytes that are kept
  // Waits until nothing is kept. Once the reader has taken nothing for the time of `patience`, if there is one, what is
  // kept and what comes later is dropped.
  virtual void settle(std::optional<std::chrono::milliseconds> /*patience*/) {}
};

// Bytes that a command reads of a file or of standard input.
inline constexpr std::uint64_t kLongestInput = 256ull * 1024 * 1024;

class InputStream {
 public:
  virtual ~InputStream() = default;
  // To its end. kInvalid: it can't be read, or is longer than kLongestInput.
  virtual Result<std::string> read_all() = 0;
};

enum class ColorMode { kAuto, kAlways, kNever };
enum class Verbosity { kQuiet, kNormal, kVerbose };

// What stands before or after every command.
struct GlobalOptions {
  std::optional<std::string> store;
  ColorMode color = ColorMode::kAuto;
  Verbosity verbosity = Verbosity::kNormal;
};

// Everything a command may touch, so that each also runs inside tests, twice in a row.
struct Context {
  InputStream& in;
  OutputStream& out;  // results
  OutputStream& err;  // progress and notes
  Clock& clock;
  FileSystem& files;
  ProcessLauncher& launcher;
  ProcessTable& processes;
  const TriggerRegistry& trigger_types;
  Environment environment;
  Path folder;   // absolute working directory; empty when it no longer exists
  Path program;  // absolute path of this binary, for QFLOW_BIN
  GlobalOptions options;
};

}  // namespace qflow
