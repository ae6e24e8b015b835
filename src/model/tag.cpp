#include "qflow/model/tag.h"

#include <fmt/format.h>

#include "qflow/error/printable.h"

namespace qflow {

namespace {

constexpr std::size_t kLongestTag = 200;

}  // namespace

Status check_tag(const std::string& tag) {
  if (!tag.empty() && tag.size() <= kLongestTag && printable(tag) == tag) return {};
  return fail(ErrorKind::kInvalid, fmt::format("{} is no tag", qflow::quoted(tag)),
              fmt::format("a tag is text of 1 to {} bytes without control characters", kLongestTag));
}

}  // namespace qflow
