#include "sensor/s3_sensor.h"

#include "sensor/curl_transport.h"
#include "sensor/glob.h"
#include "sensor/s3_changes.h"
#include "sensor/s3_credentials.h"
#include "sensor/s3_listing.h"
#include "sensor/thousands.h"

namespace qflow {
namespace {

constexpr std::size_t kBatchBytes = std::size_t{512} << 10;

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

std::string_view event_name(ChangeKind kind) {
  if (kind == ChangeKind::kDeleted) return "deleted";
  return kind == ChangeKind::kCreated ? "created" : "modified";
}

Json payload_of(const S3Change& change, const std::string& bucket) {
  const S3Object* object = change.object;
  return {{"bucket", bucket},
          {"key", change.key},
          {"etag", change.etag},
          {"size", object != nullptr ? Json(object->size) : Json()},
          {"last_modified", object != nullptr ? Json(object->last_modified) : Json()},
          {"event_type", event_name(change.kind)}};
}

// The changes of one look as its events will show them: one for each object, or one for all.
class Report {
 public:
  Report(const std::string& bucket, SensorBatching per) : bucket_(bucket), per_(per) {}

  bool take(const S3Change& change) {
    if (per_ == SensorBatching::kItem && payloads_.size() == kChangesAtOnce) return false;
    Json payload = payload_of(change, bucket_);
    if (per_ == SensorBatching::kBatch) {
      bytes_ += to_compact(payload).size() + 1;
      if (!payloads_.empty() && bytes_ > kBatchBytes) return false;
    }
    payloads_.push_back(std::move(payload));
    return true;
  }

  std::vector<SensedChange> finish() {
    std::vector<SensedChange> changes;
    if (per_ == SensorBatching::kItem) {
      for (Json& payload : payloads_) changes.push_back({.payload = std::move(payload)});
    } else if (!payloads_.empty()) {
      const std::size_t count = payloads_.size();
      changes.push_back({.payload = {{"objects", std::move(payloads_)}, {"count", count}}});
    }
    return changes;
  }

 private:
  const std::string& bucket_;
  SensorBatching per_;
  std::vector<Json> payloads_;
  std::size_t bytes_ = 0;
};

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
  Report report(watched.bucket, look.rules.per);
  const S3Comparison comparison =
      compare_objects(before, objects, look.rules.change, [&](const S3Change& change) { return report.take(change); });
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
