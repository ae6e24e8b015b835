#include "fuzz/target.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "qflow/error/printable.h"

namespace qflow::fuzz {
namespace {

constexpr std::size_t kLongInput = 64 * 1024;
constexpr std::size_t kLongestPart = 64;
constexpr std::size_t kOneIn = 256;

// A part of the input, chosen by its hash, repeated in its place: what is nested, chained or backtracked grows with it.
// Mutations alone hardly ever make such texts.
std::string lengthened(std::string_view input, std::size_t hash) {
  const std::size_t begin = hash % input.size();
  const std::size_t length = 1 + hash / input.size() % std::min(kLongestPart, input.size() - begin);
  std::string text(input.substr(0, begin));
  while (text.size() + input.size() < kLongInput) text += input.substr(begin, length);
  return text.append(input.substr(begin));
}

}  // namespace

void run(std::string_view input) {
  feed(input);
  const std::size_t hash = hash_of(input);
  if (!input.empty() && hash % kOneIn == 0) endure(lengthened(input, hash / kOneIn));
}

void demand(bool holds, std::string_view property, std::string_view detail) {
  if (holds) return;
  const std::string message = "does not hold: " + std::string(property) + "\n" + printable(detail) + "\n";
  std::fputs(message.c_str(), stderr);
  std::abort();
}

// FNV-1a.
std::size_t hash_of(std::string_view input) {
  std::size_t hash = 14695981039346656037u;
  for (const char c : input) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211u;
  return hash ^ hash >> 32;
}

std::string_view take_line(std::string_view& rest) {
  const std::size_t end = std::min(rest.find('\n'), rest.size());
  const std::string_view line = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return line;
}

}  // namespace qflow::fuzz
