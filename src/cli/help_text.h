#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "qflow/cli/command.h"

namespace qflow {

// Breaks text into lines of at most `width` columns between words; every line is indented by `indent`. An empty line
// separates paragraphs; a line that starts with a space is kept as it is.
std::string wrap_text(std::string_view text, int width, int indent);

// Two columns: the terms, and their texts wrapped beside them.
std::string term_list(const std::vector<std::pair<std::string, std::string>>& terms, int width);

// The command's line of use in pieces that are not broken: "run", "FILE|FLOW", "[-p K=V]...".
std::vector<std::string> usage_words(const Command& command);
// "-q, --quiet", "--store DIR"; names without a short form are indented to line up when `aligned`.
enum class Alignment { kNo, kYes };
std::string option_term(const OptionSpec& option, Alignment alignment);
// What it does, with the known values.
std::string option_text(const OptionSpec& option);

// `qflow help COMMAND`, and `qflow COMMAND --help`.
std::string command_help(const Command& command, int width);
// `qflow help`: all commands by purpose, and the topics.
std::string overview(int width);

}  // namespace qflow
