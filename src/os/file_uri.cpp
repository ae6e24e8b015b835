#include "qflow/os/file_uri.h"

#include <fmt/format.h>

#include "qflow/error/characters.h"

namespace qflow {

std::string file_uri(const Path& path) {
  std::string uri = "file:";
  for (const char c : path.native()) {
    const bool is_plain = is_letter(c) || is_digit(c) || c == '/' || c == '.';
    uri += is_plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return uri;
}

}  // namespace qflow
