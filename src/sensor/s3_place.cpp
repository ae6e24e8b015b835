#include "sensor/s3_place.h"

#include "sensor/web_address.h"

namespace qflow {
namespace {

std::string region_of(const S3Sensor& sensor, const Environment& environment) {
  if (sensor.region && !sensor.region->empty()) return *sensor.region;
  for (const char* name : {"AWS_REGION", "AWS_DEFAULT_REGION"}) {
    if (const auto region = find_variable(environment, name)) return *region;
  }
  return "us-east-1";
}

// The domain of all services in a region (AWS General Reference, "Amazon S3 endpoints").
std::string domain_of(const std::string& region) {
  return region.starts_with("cn-") ? "amazonaws.com.cn" : "amazonaws.com";
}

Result<WebAddress> parse_endpoint(const std::string& endpoint) {
  auto address = parse_web_address(endpoint);
  if (!address) return tl::make_unexpected(with_context("`endpoint`", std::move(address).error()));
  if (!address->credentials.empty()) {
    return fail(ErrorKind::kInvalid, "`endpoint` holds credentials",
                "give them as AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY");
  }
  if (!address->query.empty()) return fail(ErrorKind::kInvalid, "`endpoint` has a query", "leave it out");
  while (address->path.ends_with('/')) address->path.pop_back();
  return address;
}

}  // namespace

Result<S3Place> s3_place(const S3Sensor& sensor, const Environment& environment) {
  S3Place place;
  place.region = region_of(sensor, environment);
  place.shown = "s3://" + sensor.bucket + "/" + sensor.prefix;
  if (sensor.endpoint) {
    QFLOW_ASSIGN(const WebAddress address, parse_endpoint(*sensor.endpoint));
    place.scheme = address.scheme;
    place.host = address.host;
    place.path = address.path + "/" + sensor.bucket;
    return place;
  }
  const bool in_host = sensor.bucket.find('.') == std::string::npos;
  place.scheme = "https";
  place.host = (in_host ? sensor.bucket + "." : "") + "s3." + place.region + "." + domain_of(place.region);
  place.path = in_host ? "/" : "/" + sensor.bucket;
  return place;
}

}  // namespace qflow
