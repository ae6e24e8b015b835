#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "qflow/error/error.h"

namespace qflow {

// The keys that a sensor knows and their ETags, by the keys in byte order, each once.
using KnownObjects = std::vector<std::pair<std::string, std::string>>;

// As bytes: a mark with the version and a checksum, then for each object how many bytes its key shares with the one
// before, the rest of the key, and the ETag (32 hex digits as 16 bytes): 20 to 50 bytes for an object.
std::string to_cursor(const KnownObjects& objects);

// kStore for anything else than such bytes.
Result<KnownObjects> parse_s3_cursor(std::string_view bytes);

}  // namespace qflow
