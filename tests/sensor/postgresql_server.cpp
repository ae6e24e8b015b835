#include "postgresql_server.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <pwd.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "qflow/os/shared_library.h"

// As in libpq-fe.h.
struct pg_result;

namespace qflow {
namespace {

struct Libpq {
  pg_conn* (*connect)(const char*) = nullptr;
  void (*finish)(pg_conn*) = nullptr;
  int (*status)(const pg_conn*) = nullptr;
  pg_result* (*execute)(pg_conn*, const char*) = nullptr;
  char* (*result_error)(const pg_result*) = nullptr;
  int (*row_count)(const pg_result*) = nullptr;
  char* (*value)(const pg_result*, int, int) = nullptr;
  void (*clear)(pg_result*) = nullptr;
};

const Libpq& libpq() {
  static const Libpq functions = [] {
    const auto library = SharedLibrary::open("libpq.so.5", "libpq5");
    Libpq found;
    const bool is_whole =
        library && library->find("PQconnectdb", found.connect) && library->find("PQfinish", found.finish) &&
        library->find("PQstatus", found.status) && library->find("PQexec", found.execute) &&
        library->find("PQresultErrorMessage", found.result_error) && library->find("PQntuples", found.row_count) &&
        library->find("PQgetvalue", found.value) && library->find("PQclear", found.clear);
    if (!is_whole) throw std::runtime_error("libpq is missing; install the package libpq5");
    return found;
  }();
  return functions;
}

using Session = std::shared_ptr<pg_conn>;

Session connect(const Path& folder, const std::string& database) {
  const std::string text =
      "host='" + folder.native() + "' user=tester dbname=" + database + " options='-c client_min_messages=error'";
  return {libpq().connect(text.c_str()), libpq().finish};
}

bool is_open(const Session& session) {
  constexpr int kConnectionOk = 0;
  return libpq().status(session.get()) == kConnectionOk;
}

std::string execute(const Session& session, const std::string& script) {
  const std::shared_ptr<pg_result> result(libpq().execute(session.get(), script.c_str()), libpq().clear);
  const std::string problem = libpq().result_error(result.get());
  CAPTURE(script);
  REQUIRE(problem == "");
  return libpq().row_count(result.get()) == 0 ? "" : libpq().value(result.get(), 0, 0);
}

// The newest version that is installed.
Path find_programs() {
  std::vector<Path> found;
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator("/usr/lib/postgresql", ignored)) {
    if (std::filesystem::exists(entry.path() / "bin" / "postgres")) found.push_back(entry.path());
  }
  const auto version = [](const Path& path) { return std::atoi(path.filename().c_str()); };
  const auto newest = std::max_element(found.begin(), found.end(),
                                       [&](const Path& a, const Path& b) { return version(a) < version(b); });
  if (newest == found.end()) throw std::runtime_error("no server of PostgreSQL; install the package postgresql");
  return *newest / "bin";
}

// Starts a program, its output in a file.
pid_t start_program(const std::vector<std::string>& command, const Path& log) {
  std::vector<char*> arguments;
  for (const std::string& argument : command) arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  const pid_t child = fork();
  if (child != 0) return child;
  const int output = open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
  dup2(output, STDOUT_FILENO);
  dup2(output, STDERR_FILENO);
  execvp(arguments[0], arguments.data());
  _exit(127);
}

void write_text(const Path& path, std::string_view text) {
  PosixFileSystem files;
  if (!write_file(files, path, text)) throw std::runtime_error("can't write " + path.native());
}

}  // namespace

PostgresqlServer& PostgresqlServer::instance() {
  static PostgresqlServer server;
  return server;
}

// The server refuses to be root, and ends when this process does.
std::vector<std::string> PostgresqlServer::as_its_user(std::vector<std::string> command) const {
  std::vector<std::string> whole = {"setpriv", "--pdeathsig", "INT"};
  if (geteuid() == 0) whole.insert(whole.end(), {"--reuid=postgres", "--regid=postgres", "--clear-groups"});
  whole.insert(whole.end(), command.begin(), command.end());
  return whole;
}

PostgresqlServer::PostgresqlServer() : programs_(find_programs()) {
  const passwd* const user = geteuid() == 0 ? getpwnam("postgres") : nullptr;
  if (user != nullptr && chown(folder().c_str(), user->pw_uid, user->pw_gid) != 0) {
    throw std::runtime_error("can't give the folder of the server to the user postgres");
  }
  const pid_t setup = start_program(as_its_user({programs_ / "initdb", "--no-sync", "--auth=trust", "--username=tester",
                                                 "--encoding=UTF8", "--locale=C", "--pgdata", folder() / "data"}),
                                    folder() / "log");
  int status = 0;
  waitpid(setup, &status, 0);
  if (status != 0) throw std::runtime_error("initdb failed");
  write_text(folder() / "data/pg_hba.conf", "local all keeper scram-sha-256\nlocal all all trust\n");
  start();
  const Session session = connect(folder(), "postgres");
  execute(session, "CREATE DATABASE shop");
  execute(session, "CREATE ROLE keeper LOGIN PASSWORD 'open ''sesame'");
}

PostgresqlServer::~PostgresqlServer() {
  stop();
}

void PostgresqlServer::start() {
  process_ = start_program(
      as_its_user({programs_ / "postgres", "-D", folder() / "data", "-c", "listen_addresses=", "-c", "fsync=off", "-c",
                   "unix_socket_directories=" + folder().native(), "-c", "shared_buffers=16MB"}),
      folder() / "log");
  constexpr auto kPatience = std::chrono::seconds(60);
  const auto give_up = std::chrono::steady_clock::now() + kPatience;
  while (!answers()) {
    if (std::chrono::steady_clock::now() > give_up) throw std::runtime_error("the server of PostgreSQL does not start");
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
}

bool PostgresqlServer::answers() const {
  return is_open(connect(folder(), "postgres"));
}

void PostgresqlServer::stop() {
  if (process_ == 0) return;
  kill(process_, SIGINT);  // ends its clients
  waitpid(process_, nullptr, 0);
  process_ = 0;
}

PostgresqlClient::PostgresqlClient(const PostgresqlServer& server) : connection_(connect(server.folder(), "shop")) {
  REQUIRE(is_open(connection_));
}

void PostgresqlClient::run(const std::string& script) {
  execute(connection_, script);
}

std::string PostgresqlClient::value(const std::string& query) {
  return execute(connection_, query);
}

}  // namespace qflow
