#include "sensor/s3_place.h"

#include <doctest/doctest.h>

#include "sensor/s3_credentials.h"

using namespace qflow;

namespace {

// "https://host + /path in region", or the error.
std::string place_of(const S3Sensor& sensor, const Environment& environment = {}) {
  const auto place = s3_place(sensor, environment);
  if (!place) return to_text(place.error());
  return place->scheme + "://" + place->host + " + " + place->path + " in " + place->region;
}

Result<S3Credentials> credentials_of(const std::map<std::string, std::string>& secrets) {
  return find_s3_credentials([&](const std::string& name) -> Result<std::string> {
    const auto found = secrets.find(name);
    if (found == secrets.end()) return fail(ErrorKind::kNotFound, "no value for it");
    if (found->second == "(unreadable)") return fail(ErrorKind::kStore, "can't read " + name);
    return found->second;
  });
}

}  // namespace

TEST_CASE("where the objects of a bucket are") {
  const std::optional<std::string> none;
  struct Row {
    std::string bucket;
    std::optional<std::string> endpoint;
    std::optional<std::string> region;
    std::string expected;
  };
  const Row rows[] = {
      {"data", none, none, "https://data.s3.us-east-1.amazonaws.com + / in us-east-1"},
      {"data", none, "eu-central-1", "https://data.s3.eu-central-1.amazonaws.com + / in eu-central-1"},
      {"data", none, "cn-north-1", "https://data.s3.cn-north-1.amazonaws.com.cn + / in cn-north-1"},
      {"my.data", none, none, "https://s3.us-east-1.amazonaws.com + /my.data in us-east-1"},
      {"data", "http://127.0.0.1:9000", none, "http://127.0.0.1:9000 + /data in us-east-1"},
      {"data", "HTTPS://minio:9000///", "x", "https://minio:9000 + /data in x"},
      {"my.data", "http://[::1]:9000/base/", none, "http://[::1]:9000 + /base/my.data in us-east-1"},
      {"data", "minio:9000", none,
       "`endpoint`: the address begins with neither http:// nor https://; write the whole address"},
      {"data", "http://", none, "`endpoint`: the address has no host; write the whole address"},
      {"data", "http://me:pass@minio", none,
       "`endpoint` holds credentials; give them as AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"},
      {"data", "http://minio?x=1", none, "`endpoint` has a query; leave it out"},
  };
  for (const Row& row : rows) {
    CHECK(place_of(S3Sensor{row.bucket, "", std::nullopt, row.endpoint, row.region}) == row.expected);
  }
}

TEST_CASE("the region comes from the sensor, else from the environment") {
  const auto region = [](std::optional<std::string> own, const Environment& environment) {
    return s3_place(S3Sensor{"data", "", std::nullopt, std::nullopt, std::move(own)}, environment)->region;
  };
  const Environment both = {{"AWS_REGION", "a"}, {"AWS_DEFAULT_REGION", "b"}};
  CHECK(region("own", both) == "own");
  CHECK(region(std::nullopt, both) == "a");
  CHECK(region(std::nullopt, {{"AWS_REGION", ""}, {"AWS_DEFAULT_REGION", "b"}}) == "b");
  CHECK(region(std::nullopt, {}) == "us-east-1");
}

TEST_CASE("the credentials of S3") {
  const auto keys = credentials_of({{"AWS_ACCESS_KEY_ID", "a"}, {"AWS_SECRET_ACCESS_KEY", "s"}});
  REQUIRE(keys);
  CHECK(keys->access_key == "a");
  CHECK(keys->secret_key == "s");
  CHECK(!keys->session_token);
  CHECK(credentials_of({{"AWS_ACCESS_KEY_ID", "a"}, {"AWS_SECRET_ACCESS_KEY", "s"}, {"AWS_SESSION_TOKEN", "t"}})
            ->session_token == "t");
  struct Row {
    std::map<std::string, std::string> secrets;
    std::string expected;
  };
  const auto missing = [](const std::string& name) {
    return "an s3 sensor needs the secret " + name +
           ", which has no value; set the environment variable, or write it to the file secrets/" + name +
           " of the store";
  };
  const Row rows[] = {
      {{}, missing("AWS_ACCESS_KEY_ID")},
      {{{"AWS_ACCESS_KEY_ID", "a"}}, missing("AWS_SECRET_ACCESS_KEY")},
      {{{"AWS_ACCESS_KEY_ID", "a"}, {"AWS_SECRET_ACCESS_KEY", ""}}, missing("AWS_SECRET_ACCESS_KEY")},
      {{{"AWS_ACCESS_KEY_ID", "(unreadable)"}}, "can't read AWS_ACCESS_KEY_ID"},
      {{{"AWS_ACCESS_KEY_ID", "a"}, {"AWS_SECRET_ACCESS_KEY", "s\nx-evil: 1"}},
       "the secret AWS_SECRET_ACCESS_KEY holds a line break or another control character"},
      {{{"AWS_ACCESS_KEY_ID", "a"}, {"AWS_SECRET_ACCESS_KEY", "s"}, {"AWS_SESSION_TOKEN", "(unreadable)"}},
       "can't read AWS_SESSION_TOKEN"},
  };
  for (const Row& row : rows) {
    const auto found = credentials_of(row.secrets);
    REQUIRE(!found);
    CHECK(to_text(found.error()) == row.expected);
  }
}

TEST_CASE("credentials are hidden wherever they stand") {
  const S3Credentials keys{"AKIA", "sec", std::nullopt};
  CHECK(without_credentials("AKIA, secsec and AKIAKI", keys) == "***, ****** and ***KI");
  CHECK(without_credentials("nothing", keys) == "nothing");
}
