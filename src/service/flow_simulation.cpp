#include "qflow/service/flow_simulation.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "qflow/error/printable.h"
#include "qflow/error/suggestion.h"
#include "qflow/flowfile/store_config.h"
#include "qflow/model/event_names.h"
#include "qflow/model/project_namespace.h"
#include "qflow/service/event_intake.h"
#include "service/publish_rules.h"
#include "service/row_lines.h"
#include "service/store_settings.h"

namespace qflow {

namespace {

// Names of events that nobody publishes, but that come from outside all the same.
bool comes_from_outside(std::string_view name) {
  return !name.starts_with(kOwnEvents) || name.starts_with(kSensorChanges) || name.starts_with(kApiCalls);
}

tl::unexpected<Error> invalid(std::string message, std::string advice = {}) {
  return fail(ErrorKind::kInvalid, std::move(message), std::move(advice));
}

// One object of a row: its keys are known, and those that are there are text unless `read` elsewhere.
class RowReader {
 public:
  RowReader(const Json& object, std::string what) : object_(object), what_(std::move(what)) {}

  Status check(const std::vector<std::string>& known) const {
    if (!object_.is_object()) return invalid(fmt::format("{} must be an object", what_));
    for (const auto& member : object_.items()) {
      if (std::find(known.begin(), known.end(), member.key()) != known.end()) continue;
      return invalid(fmt::format("unknown key {} in {}", quoted(member.key()), what_),
                     did_you_mean_or_list(member.key(), known));
    }
    return {};
  }

  Result<std::optional<std::string>> text(const char* key) const {
    const auto found = object_.find(key);
    if (found == object_.end() || found->is_null()) return std::nullopt;
    if (!found->is_string()) {
      return invalid(fmt::format("'{}' of {} must be text; is {}", key, what_, type_name(*found)));
    }
    return std::optional(found->get<std::string>());
  }

  Result<std::string> required(const char* key, const char* example) const {
    QFLOW_ASSIGN(std::optional<std::string> value, text(key));
    if (value) return std::move(*value);
    return invalid(fmt::format("missing key '{}' in {}", key, what_), fmt::format("add \"{}\": \"{}\"", key, example));
  }

 private:
  const Json& object_;
  std::string what_;
};

Result<Given::Publication> parse_publication(const Json& row, Instant at) {
  const Json& object = row.at("event");
  Given::Publication publication;
  QFLOW_ASSIGN(publication.event, parse_event(object, at));
  publication.event.recorded_at = at;
  publication.timestamp_given = object.contains("timestamp") && !object.at("timestamp").is_null();
  QFLOW_ASSIGN(publication.idempotency_key, RowReader(row, "a row").text("idempotency_key"));
  const Event& event = publication.event;
  if (!comes_from_outside(event.name)) {
    return invalid("the event name " + quoted(event.name) + " is reserved",
                   R"(the end of a run is written as "end": {"run": "F/1", "status": "succeeded"})");
  }
  QFLOW_TRY(check_content(event, StoreConfig().max_payload));
  return publication;
}

Result<Given::End> parse_end(const Json& object) {
  const RowReader reader(object, "'end'");
  QFLOW_TRY(reader.check({"run", "status", "step"}));
  QFLOW_ASSIGN(const std::string run, reader.required("run", "F/1"));
  QFLOW_ASSIGN(const std::string status, reader.required("status", "succeeded"));
  QFLOW_ASSIGN(const std::optional<std::string> step, reader.text("step"));
  QFLOW_ASSIGN(Given::End end, parse_given_run(run));
  const auto known = parse_run_status(status);
  if (!known || !has_ended(*known)) {
    return invalid(fmt::format("'status' must be succeeded, failed, cancelled or crashed; is {}", quoted(status)));
  }
  end.status = *known;
  if (step) {
    QFLOW_ASSIGN(end.step, StepId::parse(*step));
  }
  return end;
}

Result<Given> parse_row(std::string_view line) {
  QFLOW_ASSIGN(const Json row, parse_json(line, kMaxJsonDepth + 2));  // around an event's payload
  const RowReader reader(row, "a row");
  QFLOW_TRY(reader.check({"at", "event", "end", "idempotency_key"}));
  QFLOW_ASSIGN(const std::string at, reader.required("at", "2026-03-01T09:00:00Z"));
  Given given;
  QFLOW_ASSIGN(given.at, parse_instant(at));
  if (row.contains("event") == row.contains("end")) {
    return invalid("a row has either 'event' or 'end'", R"(write {"at": "…", "event": {"name": "data_updated"}})");
  }
  if (row.contains("end") && row.contains("idempotency_key")) {
    return invalid("'idempotency_key' belongs to rows with 'event'");
  }
  if (row.contains("event")) {
    QFLOW_ASSIGN(given.what, parse_publication(row, given.at));
  } else {
    QFLOW_ASSIGN(given.what, parse_end(row.at("end")));
  }
  return given;
}

}  // namespace

Result<std::vector<std::shared_ptr<const DeployedFlow>>> deploy_in_memory(std::vector<LoadedFlow> flows,
                                                                          const Environment& environment) {
  std::vector<std::shared_ptr<const DeployedFlow>> deployed;
  std::map<std::pair<std::string, FlowId>, std::string> files;
  for (LoadedFlow& flow : flows) {
    const auto& project = flow.definition->project;
    auto one = std::make_shared<DeployedFlow>(flow.definition, std::move(flow.triggers),
                                              project ? project_namespace(*project, user_name(environment)) : "");
    one->key = static_cast<std::int64_t>(deployed.size()) + 1;
    const FlowId& id = flow.definition->id;
    const auto [first, is_new] = files.emplace(std::pair(one->name_space, id), flow.definition->file);
    if (!is_new) {
      return invalid(fmt::format("{} and {} both define {}", first->second, flow.definition->file, id.text()),
                     "give one of them another id or branch");
    }
    deployed.push_back(std::move(one));
  }
  return deployed;
}

Result<int> max_chain_of(Store& store, FileSystem& files) {
  QFLOW_ASSIGN(const StoreConfig config, load_store_config(store.layout(), files));
  return config.max_chain;
}

Result<std::vector<Given>> parse_given_rows(std::string_view text, const std::string& file) {
  std::vector<Given> rows;
  QFLOW_TRY(read_row_lines(text, file, [&](std::string_view line, const std::string& origin) -> Status {
    QFLOW_ASSIGN(Given row, parse_row(line));
    row.origin = origin;
    rows.push_back(std::move(row));
    return {};
  }));
  return rows;
}

Result<RecordedPast> recorded_past(Store& store, Instant from, Instant until) {
  EventFilter filter;
  filter.since = from;
  filter.until = until;
  filter.with_ends = false;
  QFLOW_ASSIGN(std::vector<Event> events, store.ledger().triggers().events(filter));
  std::reverse(events.begin(), events.end());
  RecordedPast past;
  for (Event& event : events) {
    if (!comes_from_outside(event.name)) continue;
    if (event.payload.is_null()) {
      ++past.left_out;
      continue;
    }
    const Instant at = event.recorded_at;
    event.caused_by.reset();
    past.given.push_back({at, Given::Publication{std::move(event), {}, true}, {}});
  }
  return past;
}

}  // namespace qflow
