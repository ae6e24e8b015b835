#pragma once

#include <string>
#include <string_view>

namespace qflow::fuzz {

// Each target defines these two. `feed` gives one input to the code and demands what must hold of the outcome; `endure`
// gives it a long one, of which only the end is awaited: comparing it with a slow model would take too long.
void feed(std::string_view input);
void endure(std::string_view long_input);

// What both drivers call for an input: feeds it, and lets the code endure it where it is chosen for that.
void run(std::string_view input);

// Ends the program with a message where a property does not hold; libFuzzer then keeps the input.
void demand(bool holds, std::string_view property, std::string_view detail = {});

// Numbers that depend on the input alone, for what it does not say itself.
std::size_t hash_of(std::string_view input);

// The text up to the next `\n`, which is taken off `rest` with it.
std::string_view take_line(std::string_view& rest);

}  // namespace qflow::fuzz
