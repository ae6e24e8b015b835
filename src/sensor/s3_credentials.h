#pragma once

#include "qflow/sensor/look.h"
#include "sensor/s3_signature.h"

namespace qflow {

// AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and, where there is one, AWS_SESSION_TOKEN. An error without the first two
// says how to set them.
Result<S3Credentials> find_s3_credentials(const SecretSource& secret);

// The text with *** for each of them.
std::string without_credentials(std::string text, const S3Credentials& credentials);

}  // namespace qflow
