// The floor of publishing: the statements that SQLite gets from `qflow publish` of an event that nobody listens to, and
// nothing else.
//
//   insert LEDGER EVENTS
//
// LEDGER is that of a qflow store; the events come in one durable transaction.
#include <sqlite3.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <ctime>

namespace {

constexpr int kWaitMs = 60'000;

sqlite3* ledger = nullptr;

[[noreturn]] void give_up() {
  std::fprintf(stderr, "insert: %s\n", sqlite3_errmsg(ledger));
  std::exit(1);
}

void execute(const char* sql) {
  if (sqlite3_exec(ledger, sql, nullptr, nullptr, nullptr) != SQLITE_OK) give_up();
}

// An id that no other process has: the clock, the process, a number.
void fill_id(char* id, std::size_t size, int number) {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  std::snprintf(id, size, "%lld-%ld-%d-%d", static_cast<long long>(now.tv_sec), now.tv_nsec, getpid(), number);
}

void insert(int events) {
  sqlite3_stmt* statement = nullptr;
  const char* const sql =
      "INSERT INTO events(id, name, timestamp, recorded_at, payload, simulated) VALUES(?, 'unheard', 1, 1, '{}', 0)";
  if (sqlite3_prepare_v2(ledger, sql, -1, &statement, nullptr) != SQLITE_OK) give_up();
  char id[64];
  for (int number = 0; number < events; ++number) {
    fill_id(id, sizeof id, number);
    sqlite3_bind_text(statement, 1, id, -1, SQLITE_STATIC);
    if (sqlite3_step(statement) != SQLITE_DONE) give_up();
    sqlite3_reset(statement);
  }
  sqlite3_finalize(statement);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: insert LEDGER EVENTS\n");
    return 2;
  }
  if (sqlite3_open_v2(argv[1], &ledger, SQLITE_OPEN_READWRITE, nullptr) != SQLITE_OK) give_up();
  sqlite3_busy_timeout(ledger, kWaitMs);
  execute("PRAGMA synchronous = FULL; PRAGMA user_version");
  execute("SELECT generation FROM generations");
  execute("SELECT deployment FROM subscriptions WHERE name = 'unheard'");
  execute("BEGIN IMMEDIATE");
  insert(std::atoi(argv[2]));
  execute("COMMIT");
  if (sqlite3_close(ledger) != SQLITE_OK) give_up();
}
