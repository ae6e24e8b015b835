#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "qflow/error/diagnostic.h"
#include "qflow/model/event.h"
#include "qflow/model/event_outcome.h"
#include "qflow/model/names.h"
#include "qflow/model/run.h"

namespace qflow {

// One thing that happens in a test.
struct TestGiven {
  struct ClockOnly {};
  struct Publication {
    Located<std::string> name;
    bool namespaced = false;
    std::optional<std::string> idempotency_key;
    bool timestamp_given = false;
  };
  struct RunEnd {
    Located<std::string> run;  // as written
    std::optional<StepId> step;
    RunStatus status = RunStatus::kSucceeded;
  };
  struct SensorChange {
    Located<std::string> sensor;  // the trigger's id
  };

  SourcePosition position;
  Instant at;
  std::variant<ClockOnly, Publication, RunEnd, SensorChange> what;
  Event event;  // what the row says of it: payload, context, type, ...; recorded at `at`
};

// One thing that a test expects. Only what a row names is compared.
struct TestExpectation {
  SourcePosition position;
  Outcome outcome = Outcome::kFired;
  std::optional<Located<TriggerId>> trigger;
  std::optional<Located<std::string>> type;  // of a firing: "MANY-EVENTS", or the trigger's type
  std::vector<std::pair<Located<std::string>, Json>> params;
  std::optional<Instant> at;  // of a firing when it fired, else when the event was recorded
  std::optional<std::string> context;
  std::optional<std::string> reason;  // a part of it
};

// [[tests]], for `qflow test`: everything that happens, and everything that fires and what waits at the end.
struct FlowTest {
  SourcePosition position;
  Located<std::string> name;
  std::vector<TestGiven> given;
  std::vector<TestExpectation> expect;
  bool expects_nothing = false;  // expect = [{ none = true }]
};

}  // namespace qflow
