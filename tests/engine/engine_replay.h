#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/reference_model.h"
#include "qflow/engine/engine.h"
#include "qflow/engine/memory_state.h"

namespace qflow::reference {

// Runs deeper than this are not made.
inline constexpr int kMaxChain = 3;

// The versions as the product's own parser and registry build them. They must be without problems.
std::vector<std::shared_ptr<DeployedFlow>> build_versions(const std::vector<Flow>& versions);

// A stream as the engine sees it, and what it makes of it.
class Replay {
 public:
  // `in_batches`: the engine gets events that follow each other as a batch.
  explicit Replay(const std::vector<std::shared_ptr<DeployedFlow>>& versions, bool in_batches = false);

  void apply(const Step& step);
  // At the end of the stream.
  void end_batch() { must(engine_.end_batch()); }

  // Each pair of an event and a trigger that listens, by their numbers, then in the order of the file.
  struct Pair {
    int event = 0;
    std::string trigger;
    std::optional<Outcome> outcome;
  };
  const std::vector<Pair>& pairs() const { return pairs_; }
  std::vector<Run> runs() const;
  // The first breach of what must hold for every pair and state, whatever the rules of triggers are; "" if none.
  const std::string& breach() const { return breach_; }

 private:
  const DeployedFlow& flow() const { return *versions_[version_]; }
  void end_debounces(const Step& step);
  bool engine_ends_debounce(const Step& step) const;
  void take(const Step& step);
  void deploy(int version);
  void expire(const MemoryState::StateKey& key);
  void end_run(const Step& step);
  void set_enabled(const std::string& trigger, bool enabled);

  void must(const Status& status);
  void note_caused();
  void note_listeners(const std::vector<Judgement>& judgements);
  void note_changes();
  void check_waiting();
  void blame(const std::string& breach);
  Pair* find_pair(int event, const std::string& trigger);
  Run described(const MemoryState::MemoryRun& made) const;

  std::vector<std::shared_ptr<DeployedFlow>> versions_;
  std::size_t version_ = 0;
  MemoryState state_;
  ArtifactReader artifacts_;
  Engine engine_;
  bool in_batches_ = false;
  int steps_ = 0;
  std::int64_t events_ = 0;  // whose pairs are in pairs_ already
  std::vector<Pair> pairs_;
  std::size_t changes_ = 0;  // of the state's history, which are in pairs_ already
  std::string breach_;
};

}  // namespace qflow::reference
