#pragma once

#include <optional>
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
std::optional<Completes> parse_asked_kind(std::string_view name);  // nothing for what it calls nothing

bool completes_files(Completes completes);

// The words that complete a value whatever the store holds: choices, topics, commands.
std::vector<std::string_view> fixed_words(Completes completes, std::string_view choices);

// Whether all further words are such ones.
bool is_endless(const PositionalSpec& spec);

// How many words behind the option are its value, where no equals sign joins them.
int value_words(const OptionSpec& option);

// "COMMAND:--OPTION" and "COMMAND:-O" of those that take so many, "*:--OPTION" of global ones: patterns of a shell.
std::vector<std::string> options_with_words(int count);

// All commands that completion offers.
std::vector<const Command*> completed_commands();

}  // namespace qflow
