#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "qflow/error/error.h"
#include "qflow/time/duration.h"

namespace qflow {

// A GET request. `url` is of http or https; credentials in it are sent as Basic authentication, to its own host only.
struct HttpRequest {
  std::string url;
  std::vector<std::pair<std::string, std::string>> headers = {};
  Duration limit;                              // for everything, redirects too
  int most_redirects = 0;                      // 0: a redirect is an answer like others
  std::uint64_t most_bytes;                    // of the body; what is longer is broken off
  std::function<void(std::string_view)> take;  // gets the body in pieces, as it was sent (compressed, if it was)
};

struct HttpAnswer {
  int status = 0;
  std::map<std::string, std::string, std::less<>> headers = {};  // names in lower case; of equal ones the last
  bool whole = true;  // false: the body is longer than `most_bytes`, and only a part of it was taken
};

// Content-Length in bytes; absent when there is none, or none that is a number.
std::optional<std::uint64_t> announced_size(const HttpAnswer& answer);

class HttpTransport {
 public:
  virtual ~HttpTransport() = default;
  // kTimedOut past the limit, kInvalid for an address that is none, kFailed without an answer. Messages name the
  // address without its credentials and its query ("can't reach https://host/path: connection refused").
  virtual Result<HttpAnswer> get(const HttpRequest& request) = 0;
};

}  // namespace qflow
