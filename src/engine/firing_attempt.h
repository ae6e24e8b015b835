#pragma once

#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "qflow/engine/engine.h"
#include "qflow/engine/firing.h"

namespace qflow {

// One firing on its way to a run.
struct FiringAttempt {
  const DeployedFlow& flow;
  const Trigger* joining;
  std::string correlation;
  std::vector<WaitingEvent> waiting;
  Instant now;
  const RecordedEvent* arrived = nullptr;  // the event that brings the firing about, if one does
  const Engine::Activation* by_hand = nullptr;

  std::vector<std::unique_ptr<const Event>> loaded = {};
  std::vector<FiredEvent> events = {};  // each is what arrived, or one that was loaded
  Json given = Json::object();          // by hand, to the run that the firing joins
  RunRequest request = {};
  std::string misfit = {};            // why it can't become a run: of all its events
  std::optional<RunId> deepest = {};  // of the runs that its events came from

  // What arrived may go before the firing does.
  void keep_events() {
    for (FiredEvent& event : events) {
      if (arrived == nullptr || event.event != &arrived->event) continue;
      event.event = loaded.emplace_back(std::make_unique<const Event>(arrived->event)).get();
    }
    arrived = nullptr;
  }

  // A later firing that joins the same run.
  void add(FiringAttempt other) {
    std::move(other.waiting.begin(), other.waiting.end(), std::back_inserter(waiting));
    std::move(other.loaded.begin(), other.loaded.end(), std::back_inserter(loaded));
    events.insert(events.end(), other.events.begin(), other.events.end());
    if (other.by_hand != nullptr) by_hand = other.by_hand;
  }
};

}  // namespace qflow
