#pragma once

#include <doctest/doctest.h>

#include <string>
#include <utility>

#include "qflow/model/sha256.h"
#include "qflow/store/store.h"
#include "support/fake_clock.h"
#include "support/temporary_folder.h"

namespace qflow {

inline FlowId flow_id(std::string_view text) {
  return FlowId::parse(text).value();
}
inline StepId step_id(std::string_view text) {
  return StepId::parse(text).value();
}
inline RunId run_id(std::string_view text) {
  return RunId::parse(text).value();
}
inline Instant at_second(std::int64_t second) {
  return Instant(std::chrono::seconds(1'700'000'000 + second));
}

// The value of a result, or a failed test with its error.
template <class T>
T value_of(Result<T> result) {
  if (!result) FAIL(to_text(result.error()));
  return *std::move(result);
}
inline void check_ok(const Status& status) {
  if (!status) FAIL(to_text(status.error()));
}
template <class T>
Error error_of(const Result<T>& result) {
  REQUIRE(!result);
  return result.error();
}

// A run as it is when it is queued.
inline Run queued_run(const RunId& id) {
  Run run;
  run.id = id;
  run.created_at = at_second(id.number);
  run.definition_hash = sha256_hex("text");
  run.flow_file = "/flows/x.toml";
  return run;
}

// An event that nothing caused; ids of equal `name` are equal.
inline Event event_named(const std::string& name) {
  Event event;
  event.id = "id-" + name;
  event.name = name;
  event.timestamp = at_second(1);
  event.recorded_at = at_second(2);
  return event;
}

inline Status insert(Ledger& ledger, const std::string& id, Durability durability = Durability::kProcess) {
  return ledger.write(
      durability, [&](LedgerWriter& writer) { return writer.insert_event(event_named(id)).map([](std::int64_t) {}); });
}

// A new store in a folder of its own.
class StoreFixture {
 public:
  StoreFixture() : store_(open(StoreAccess::kCreate)) {}

  std::unique_ptr<Store> open(StoreAccess access) { return value_of(Store::open(root(), access, files, clock)); }
  Path root() const { return folder / "store"; }
  Store& store() { return *store_; }
  Ledger& ledger() { return store_->ledger(); }
  // The connection closes; the files stay.
  void close() { store_.reset(); }

  void write(const std::function<Status(LedgerWriter&)>& body) { check_ok(ledger().write(Durability::kProcess, body)); }
  // A run with the next number of its flow, in this state.
  Run add_run(std::string_view flow, const std::function<void(Run&)>& change = {}) {
    Run run;
    write([&](LedgerWriter& writer) -> Status {
      QFLOW_ASSIGN(std::int64_t number, writer.next_run_number(flow_id(flow)));
      run = queued_run({flow_id(flow), number});
      if (change) change(run);
      return writer.insert_run(run, "text");
    });
    return run;
  }

  TemporaryFolder folder;
  PosixFileSystem files;
  FakeClock clock;

 private:
  std::unique_ptr<Store> store_;
};

}  // namespace qflow
