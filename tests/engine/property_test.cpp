// Random streams of events over random triggers: what the engine makes of them is compared with the reference model,
// step by step. QFLOW_STREAMS says how many, QFLOW_SEED where they begin; a failure names the seed that repeats it.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <array>
#include <cstdlib>
#include <map>
#include <set>

#include "engine/engine_replay.h"
#include "engine/reference_model.h"
#include "engine/stream_generator.h"
#include "engine/stream_text.h"

namespace qflow::reference {
namespace {

using BuiltVersions = std::vector<std::shared_ptr<DeployedFlow>>;

std::uint64_t number_from(const char* variable, std::uint64_t otherwise) {
  const char* text = std::getenv(variable);
  return text != nullptr ? std::strtoull(text, nullptr, 10) : otherwise;
}

std::string outcome_text(const std::optional<Outcome>& outcome) {
  return outcome ? line_of(*outcome) : "without an outcome";
}

// Where the engine and the model do not agree on what became of the events so far; "" where they do.
std::string difference_of_pairs(const Replay& engine, const Model& model) {
  const std::vector<Replay::Pair>& pairs = engine.pairs();
  const std::vector<Heard>& heard = model.heard();
  for (std::size_t i = 0; i < std::max(pairs.size(), heard.size()); ++i) {
    if (i >= pairs.size()) return fmt::format("{} did not hear event {}", heard[i].trigger, heard[i].event);
    if (i >= heard.size()) return fmt::format("{} heard event {}", pairs[i].trigger, pairs[i].event);
    if (pairs[i].event != heard[i].event || pairs[i].trigger != heard[i].trigger) {
      return fmt::format("{} heard event {}, not {} event {}", pairs[i].trigger, pairs[i].event, heard[i].trigger,
                         heard[i].event);
    }
    if (pairs[i].outcome == heard[i].outcome) continue;
    return fmt::format("event {} at {} is {}; by the rules {}", pairs[i].event, pairs[i].trigger,
                       outcome_text(pairs[i].outcome), line_of(heard[i].outcome));
  }
  return "";
}

std::string difference_of_runs(const Replay& engine, const Model& model) {
  const std::vector<Run> made = engine.runs();
  const std::vector<Run> wanted = model.runs();
  for (std::size_t i = 0; i < std::max(made.size(), wanted.size()); ++i) {
    if (i < made.size() && i < wanted.size() && made[i] == wanted[i]) continue;
    return fmt::format("{}; by the rules {}", i < made.size() ? line_of(made[i]) : "no run",
                       i < wanted.size() ? line_of(wanted[i]) : "no run");
  }
  return "";
}

// The first difference, "" if there is none. What was made of the stream is added to `seen`.
struct Coverage {
  std::map<Fate, int> fates;
  std::set<std::string> firing;  // kinds of triggers that have fired
  std::size_t events = 0;
  std::size_t runs = 0;
};

std::string kind_of(const Flow& flow, const Trigger& trigger) {
  bool counts = false;
  for (const Source& source : trigger.sources) counts = counts || source.count > 0;
  return fmt::format("{}{}{}{}{}{}{}", trigger.is_group() ? "group " : "", static_cast<int>(trigger.join),
                     trigger.within ? " within" : "", trigger.correlate ? " correlate" : "", counts ? " count" : "",
                     trigger.debounce ? " debounce" : "", static_cast<int>(flow.policy));
}

void cover(const Stream& stream, const Model& model, Coverage& seen) {
  for (const Heard& heard : model.heard()) ++seen.fates[heard.outcome.fate];
  for (const Run& run : model.runs()) {
    for (const Trigger& trigger : stream.versions.front().triggers) {
      if (trigger.id == run.trigger) seen.firing.insert(kind_of(stream.versions.front(), trigger));
    }
  }
  seen.events += stream.steps.size();
  seen.runs += model.runs().size();
}

std::string first_difference(const Stream& stream, const BuiltVersions& built, Coverage* seen = nullptr) {
  Replay engine(built, stream.in_batches);
  Model model(stream.versions, kMaxChain);
  for (const Step& step : stream.steps) {
    engine.apply(step);
    model.apply(step);
    if (!engine.breach().empty()) return engine.breach();
    const std::string difference = difference_of_pairs(engine, model);
    if (!difference.empty()) return difference;
  }
  engine.end_batch();
  if (!engine.breach().empty()) return engine.breach();
  if (seen != nullptr) cover(stream, model, *seen);
  return difference_of_runs(engine, model);
}

// Drops steps as long as engine and model still differ without them.
Stream shrunk(Stream stream, const BuiltVersions& built) {
  for (bool smaller = true; smaller;) {
    smaller = false;
    for (std::size_t i = stream.steps.size(); i > 0; --i) {
      Stream shorter = stream;
      shorter.steps.erase(shorter.steps.begin() + static_cast<std::ptrdiff_t>(i - 1));
      if (first_difference(shorter, built).empty()) continue;
      stream = std::move(shorter);
      smaller = true;
    }
  }
  return stream;
}

// A line for each step, with the number of its event, where it is or causes one.
std::string steps_text(const Stream& stream) {
  Model model(stream.versions, kMaxChain);
  std::string text;
  for (const Step& step : stream.steps) {
    const std::size_t events = model.events();
    model.apply(step);
    text += fmt::format("{:>3} {}\n", model.events() > events ? std::to_string(events) : "", line_of(step));
  }
  return text;
}

std::string report(std::uint64_t seed, const Stream& stream, const BuiltVersions& built) {
  const Stream small = shrunk(stream, built);
  std::set<int> versions = {0};
  for (const Step& step : small.steps) versions.insert(step.kind == Step::Kind::kDeploy ? step.number : 0);
  std::string text = fmt::format("QFLOW_SEED={} QFLOW_STREAMS=1\n", seed);
  for (const int version : versions) {
    text += fmt::format("--- version {}\n{}", version, toml_of(small.versions[static_cast<std::size_t>(version)]));
  }
  return text + "---\n" + steps_text(small) + first_difference(small, built);
}

TEST_CASE("random streams become what the rules say") {
  const std::uint64_t streams = number_from("QFLOW_STREAMS", 10'000);
  const std::uint64_t first = number_from("QFLOW_SEED", 1'000'000);
  Stream stream;
  BuiltVersions built;
  Coverage seen;
  for (std::uint64_t seed = first; seed < first + streams; ++seed) {
    if (built.empty() || seed % kStreamsPerFlow == 0) {
      stream.versions = generate_versions(seed);
      built = build_versions(stream.versions);
    }
    stream.steps = generate_steps(seed, stream.versions);
    stream.in_batches = seed % 2 == 1;
    if (first_difference(stream, built, &seen).empty()) continue;
    FAIL(report(seed, stream, built));
  }
  MESSAGE("from seed ", first, ": ", streams, " streams, ", seen.events, " steps, ", seen.runs, " runs, ",
          seen.firing.size(), " kinds of triggers fired");
  if (streams < 10'000) return;
  CHECK(seen.firing.size() > 250);
  for (int fate = 0; fate <= static_cast<int>(Fate::kStopped); ++fate) {
    INFO(line_of(Outcome{static_cast<Fate>(fate)}));
    CHECK(seen.fates[static_cast<Fate>(fate)] > 100);
  }
}

}  // namespace
}  // namespace qflow::reference
