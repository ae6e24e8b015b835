#pragma once

#include <string>
#include <string_view>

namespace qflow {

// Whether names of events and namespaces keep the character: [A-Za-z0-9_.-].
bool stays_in_names(char c);

// The text without the characters that names do not keep; both sides of a namespaced event are shortened so.
std::string kept_in_names(std::string_view text);

}  // namespace qflow
