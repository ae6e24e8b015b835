#include "qflow/model/flow_reference.h"

#include <fmt/format.h>

#include "qflow/error/printable.h"

namespace qflow {

Result<FlowReference> parse_flow_reference(std::string_view text) {
  const std::size_t dot = text.rfind('.');
  FlowReference reference;
  if (dot == std::string_view::npos) {
    QFLOW_ASSIGN(reference.flow, FlowId::parse(text));
    return reference;
  }
  if (dot == 0) return tl::make_unexpected(bad_name(FlowIdRule::kNoun, FlowIdRule::kRule, text));
  if (text.find('.') == dot) {
    return fail(ErrorKind::kInvalid, fmt::format("the flow name {} has one dot", quoted(text)),
                "write Flow, or project.branch.Flow");
  }
  QFLOW_ASSIGN(reference.flow, FlowId::parse(text.substr(dot + 1)));
  reference.name_space = text.substr(0, dot);
  return reference;
}

}  // namespace qflow
