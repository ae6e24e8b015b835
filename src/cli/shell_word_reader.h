#pragma once

#include <string>
#include <string_view>

#include "qflow/os/environment.h"

namespace qflow {

// What a word means that stands on the line of a shell as `written`, be it whole or still being written (an open quote
// ends with the word): without its quotes and backslashes (POSIX.1-2017, Shell Command Language 2.2), with the home
// folder for "~" and "~/" at its start (2.6.1), and with the values of $NAME and ${NAME} (2.6.2). All else stays as it
// is: nothing is evaluated, and a variable that the environment lacks remains as it was written, since the shell may
// know it.
std::string read_shell_word(std::string_view written, const Environment& environment);

}  // namespace qflow
