#pragma once

#include <sys/types.h>

#include <memory>
#include <string>
#include <vector>

#include "support/temporary_folder.h"

// What libpq-fe.h names PGconn.
struct pg_conn;

namespace qflow {

// A PostgreSQL server of the tests' own, on a socket in a temporary folder, with the database "shop". It starts when
// first asked for, serves all test cases, and ends with this process, however that ends.
class PostgresqlServer {
 public:
  static PostgresqlServer& instance();
  ~PostgresqlServer();

  // The folder of the socket, which libpq takes for a host.
  const Path& folder() const { return folder_.path(); }
  void stop();
  // Returns when the server takes connections.
  void start();
  // Whether it takes connections.
  bool answers() const;

 private:
  PostgresqlServer();
  std::vector<std::string> as_its_user(std::vector<std::string> command) const;

  TemporaryFolder folder_;
  Path programs_;
  pid_t process_ = 0;
};

// A connection of the program that fills the tables.
class PostgresqlClient {
 public:
  explicit PostgresqlClient(const PostgresqlServer& server);

  // Runs statements; the test ends when one of them fails.
  void run(const std::string& script);
  // The first value of the result; "" for null.
  std::string value(const std::string& query);

 private:
  std::shared_ptr<pg_conn> connection_;
};

}  // namespace qflow
