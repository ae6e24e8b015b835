#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "qflow/cli/context.h"
#include "qflow/model/names.h"
#include "qflow/store/store.h"
#include "qflow/time/schedule.h"

namespace qflow {

// A schedule of a flow; without a flow, one of the command line.
struct ScheduledTrigger {
  std::optional<FlowId> flow = {};
  std::string name_space = {};  // of a deployed one; may be ""
  std::string trigger = {};
  std::shared_ptr<const Schedule> schedule = {};
  std::optional<Instant> due = {};  // of a deployed one: what comes next, whatever the clock has seen already

  // "foo.prod.bar.Flow/trigger"; "" without a flow.
  std::string name() const;
};

// "Nightly/schedule  0 3 * * 1-5: at 03:00 on Monday to Friday (Europe/Berlin)": canonical, then in English.
std::string heading_of(const ScheduledTrigger& trigger);

// Of a flow file; its problems are printed. What is disabled is left out, with a note; so is said that there is none.
Result<std::vector<ScheduledTrigger>> schedules_of_file(Context& context, const std::string& file);

// Of FLOW[/TRIGGER], with the same notes. kInvalid when the trigger is of another type; a disabled one is there only if
// it is named.
Result<std::vector<ScheduledTrigger>> deployed_schedules(Context& context, Store& store, const std::string& argument);

// Of all flows, those that are enabled; a flow that can't be read is left out, with a note.
Result<std::vector<ScheduledTrigger>> all_deployed_schedules(Context& context, Store& store);

}  // namespace qflow
