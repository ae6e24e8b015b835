#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "qflow/model/flow_reference.h"
#include "qflow/model/run.h"
#include "qflow/service/doors.h"
#include "qflow/store/store.h"

namespace qflow {

// What people write for a run, and for a step or task of it: "Flow/34", "Flow/latest", "Flow/34/train",
// "Flow/34/train/3". A number of 0 stands for latest. The flow may be named with its namespace.
struct RunReference {
  FlowId flow;
  std::int64_t number = 0;
  std::optional<StepId> step;
  std::optional<std::int64_t> index;
  std::string name_space = {};  // of "foo.prod.bar.Flow/latest": only runs in there are meant; "" means all

  std::string flow_name() const;  // "Flow", or with its namespace
};

// kInvalid with the forms that exist.
Result<RunReference> parse_run_reference(std::string_view text);
// One or two words of a command line: "Flow/34", or "Flow" and "latest" or "34".
Result<RunReference> parse_run_words(const std::vector<std::string>& words);

// The run in the store; kNotFound with what there is instead. Where the reference names no namespace, latest is the
// newest in `caller`, the namespace of who asks; "" means in all.
Result<Run> find_run(Store& store, const RunReference& reference, LatestMeans latest, const std::string& caller = "");

// The namespace of the run that this process belongs to (QFLOW_RUN); "" without one, without a project, and when the
// run is in another store.
Result<std::string> caller_namespace(Store& store, const Doors& doors);

// Which flow may be meant by a qualified name that has no run: the nearest, or all that are deployed or have run; ""
// when it is one of them.
Result<std::string> advice_on_flow(Store& store, const std::string& name);

}  // namespace qflow
