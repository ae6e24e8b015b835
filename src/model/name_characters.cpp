#include "qflow/model/name_characters.h"

#include <algorithm>
#include <iterator>

#include "qflow/error/characters.h"

namespace qflow {

bool stays_in_names(char c) {
  return is_letter(c) || is_digit(c) || c == '_' || c == '.' || c == '-';
}

std::string kept_in_names(std::string_view text) {
  std::string kept;
  std::copy_if(text.begin(), text.end(), std::back_inserter(kept), stays_in_names);
  return kept;
}

}  // namespace qflow
