#include "sensor/glob.h"

#include <algorithm>
#include <optional>

namespace qflow {
namespace {

unsigned char index_of(char byte) {
  return static_cast<unsigned char>(byte);
}

// The part of a path that begins at `start`.
std::string_view part_at(std::string_view path, std::size_t start) {
  return path.substr(start, path.find('/', start) - start);
}

// One byte of a set, `\` before it taken off; nothing at the end of the pattern and at a slash, where no set goes on.
std::optional<char> take_member(std::string_view pattern, std::size_t& position) {
  if (position < pattern.size() && pattern[position] == '\\') ++position;
  if (position >= pattern.size() || pattern[position] == '/') return std::nullopt;
  return pattern[position++];
}

}  // namespace

Glob::Glob(std::string_view pattern) : parts_(1) {
  Reading reading{pattern, 0, std::vector<bool>(pattern.size() + 1)};
  std::size_t& position = reading.position;
  std::size_t part_start = 0;
  while (position <= pattern.size()) {
    if (position < pattern.size() && pattern[position] != '/') {
      take_token(reading, parts_.back());
      continue;
    }
    parts_.back().any_parts = pattern.substr(part_start, position - part_start) == "**";
    part_start = ++position;
    if (position <= pattern.size()) parts_.emplace_back();
  }
}

void Glob::take_token(Reading& reading, Part& part) {
  const std::string_view pattern = reading.pattern;
  std::size_t& position = reading.position;
  if (pattern[position] == '[' && take_set(reading, part)) return;
  char byte = pattern[position++];
  if (byte == '?') {
    part.tokens.push_back({TokenKind::kAnyByte});
  } else if (byte == '*') {
    bool repeated = !part.tokens.empty() && part.tokens.back().kind == TokenKind::kAnyBytes;
    if (!repeated) part.tokens.push_back({TokenKind::kAnyBytes});
  } else {
    bool escapes = byte == '\\' && position < pattern.size() && pattern[position] != '/';
    part.tokens.push_back({TokenKind::kByte, escapes ? pattern[position++] : byte});
  }
}

bool Glob::take_set(Reading& reading, Part& part) {
  const std::string_view pattern = reading.pattern;
  std::size_t at = reading.position + 1;
  bool inverted = at < pattern.size() && (pattern[at] == '!' || pattern[at] == '^');
  if (inverted) ++at;
  ByteSet members;
  // A `]` that comes first is a member.
  for (std::size_t first = at; at == first || at >= pattern.size() || pattern[at] != ']';) {
    if (at != first && reading.hopeless[at]) return false;
    if (at != first) reading.hopeless[at] = true;  // a set that is valid is left behind, and never asked about again
    auto low = take_member(pattern, at);
    if (!low) return false;
    bool range = at + 1 < pattern.size() && pattern[at] == '-' && pattern[at + 1] != ']';
    auto high = range ? take_member(pattern, ++at) : low;
    if (!high || index_of(*high) < index_of(*low)) return false;
    for (std::size_t byte = index_of(*low); byte <= index_of(*high); ++byte) members.set(byte);
  }
  sets_.push_back(inverted ? ~members : members);
  part.tokens.push_back({TokenKind::kSet, 0, static_cast<std::uint32_t>(sets_.size() - 1)});
  reading.position = at + 1;
  return true;
}

bool Glob::fits(const Token& token, char byte) const {
  if (token.kind == TokenKind::kByte) return token.byte == byte;
  return token.kind == TokenKind::kAnyByte || (token.kind == TokenKind::kSet && sets_[token.set][index_of(byte)]);
}

// Only the last `*` ever has to take more: whatever an earlier one could take besides, the last one can take too. So
// no pair of token and byte is compared twice. The same holds for `**` and the parts in `matches`.
bool Glob::fits(const Part& part, std::string_view name) const {
  const auto& tokens = part.tokens;
  std::size_t token = 0, byte = 0;
  std::optional<std::size_t> star;
  std::size_t taken_to = 0;  // what the star has taken ends here
  while (byte < name.size()) {
    if (token < tokens.size() && tokens[token].kind == TokenKind::kAnyBytes) {
      star = ++token;
      taken_to = byte;
    } else if (token < tokens.size() && fits(tokens[token], name[byte])) {
      ++token, ++byte;
    } else if (star) {
      token = *star;
      byte = ++taken_to;
    } else {
      return false;
    }
  }
  while (token < tokens.size() && tokens[token].kind == TokenKind::kAnyBytes) ++token;
  return token == tokens.size();
}

bool Glob::matches(std::string_view path) const {
  std::size_t part = 0, start = 0;
  std::optional<std::size_t> star;
  std::size_t taken_to = 0;
  while (start <= path.size()) {
    if (part < parts_.size() && parts_[part].any_parts) {
      star = ++part;
      taken_to = start;
    } else if (part < parts_.size() && fits(parts_[part], part_at(path, start))) {
      start += part_at(path, start).size() + 1;
      ++part;
    } else if (star) {
      part = *star;
      taken_to += part_at(path, taken_to).size() + 1;
      start = taken_to;
    } else {
      return false;
    }
  }
  while (part < parts_.size() && parts_[part].any_parts) ++part;
  return part == parts_.size();
}

bool Glob::reaches_below(std::string_view folder) const {
  std::size_t part = 0;
  for (std::size_t start = 0; !folder.empty() && start <= folder.size(); ++part) {
    if (part == parts_.size()) return false;
    if (parts_[part].any_parts) return true;
    std::string_view name = part_at(folder, start);
    if (!fits(parts_[part], name)) return false;
    start += name.size() + 1;
  }
  return part < parts_.size();
}

}  // namespace qflow
