#pragma once

#include <bitset>
#include <cstdint>
#include <string_view>
#include <vector>

namespace qflow {

// A pattern of names, as shells and gitignore(5) have it: `*` and `?` stay within one part of a path, `**` as a whole
// part stands for any number of parts (none too), [a-z], [!a-z]; `\` takes the next character's meaning away. What
// is no valid pattern means itself. Matching is by bytes, and needs time in proportion to the product of both lengths
// at most; reading a pattern, to its length. A leading dot has no special meaning.
class Glob {
 public:
  explicit Glob(std::string_view pattern);

  // The whole path, which has no leading slash ("2026/11/a.csv").
  bool matches(std::string_view path) const;
  // Whether anything below the folder ("2026/11", "" for the root) could match, so that it has to be listed.
  bool reaches_below(std::string_view folder) const;

 private:
  using ByteSet = std::bitset<256>;
  enum class TokenKind : std::uint8_t { kByte, kAnyByte, kAnyBytes, kSet };
  struct Token {
    TokenKind kind = TokenKind::kByte;
    char byte = 0;
    std::uint32_t set = 0;  // index into sets_
  };
  struct Part {
    bool any_parts = false;  // `**`
    std::vector<Token> tokens = {};
  };

  // A pattern that is being read.
  struct Reading {
    std::string_view pattern;
    std::size_t position = 0;
    std::vector<bool> hopeless;  // the places from which the members of a set go on to no end; none is tried twice
  };

  // Reads the set that begins at `[`, and moves behind it; changes nothing when it is no valid one.
  bool take_set(Reading& reading, Part& part);
  void take_token(Reading& reading, Part& part);
  bool fits(const Token& token, char byte) const;
  bool fits(const Part& part, std::string_view name) const;

  std::vector<Part> parts_;
  std::vector<ByteSet> sets_;
};

}  // namespace qflow
