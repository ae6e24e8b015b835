#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "qflow/model/flow_definition.h"

namespace qflow {

// What stands beside a step in the drawing: its status, say. May be empty.
using StepNote = std::function<std::string(const Step& step)>;

// The steps as a tree for people. A step stands below the last of the steps that it needs; where it needs several, all
// are named beside it. Ends with a newline; the graph is acyclic.
std::string draw_steps(const FlowDefinition& flow, const StepNote& note);

// The same as text of Mermaid (https://mermaid.js.org/syntax/flowchart.html) and Graphviz
// (https://graphviz.org/doc/info/lang.html).
std::string steps_as_mermaid(const FlowDefinition& flow);
std::string steps_as_dot(const FlowDefinition& flow);

// A text inside the double quotes of Mermaid and Graphviz.
std::string mermaid_text(std::string_view text);
std::string dot_text(std::string_view text);

}  // namespace qflow
