#include "qflow/error/utf8_encoding.h"

namespace qflow {

void append_utf8(std::string& text, std::uint32_t code) {
  const auto trail = [&](int shift) { text += static_cast<char>(0x80 | (code >> shift & 0x3F)); };
  if (code < 0x80) {
    text += static_cast<char>(code);
  } else if (code < 0x800) {
    text += static_cast<char>(0xC0 | code >> 6);
    trail(0);
  } else if (code < 0x10000) {
    text += static_cast<char>(0xE0 | code >> 12);
    trail(6);
    trail(0);
  } else {
    text += static_cast<char>(0xF0 | code >> 18);
    trail(12);
    trail(6);
    trail(0);
  }
}

}  // namespace qflow
