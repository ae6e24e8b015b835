#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace qflow {

// The part of a TZif file (RFC 9636, section 3) with times of 64 bits, and its footer; views into the content.
struct TzifBlock {
  std::size_t change_count = 0;
  std::size_t type_count = 0;
  std::string_view change_times;   // 8 bytes each
  std::string_view change_types;   // 1 byte each
  std::string_view types;          // 6 bytes each: offset, is daylight, place of its abbreviation
  std::string_view abbreviations;  // each ended by a NUL
  std::string_view footer;         // without its newlines
};

// What is wrong, or "" after filling `block`. Every count has been compared with what is there.
std::string_view read_tzif(std::string_view content, TzifBlock& block);

// Big-endian, at byte `at` of `bytes`.
std::int32_t read_int32(std::string_view bytes, std::size_t at);
std::int64_t read_int64(std::string_view bytes, std::size_t at);

}  // namespace qflow
