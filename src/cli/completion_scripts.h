#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "qflow/cli/command.h"

namespace qflow {

// The completion script of a shell, made from the commands' specs. Values that only a store knows (flows, runs,
// parameters, tags) are asked for with `qflow complete KIND PREFIX [WORD...]`, which prints one candidate a line, with
// a tab and a description where there is one.
std::string bash_completion();
std::string zsh_completion();
std::string fish_completion();

// What `qflow complete` calls it; "" for what the scripts complete themselves.
std::string_view asked_kind(Completes completes);

bool completes_files(Completes completes);

// The words that complete a value whatever the store holds: choices, topics, commands.
std::vector<std::string_view> fixed_words(Completes completes, std::string_view choices);

// Whether the word is one of a fixed set on which others follow: once it stands on the line, it is not offered again.
bool chooses_first(const Command& command, const PositionalSpec& spec);

// All commands that completion offers.
std::vector<const Command*> completed_commands();

}  // namespace qflow
