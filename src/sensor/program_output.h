#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "qflow/sensor/look.h"

namespace qflow {

// Runs the program in the look's folder and environment until it ends, and returns what it wrote to standard output.
// `cursor`, if there is one, is its QFLOW_CURSOR. kFailed when it can't be started, ends with another status than 0
// (the message has the last line of its standard error), writes more than 16 MiB, or runs longer than the sensor's
// timeout: then its process group is killed.
Result<std::string> output_of_program(const std::vector<std::string>& command, const Look& look);

}  // namespace qflow
