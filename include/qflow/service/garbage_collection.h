#pragma once

#include <cstdint>
#include <vector>

#include "qflow/runner/run_reporter.h"
#include "qflow/service/doors.h"
#include "qflow/store/store.h"

namespace qflow {

// What gc removed, or would remove, and what it had to leave.
struct Garbage {
  std::int64_t runs = 0;     // whose results and logs are given up, as `keep` of their flow says
  std::int64_t folders = 0;  // of attempts and steps of ended runs: what failed attempts left, links, working files
  std::int64_t objects = 0;  // that no run's results name
  std::int64_t events = 0;   // whose outcomes became daily counts, as `keep_events` of config.toml says
  std::int64_t keys = 0;     // idempotency keys of such events
  std::uint64_t bytes = 0;   // of the objects, and of the events' payloads
  std::vector<Error> left;   // why files and folders could not be removed; each is tried again by the next gc
};

enum class GarbageMode { kRemove, kCount };

// Content younger than this is never removed, whoever names it.
inline constexpr std::chrono::hours kYoungestGarbage{1};

// Removes what `keep` and `keep_events` allow, and what nothing names. Rows of runs, their triggers and events stay, so
// that chains hold for ever; so does what an event said that a run's trigger names, or that waits. Idempotency keys are
// kept as long as what their event said, and at least 7 days. Safe beside running processes and when it is killed at
// any moment: the ledger gives something up first, or nothing named it; each object goes inside a transaction that sees
// that it was not brought in again; an event's outcomes become counts and go in one transaction. kInvalid when
// config.toml is wrong.
Result<Garbage> collect_garbage(Store& store, const Doors& doors, GarbageMode mode);

}  // namespace qflow
