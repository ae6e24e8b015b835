#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

// A slow model of one deployed flow's triggers, written from the rules alone: it keeps every event for ever, searches
// all of them again at each step, and knows nothing of the engine. Seconds are plain numbers.
namespace qflow::reference {

using Seconds = long;

inline constexpr const char* kOwnName = "F";  // of the flow, to whose runs its own triggers may listen

// A JSON scalar in a payload. Numbers that are equal are one value, however they are written.
struct Value {
  enum class Kind { kMissing, kNull, kNumber, kText };
  Kind kind = Kind::kMissing;
  int number = 0;
  std::string text = {};
  bool with_point = false;  // 1.0

  friend bool operator==(const Value& a, const Value& b) {
    return a.kind == b.kind && a.number == b.number && a.text == b.text;
  }
};

enum class Take { kLatest, kOldest, kAll };
enum class Policy { kParallel, kQueue, kCoalesce, kSkip, kReplace };
enum class Condition { kSuccess, kFailure, kAlways };

struct Source {
  std::string name;                           // of the event; of a flow trigger the flow
  int count = 0;                              // 0: no `count`
  bool distinct = false;                      // by payload.part
  bool needs_go = false;                      // its own `when`: payload.go
  bool sets_n = false;                        // maps the parameter n
  std::optional<std::string> value = {};      // lets only events of this value through
  Condition condition = Condition::kSuccess;  // of a flow trigger

  friend bool operator==(const Source&, const Source&) = default;
};

// Names joined by && or ||, or one name.
struct Names {
  enum class Kind { kName, kAnd, kOr };
  Kind kind = Kind::kName;
  std::string name = {};
  std::vector<Names> parts = {};

  friend bool operator==(const Names&, const Names&) = default;
};

struct Match {
  enum class Kind { kAll, kAny, kAtLeast, kNames };
  Kind kind = Kind::kAll;
  int number = 0;
  Names names = {};

  friend bool operator==(const Match&, const Match&) = default;
};

struct Trigger {
  std::string id;
  bool of_runs = false;         // type flow, else event
  std::vector<Source> sources;  // none: a group
  std::vector<std::string> legs = {};
  bool enabled = true;
  bool needs_ok = false;  // `when`: payload.ok
  Match match = {};
  std::optional<Seconds> within = {};
  bool correlate = false;     // by payload.day
  bool first_letter = false;  // `context`: the first letter of the event's context
  Take join = Take::kLatest;
  std::optional<Seconds> debounce = {};
  std::optional<Seconds> max_wait = {};

  bool is_group() const { return sources.empty(); }
};

struct Flow {
  Policy policy = Policy::kParallel;
  std::optional<int> max_parallel = {};
  std::vector<Trigger> triggers;
};

// Null when the trigger has no source of this name.
const Source* source_of(const Trigger& trigger, const std::string& name);

// Equal texts for equal values, and only for those.
std::string key_of(const Value& value);

// One step of a stream. `at` decreases only where nothing is debounced.
struct Step {
  enum class Kind {
    kEvent,
    kWait,    // time passes
    kStart,   // queued runs start, as far as they may
    kEnd,     // a running run ends
    kDeploy,  // the flow's other version, by `number`
    kEnable,  // trigger `name`; "" the flow
    kDisable,
  };
  Kind kind = Kind::kEvent;
  Seconds at = 0;
  int number = 0;  // kEnd: which of those that run, from the oldest; kDeploy: the version
  std::string name = {};

  // An event's own.
  Seconds timestamp = 0;
  std::string status = {};                              // of a run's end; else ""
  Value ok = {}, go = {}, day = {}, part = {}, n = {};  // the payload; ok and go hold where they are 1
  std::optional<std::string> context = {};
  std::optional<std::string> value = {};
  int cause_depth = 0;  // caused by a run of another flow, of this depth
  int cause_own = 0;    // caused by this flow's newest run that has started (1), the one before (2), ...
};

enum class Fate { kWaiting, kFired, kSuperseded, kExpired, kFiltered, kSkipped, kCoalesced, kStopped };

// What became of an event for a trigger. `run` of fired and coalesced; `by` of superseded, the number of that event.
struct Outcome {
  Fate fate = Fate::kWaiting;
  int run = 0;
  int by = -1;

  friend bool operator==(const Outcome&, const Outcome&) = default;
};

enum class RunState { kQueued, kRunning, kEnded, kCancelled };

struct Run {
  int number = 0;
  RunState state = RunState::kQueued;
  bool asked_to_end = false;
  std::string trigger;
  std::optional<std::string> context;
  int depth = 1;
  Value n;                                          // missing: the default
  std::vector<std::pair<int, std::string>> events;  // number and trigger that heard it, sorted

  friend bool operator==(const Run&, const Run&) = default;
};

// An event that a trigger heard, and what became of it. Events are numbered from 0 in the order in which they are
// recorded, the ends of the flow's own runs among them.
struct Heard {
  int event = 0;
  std::string trigger;
  std::string source;
  std::string joining;  // the trigger itself, or its group
  std::string correlation = {};
  Outcome outcome = {};
  bool sets_n = false;
  bool arrived = false;  // its turn has come
  int token = -1;        // of a leg's firing
  int hold = -1;         // of a firing that a debounce keeps
};

class Model {
 public:
  // `versions` of the flow; the first is deployed.
  Model(std::vector<Flow> versions, int max_chain);

  void apply(const Step& step);

  // By their numbers, then in the order of the file.
  const std::vector<Heard>& heard() const { return heard_; }
  std::vector<Run> runs() const;
  std::size_t events() const { return events_.size(); }

 private:
  // What a join sees: one event, or a token of several.
  struct Item {
    std::string source;
    std::vector<int> heard;  // places in heard_
    int newest = 0;          // the newest of them
  };
  struct Hold {
    std::string trigger;
    std::string correlation;
    Seconds since = 0;
    Seconds due = 0;
    bool open = true;
  };
  struct Made {
    Run run;
    std::size_t version = 0;  // which decided it
    std::string correlation;
    std::vector<int> heard;
  };

  const Flow& flow() const { return versions_[version_]; }
  const Trigger* find(const std::string& id) const;
  const Trigger* group_of(const std::string& id) const;
  const Trigger& joining_of(const Trigger& trigger) const;
  bool is_on(const std::string& id) const;

  void act(const Step& step);
  void end_debounces(Seconds until);
  void end_debounce(int place, Seconds now);
  void end_removed_debounce(const Trigger& trigger, const std::string& correlation, Seconds now);
  int next_hold(Seconds until) const;
  void hear(const Step& event, int cause_depth);
  Heard heard_by(const Trigger& trigger, const Source& source, int event) const;
  void arrive(int heard, Seconds now);
  int cause_depth(const Step& event) const;
  bool is_filtered(const Trigger& trigger, const Source& source, const Step& event) const;
  void join(const Trigger& trigger, const std::string& correlation, Seconds now);
  std::vector<Item> waiting_events(const Trigger& trigger, const std::string& correlation) const;
  std::vector<Item> waiting_tokens(const Trigger& group, const std::string& correlation) const;
  std::vector<int> settle(const Trigger& rules, const Trigger& shape, bool window, std::vector<Item> items);
  std::vector<Item> without_expired(std::vector<Item> items, Seconds within);
  std::vector<Item> without_superseded(std::vector<Item> items, const Trigger& shape);
  bool is_met(const Trigger& shape, const std::string& source, const std::vector<Item>& items) const;
  bool holds(const Trigger& shape, const std::vector<Item>& items) const;
  bool holds(const Names& names, const Trigger& shape, const std::vector<Item>& items) const;

  void fire(const Trigger& trigger, const std::string& correlation, const std::vector<int>& heard, Seconds now);
  void keep(const Trigger& trigger, const std::string& correlation, const std::vector<int>& heard, Seconds now);
  void start(const Trigger& trigger, const std::string& correlation, const std::vector<int>& waiting, Seconds now);
  std::vector<int> map_again(const std::vector<int>& waiting);
  bool holds_still(const Trigger& joining, const std::vector<int>& heard) const;
  void wait_again(std::vector<int> heard, Seconds now);
  void make(const Trigger& trigger, const std::string& correlation, const std::vector<int>& heard,
            const std::optional<std::string>& context);
  void describe(Made& made);
  Made* mergeable(const Trigger& trigger, const std::string& correlation, const std::optional<std::string>& context);
  std::vector<int> active_in(const std::optional<std::string>& context) const;
  void cancel(int made, Seconds now);
  void end(int made, RunState state, const std::string& status, Seconds now);
  std::optional<std::string> context_of(const Trigger& trigger, const std::vector<int>& heard) const;
  int depth_of(const std::vector<int>& heard) const;
  Value mapped(const std::vector<int>& heard) const;

  void start_runs();
  void end_run(int which, const std::string& status, Seconds now);
  void deploy(int version);
  bool survives(const Trigger& before, const Flow& next) const;

  Seconds time(int heard) const;
  bool newer(int heard, int than) const;
  bool newer_item(const Item& item, const Item& than) const { return newer(item.newest, than.newest); }
  void conclude(const std::vector<int>& heard, Outcome outcome);

  std::vector<Flow> versions_;
  std::size_t version_ = 0;
  int max_chain_;
  std::vector<std::string> off_;  // by command; "" is the flow
  std::vector<Step> events_;
  std::vector<int> causes_;  // of each event: the depth of the run that caused it
  std::vector<Heard> heard_;
  std::vector<Hold> holds_;
  std::vector<Made> made_;
  int tokens_ = 0;
};

}  // namespace qflow::reference
