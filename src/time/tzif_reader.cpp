#include "time/tzif_reader.h"

namespace qflow {
namespace {

constexpr std::size_t kHeaderSize = 44;

std::uint64_t read_big_endian(std::string_view bytes, std::size_t at, std::size_t size) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < size; ++i) value = value << 8 | static_cast<unsigned char>(bytes[at + i]);
  return value;
}

// The six counts of a header, in the order of the file.
struct Header {
  char version = 0;
  std::size_t ut_indicators = 0;
  std::size_t standard_indicators = 0;
  std::size_t leap_seconds = 0;
  std::size_t changes = 0;
  std::size_t types = 0;
  std::size_t characters = 0;

  // At most 6 * 2^32 * 13 bytes: no overflow.
  std::size_t data_size(std::size_t time_size) const {
    return changes * (time_size + 1) + types * 6 + characters + leap_seconds * (time_size + 4) + standard_indicators +
           ut_indicators;
  }
};

bool read_header(std::string_view content, Header& header) {
  if (content.size() < kHeaderSize || !content.starts_with("TZif")) return false;
  header.version = content[4];
  std::size_t* const counts[] = {&header.ut_indicators, &header.standard_indicators,
                                 &header.leap_seconds,  &header.changes,
                                 &header.types,         &header.characters};
  for (std::size_t i = 0; i < 6; ++i) *counts[i] = read_big_endian(content, 20 + 4 * i, 4);
  return true;
}

std::string_view take(std::string_view& rest, std::size_t size) {
  const std::string_view taken = rest.substr(0, size);
  rest.remove_prefix(size);
  return taken;
}

}  // namespace

std::int32_t read_int32(std::string_view bytes, std::size_t at) {
  return static_cast<std::int32_t>(read_big_endian(bytes, at, 4));
}

std::int64_t read_int64(std::string_view bytes, std::size_t at) {
  return static_cast<std::int64_t>(read_big_endian(bytes, at, 8));
}

std::string_view read_tzif(std::string_view content, TzifBlock& block) {
  Header header;
  if (!read_header(content, header)) return "it is no TZif file";
  if (header.version < '2') return "it is of TZif version 1, which ends in 2037";
  const std::size_t first = kHeaderSize + header.data_size(4);
  if (content.size() < first) return "it is cut off";
  std::string_view rest = content.substr(first);
  if (!read_header(rest, header)) return "its second header is missing";
  rest.remove_prefix(kHeaderSize);
  if (rest.size() < header.data_size(8)) return "it is cut off";
  if (header.types == 0) return "it has no types of local time";
  if (header.leap_seconds > 0) return "it counts leap seconds, as no clock of a computer does";
  block.change_count = header.changes;
  block.type_count = header.types;
  block.change_times = take(rest, header.changes * 8);
  block.change_types = take(rest, header.changes);
  block.types = take(rest, header.types * 6);
  block.abbreviations = take(rest, header.characters);
  take(rest, header.standard_indicators + header.ut_indicators);
  if (rest.size() < 2 || rest.front() != '\n' || rest.find('\n', 1) == std::string_view::npos) {
    return "its footer is missing";
  }
  block.footer = rest.substr(1, rest.find('\n', 1) - 1);
  return {};
}

}  // namespace qflow
