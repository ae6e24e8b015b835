#pragma once

#include <cstdint>
#include <string>

namespace qflow {

// Appends the code point (at most 0x10FFFF) as UTF-8 (RFC 3629).
void append_utf8(std::string& text, std::uint32_t code);

}  // namespace qflow
