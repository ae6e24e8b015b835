#include "qflow/service/publishing.h"

#include <fmt/format.h>

#include <utility>

#include "qflow/error/printable.h"
#include "qflow/model/name_characters.h"
#include "qflow/service/calling_run.h"
#include "qflow/service/event_intake.h"
#include "service/publish_rules.h"
#include "service/row_lines.h"

namespace qflow {

namespace {

Error located(const Publication& publication, Error error) {
  return publication.origin.empty() ? error : with_context(publication.origin, std::move(error));
}

Status complete_name(Publication& publication, const Publisher& publisher) {
  Event& event = publication.event;
  if (!publication.namespaced) return {};
  if (publisher.name_space.empty()) {
    return fail(ErrorKind::kInvalid, "a namespaced event needs a project", "give --project, or publish it from a run");
  }
  QFLOW_ASSIGN(const EventName name, EventName::parse(publisher.name_space + "." + event.name));
  event.name = name.text();
  return {};
}

class Publishing {
 public:
  Publishing(Store& store, const Doors& doors)
      : ledger_(store.ledger()), triggers_(ledger_.triggers()), doors_(doors), intake_(store, doors) {}

  Status prepare(std::vector<Publication> publications, const Publisher& publisher) {
    QFLOW_TRY(intake_.load_config());
    publications_ = std::move(publications);
    judged_.reserve(publications_.size());
    return ledger_.read([&] { return prepare_all(publisher); });
  }

  Result<std::vector<PublishedNow>> record(LedgerWriter& writer, PublishMode mode) {
    std::vector<PublishedNow> published;
    std::vector<std::size_t> heard;
    QFLOW_ASSIGN(const std::vector<Intake> taken, intake_.record(writer, judged_, [this](std::size_t i, Error error) {
      return located(publications_[i], refusal(i, std::move(error)));
    }));
    for (std::size_t i = 0; i < taken.size(); ++i) {
      published.push_back({taken[i].id, judged_[i].event.name, taken[i].duplicate});
      if (taken[i].heard && mode != PublishMode::kSilently) heard.push_back(i);
    }
    // Only now: what comes later in the batch changes what became of the earlier ones.
    for (const std::size_t i : heard) {
      QFLOW_ASSIGN(published[i].effects, triggers_.outcomes_of_event(published[i].id));
    }
    return published;
  }

  // What was prepared, as nobody hears it.
  std::vector<PublishedNow> names() const {
    std::vector<PublishedNow> published;
    for (const JudgedEvent& judged : judged_) published.push_back({judged.event.id, judged.event.name});
    return published;
  }

  std::vector<std::string> passed_over() { return intake_.flows().passed_over(); }

 private:
  Status prepare_all(const Publisher& publisher) {
    for (Publication& publication : publications_) {
      auto judged = prepare_one(publication, publisher);
      if (!judged) return tl::make_unexpected(located(publication, judged.error()));
      judged_.push_back(std::move(*judged));
    }
    return {};
  }

  Result<JudgedEvent> prepare_one(Publication& publication, const Publisher& publisher) {
    QFLOW_TRY(complete_name(publication, publisher));
    QFLOW_TRY(check_idempotency_key(publication.idempotency_key));
    Event& event = publication.event;
    event.recorded_at = doors_.clock.now();
    if (!publication.timestamp_given) event.timestamp = event.recorded_at;
    if (publisher.run) {
      event.caused_by = publisher.run->id;
      if (!event.context) event.context = publisher.run->context;
    }
    QFLOW_ASSIGN(JudgedEvent judged, intake_.judge_published(std::move(event)));
    judged.idempotency_key = publication.idempotency_key;
    judged.timestamp_given = publication.timestamp_given;
    return judged;
  }

  Error refusal(std::size_t place, Error error) const {
    return refusal_in_batch(judged_, place, std::move(error),
                            [&](std::size_t earlier) { return fmt::format("in {}", publications_[earlier].origin); });
  }

  Ledger& ledger_;
  TriggerLedger& triggers_;
  const Doors& doors_;
  EventIntake intake_;
  std::vector<Publication> publications_;
  std::vector<JudgedEvent> judged_;
};

Result<bool> take_flag(Json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end()) return false;
  if (!found->is_boolean()) return fail(ErrorKind::kInvalid, fmt::format("{} must be true or false", quoted(key)));
  const bool value = found->get<bool>();
  object.erase(found);
  return value;
}

Result<std::optional<std::string>> take_text(Json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end()) return std::nullopt;
  if (!found->is_string()) return fail(ErrorKind::kInvalid, fmt::format("{} must be text", quoted(key)));
  std::optional<std::string> value = found->get<std::string>();
  object.erase(found);
  return value;
}

Result<Publication> parse_line(std::string_view line, Instant now) {
  QFLOW_ASSIGN(Json object, parse_json(line, kMaxJsonDepth + 1));  // around its payload
  if (!object.is_object()) return fail(ErrorKind::kInvalid, "a line must be one JSON object");
  Publication publication;
  QFLOW_ASSIGN(publication.namespaced, take_flag(object, "namespaced"));
  QFLOW_ASSIGN(publication.idempotency_key, take_text(object, "idempotency_key"));
  const auto timestamp = object.find("timestamp");
  publication.timestamp_given = timestamp != object.end() && !timestamp->is_null();
  // parse_event() demands a name that needs no change.
  const auto name = object.find(object.contains("key") ? "key" : "name");
  if (publication.namespaced && name != object.end() && name->is_string()) {
    QFLOW_TRY(take_name(publication, name->get<std::string>()));
    *name = publication.event.name;
  }
  QFLOW_ASSIGN(publication.event, parse_event(object, now, {"namespaced", "idempotency_key"}));
  return publication;
}

}  // namespace

Status take_name(Publication& publication, const std::string& written) {
  const std::string kept = publication.namespaced ? kept_in_names(written) : written;
  QFLOW_ASSIGN(const EventName name, EventName::parse(kept.empty() ? written : kept));
  publication.event.name = name.text();
  if (kept != written) {
    publication.note = fmt::format("the event {} is published as {}: names keep only letters, digits, '_', '.' and '-'",
                                   quoted(written), quoted(kept));
  }
  return {};
}

Result<Publisher> find_publisher(Store& store, const NamespaceOverride& options, const Doors& doors) {
  Publisher publisher;
  QFLOW_ASSIGN(publisher.run, find_calling_run(store, doors));
  if (publisher.run) publisher.name_space = publisher.run->name_space;
  QFLOW_ASSIGN(const auto project, override_project(std::nullopt, options));
  if (project) {
    const std::string user = user_name(doors.environment);
    publisher.name_space = project_namespace(*project, user);
    publisher.note = namespace_note(*project, user);
  }
  return publisher;
}

Result<std::vector<Publication>> parse_batch(std::string_view text, const std::string& file, Instant now) {
  std::vector<Publication> publications;
  QFLOW_TRY(read_row_lines(text, file, [&](std::string_view line, const std::string& origin) -> Status {
    QFLOW_ASSIGN(Publication publication, parse_line(line, now));
    publication.origin = origin;
    publications.push_back(std::move(publication));
    return {};
  }));
  return publications;
}

Result<Published> publish_events(Store& store, std::vector<Publication> publications, const Publisher& publisher,
                                 PublishMode mode, const Doors& doors) {
  Publishing publishing(store, doors);
  QFLOW_TRY(publishing.prepare(std::move(publications), publisher));
  if (mode == PublishMode::kCheckOnly) return Published{publishing.names(), {}};
  Published published;
  const auto record = [&](LedgerWriter& writer) -> Status {
    QFLOW_ASSIGN(published.events, publishing.record(writer, mode));
    return {};
  };
  Ledger& ledger = store.ledger();
  QFLOW_TRY(mode == PublishMode::kDryRun ? ledger.rehearse(record) : ledger.write(Durability::kPower, record));
  published.passed_over = publishing.passed_over();
  return published;
}

}  // namespace qflow
