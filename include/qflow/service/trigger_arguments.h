#pragma once

#include <string>
#include <vector>

#include "qflow/model/run.h"
#include "qflow/service/doors.h"
#include "qflow/store/store.h"

namespace qflow {

// The arguments of `--trigger` with the event itself, as a JSON object, in the place of what names where it is written:
// "@file.json", or "-" (standard input). Waits for whoever writes it: to be called while a signal ends the process.
Result<std::vector<std::string>> read_written_events(std::vector<std::string> arguments, const Doors& doors);

// What a `--trigger` of the command line names: a run ("Flow/34", "Flow/latest", "Flow/34/step"), an event by its name,
// as a JSON object, or by its id in the ledger. A run must have ended (kBusy). An event given by name or JSON is new,
// with id and times of now. `store` may be null: then no run and no id exists. `name_space` is that of the flow to run:
// its latest is meant, where it has one and no other is named.
Result<TriggerSource> parse_trigger_argument(const std::string& argument, const std::string& name_space, Store* store,
                                             const Doors& doors);

}  // namespace qflow
