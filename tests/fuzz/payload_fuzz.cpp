// Input: the lines of `qflow publish --batch`, or (all that is no batch) the payload of one event. They are published
// into a store with a deployed flow that listens, and taken back.
#include <map>

#include "fuzz/target.h"
#include "qflow/error/printable.h"
#include "qflow/service/deployment.h"
#include "qflow/service/publishing.h"
#include "support/fake_clock.h"
#include "support/test_home.h"

namespace qflow::fuzz {
namespace {

constexpr std::uint64_t kMaxPayload = 1024;
constexpr std::string_view kNamespace = "shop.user.ann";

constexpr const char* kFlow = R"toml(
id = "Listener"
[parameters]
rows = { default = 0 }
path = { default = "" }
[[triggers]]
id = "matching"
type = "event"
event = "data"
when = "has(event.payload.rows) && event.payload.rows > 2 || event.value == 'all'"
[[triggers]]
id = "mapping"
type = "event"
event = { name = "a.b", parameters = { rows = "rows", path = "paths[0]" } }
[[triggers]]
id = "joining"
type = "event"
events = ["left", "right"]
within = "1h"
correlate = "event.payload.key"
[[steps]]
id = "s"
run = ":"
)toml";

// A store as a deploy has left it, at a time that stands still.
class Desk {
 public:
  Desk() {
    std::vector<LoadedFlow> flows;
    flows.push_back(home_.load(kFlow));
    demand(!flows[0].diagnostics.has_errors(), "the flow has no errors", flows[0].diagnostics.render());
    const auto deployed = deploy_flows(flows, DeployMode::kLive, doors);
    demand(deployed.has_value(), "the flow is deployed", deployed ? "" : to_text(deployed.error()));
    home_.write(".qflow/config.toml", "max_payload = \"" + std::to_string(kMaxPayload) + "B\"\n");
    auto opened = Store::open(home_.folder / ".qflow", StoreAccess::kWrite, home_.files, clock_);
    demand(opened.has_value(), "the store is opened", opened ? "" : to_text(opened.error()));
    store_ = std::move(*opened);
  }

  Store& store() { return *store_; }
  Instant now() { return clock_.now(); }

 private:
  TestHome home_;
  FakeClock clock_;

 public:
  const Doors doors{home_.files,         clock_,       home_.launcher, home_.processes, home_.environment,
                    home_.trigger_types, home_.folder, "/qflow",       std::nullopt,    [] { return std::string(); }};

 private:
  std::unique_ptr<Store> store_;
};

// Whether the rules of publishing (service/publishing.h) refuse the event; its name becomes the full one.
bool is_refused(Publication& publication, Instant now) {
  Event& event = publication.event;
  if (publication.namespaced) event.name = std::string(kNamespace) + "." + event.name;
  if (!publication.timestamp_given) event.timestamp = now;
  if (publication.idempotency_key && publication.idempotency_key->empty()) return true;
  return !EventName::parse(event.name) || event.name.starts_with("qflow.") ||
         to_compact(event.payload).size() > kMaxPayload || event.timestamp > now + std::chrono::hours{24};
}

// Whether two of them use one key for different content.
bool has_key_conflict(const std::vector<Publication>& publications) {
  std::map<std::pair<std::string, std::string>, std::string> used;
  for (const Publication& publication : publications) {
    if (!publication.idempotency_key) continue;
    const std::string content = published_content(publication.event, publication.timestamp_given);
    const auto key = std::pair(publication.event.name, *publication.idempotency_key);
    if (used.emplace(key, content).first->second != content) return true;
  }
  return false;
}

bool should_be_refused(std::vector<Publication> publications, Instant now) {
  bool refused = false;
  for (Publication& publication : publications) refused = is_refused(publication, now) || refused;
  return refused || has_key_conflict(publications);
}

// An event as JSON, without what only qflow says.
Json written(const Event& event) {
  Json object = to_json(event);
  for (const char* own : {"id", "recorded_at", "caused_by"}) object.erase(own);
  return object;
}

void check_written(const Event& event, std::string_view input) {
  const auto object = parse_json(to_compact(written(event)));
  demand(object.has_value(), "an event is JSON", input);
  const auto again = parse_event(*object, Instant{});
  demand(again.has_value() && written(*again) == written(event), "an event written and read is itself", input);
}

// What the ledger gives back is what it was given.
void check_recorded(Desk& desk, Event event, std::string_view input) {
  event.recorded_at = desk.now();
  event.id = make_event_id(event.recorded_at, {});
  const Status done = desk.store().ledger().rehearse([&](LedgerWriter& writer) -> Status {
    QFLOW_TRY(writer.insert_event(event).map([](std::int64_t) {}));
    QFLOW_ASSIGN(const Event found, desk.store().ledger().find_event(event.id));
    demand(to_json(found) == to_json(event), "an event arrives unchanged", input);
    return {};
  });
  demand(done.has_value(), "an event is recorded", input);
}

void publish(Desk& desk, const std::vector<Publication>& publications, std::string_view input) {
  for (const Publication& publication : publications) check_written(publication.event, input);
  if (!publications.empty()) check_recorded(desk, publications.back().event, input);
  const Publisher publisher{std::nullopt, std::string(kNamespace)};
  const auto published = publish_events(desk.store(), publications, publisher, PublishMode::kDryRun, desk.doors);
  const bool refused = should_be_refused(publications, desk.now());
  demand(published.has_value() != refused, refused ? "it breaks a rule and is refused" : "it keeps the rules",
         published ? input : to_text(published.error()));
  if (!published) return demand(published.error().kind == ErrorKind::kInvalid, "what is refused is invalid", input);
  demand(published->events.size() == publications.size(), "each event has an answer", input);
  for (const PublishedNow& one : published->events) {
    demand(is_event_id(one.id), "an event has an id", one.id);
    demand(!desk.store().ledger().find_event(one.id), "a dry run leaves nothing", one.id);
  }
}

// --payload of one event.
Result<std::vector<Publication>> as_payload(std::string_view input) {
  QFLOW_ASSIGN(Json payload, parse_json(input));
  Publication publication;
  publication.event.name = "data";
  publication.event.payload = std::move(payload);
  if (!publication.event.payload.is_object()) return fail(ErrorKind::kInvalid, "no object");
  return std::vector<Publication>{std::move(publication)};
}

}  // namespace

void feed(std::string_view input) {
  static Desk desk;
  const auto batch = parse_batch(input, "events.jsonl", desk.now());
  if (batch) return publish(desk, *batch, input);
  demand(batch.error().kind == ErrorKind::kInvalid && is_utf8(to_text(batch.error())), "a bad line is invalid", input);
  demand(batch.error().message.starts_with("events.jsonl:"), "a bad line is named", batch.error().message);
  if (const auto payload = as_payload(input)) publish(desk, *payload, input);
}

void endure(std::string_view long_input) {
  feed(long_input);
}

}  // namespace qflow::fuzz
