#include "sensor/http_transport.h"

#include "qflow/os/decimal.h"

namespace qflow {

std::optional<std::uint64_t> announced_size(const HttpAnswer& answer) {
  const auto found = answer.headers.find("content-length");
  return found == answer.headers.end() ? std::nullopt : parse_decimal<std::uint64_t>(found->second);
}

}  // namespace qflow
