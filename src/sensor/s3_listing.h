#pragma once

#include <string>
#include <vector>

#include "qflow/os/clock.h"
#include "sensor/http_transport.h"
#include "sensor/s3_answer.h"
#include "sensor/s3_place.h"
#include "sensor/s3_signature.h"

namespace qflow {

// What a listing needs beside its place. The transport and the clock outlive it.
struct S3Access {
  const S3Credentials& credentials;
  HttpTransport& transport;
  Clock& clock;    // dates the signatures, and counts for the limit
  Duration limit;  // for all pages together
};

// All objects whose keys begin with `prefix`, by their keys in byte order, page by page. S3 shows what it has while it
// answers each page: what comes meanwhile may be missing. An error of any page is an error of the whole.
Result<std::vector<S3Object>> list_objects(const S3Place& place, const std::string& prefix, const S3Access& access);

}  // namespace qflow
