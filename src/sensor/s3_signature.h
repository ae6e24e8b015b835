#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "qflow/time/instant.h"

namespace qflow {

struct S3Credentials {
  std::string access_key;
  std::string secret_key;
  std::optional<std::string> session_token;
};

// Names and values in any order, none of them encoded.
using S3Query = std::vector<std::pair<std::string, std::string>>;

// A GET request without a body. `host` is the value of the header Host ("127.0.0.1:9000"), `path` is not encoded and
// begins with a slash.
struct S3Request {
  std::string host;
  std::string path = "/";
  S3Query query = {};
  std::vector<std::pair<std::string, std::string>> headers = {};  // to be signed too; names in lower case
  std::string region;
  Instant at;
};

// Every byte but letters, digits and "-._~" as %XX; S3 wants this once for a path, whose slashes stay.
std::string s3_encoded_path(std::string_view path);
// "a=1&b=": encoded, sorted by name and then value, as it is signed and has to be sent.
std::string s3_encoded_query(const S3Query& query);

// The key for one day (its date as "20150830"), region and service: 32 bytes.
std::string signing_key(std::string_view secret_key, std::string_view day, std::string_view region,
                        std::string_view service);

// The headers that the request needs beside its own, host and authorization among them: AWS Signature Version 4 for
// the service s3 (Amazon S3 API Reference, "Authenticating Requests: Using the Authorization Header").
std::vector<std::pair<std::string, std::string>> signed_headers(const S3Request& request,
                                                                const S3Credentials& credentials);

}  // namespace qflow
