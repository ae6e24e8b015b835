#pragma once

#include "qflow/error/diagnostic.h"
#include "qflow/model/flow_definition.h"

namespace qflow {

// Checks every expression and template of the steps (when, foreach, exec, env, workdir, publish) and the braces in run
// and hooks: syntax, functions, and references that can't exist in their place (an unknown parameter, a root out of
// scope, artifacts.<step>.… of a step that this one does not need, a step and a declared artifact of one name).
// Problems are reported at the offset inside the string where the file's text shows it, else at the string.
void check_step_expressions(const FlowDefinition& flow, Diagnostics& diagnostics);

// The position of `offset` bytes into a string value that starts at `position` in `file_text`: inside the quotes, also
// of a string of several lines, where the text up to there stands in the file as it is; else (an escape comes before)
// `position` itself.
SourcePosition position_inside(std::string_view file_text, SourcePosition position, std::string_view value,
                               std::size_t offset);

}  // namespace qflow
