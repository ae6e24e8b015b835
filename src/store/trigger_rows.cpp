#include "store/trigger_rows.h"

#include <fmt/format.h>

#include "store/event_rows.h"
#include "store/ledger_text.h"
#include "store/read_rows.h"
#include "store/run_rows.h"

namespace qflow {
namespace {

Result<std::int64_t> source_event(SqliteConnection& ledger, const TriggerSource& source) {
  if (source.order != 0) return source.order;
  const Event& event = source.event;
  QFLOW_ASSIGN(auto known, event_key(ledger, event.id));
  if (known) return *known;
  std::optional<std::int64_t> cause;
  if (event.caused_by) {
    QFLOW_ASSIGN(cause, run_key(ledger, *event.caused_by));
  }
  return insert_event(ledger, event, cause, EventReality::kSimulated);
}

Result<TriggerSource> read_source(const Query& row) {
  TriggerSource source;
  QFLOW_ASSIGN(source.event, read_event(row, 0));
  source.short_name = row.text(kEventColumns);
  QFLOW_ASSIGN(source.run, read_run_id(row, kEventColumns + 1));
  if (auto step = row.optional_text(kEventColumns + 3)) {
    QFLOW_ASSIGN(source.step, stored_name<StepId>(*step));
  }
  return source;
}

// Of the columns flow, number, status, started_at, ended_at; nothing where they are null.
Result<std::optional<LinkedRun>> read_linked_run(const Query& row, int first) {
  QFLOW_ASSIGN(auto id, read_run_id(row, first));
  if (!id) return std::optional<LinkedRun>();
  LinkedRun run{.id = *std::move(id)};
  QFLOW_ASSIGN(run.status, stored_choice(row.text(first + 2), parse_run_status));
  run.started_at = row.optional_instant(first + 3);
  run.ended_at = row.optional_instant(first + 4);
  return std::optional(std::move(run));
}

Result<TriggerRecord> record_from(const Json& json) {
  TriggerRecord record;
  QFLOW_ASSIGN(record.kind, stored_choice(json.value("kind", ""), parse_trigger_kind));
  if (json.contains("trigger_id")) {
    QFLOW_ASSIGN(record.trigger_id, stored_name<TriggerId>(json.value("trigger_id", "")));
  }
  record.declared_sources = json.value("declared_sources", std::size_t{1});
  record.declared_names = json.value("declared_names", std::vector<std::string>{});
  return record;
}

}  // namespace

// In kinds and ids nothing needs an escape; an object of all would cost as much as the indexes of a row.
std::string trigger_text(const TriggerRecord& record) {
  const std::string id = record.trigger_id ? fmt::format(R"(,"trigger_id":"{}")", record.trigger_id->text()) : "";
  return fmt::format(R"({{"declared_names":{},"declared_sources":{},"kind":"{}"{}}})",
                     to_compact(Json(record.declared_names)), record.declared_sources, to_text(record.kind), id);
}

Result<TriggerRecord> read_trigger(std::string_view text) {
  QFLOW_ASSIGN(Json json, stored_json(text));
  try {
    return record_from(json);
  } catch (const Json::exception&) {
    return tl::make_unexpected(damaged_row("trigger", text));
  }
}

Status insert_trigger_sources(SqliteConnection& ledger, std::int64_t run, const std::vector<TriggerSource>& sources,
                              std::size_t first) {
  std::uint64_t position = first;
  for (const TriggerSource& source : sources) {
    QFLOW_ASSIGN(std::int64_t event, source_event(ledger, source));
    std::optional<std::int64_t> source_run;
    if (source.run) {
      QFLOW_ASSIGN(source_run, run_key(ledger, *source.run));
    }
    std::optional<std::string> step;
    if (source.step) step = source.step->text();
    QFLOW_TRY(
        ledger.run("INSERT INTO trigger_sources(run, position, event, short_name, source_run, step)"
                   " VALUES(?, ?, ?, ?, ?, ?)",
                   run, position++, event, source.short_name, source_run, step));
  }
  return {};
}

Result<std::vector<TriggerSource>> trigger_sources(SqliteConnection& ledger, std::int64_t run, Payloads payloads) {
#define QFLOW_SOURCES_OF_RUN                                                                                           \
  ", t.short_name, s.flow, s.number, t.step FROM trigger_sources t JOIN events e ON e.event = t.event LEFT JOIN runs " \
  "c ON c.run = e.caused_by LEFT JOIN runs s ON s.run = t.source_run WHERE t.run = ? ORDER BY t.position"
  constexpr const char* kWhole = "SELECT " QFLOW_EVENT_COLUMNS QFLOW_SOURCES_OF_RUN;
  constexpr const char* kLight = "SELECT " QFLOW_EVENT_COLUMNS_WITH("'null'") QFLOW_SOURCES_OF_RUN;
  return read_rows(ledger.query(payloads == Payloads::kRead ? kWhole : kLight, run), read_source);
}

Result<std::vector<RunCause>> causes_of(SqliteConnection& ledger, const RunId& run) {
  Query query = ledger.query(
      "SELECT s.flow, s.number, s.status, s.started_at, s.ended_at, e.id, e.name, c.flow, c.number, c.status,"
      " c.started_at, c.ended_at FROM runs r JOIN trigger_sources t ON t.run = r.run JOIN events e ON e.event = t.event"
      " LEFT JOIN runs s ON s.run = t.source_run LEFT JOIN runs c ON c.run = e.caused_by AND t.source_run IS NULL"
      " WHERE r.flow = ? AND r.number = ? ORDER BY t.position",
      run.flow.text(), run.number);
  return read_rows(std::move(query), [](const Query& row) -> Result<RunCause> {
    RunCause cause;
    QFLOW_ASSIGN(cause.run, read_linked_run(row, 0));
    cause.event_id = row.text(5);
    cause.event_name = row.text(6);
    QFLOW_ASSIGN(cause.publisher, read_linked_run(row, 7));
    return cause;
  });
}

Result<std::vector<LinkedRun>> runs_triggered_by(SqliteConnection& ledger, const RunId& run) {
  QFLOW_ASSIGN(std::int64_t key, run_key(ledger, run));
  Query query = ledger.query(
      "SELECT flow, number, status, started_at, ended_at FROM runs WHERE run IN"
      " (SELECT run FROM trigger_sources WHERE source_run = ?1 UNION SELECT t.run FROM events e"
      " JOIN trigger_sources t ON t.event = e.event WHERE e.caused_by = ?1) ORDER BY flow, number",
      key);
  std::vector<LinkedRun> runs;
  while (true) {
    QFLOW_ASSIGN(const bool more, query.next());
    if (!more) return runs;
    QFLOW_ASSIGN(auto next, read_linked_run(query, 0));
    if (next) runs.push_back(*std::move(next));
  }
}

Result<std::vector<RunId>> runs_triggered_by_event(SqliteConnection& ledger, std::string_view event_id) {
  return read_run_ids(
      ledger.query("SELECT flow, number FROM runs WHERE run IN (SELECT t.run FROM events e"
                   " JOIN trigger_sources t ON t.event = e.event WHERE e.id = ?) ORDER BY flow, number",
                   event_id));
}

}  // namespace qflow
