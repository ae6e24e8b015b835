#pragma once

#include <string>
#include <vector>

#include "qflow/cli/command.h"

namespace qflow {

// Reads what stands around the name of a command: its own options and the global ones, in any order, and positionals.
// "--" ends the options; a value may begin with '-', as may a positional that is "-" or a number. kUsage names the
// option, with the nearest known one. How many positionals there are is not judged here: see check_positionals.
Result<Arguments> parse_options(const Command& command, const std::vector<std::string>& words);

// The place of the command's name: the first word that is neither a global option nor its value.
std::size_t find_command_word(const std::vector<std::string>& words);

// kUsage when positionals are missing or too many.
Status check_positionals(const Command& command, const Arguments& arguments);

}  // namespace qflow
