#pragma once

#include <functional>
#include <string>
#include <vector>

#include "qflow/model/sensor.h"
#include "sensor/s3_answer.h"
#include "sensor/s3_cursor.h"

namespace qflow {

// An object that came, changed its ETag, or went; of one that went, size and time are not known any more.
struct S3Change {
  ChangeKind kind = ChangeKind::kCreated;
  const std::string& key;
  const std::string& etag;
  const S3Object* object = nullptr;  // absent for one that went
};

// False when there is no room for the change.
using S3ChangeSink = std::function<bool(const S3Change&)>;

struct S3Comparison {
  KnownObjects known = {};  // afterwards: without the changes for which there was no room
  bool more = false;        // there were such
};

// Offers the changes of the wanted kind to the sink, in the order of their keys, until it refuses one; both lists are
// in byte order.
S3Comparison compare_objects(const KnownObjects& before, const std::vector<S3Object>& now, ChangeKind wanted,
                             const S3ChangeSink& sink);

}  // namespace qflow
