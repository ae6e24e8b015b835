#include <arpa/inet.h>
#include <sys/socket.h>

#include "database_world.h"
#include "sensor/postgresql_address.h"

using namespace qflow;

// Servers that don't answer, refuse, or take too long.
namespace {

// A port of this machine that nobody else uses; whoever connects to it is refused, or waits when somebody listens.
class LoopbackPort {
 public:
  enum class Answer { kRefused, kNever };

  explicit LoopbackPort(Answer answer) : socket_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    REQUIRE(bind(socket_.descriptor(), reinterpret_cast<sockaddr*>(&address), size) == 0);
    REQUIRE(getsockname(socket_.descriptor(), reinterpret_cast<sockaddr*>(&address), &size) == 0);
    if (answer == Answer::kNever) REQUIRE(listen(socket_.descriptor(), 5) == 0);
    number = ntohs(address.sin_port);
  }

  std::uint16_t number = 0;

 private:
  FileHandle socket_;
};

struct OrdersWorld : PostgresqlWorld {
  OrdersWorld() {
    run("CREATE TABLE orders (id serial PRIMARY KEY, at integer); INSERT INTO orders (at) VALUES (1)");
    looker.watched.table_name = "orders";
  }
  std::string place() { return "the database " + engine().database + " at " + *engine().host + ":5432"; }
};

std::string one_more(int old_count) {
  return R"({"added":1,"count":)" + std::to_string(old_count + 1) + R"(,"event_type":"created","old_count":)" +
         std::to_string(old_count) + R"(,"table":"orders"})";
}

}  // namespace

TEST_CASE("postgresql: an outage between two looks misses nothing and doubles nothing") {
  OrdersWorld world;
  CHECK(world.looker.payload() == "nothing");
  world.run("INSERT INTO orders (at) VALUES (2)");
  world.server.stop();
  const Error error = world.looker.error();
  CHECK(error.kind == ErrorKind::kFailed);
  CHECK(error.message == "can't reach " + world.place() + ": no such file or directory");
  CHECK(error.advice == "see whether the server runs, and whether host and port are right");
  world.server.start();
  CHECK(world.looker.payload() == one_more(1));
  CHECK(world.looker.payload() == "nothing");
}

TEST_CASE("postgresql: nobody listens at host and port") {
  OrdersWorld world;
  const LoopbackPort port(LoopbackPort::Answer::kRefused);
  world.engine().host = "127.0.0.1";
  world.engine().port = port.number;
  CHECK(world.looker.error().message ==
        "can't reach the database shop at 127.0.0.1:" + std::to_string(port.number) + ": connection refused");
}

TEST_CASE("postgresql: who takes the connection and says nothing is waited for until the timeout") {
  OrdersWorld world;
  const LoopbackPort port(LoopbackPort::Answer::kNever);
  world.engine().host = "127.0.0.1";
  world.engine().port = port.number;
  world.looker.rules.timeout = std::chrono::milliseconds(100);
  const Error error = world.looker.error();
  CHECK(error.kind == ErrorKind::kTimedOut);
  CHECK(error.message ==
        "can't reach the database shop at 127.0.0.1:" + std::to_string(port.number) + ": no answer within 100ms");
}

TEST_CASE("postgresql: a lock on the table is waited for until the timeout") {
  OrdersWorld world;
  CHECK(world.looker.payload() == "nothing");
  world.run("BEGIN; LOCK TABLE orders IN ACCESS EXCLUSIVE MODE; INSERT INTO orders (at) VALUES (2)");
  world.looker.rules.timeout = std::chrono::seconds(2);
  const Error error = world.looker.error();
  CHECK(error.kind == ErrorKind::kBusy);
  CHECK(error.message == world.place() + ": a lock kept the query waiting until the timeout of 2s");
  world.run("COMMIT");
  world.looker.rules.timeout = std::chrono::seconds(30);
  CHECK(world.looker.payload() == one_more(1));
}

TEST_CASE("postgresql: a query ends at the timeout, on the server too") {
  OrdersWorld world;
  world.looker.watched.table_name = "";
  world.looker.watched.mode = DetectionMode::kCustomQuery;
  world.looker.watched.custom_query = "SELECT pg_sleep(600)";
  world.looker.rules.timeout = std::chrono::seconds(1);
  const Error error = world.looker.error();
  CHECK(error.kind == ErrorKind::kTimedOut);
  CHECK(error.message == world.place() + " took longer than 1s");
  const std::string still_running =
      "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'qflow' AND state = 'active'";
  while (world.client.value(still_running) != "0") world.run("SELECT pg_sleep(0.01)");
}

TEST_CASE("postgresql: a query that is ended from outside") {
  OrdersWorld world;
  world.looker.watched.mode = DetectionMode::kCustomQuery;
  world.looker.watched.custom_query = "SELECT pg_cancel_backend(pg_backend_pid()) AS a, pg_sleep(600) AS b";
  const Error error = world.looker.error();
  CHECK(error.kind == ErrorKind::kFailed);
  CHECK(error.message == world.place() + ": canceling statement due to user request");
}

TEST_CASE("postgresql: a connection that is ended from outside") {
  OrdersWorld world;
  world.looker.watched.mode = DetectionMode::kCustomQuery;
  world.looker.watched.custom_query = "SELECT pg_terminate_backend(pg_backend_pid())";
  const Error error = world.looker.error();
  CHECK(error.kind == ErrorKind::kFailed);
  CHECK(error.message ==
        "the connection to " + world.place() + " broke: terminating connection due to administrator command");
}

TEST_CASE("postgresql: passwords come from secrets alone") {
  struct Row {
    std::optional<std::string> secret;
    std::string outcome;
  };
  OrdersWorld world;
  const std::string place = world.place();
  const Row rows[] = {
      {"RIGHT", "orders: 1 row"},
      {"WRONG", place + " refuses: password authentication failed for user \"keeper\"; see whether the secret WRONG " +
                    "holds the user's password"},
      {"MISSING",
       "no value for the secret 'MISSING', the password of the database shop; set the environment "
       "variable, or write it to .qflow/secrets/MISSING"},
      {std::nullopt, place + " wants a password; name a secret that holds it: password_secret = \"NAME\""},
  };
  world.run("GRANT USAGE ON SCHEMA public TO keeper; GRANT SELECT ON orders TO keeper");
  world.engine().user = "keeper";
  world.looker.secrets = {{"RIGHT", "open 'sesame"}, {"WRONG", "hidden-text"}};
  setenv("PGPASSWORD", "open 'sesame", 1);
  for (const Row& row : rows) {
    CAPTURE(row.secret.value_or("none"));
    world.engine().password_secret = row.secret;
    CHECK(world.looker.seen() == row.outcome);
  }
  unsetenv("PGPASSWORD");
}

TEST_CASE("postgresql: a database or a user that is missing, a table that may not be read") {
  OrdersWorld world;
  world.engine().database = "nowhere";
  CHECK(world.looker.payload() == world.place() + " refuses: database \"nowhere\" does not exist");
  world.engine().database = "it's \\ one";
  CHECK(world.looker.payload() == world.place() + " refuses: database \"it's \\ one\" does not exist");
  world.engine().database = "shop";
  world.engine().user = "nobody";
  CHECK(world.looker.payload() == world.place() + " refuses: role \"nobody\" does not exist");
  world.engine().user = "keeper";
  world.engine().password_secret = "RIGHT";
  world.looker.secrets = {{"RIGHT", "open 'sesame"}};
  world.run("GRANT USAGE ON SCHEMA public TO keeper");
  const Error error = world.looker.error();
  CHECK(error.message == world.place() + ": permission denied for table orders");
}

TEST_CASE("postgresql: what the flow leaves open comes from the environment") {
  OrdersWorld world;
  setenv("PGHOST", world.server.folder().c_str(), 1);
  setenv("PGUSER", "tester", 1);
  world.engine().host.reset();
  world.engine().user.reset();
  CHECK(world.looker.seen() == "orders: 1 row");
  unsetenv("PGHOST");
  unsetenv("PGUSER");
}

TEST_CASE("why a connection failed, in one line") {
  struct Row {
    std::string message;
    std::string reason;
    bool is_from_server;
  };
  const Row rows[] = {
      {"connection to server at \"localhost\" (::1), port 5432 failed: Connection refused\n\tIs the server running on "
       "that host and accepting TCP/IP connections?\nconnection to server at \"localhost\" (127.0.0.1), port 5432 "
       "failed: Connection timed out\n\tIs the server running on that host and accepting TCP/IP connections?\n",
       "connection timed out", false},
      {"connection to server at \"db\" (10.0.0.1), port 5432 failed: FATAL:  the database system is starting up\n",
       "the database system is starting up", true},
      {"could not translate host name \"nowhere.invalid\" to address: Name or service not known\n",
       "could not translate host name \"nowhere.invalid\" to address: Name or service not known", false},
      {"connection to server at \"db\" (10.0.0.1), port 5432 failed: SSL was required\n", "SSL was required", false},
      {"", "", false},
      {"FATAL:", "", true},
  };
  for (const Row& row : rows) {
    CAPTURE(row.message);
    const auto failure = parse_connection_failure(row.message);
    CHECK(failure.reason == row.reason);
    CHECK(failure.is_from_server == row.is_from_server);
  }
}
