#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace qflow {

// Appends the code point (at most 0x10FFFF) as UTF-8 (RFC 3629).
void append_utf8(std::string& text, std::uint32_t code);

// The code point of one well-formed sequence, whose length utf8_length() tells.
std::uint32_t decode_utf8(std::string_view sequence);

}  // namespace qflow
