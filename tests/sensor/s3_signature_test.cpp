#include "sensor/s3_signature.h"

#include <doctest/doctest.h>

#include <random>

#include "qflow/model/json.h"
#include "qflow/model/sha256.h"
#include "qflow/os/file_system.h"
#include "sensor/npm_program.h"
#include "support/temporary_folder.h"

using namespace qflow;

namespace {

std::string header(const std::vector<std::pair<std::string, std::string>>& headers, std::string_view wanted) {
  for (const auto& [name, value] : headers) {
    if (name == wanted) return value;
  }
  return "(none)";
}

std::string signature_of(const S3Request& request, const S3Credentials& credentials) {
  const std::string text = header(signed_headers(request, credentials), "authorization");
  return text.substr(text.find("Signature=") + 10);
}

const S3Credentials kExample{"AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", std::nullopt};

S3Request example_request() {
  S3Request request;
  request.host = "examplebucket.s3.amazonaws.com";
  request.region = "us-east-1";
  request.at = *parse_instant("2013-05-24T00:00:00Z");
  return request;
}

}  // namespace

// Amazon S3 API Reference, "Authenticating Requests: Using the Authorization Header (AWS Signature Version 4)",
// "Transferring Payload in a Single Chunk", the examples of GET requests.
TEST_CASE("signatures are those of the S3 API Reference") {
  S3Request object = example_request();
  object.path = "/test.txt";
  object.headers = {{"range", "bytes=0-9"}};
  CHECK(header(signed_headers(object, kExample), "authorization") ==
        "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,"
        "SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,"
        "Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
  S3Request lifecycle = example_request();
  lifecycle.query = {{"lifecycle", ""}};
  CHECK(signature_of(lifecycle, kExample) == "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543");
  S3Request list = example_request();
  list.query = {{"prefix", "J"}, {"max-keys", "2"}};
  CHECK(signature_of(list, kExample) == "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7");
}

// AWS General Reference, "Examples of how to derive a signing key for Signature Version 4".
TEST_CASE("the signing key is derived as in the AWS General Reference") {
  const std::string key = signing_key("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "20150830", "us-east-1", "iam");
  CHECK(key == std::string("\xc4\xaf\xb1\xcc\x57\x71\xd8\x71\x76\x3a\x39\x3e\x44\xb7\x03\x57"
                           "\x1b\x55\xcc\x28\x42\x4d\x1a\x5e\x86\xda\x6e\xd3\xc1\x54\xa4\xb9",
                           32));
}

TEST_CASE("the headers of a signed request") {
  S3Request request = example_request();
  request.at += std::chrono::microseconds(123'456);
  S3Credentials credentials = kExample;
  CHECK(header(signed_headers(request, credentials), "x-amz-security-token") == "(none)");
  credentials.session_token = "token==";
  const auto headers = signed_headers(request, credentials);
  CHECK(header(headers, "host") == "examplebucket.s3.amazonaws.com");
  CHECK(header(headers, "x-amz-date") == "20130524T000000Z");
  CHECK(header(headers, "x-amz-content-sha256") == sha256_hex(""));
  CHECK(header(headers, "x-amz-security-token") == "token==");
  CHECK(header(headers, "authorization").find("x-amz-date;x-amz-security-token,") != std::string::npos);
}

TEST_CASE("paths and queries are encoded once, as S3 wants") {
  CHECK(s3_encoded_path("/a b/c+d/%41/ä~") == "/a%20b/c%2Bd/%2541/%C3%A4~");
  struct Row {
    S3Query query;
    std::string expected;
  };
  const Row rows[] = {
      {{}, ""},
      {{{"prefix", "a/b"}}, "prefix=a%2Fb"},
      {{{"lifecycle", ""}}, "lifecycle="},
      {{{"b", "2"}, {"a", "1"}}, "a=1&b=2"},
      {{{"a", "2"}, {"a", "10"}}, "a=10&a=2"},
      {{{"a-", "1"}, {"a", "2"}}, "a=2&a-=1"},
      {{{"a~", "1"}, {"a+", "2"}, {"aZ", "3"}}, "a%2B=2&aZ=3&a~=1"},
      {{{"k", "=&?# '\"*()!"}}, "k=%3D%26%3F%23%20%27%22%2A%28%29%21"},
      {{{"k", std::string("\0\n", 2)}}, "k=%00%0A"},
  };
  for (const Row& row : rows) CHECK(s3_encoded_query(row.query) == row.expected);
}

namespace {

constexpr int kRequests = 400;

// Texts of pieces that encoders treat differently from each other.
class OddTexts {
 public:
  std::string next(int most_pieces) {
    static const std::string kPieces[] = {"a", "Z", "7",   "/",    "+",   "%",    "=",    "&", " ",    "~",  "-", ".",
                                          "_", "*", "(",   ")",    "!",   "'",    "\"",   "?", "#",    ";",  ":", "@",
                                          "$", ",", "%2F", "%20",  "ü",   "日本", "🙂", "x", "\t",   "\\", "|", "[",
                                          "]", "{", "^",   "data", "Aa0", "`",    "<",    ">", "2026", "e"};
    std::string text;
    for (int left = number(0, most_pieces); left > 0; --left) {
      text += kPieces[number(0, static_cast<int>(std::size(kPieces)) - 1)];
    }
    return text;
  }
  int number(int least, int most) { return std::uniform_int_distribution<int>(least, most)(random_); }

 private:
  std::mt19937 random_{20261121};
};

struct Case {
  S3Request request;
  S3Credentials credentials;
};

Case random_case(OddTexts& texts) {
  static const std::string kRegions[] = {"us-east-1", "eu-central-1", "cn-north-1", "auto"};
  Case one;
  one.request.host = texts.number(0, 1) == 0 ? "bucket.s3.eu-central-1.amazonaws.com" : "127.0.0.1:9000";
  one.request.path = "/bucket" + std::to_string(texts.number(0, 99));
  one.request.region = kRegions[texts.number(0, 3)];
  one.request.at = Instant(std::chrono::seconds(texts.number(1'000'000'000, 2'000'000'000)));
  one.request.query = {{"list-type", "2"}, {"encoding-type", "url"}, {"prefix", texts.next(8)}};
  if (texts.number(0, 1) == 0) one.request.query.emplace_back("continuation-token", texts.next(30));
  if (texts.number(0, 3) == 0) one.request.query.emplace_back("Q" + texts.next(4), texts.next(4));
  one.credentials.access_key = "AKIA" + std::to_string(texts.number(1000, 9999));
  one.credentials.secret_key = "secret/" + texts.next(20);
  if (texts.number(0, 1) == 0) one.credentials.session_token = "Fwo" + std::string(texts.number(0, 200), '/') + "+x==";
  return one;
}

Json shown(const Case& one) {
  Json query = Json::array();
  for (const auto& [name, value] : one.request.query) query.push_back({name, value});
  return {{"host", one.request.host},
          {"path", one.request.path},
          {"query", query},
          {"region", one.request.region},
          {"date", header(signed_headers(one.request, one.credentials), "x-amz-date")},
          {"accessKeyId", one.credentials.access_key},
          {"secretAccessKey", one.credentials.secret_key},
          {"sessionToken", one.credentials.session_token ? Json(*one.credentials.session_token) : Json()}};
}

}  // namespace

TEST_CASE("signatures are those of the npm package aws4") {
  PosixFileSystem files;
  TemporaryFolder folder;
  OddTexts texts;
  std::vector<Case> cases;
  std::string lines;
  for (int count = 0; count < kRequests; ++count) {
    cases.push_back(random_case(texts));
    lines += to_compact(shown(cases.back())) + "\n";
  }
  REQUIRE(replace_file(files, folder / "requests", lines));
  const std::string output = npm_output("aws4_signatures.js", {(folder / "requests").native()});
  std::size_t at = 0;
  for (const Case& one : cases) {
    const std::size_t end = output.find('\n', at);
    REQUIRE(end != std::string::npos);
    CAPTURE(to_compact(shown(one)));
    CHECK(header(signed_headers(one.request, one.credentials), "authorization") == output.substr(at, end - at));
    at = end + 1;
  }
  CHECK(at == output.size());
}
