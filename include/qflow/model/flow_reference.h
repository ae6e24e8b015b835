#pragma once

#include <string>
#include <string_view>

#include "qflow/model/names.h"

namespace qflow {

// What people write for a flow: "Flow", or with its namespace "foo.prod.bar.Flow".
struct FlowReference {
  FlowId flow;
  std::string name_space = {};  // "" when none is named
};

// kInvalid when the part after the last dot is no flow id, or there is one dot: no namespace is without one.
Result<FlowReference> parse_flow_reference(std::string_view text);

}  // namespace qflow
