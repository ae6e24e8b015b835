#include "sensor/curl_transport.h"

#include <doctest/doctest.h>

#include <atomic>
#include <thread>

#include "qflow/time/duration.h"
#include "sensor/web_server.h"

using namespace qflow;

namespace {

struct Taken {
  Result<HttpAnswer> answer;
  std::string body;

  std::string error() const { return answer ? "answered " + std::to_string(answer->status) : to_text(answer.error()); }
};

Taken get(const std::string& url,
          HttpRequest request = {
              .url = "", .limit = std::chrono::seconds(30), .most_redirects = 5, .most_bytes = 1000, .take = {}}) {
  CurlTransport transport;
  std::string body;
  request.url = url;
  request.take = [&](std::string_view piece) { body += piece; };
  auto answer = transport.get(request);
  return {std::move(answer), std::move(body)};
}

HttpRequest within(Duration limit) {
  return {.url = "", .limit = limit, .most_redirects = 5, .most_bytes = 1000, .take = {}};
}

HttpRequest without_redirects() {
  return {.url = "", .limit = std::chrono::seconds(30), .most_redirects = 0, .most_bytes = 1000, .take = {}};
}

}  // namespace

TEST_CASE("what the web answers arrives as it was sent") {
  WebServer server;
  server.answers("thing",
                 {{"status", 201}, {"headers", {{"X-Strange", "  a: b  "}, {"ETag", "\"e\""}}}, {"body", "ä"}});
  const Taken taken = get(server.url("/thing"));
  REQUIRE_MESSAGE(taken.answer, taken.error());
  CHECK(taken.answer->status == 201);
  CHECK(taken.answer->headers.at("x-strange") == "a: b");
  CHECK(taken.answer->headers.at("etag") == "\"e\"");
  CHECK(taken.answer->whole);
  CHECK(taken.body == "ä");
}

TEST_CASE("a status is an answer, not an error of the transport") {
  WebServer server;
  for (int status : {204, 304, 400, 401, 403, 404, 410, 500, 503}) {
    server.answers("thing", {{"status", status}});
    CHECK(get(server.url("/thing")).error() == "answered " + std::to_string(status));
  }
}

TEST_CASE("redirects are followed so often, and only within http") {
  WebServer server;
  const std::string place = server.url("/thing");
  CHECK(get(server.url("/hops/5")).body == "hop 0");
  CHECK(get(server.url("/hops/6")).error() == server.url("/hops/6") + " redirects more than 5 times");
  CHECK(get(server.url("/hops/1"), without_redirects()).error() == "answered 302");
  struct Row {
    std::string location;
    std::string expected;
  };
  const Row rows[] = {
      {"/thing", place + " redirects more than 5 times"},
      {"file:///etc/passwd", place + " redirects to an address that is neither http nor https"},
      {"ftp://127.0.0.1/x", place + " redirects to an address that is neither http nor https"},
      {"gopher://127.0.0.1/x", place + " redirects to an address that is neither http nor https"},
      {"http://", place + " redirects to a malformed address"},
      {"hops/0", "answered 200"},
      {server.url("/hops/2"), "answered 200"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.location);
    server.answers("thing", {{"status", 302}, {"headers", {{"Location", row.location}}}});
    const Taken taken = get(place);
    CHECK(taken.error() == row.expected);
    CHECK(taken.body == (taken.answer ? "hop 0" : ""));
  }
}

TEST_CASE("the headers of a redirect are not those of the answer") {
  WebServer server;
  server.answers("old", {{"status", 301}, {"headers", {{"Location", "/new"}, {"ETag", "\"old\""}}}});
  server.answers("new", {{"headers", {{"X-New", "1"}}}});
  const Taken taken = get(server.url("/old"));
  REQUIRE_MESSAGE(taken.answer, taken.error());
  CHECK(!taken.answer->headers.contains("etag"));
  CHECK(taken.answer->headers.contains("x-new"));
}

TEST_CASE("credentials of an address go to its host, to no other, and into no message") {
  WebServer server, other;
  const std::string basic = "Basic bWU6cGE6c3M=";
  const std::string url = "http://me:pa%3Ass@" + server.host();
  server.answers("stays", {{"status", 302}, {"headers", {{"Location", "/hops/0"}}}});
  server.answers("goes", {{"status", 302}, {"headers", {{"Location", other.url("/hops/0")}}}});
  CHECK(get(url + "/stays").error() == "answered 200");
  for (const Json& request : server.requests()) CHECK(request.at("headers").value("authorization", "") == basic);
  CHECK(get(url + "/goes").error() == "answered 200");
  CHECK(server.requests().at(0).at("headers").value("authorization", "") == basic);
  const auto asked = other.requests();
  REQUIRE(asked.size() == 1);
  CHECK(!asked[0].at("headers").contains("authorization"));
  server.end();
  CHECK(get(url + "/x?token=t").error() == "can't reach " + server.url("/x") + ": connection refused");
}

TEST_CASE("cookies are not kept") {
  WebServer server;
  server.answers("thing", {{"status", 302}, {"headers", {{"Location", "/hops/0"}, {"Set-Cookie", "a=b"}}}});
  CHECK(get(server.url("/thing")).error() == "answered 200");
  for (const Json& request : server.requests()) CHECK(!request.at("headers").contains("cookie"));
}

TEST_CASE("a body over the limit is broken off") {
  WebServer server;
  server.answers("thing", {{"body", "0123456789"}, {"repeat", 100}});
  const Taken just = get(server.url("/thing"));
  CHECK(just.answer->whole);
  CHECK(just.body.size() == 1000);
  for (bool unannounced : {false, true}) {
    server.answers("thing", {{"body", "0123456789"}, {"repeat", 101}, {"unannounced", unannounced}});
    const Taken over = get(server.url("/thing"));
    REQUIRE_MESSAGE(over.answer, over.error());
    CHECK(!over.answer->whole);
    CHECK(over.answer->status == 200);
    CHECK(over.body.size() <= 1000);
  }
}

TEST_CASE("headers have a limit too") {
  WebServer server;
  Json headers = Json::object();
  for (int count = 0; count < 300; ++count) headers["X-" + std::to_string(count)] = std::string(1000, 'h');
  server.answers("thing", {{"headers", headers}});
  CHECK(get(server.url("/thing")).error() == server.url("/thing") + " answered with headers of more than 256 KiB");
}

TEST_CASE("nobody waits longer than the limit") {
  WebServer server;
  server.answers("hangs", {{"hang", true}});
  server.answers("trickles", {{"trickle", true}});
  for (const std::string path : {"/hangs", "/trickles"}) {
    const Taken taken = get(server.url(path), within(std::chrono::milliseconds(250)));
    REQUIRE(!taken.answer);
    CHECK(taken.answer.error().kind == ErrorKind::kTimedOut);
    CHECK(taken.error() == server.url(path) + " took longer than 250ms");
  }
}

TEST_CASE("what can't be reached says why") {
  WebServer server;
  server.answers("drops", {{"drop", true}});
  server.answers("cuts", {{"body", "half"}, {"cut", true}});
  const std::string no_web = "the address begins with neither http:// nor https://; write the whole address";
  struct Row {
    std::string url;
    std::string expected;
  };
  const Row rows[] = {
      {server.url("/drops"), "can't reach " + server.url("/drops") + ": it closed the connection without an answer"},
      {server.url("/cuts"), "can't reach " + server.url("/cuts") + ": the connection broke off"},
      {"http://nowhere.invalid/x", "can't reach http://nowhere.invalid/x: the host has no address"},
      {"http://user:pass/word@host/x",
       "the address is malformed; in names and passwords, write %40 for @, %3A for : and %2F for /"},
      {"file:///etc/passwd", no_web},
      {"ftp://127.0.0.1/x", no_web},
      {"127.0.0.1/x", no_web},
      {"http:/127.0.0.1/x", no_web},
      {"", no_web},
      {"http:///x", "the address has no host; write the whole address"},
      {"http://me:pass@/x", "the address has no host; write the whole address"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.url);
    CHECK(get(row.url).error() == row.expected);
  }
}

TEST_CASE("a certificate that nobody vouches for is not trusted") {
  WebServer server(WebServer::Protocol::kHttps);
  const std::string error = get(server.url("/hops/0")).error();
  CHECK(error.find("can't reach " + server.url("/hops/0") + ": its certificate can't be trusted (") == 0);
  CHECK(server.requests().empty());
}

TEST_CASE("one transport asks again and again, and many ask beside each other") {
  WebServer server;
  std::atomic<int> good{0};
  const auto ask_often = [&] {
    CurlTransport transport;
    for (int count = 0; count < 20; ++count) {
      std::string body;
      const auto answer = transport.get({.url = server.url("/hops/1"),
                                         .limit = std::chrono::seconds(60),
                                         .most_redirects = 1,
                                         .most_bytes = 100,
                                         .take = [&](std::string_view piece) { body += piece; }});
      if (answer && body == "hop 0") ++good;
    }
  };
  std::vector<std::thread> threads;
  for (int count = 0; count < 4; ++count) threads.emplace_back(ask_often);
  for (std::thread& thread : threads) thread.join();
  CHECK(good == 80);
}
