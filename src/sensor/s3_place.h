#pragma once

#include <string>

#include "qflow/error/error.h"
#include "qflow/model/sensor.h"
#include "qflow/os/environment.h"

namespace qflow {

// Where the objects of a sensor are.
struct S3Place {
  std::string scheme;  // "https"
  std::string host;    // with the port, where one is named
  std::string path;    // not encoded; names the bucket unless the host does
  std::string region;
  std::string shown;  // "s3://bucket/prefix", for messages
};

// AWS's own address without an `endpoint`: https://BUCKET.s3.REGION.amazonaws.com, for a bucket with a dot (which the
// certificate would not cover) https://s3.REGION.amazonaws.com/BUCKET; else ENDPOINT/BUCKET. The region is the
// sensor's, else AWS_REGION's, else AWS_DEFAULT_REGION's, else us-east-1. kInvalid for an endpoint that is no address.
Result<S3Place> s3_place(const S3Sensor& sensor, const Environment& environment);

}  // namespace qflow
