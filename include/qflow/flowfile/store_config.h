#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "qflow/error/diagnostic.h"
#include "qflow/time/duration.h"

namespace qflow {

// A store's config.toml; what it does not say is as here.
struct StoreConfig {
  std::uint64_t max_payload = 1024 * 1024;       // bytes of an event's payload as compact JSON
  std::uint64_t max_log = 100ull * 1024 * 1024;  // bytes of an attempt's log; more is cut, with a note
  int max_chain = 50;                            // runs that trigger each other
  int max_workers = 0;                           // runs that a tick executes at once; 0: the number of processors
  Duration keep_events = std::chrono::hours(24 * 90);
  std::optional<std::string> on_failure;  // [hooks]: shell text, called after each failed or crashed run of any flow
};

// Reads the text; problems are in the diagnostics, with their positions in `file`.
StoreConfig parse_store_config(std::string_view text, Diagnostics& diagnostics);

// "100MiB", "64KiB", "1GiB", "4096B": a whole number and a unit (B, KiB, MiB, GiB). kInvalid says what is wrong.
Result<std::uint64_t> parse_size(std::string_view text);

}  // namespace qflow
