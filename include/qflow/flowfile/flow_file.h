#pragma once

#include <string>
#include <string_view>

#include "qflow/error/diagnostic.h"
#include "qflow/model/flow_definition.h"

namespace qflow {

// A flow file as read: the definition as far as it made sense, and every problem found.
struct FlowFile {
  FlowDefinition definition;
  Diagnostics diagnostics;
  SourcePosition id_position{};  // of the flow's id
};

// Reads the text of a flow file: TOML, unknown and mistyped keys, names, duplicate ids, unknown steps in needs, cycles,
// parameters and their defaults. Trigger tables are only split off (trigger/trigger_registry.h checks them),
// expressions and templates are kept as text (expression/flow_check.h). `file` is the path for messages; `folder` is
// absolute. Pure.
FlowFile parse_flow_file(std::string_view text, const std::string& file, const std::string& folder);

}  // namespace qflow
