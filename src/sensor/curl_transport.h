#pragma once

#include <memory>

#include "sensor/http_transport.h"

namespace qflow {

// Over libcurl, which is opened by the first request of the process. Keeps its connections for further requests. For
// one thread at a time; any number of them may work beside each other. Certificates are always verified. The variables
// http_proxy, https_proxy, all_proxy and no_proxy of the process count as libcurl has them; ~/.netrc does not.
class CurlTransport final : public HttpTransport {
 public:
  CurlTransport();
  ~CurlTransport() override;
  Result<HttpAnswer> get(const HttpRequest& request) override;

 private:
  struct Session;
  std::unique_ptr<Session> session_;  // absent before the first request
};

}  // namespace qflow
