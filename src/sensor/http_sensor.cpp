#include "sensor/http_sensor.h"

#include "qflow/model/sha256.h"
#include "sensor/curl_transport.h"
#include "sensor/http_state.h"
#include "sensor/web_address.h"

namespace qflow {
namespace {

constexpr std::uint64_t kMostBytes = std::uint64_t{64} * 1024 * 1024;
constexpr int kMostRedirects = 5;
constexpr int kNotModified = 304;

struct Found {
  int status = 0;
  HttpState state;
};

HttpRequest conditional_request(const HttpSensor& watched, const Look& look, const std::optional<HttpState>& known) {
  HttpRequest request{.url = watched.url,
                      .limit = look.rules.timeout,
                      .most_redirects = kMostRedirects,
                      .most_bytes = kMostBytes,
                      .take = {}};
  if (!known) return request;
  if (known->etag) request.headers.emplace_back("If-None-Match", *known->etag);
  if (known->last_modified_is_final) request.headers.emplace_back("If-Modified-Since", *known->last_modified);
  return request;
}

// What is there; nothing when the server says that it is the known thing still.
Result<std::optional<Found>> ask(HttpRequest request, const std::string& place, HttpTransport& transport) {
  Sha256 hash;
  std::uint64_t size = 0;
  request.take = [&](std::string_view piece) {
    hash.update(piece);
    size += piece.size();
  };
  QFLOW_ASSIGN(const HttpAnswer answer, transport.get(request));
  if (answer.status == kNotModified && !request.headers.empty()) return std::nullopt;
  if (answer.status < 200 || answer.status > 299) {
    return fail(ErrorKind::kFailed, place + " answered " + std::to_string(answer.status));
  }
  Found found{answer.status, state_in(answer)};
  found.state.size = answer.whole ? size : announced_size(answer);
  if (answer.whole) found.state.sha256 = hash.finish();
  if (answer.whole || found.state.etag || found.state.last_modified) return found;
  return fail(ErrorKind::kFailed, place + " is larger than 64 MiB",
              "its server would have to send an ETag or Last-Modified; then it may be of any size");
}

SensedChange change_to(const Found& found, const WebAddress& address, bool is_first) {
  return {.payload = {{"url", address.without_credentials()},
                      {"event_type", is_first ? "created" : "modified"},
                      {"etag", json_or_null(found.state.etag)},
                      {"last_modified", json_or_null(found.state.last_modified)},
                      {"sha256", json_or_null(found.state.sha256)},
                      {"size", json_or_null(found.state.size)},
                      {"status", found.status}}};
}

}  // namespace

Result<Sighting> look_at(const HttpSensor& watched, const Look& look, HttpTransport& transport) {
  QFLOW_ASSIGN(const WebAddress address, parse_web_address(watched.url));
  std::optional<HttpState> known;
  if (look.cursor) {
    QFLOW_ASSIGN(known, parse_http_cursor(*look.cursor));
  }
  QFLOW_ASSIGN(const std::optional<Found> found,
               ask(conditional_request(watched, look, known), address.place(), transport));
  if (!found) return Sighting{.cursor = *look.cursor, .seen = describe(*known)};
  Sighting sighting{.cursor = to_cursor(found->state), .seen = describe(found->state)};
  const bool fires = known ? is_changed(*known, found->state) : look.rules.baseline == SensorBaseline::kFire;
  if (fires) sighting.changes.push_back(change_to(*found, address, !known));
  return sighting;
}

Result<Sighting> look_at(const HttpSensor& watched, const Look& look) {
  CurlTransport transport;
  return look_at(watched, look, transport);
}

}  // namespace qflow
