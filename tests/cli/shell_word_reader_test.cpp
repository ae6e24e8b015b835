#include "cli/shell_word_reader.h"

#include <doctest/doctest.h>

namespace qflow {
namespace {

TEST_CASE("a word of a shell's line is read as the shell reads it, but nothing is evaluated") {
  const Environment environment{{"HOME", "/home/ada"}, {"DIR", "a b"}, {"EMPTY", ""}, {"D2_", "two"}};
  struct Row {
    std::string written, meant;
  };
  const Row rows[] = {
      {"", ""},
      {"flow.toml", "flow.toml"},
      {"~", "/home/ada"},
      {"~/f.toml", "/home/ada/f.toml"},
      {"~ann/f", "~ann/f"},
      {"a~/f", "a~/f"},
      {"--store=~/f", "--store=~/f"},
      {"\\~/f", "~/f"},
      {"'~/f'", "~/f"},
      {"\"~/f\"", "~/f"},
      {"$HOME/f", "/home/ada/f"},
      {"${HOME}/f", "/home/ada/f"},
      {"\"$HOME/f\"", "/home/ada/f"},
      {"'$HOME/f'", "$HOME/f"},
      {"\\$HOME/f", "$HOME/f"},
      {"\"\\$HOME/f\"", "$HOME/f"},
      {"$DIR/$D2_x", "a b/$D2_x"},
      {"$DIR/${D2_}x", "a b/twox"},
      {"x${EMPTY}y$EMPTY", "xy"},
      {"$ABSENT/${ABSENT}", "$ABSENT/${ABSENT}"},
      {"$", "$"},
      {"$$ $1 ${} ${HOME", "$$ $1 ${} ${HOME"},
      {"${HOME:-x}", "${HOME:-x}"},
      {"$(touch x)`touch x`$((1+1))", "$(touch x)`touch x`$((1+1))"},
      {"my\\ dir/f", "my dir/f"},
      {"\"my dir\"/f", "my dir/f"},
      {"my' 'dir/f", "my dir/f"},
      {"'it'\\''s'", "it's"},
      {"\"a 'b' \\\"c\\\" \\d \\\\\"", "a 'b' \"c\" \\d \\"},
      {"'a \"b\" \\c'", "a \"b\" \\c"},
      {"\"two w", "two w"},
      {"'two w", "two w"},
      {"two\\", "two"},
      {"gr\xc3\xbc\xc3\x9f", "gr\xc3\xbc\xc3\x9f"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.written);
    CHECK(read_shell_word(row.written, environment) == row.meant);
  }
  CHECK(read_shell_word("~/$HOME", {}) == "~/$HOME");
}

}  // namespace
}  // namespace qflow
