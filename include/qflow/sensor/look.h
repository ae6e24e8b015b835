#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "qflow/error/error.h"
#include "qflow/model/json.h"
#include "qflow/model/sensor.h"
#include "qflow/os/clock.h"
#include "qflow/os/environment.h"
#include "qflow/os/file_system.h"
#include "qflow/os/process_launcher.h"
#include "qflow/time/instant.h"

namespace qflow {

// So many changes at most are reported by one look, so that nobody waits long for the ledger while they are recorded.
inline constexpr std::size_t kChangesAtOnce = 1000;

// The value of a secret by its name: from the environment, else from the store's secrets. kNotFound without one.
using SecretSource = std::function<Result<std::string>(const std::string& name)>;

// One look at what a sensor watches. Everything outlives the look.
struct Look {
  const SensorRules& rules;
  // What the last look left, if it was of the same thing; none: the first one, which `baseline` rules.
  std::optional<std::string> cursor = {};
  Path folder;  // absolute; relative paths are meant from here
  Instant now;
  const Environment& environment;
  SecretSource secret;
  FileSystem& files;
  ProcessLauncher& launcher;
  Clock& clock;                             // its monotonic time counts for the sensor's timeout
  std::uint64_t max_payload = 1024 * 1024;  // bytes that the ledger takes of one event's payload
  // Where programs that it starts note themselves (ProcessSpec); -1: nowhere.
  int journal = -1;
  std::string journal_note = {};
};

// A change that a sensor saw, as its event will show it. The shapes of payloads are in the manual, qflow-flow(5).
struct SensedChange {
  Json payload = Json::object();
  // Only a program (exec) says these.
  std::optional<Instant> timestamp = {};
  std::optional<std::string> value = {};
  std::optional<std::string> sender = {};
  std::optional<std::string> context = {};
  std::optional<std::string> idempotency_key = {};
  std::string origin = {};  // for messages: "line 2 of its output"
};

// What one look found.
struct Sighting {
  std::vector<SensedChange> changes = {};  // at most kChangesAtOnce (a program may print more), in a stable order
  // Bytes for the next look; it knows of exactly the changes above and of all before. Equal bytes: nothing to store.
  std::string cursor = {};
  std::optional<Duration> unsettled = {};  // something must hold still; look again so much later
  bool more = false;                       // there were more than kChangesAtOnce; look again at once
  std::string seen = {};                   // for people: "240 files, 1 of them still changing"
};

// Looks once, for at most the sensor's `timeout` (a system call that hangs can't be ended). Changes nothing in the
// world, nor in qflow's store: who calls it records the changes and the cursor in one transaction. An error says what
// a person has to mend, and means that nothing was learnt: the next look goes on from the same cursor. May run beside
// other looks, in any thread, with a launcher of its own.
Result<Sighting> look(const Look& look);

}  // namespace qflow
