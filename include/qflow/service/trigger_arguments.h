#pragma once

#include <string>
#include <vector>

#include "qflow/model/run.h"
#include "qflow/service/doors.h"
#include "qflow/store/store.h"

namespace qflow {

// What a `--trigger` of the command line names: a run ("Flow/34", "Flow/latest", "Flow/34/step"), an event by its name,
// as a JSON object, as "@file.json", as "-" (standard input), or by its id in the ledger. A run must have ended
// (kBusy). An event given by name or JSON is new, with id and times of now. `store` may be null: then no run and no id
// exists. `name_space` is that of the flow to run: its latest is meant, where it has one and no other is named.
Result<TriggerSource> parse_trigger_argument(const std::string& argument, const std::string& name_space, Store* store,
                                             const Doors& doors);

}  // namespace qflow
