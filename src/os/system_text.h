#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "qflow/os/file_system.h"

namespace qflow {

// What a file of /proc says; "" when there is none.
inline std::string system_text(const std::string& path) {
  PosixFileSystem files;
  return read_file(files, path).value_or("");
}

// What stands between the spaces and newlines of such a text; the words point into it.
inline std::vector<std::string_view> words_of(std::string_view text) {
  constexpr std::string_view kBetween = " \n";
  std::vector<std::string_view> words;
  while (true) {
    text.remove_prefix(std::min(text.find_first_not_of(kBetween), text.size()));
    if (text.empty()) return words;
    words.push_back(text.substr(0, text.find_first_of(kBetween)));
    text.remove_prefix(words.back().size());
  }
}

}  // namespace qflow
