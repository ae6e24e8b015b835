#pragma once

#include <string>
#include <vector>

#include "qflow/model/parameter.h"

namespace qflow {

// Adds what `-p NAME=VALUE` sets to `values`, under the names as declared and of the parameters' types. kUsage and
// kInvalid name the argument.
Status add_parameters(const std::vector<Parameter>& parameters, const std::vector<std::string>& given, Json& values);

// The same for values of any JSON type by the parameters' names; null leaves one to its default.
Status add_values(const std::vector<Parameter>& parameters, const Json& given, Json& values);

}  // namespace qflow
