#pragma once

#include <string>

namespace qflow {

// A word of a command that a person can copy: in single quotes where a shell (POSIX, "Shell Command Language", 2.2)
// would otherwise read something else; as $'\x1b…' (bash, zsh, POSIX 2024) where it is not fit to be printed.
std::string shell_word(const std::string& text);

// How --correlation names a value, given as canonical JSON: the text that it is where that can be no other value, else
// the JSON. As a shell word.
std::string correlation_word(const std::string& correlation);

}  // namespace qflow
