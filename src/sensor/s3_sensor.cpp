#include "sensor/s3_sensor.h"

#include "sensor/change_report.h"
#include "sensor/curl_transport.h"
#include "sensor/glob.h"
#include "sensor/s3_changes.h"
#include "sensor/s3_credentials.h"
#include "sensor/s3_listing.h"
#include "sensor/thousands.h"

namespace qflow {
namespace {

// The "folder" of the prefix: patterns are about what follows it.
std::size_t folder_length(const std::string& prefix) {
  return prefix.rfind('/') + 1;  // npos + 1 is 0
}

// What the console of S3 makes to show an empty folder.
bool is_folder_mark(const S3Object& object) {
  return object.size == 0 && object.key.ends_with('/');
}

void choose(std::vector<S3Object>& objects, const S3Sensor& watched) {
  std::erase_if(objects, is_folder_mark);
  if (!watched.pattern) return;
  const Glob pattern(*watched.pattern);
  const std::size_t start = folder_length(watched.prefix);
  std::erase_if(objects,
                [&](const S3Object& object) { return !pattern.matches(std::string_view(object.key).substr(start)); });
}

Json payload_of(const S3Change& change, const std::string& bucket) {
  const S3Object* object = change.object;
  return {{"bucket", bucket},
          {"key", change.key},
          {"etag", change.etag},
          {"size", object != nullptr ? Json(object->size) : Json()},
          {"last_modified", object != nullptr ? Json(object->last_modified) : Json()},
          {"event_type", event_type_of(change.kind)}};
}

KnownObjects all_known(const std::vector<S3Object>& objects) {
  KnownObjects known;
  for (const S3Object& object : objects) known.emplace_back(object.key, object.etag);
  return known;
}

Result<std::vector<S3Object>> list(const S3Sensor& watched, const Look& look, HttpTransport& transport) {
  QFLOW_ASSIGN(const S3Place place, s3_place(watched, look.environment));
  QFLOW_ASSIGN(const S3Credentials credentials, find_s3_credentials(look.secret));
  QFLOW_ASSIGN(auto objects,
               list_objects(place, watched.prefix, {credentials, transport, look.clock, look.rules.timeout}));
  choose(objects, watched);
  return objects;
}

}  // namespace

Result<Sighting> look_at(const S3Sensor& watched, const Look& look, HttpTransport& transport) {
  KnownObjects before;
  if (look.cursor) {
    QFLOW_ASSIGN(before, parse_s3_cursor(*look.cursor));
  }
  QFLOW_ASSIGN(const std::vector<S3Object> objects, list(watched, look, transport));
  Sighting sighting;
  sighting.seen = with_thousands(objects.size()) + (objects.size() == 1 ? " object" : " objects");
  if (!look.cursor && look.rules.baseline == SensorBaseline::kIgnore) {
    sighting.cursor = to_cursor(all_known(objects));
    return sighting;
  }
  ChangeReport report(look, "objects");
  const S3Comparison comparison = compare_objects(before, objects, look.rules.change, [&](const S3Change& change) {
    return report.take(payload_of(change, watched.bucket));
  });
  sighting.changes = report.finish();
  sighting.cursor = to_cursor(comparison.known);
  sighting.more = comparison.more;
  return sighting;
}

Result<Sighting> look_at(const S3Sensor& watched, const Look& look) {
  CurlTransport transport;
  return look_at(watched, look, transport);
}

}  // namespace qflow
