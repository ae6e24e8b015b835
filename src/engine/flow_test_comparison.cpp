#include "engine/flow_test_comparison.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "engine/canonical_json.h"
#include "qflow/engine/trigger_declaration.h"
#include "qflow/error/printable.h"
#include "qflow/error/suggestion.h"
#include "qflow/model/event_names.h"
#include "qflow/model/parameter.h"
#include "qflow/trigger/source_filter.h"
#include "qflow/trigger/trigger_registry.h"

namespace qflow {

namespace {

constexpr std::size_t kMostReasons = 20;

std::string ticked(const TriggerId& trigger) {
  return "`" + trigger.text() + "`";
}

std::string named(const TestExpectation& expected) {
  return expected.trigger ? ticked(expected.trigger->value) : "a trigger";
}

std::string text_of(const std::optional<std::string>& text) {
  return text ? quoted(*text) : "absent";
}

using MadeRun = MemoryState::MemoryRun;

const TriggerId& trigger_of(const MadeRun& run) {
  return *run.trigger;
}

class Comparison {
 public:
  Comparison(const FlowTest& test, const Simulation& simulation)
      : test_(test),
        flow_(*simulation.flows().front()),
        firings_(simulation.firings()),
        outcomes_(simulation.outcomes()),
        waiting_(simulation.waiting()) {}

  std::vector<TestFailure> failures() {
    compare_firings();
    if (!test_.expects_nothing) compare_waiting();
    compare_other_outcomes();
    if (!failures_.empty()) note_unheard();
    return std::move(failures_);
  }

 private:
  void fail(const SourcePosition& position, std::string message, std::vector<std::string> why = {}) {
    failures_.push_back({position, std::move(message), std::move(why)});
  }

  std::vector<const TestExpectation*> rows(bool (*wanted)(Outcome)) const {
    std::vector<const TestExpectation*> rows;
    for (const TestExpectation& row : test_.expect) {
      if (wanted(row.outcome)) rows.push_back(&row);
    }
    return rows;
  }

  // ---- Firings

  void compare_firings() {
    const auto expected = rows([](Outcome outcome) { return outcome == Outcome::kFired; });
    for (std::size_t i = 0; i < std::max(expected.size(), firings_.size()); ++i) {
      if (i >= firings_.size()) {
        fail(expected[i]->position, named(*expected[i]) + " did not fire", why_not(expected[i]->trigger));
      } else if (i >= expected.size()) {
        const MadeRun& run = *firings_[i].run;
        fail(test_.name.position, fmt::format("{} fired at {}, which is not expected", ticked(trigger_of(run)),
                                              format_instant(run.created_at)));
      } else if (std::string difference = difference_of(*expected[i], *firings_[i].run); !difference.empty()) {
        const bool other = expected[i]->trigger && expected[i]->trigger->value != trigger_of(*firings_[i].run);
        fail(expected[i]->position, std::move(difference),
             other ? why_not(expected[i]->trigger) : std::vector<std::string>());
      }
    }
  }

  std::string difference_of(const TestExpectation& expected, const MadeRun& run) const {
    const TriggerId& trigger = trigger_of(run);
    if (expected.trigger && expected.trigger->value != trigger) {
      return fmt::format("the firing at {} is one of {}, not of {}", format_instant(run.created_at), ticked(trigger),
                         named(expected));
    }
    if (expected.at && *expected.at != run.created_at) {
      return fmt::format("{} fired at {}, not at {}", ticked(trigger), format_instant(run.created_at),
                         format_instant(*expected.at));
    }
    if (expected.context && expected.context != run.context) {
      return fmt::format("the context of {} is {}, not {}", run.id.text(), text_of(run.context),
                         quoted(*expected.context));
    }
    if (expected.type && !is_of_type(run, expected.type->value)) {
      return fmt::format("the type of {} is {}, not {}", ticked(trigger), to_text(run.kind), expected.type->value);
    }
    for (const auto& [name, value] : expected.params) {
      const Parameter& parameter = *find_parameter(flow_.definition->parameters, name.value);
      const Json& found = run.params.at(parameter.name.text());
      if (same(parameter, value, found)) continue;
      return fmt::format("parameter {} of {} is {}, not {}", parameter.name.text(), run.id.text(), to_compact(found),
                         to_compact(value));
    }
    return "";
  }

  bool is_of_type(const MadeRun& run, const std::string& type) const {
    return to_text(run.kind) == type || find_trigger(flow_.triggers, trigger_of(run))->rules().type == type;
  }

  static bool same(const Parameter& parameter, const Json& expected, const Json& found) {
    return canonical_json(*convert_parameter(parameter, expected)) == canonical_json(found);
  }

  // ---- What waits

  void compare_waiting() {
    std::vector<bool> listed(waiting_.size(), false);
    std::vector<std::set<std::string>> listed_as(waiting_.size());
    for (const TestExpectation* row : rows([](Outcome outcome) { return outcome == Outcome::kWaiting; })) {
      const std::string name = row->trigger ? row->trigger->value.text() : "";
      std::size_t place = 0;
      while (place < waiting_.size() && (listed_as[place].contains(name) || !meets(*row, waiting_[place]))) ++place;
      if (place == waiting_.size()) {
        fail(row->position, nothing_waits(*row), why_not(row->trigger));
        continue;
      }
      listed[place] = true;
      listed_as[place].insert(name);
    }
    for (std::size_t i = 0; i < waiting_.size(); ++i) {
      if (listed[i]) continue;
      fail(test_.name.position, fmt::format("{} waits {} at the end, which is not expected",
                                            ticked(waiting_[i].joining->id()), waiting_[i].reason));
    }
  }

  static bool meets(const TestExpectation& row, const SimulatedWait& wait) {
    if (row.reason && wait.reason.find(*row.reason) == std::string::npos) return false;
    return std::any_of(wait.events.begin(), wait.events.end(), [&](const auto& waiting) {
      const bool heard =
          !row.trigger || row.trigger->value == waiting.first || row.trigger->value == wait.joining->id();
      return heard && is_event_of(row, *waiting.second);
    });
  }

  static bool is_event_of(const TestExpectation& row, const Event& event) {
    return (!row.at || *row.at == event.recorded_at) && (!row.context || row.context == event.context);
  }

  std::string nothing_waits(const TestExpectation& row) const {
    for (const SimulatedWait& wait : waiting_) {
      const bool same = row.trigger && wait.joining->id() == row.trigger->value;
      if (same && row.reason) return fmt::format("{} waits {}, not {}", named(row), wait.reason, quoted(*row.reason));
    }
    return "nothing like that waits for " + named(row) + " at the end";
  }

  // ---- Other outcomes

  void compare_other_outcomes() {
    std::vector<bool> taken(outcomes_.size(), false);
    const auto expected =
        rows([](Outcome outcome) { return outcome != Outcome::kFired && outcome != Outcome::kWaiting; });
    for (const TestExpectation* row : expected) {
      std::size_t place = 0;
      while (place < outcomes_.size() && (taken[place] || !meets(*row, outcomes_[place]))) ++place;
      if (place < outcomes_.size()) {
        taken[place] = true;
      } else {
        fail(row->position,
             fmt::format("no event of {} was {}{}", named(*row), to_text(row->outcome),
                         row->reason ? " with the reason " + quoted(*row->reason) : ""),
             why_not(row->trigger));
      }
    }
  }

  static bool meets(const TestExpectation& row, const SimulatedOutcome& outcome) {
    if (row.outcome != outcome.outcome.outcome) return false;
    if (row.trigger && row.trigger->value != outcome.trigger) return false;
    if (row.reason && outcome.outcome.reason.find(*row.reason) == std::string::npos) return false;
    return is_event_of(row, *outcome.event);
  }

  // ---- What was given

  // A name with a slip of the pen has no outcome that could tell of it.
  void note_unheard() {
    const std::vector<std::string> names = listened_names();
    std::set<std::string> noted;
    for (const TestGiven& given : test_.given) {
      const std::optional<Located<std::string>> event = given_event(given);
      if (!event || std::find(names.begin(), names.end(), event->value) != names.end()) continue;
      if (!noted.insert(event->value).second) continue;
      const std::string suggestion = did_you_mean(event->value, names);
      fail(event->position,
           fmt::format("no trigger listens to {}{}{}", event->value, suggestion.empty() ? "" : "; ", suggestion),
           {fmt::format("{} listens to {}", flow_.definition->id.text(), fmt::join(names, ", "))});
    }
  }

  // What others do, by its full name. The flow's own runs need no listener.
  std::optional<Located<std::string>> given_event(const TestGiven& given) const {
    if (const auto* publication = std::get_if<TestGiven::Publication>(&given.what)) {
      return Located<std::string>{published_name(*publication, flow_), publication->name.position};
    }
    const auto* end = std::get_if<TestGiven::RunEnd>(&given.what);
    if (end == nullptr) return std::nullopt;
    const FlowId flow = parse_given_run(end->run.value)->flow;
    if (flow == flow_.definition->id) return std::nullopt;
    return Located<std::string>{end->step ? step_end_name(flow, *end->step) : run_end_name(flow), end->run.position};
  }

  // Each once, in the order of the file.
  std::vector<std::string> listened_names() const {
    std::vector<std::string> names;
    for (const auto& trigger : flow_.triggers) {
      for (const Subscription& subscription : trigger->subscriptions()) {
        std::string name = listened_name(*trigger, subscription, flow_.name_space);
        if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(std::move(name));
      }
    }
    return names;
  }

  // ---- Why

  // What became of everything that the trigger heard; of all triggers when none is named.
  std::vector<std::string> why_not(const std::optional<Located<TriggerId>>& wanted) const {
    std::vector<std::string> lines;
    std::size_t left_out = 0;
    const auto add = [&](const auto& line) {
      if (lines.size() < kMostReasons) {
        lines.push_back(line());
      } else {
        ++left_out;
      }
    };
    for (const auto& trigger : flow_.triggers) {
      if (wanted && !belongs(*trigger, wanted->value)) continue;
      bool heard = false;
      for (const SimulatedOutcome& outcome : outcomes_) {
        if (outcome.trigger != trigger->id()) continue;
        heard = true;
        add([&] { return line_of(outcome); });
      }
      if (!heard && trigger->legs().empty()) add([&] { return heard_nothing(*trigger); });
    }
    if (left_out > 0) lines.push_back(fmt::format("and {} more", left_out));
    return lines;
  }

  // The trigger itself, or one of the group.
  bool belongs(const Trigger& trigger, const TriggerId& wanted) const {
    const Trigger* group = trigger.group();
    return trigger.id() == wanted || (group != nullptr && group->id() == wanted);
  }

  static std::string line_of(const SimulatedOutcome& outcome) {
    const EventOutcome& what = outcome.outcome;
    std::string text = fmt::format("{} {} at {}: {}", format_instant(outcome.event->recorded_at), outcome.event->name,
                                   ticked(outcome.trigger), to_text(what.outcome));
    if (what.run) text += " " + what.run->text();
    if (what.reason.empty()) return text;
    return text + (what.outcome == Outcome::kWaiting ? " " : ": ") + what.reason;
  }

  std::string heard_nothing(const Trigger& trigger) const {
    std::vector<std::string> names;
    for (const Subscription& subscription : trigger.subscriptions()) {
      names.push_back(listened_name(trigger, subscription, flow_.name_space));
    }
    return fmt::format("{} heard nothing; it listens to {}", ticked(trigger.id()), fmt::join(names, ", "));
  }

  const FlowTest& test_;
  const DeployedFlow& flow_;
  std::vector<SimulatedFiring> firings_;
  std::vector<SimulatedOutcome> outcomes_;
  std::vector<SimulatedWait> waiting_;
  std::vector<TestFailure> failures_;
};

}  // namespace

std::vector<TestFailure> compare(const FlowTest& test, const Simulation& simulation) {
  return Comparison(test, simulation).failures();
}

}  // namespace qflow
