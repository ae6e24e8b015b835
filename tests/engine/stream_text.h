#pragma once

#include <string>

#include "engine/reference_model.h"

namespace qflow::reference {

// The flow's file without its id and steps.
std::string toml_of(const Flow& flow);

// A line for people.
std::string line_of(const Step& step);
std::string line_of(const Outcome& outcome);
std::string line_of(const Run& run);

}  // namespace qflow::reference
