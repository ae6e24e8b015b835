#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "qflow/error/error.h"
#include "qflow/model/event.h"
#include "qflow/model/run.h"

namespace qflow {

// What happens to a simulation from outside, at its instant. `origin` ("events.jsonl:3") is for messages.
struct Given {
  // An event is recorded. Its `id` may be empty, its `recorded_at` becomes the instant.
  struct Publication {
    Event event;
    std::optional<std::string> idempotency_key = {};
    bool timestamp_given = false;
  };
  // The end of a run, or of one of its steps. Of a flow that is simulated `number` names a running run, without a
  // number the oldest running one; where there is none, and for other flows, the end of a run that was started
  // elsewhere.
  struct End {
    FlowId flow;
    std::optional<std::int64_t> number = {};
    std::optional<std::string> name_space = {};  // absent: any; of a run that was started elsewhere the simulation's
    std::optional<StepId> step = {};
    RunStatus status = RunStatus::kSucceeded;
    std::optional<std::string> context = {};  // of a run that was started elsewhere
    Json payload = Json::object();            // besides what every end has
  };

  Instant at;
  std::variant<std::monostate, Publication, End> what = {};  // nothing: only the clock
  std::string origin = {};
};

// "TrainingFlow", "TrainingFlow/34", "foo.prod.bar.TrainingFlow/34": flow, number and namespace of an end. kInvalid.
Result<Given::End> parse_given_run(std::string_view text);

}  // namespace qflow
