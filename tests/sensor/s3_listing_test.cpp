#include "sensor/s3_listing.h"

#include <doctest/doctest.h>

#include <deque>

#include "sensor/looks.h"
#include "sensor/s3_sensor.h"
#include "support/fake_clock.h"

using namespace qflow;

namespace {

const S3Credentials kKeys{"AKIAEXAMPLE", "secret/key", "session+token"};
const S3Place kPlace{"https", "data.s3.eu-central-1.amazonaws.com", "/", "eu-central-1", "s3://data/in/"};

struct Prepared {
  int status = 200;
  std::string body = {};
  bool whole = true;
  Duration takes{0};
  std::optional<Error> error = {};
};

// Gives what was prepared, in that order, and keeps what was asked.
class PreparedTransport final : public HttpTransport {
 public:
  explicit PreparedTransport(std::deque<Prepared> answers) : answers_(std::move(answers)) {}

  Result<HttpAnswer> get(const HttpRequest& request) override {
    asked.push_back(request);
    REQUIRE(!answers_.empty());
    const Prepared answer = std::move(answers_.front());
    answers_.pop_front();
    clock.advance(answer.takes);
    if (answer.error) return tl::make_unexpected(*answer.error);
    // In pieces, as it comes from the net.
    for (std::size_t at = 0; at < answer.body.size(); at += 7)
      request.take(std::string_view(answer.body).substr(at, 7));
    return HttpAnswer{.status = answer.status, .whole = answer.whole};
  }

  FakeClock clock;
  std::vector<HttpRequest> asked;

 private:
  std::deque<Prepared> answers_;
};

std::string object(const std::string& key, const std::string& etag = "e") {
  return "<Contents><Key>" + key + "</Key><LastModified>2026-11-20T10:00:00.000Z</LastModified><ETag>&quot;" + etag +
         "&quot;</ETag><Size>1</Size><StorageClass>STANDARD</StorageClass></Contents>";
}

Prepared page(const std::string& contents, const std::string& next = "") {
  const std::string truncated = next.empty() ? "false" : "true";
  const std::string token = next.empty() ? "" : "<NextContinuationToken>" + next + "</NextContinuationToken>";
  return {.body =
              "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/"
              "2006-03-01/\"><Name>data</Name><IsTruncated>" +
              truncated + "</IsTruncated>" + contents + token + "</ListBucketResult>"};
}

// The keys, or the error.
std::string listed(PreparedTransport& transport, Duration limit = std::chrono::seconds(30)) {
  const auto objects = list_objects(kPlace, "in/", {kKeys, transport, transport.clock, limit});
  if (!objects) return to_text(objects.error());
  std::string keys;
  for (const S3Object& one : *objects) keys += (keys.empty() ? "" : ",") + one.key;
  return keys;
}

std::string listed(std::deque<Prepared> answers) {
  PreparedTransport transport(std::move(answers));
  return listed(transport);
}

Prepared refused(int status, const std::string& code, const std::string& message) {
  return {.status = status, .body = "<Error><Code>" + code + "</Code><Message>" + message + "</Message></Error>"};
}

}  // namespace

TEST_CASE("a listing is asked for page by page, each signed") {
  PreparedTransport transport({page(object("in/a"), "t+/="), page(object("in/b"), "u"), page(object("in/c"))});
  CHECK(listed(transport) == "in/a,in/b,in/c");
  REQUIRE(transport.asked.size() == 3);
  const std::string start = "https://data.s3.eu-central-1.amazonaws.com/?";
  CHECK(transport.asked[0].url == start + "encoding-type=url&list-type=2&prefix=in%2F");
  CHECK(transport.asked[1].url == start + "continuation-token=t%2B%2F%3D&encoding-type=url&list-type=2&prefix=in%2F");
  CHECK(transport.asked[2].url == start + "continuation-token=u&encoding-type=url&list-type=2&prefix=in%2F");
  for (const HttpRequest& request : transport.asked) {
    CHECK(request.most_redirects == 0);
    std::string all = request.url;
    for (const auto& [name, value] : request.headers) all += "\n" + name + ": " + value;
    CHECK(all.find("\nauthorization: AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE/") != std::string::npos);
    CHECK(all.find("\nx-amz-security-token: session+token") != std::string::npos);
    CHECK(all.find("secret/key") == std::string::npos);
  }
}

TEST_CASE("a listing is in order, without doubles and without strangers") {
  CHECK(listed({page(object("in/b") + object("in/a"), "t"), page(object("in/b") + object("out/c") + object("in/ä"))}) ==
        "in/a,in/b,in/ä");
  CHECK(listed({page("")}) == "");
}

TEST_CASE("keys are decoded where S3 says that it encoded them") {
  CHECK(listed({page("<EncodingType>url</EncodingType>" + object("in/a+b%2Bc%25%0A%C3%A4"))}) == "in/a b+c%\nä");
  CHECK(listed({page(object("in/a%20b") + "<EncodingType>url</EncodingType>")}) == "in/a b");
  CHECK(listed({page(object("in/a+b%2Bc&amp;&#10;&#xe4;&lt;"))}) == "in/a+b%2Bc&\nä<");
}

TEST_CASE("one deadline is for all pages") {
  const auto slow = [](Prepared answer) {
    answer.takes = std::chrono::seconds(12);
    return answer;
  };
  PreparedTransport transport({slow(page(object("in/a"), "t")), slow(page(object("in/b"), "u")),
                               slow(page(object("in/c"), "v")), page(object("in/d"))});
  const std::string late =
      "listing s3://data/in/ took longer than 30s; raise the sensor's `timeout`, or watch a longer "
      "`prefix`";
  CHECK(listed(transport) == late);
  REQUIRE(transport.asked.size() == 3);
  CHECK(transport.asked[0].limit == std::chrono::seconds(30));
  CHECK(transport.asked[1].limit == std::chrono::seconds(18));
  CHECK(transport.asked[2].limit == std::chrono::seconds(6));
  const Error timed_out{ErrorKind::kTimedOut, "https://x took longer than 17.999s", ""};
  CHECK(listed({page(object("in/a"), "t"), {.error = timed_out}}) == late);
  CHECK(listed({{.error = timed_out}}) == "https://x took longer than 17.999s");
}

TEST_CASE("what is no listing is an error that says why") {
  const std::string start = "the answer from https://data.s3.eu-central-1.amazonaws.com is no listing of S3: ";
  const std::string end = "; check `endpoint`";
  struct Row {
    Prepared answer;
    std::string why;
  };
  const Row rows[] = {
      {{.body = ""}, "it is not well-formed XML: it is empty"},
      {{.body = "hello"}, "it is not well-formed XML: text outside of the document"},
      {{.body = "<html></html>"}, "it is no ListBucketResult"},
      {{.body = "<ListBucketResult/>"}, "IsTruncated is missing"},
      {{.body = "<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>"},
       "NextContinuationToken is missing"},
      {page("<Contents><ETag>e</ETag></Contents>"), "an object without a key"},
      {page("<Contents><Key>a</Key></Contents>"), "the object 'a' has no ETag"},
      {page("<Contents><Key>a</Key><Size>-1</Size></Contents>"), "'-1' is no size"},
      {page("<EncodingType>url</EncodingType>" + object("in/%4")), "the key 'in/%4' is wrongly encoded"},
      {page("<EncodingType>url</EncodingType>" + object("in/%zz")), "the key 'in/%zz' is wrongly encoded"},
      {page(object("in/\xFF")), "it is not UTF-8"},
      {{.body = "<ListBucketResult>", .whole = false}, "it is larger than 16 MiB"},
  };
  for (const Row& row : rows) CHECK(listed({row.answer}) == start + row.why + end);
  CHECK(listed({page(object("in/a"), "t"), page(object("in/b"), "t")}) == start + "its pages never end" + end);
}

TEST_CASE("what S3 refuses is shown in its words, without credentials") {
  struct Row {
    Prepared answer;
    std::string expected;
  };
  const std::string start = "can't list s3://data/in/: ";
  const Row rows[] = {
      {refused(403, "AccessDenied", "Access Denied"),
       start + "AccessDenied: Access Denied; the credentials need the permission s3:ListBucket for this bucket"},
      {refused(301, "PermanentRedirect", "Use the specified endpoint."),
       start + "PermanentRedirect: Use the specified endpoint.; check `region`"},
      {refused(403, "RequestTimeTooSkewed", "Too large."),
       start + "RequestTimeTooSkewed: Too large.; set the clock of this machine"},
      {refused(503, "SlowDown", ""), start + "SlowDown"},
      {refused(400, "Odd", "AKIAEXAMPLE secret/key session+token &#10;&#x202e;"),
       start + "Odd: *** *** *** \\n\\u202e"},
      {refused(400, "Long", std::string(1000, 'x')), start + "Long: " + std::string(294, 'x') + "..."},
      {{.status = 503, .body = "<html>busy</html>"}, "https://data.s3.eu-central-1.amazonaws.com answered 503"},
      {{.status = 502}, "https://data.s3.eu-central-1.amazonaws.com answered 502"},
      {{.status = 204}, "https://data.s3.eu-central-1.amazonaws.com answered 204"},
  };
  for (const Row& row : rows) CHECK(listed({row.answer}) == row.expected);
}

namespace {

Looks<S3Sensor> prepared_looks() {
  Looks<S3Sensor> looks(S3Sensor{"data", "in/", std::nullopt, std::nullopt, "eu-central-1"});
  looks.secrets = {{"AWS_ACCESS_KEY_ID", "AKIAEXAMPLE"}, {"AWS_SECRET_ACCESS_KEY", "secret/key"}};
  return looks;
}

std::string first_key(const Result<Sighting>& sighting) {
  if (!sighting) return to_text(sighting.error());
  return sighting->changes.empty() ? "nothing" : sighting->changes[0].payload.at("key").get<std::string>();
}

}  // namespace

TEST_CASE("a page that fails makes the look fail, and nothing is learnt of it") {
  auto looks = prepared_looks();
  PreparedTransport transport({
      page(object("in/a"), "t"), page(object("in/c")),                                  // the baseline
      page(object("in/a") + object("in/b"), "t"), refused(500, "InternalError", "We"),  // page 2 fails
      page(object("in/a") + object("in/b"), "t"), page(object("in/c")),                 // it is well again
  });
  CHECK(first_key(looks.look<HttpTransport>(transport)) == "nothing");
  const std::string left = *looks.cursor;
  CHECK(first_key(looks.look<HttpTransport>(transport)) == "can't list s3://data/in/: InternalError: We");
  CHECK(*looks.cursor == left);
  CHECK(first_key(looks.look<HttpTransport>(transport)) == "in/b");
}

TEST_CASE("an object that comes between two pages is seen by the next look") {
  auto looks = prepared_looks();
  PreparedTransport transport({
      page(object("in/b"), "t"),
      page(object("in/c")),  // in/a comes after the first page
      page(object("in/a") + object("in/b"), "t"),
      page(object("in/c")),
  });
  CHECK(first_key(looks.look<HttpTransport>(transport)) == "nothing");
  CHECK(first_key(looks.look<HttpTransport>(transport)) == "in/a");
}
