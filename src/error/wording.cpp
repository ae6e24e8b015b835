#include "qflow/error/wording.h"

namespace qflow {

std::string listed(std::span<const std::string> texts, std::string_view last) {
  std::string list;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (i > 0 && i + 1 < texts.size()) list += ", ";
    if (i > 0 && i + 1 == texts.size()) list.append(" ").append(last).append(" ");
    list += texts[i];
  }
  return list;
}

std::string counted(std::size_t number, std::string_view one, std::string_view many) {
  return std::to_string(number).append(" ").append(number == 1 ? one : many);
}

std::string counted(std::size_t number, std::string_view noun) {
  return counted(number, noun, std::string(noun) + "s");
}

}  // namespace qflow
