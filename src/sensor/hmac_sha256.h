#pragma once

#include <string>
#include <string_view>

namespace qflow {

// HMAC (RFC 2104) with SHA-256: 32 bytes.
std::string hmac_sha256(std::string_view key, std::string_view message);

}  // namespace qflow
