// Input: a pattern, and a path on the next lines. Compared with a matcher that takes the pattern as its documentation
// has it (sensor/glob.h), part by part and byte by byte, and remembers every pair of places.
#include <bitset>
#include <optional>
#include <vector>

#include "fuzz/target.h"
#include "sensor/glob.h"

namespace qflow::fuzz {
namespace {

constexpr std::size_t kLongestCompared = 256;
constexpr std::size_t kLongestPath = 1024;  // of a key of S3

std::vector<std::string_view> split(std::string_view path) {
  std::vector<std::string_view> parts;
  for (std::size_t slash = path.find('/'); slash != std::string_view::npos; slash = path.find('/')) {
    parts.push_back(path.substr(0, slash));
    path.remove_prefix(slash + 1);
  }
  parts.push_back(path);
  return parts;
}

// What stands for one byte of a name, or for any number of them.
struct Element {
  std::bitset<256> bytes;
  bool any_number = false;
  std::size_t length = 1;  // in the pattern
};

std::size_t code(char byte) {
  return static_cast<unsigned char>(byte);
}

std::bitset<256> only(char byte) {
  return std::bitset<256>().set(code(byte));
}

// The set at the start of the pattern, if there is a valid one.
std::optional<Element> read_set(std::string_view pattern) {
  Element element;
  std::size_t at = 1;
  const bool inverted = at < pattern.size() && (pattern[at] == '!' || pattern[at] == '^');
  at += inverted ? 1 : 0;
  const auto take = [&]() -> std::optional<char> {
    if (at < pattern.size() && pattern[at] == '\\') ++at;
    return at < pattern.size() ? std::optional(pattern[at++]) : std::nullopt;
  };
  bool first = true;
  while (at >= pattern.size() || pattern[at] != ']' || first) {
    first = false;
    const auto low = take();
    auto high = low;
    if (at + 1 < pattern.size() && pattern[at] == '-' && pattern[at + 1] != ']') {
      ++at;
      high = take();
    }
    if (!low || !high || code(*high) < code(*low)) return std::nullopt;
    for (std::size_t byte = code(*low); byte <= code(*high); ++byte) element.bytes.set(byte);
  }
  if (inverted) element.bytes.flip();
  element.length = at + 1;
  return element;
}

Element read_element(std::string_view pattern) {
  if (pattern[0] == '*') return {.bytes = std::bitset<256>().set(), .any_number = true};
  if (pattern[0] == '?') return {.bytes = std::bitset<256>().set()};
  if (pattern[0] == '[') {
    if (const auto set = read_set(pattern)) return *set;
  }
  if (pattern[0] == '\\' && pattern.size() > 1) return {.bytes = only(pattern[1]), .length = 2};
  return {.bytes = only(pattern[0])};
}

// Whether the rest of a pattern fits the rest of a sequence, from the ends to the fronts: `row[j]` is the answer for
// what follows in the pattern and the sequence from j on.
std::vector<bool> last_row(std::size_t length) {
  std::vector<bool> row(length + 1, false);
  row[length] = true;
  return row;
}

template <class Fits>
std::vector<bool> row_before(const std::vector<bool>& after, bool any_number, const Fits& fits) {
  std::vector<bool> row(after.size(), false);
  for (std::size_t j = after.size(); j-- > 0;) {
    const bool takes_one = j + 1 < after.size() && fits(j);
    row[j] = any_number ? after[j] || (takes_one && row[j + 1]) : takes_one && after[j + 1];
  }
  return row;
}

bool part_fits(std::string_view pattern, std::string_view name) {
  std::vector<Element> elements;
  for (; !pattern.empty(); pattern.remove_prefix(elements.back().length)) elements.push_back(read_element(pattern));
  std::vector<bool> row = last_row(name.size());
  for (auto element = elements.rbegin(); element != elements.rend(); ++element) {
    row = row_before(row, element->any_number, [&](std::size_t j) { return element->bytes[code(name[j])]; });
  }
  return row[0];
}

bool fits(std::string_view pattern, std::string_view path) {
  const std::vector<std::string_view> patterns = split(pattern);
  const std::vector<std::string_view> names = split(path);
  std::vector<bool> row = last_row(names.size());
  for (auto part = patterns.rbegin(); part != patterns.rend(); ++part) {
    const bool any_number = *part == "**";
    row = row_before(row, any_number, [&](std::size_t j) { return any_number || part_fits(*part, names[j]); });
  }
  return row[0];
}

}  // namespace

void feed(std::string_view input) {
  if (input.size() > kLongestCompared) return endure(input);
  std::string_view path = input;
  const std::string_view pattern = take_line(path);
  const Glob glob(pattern);
  const bool matches = glob.matches(path);
  demand(matches == fits(pattern, path), matches ? "no match" : "a match", input);
  if (!matches) return;
  demand(glob.reaches_below(""), "what matches is reached from the root", input);
  for (std::size_t slash = path.find('/'); slash != std::string_view::npos; slash = path.find('/', slash + 1)) {
    // "" stands for the root; paths with a leading slash are none that are asked about.
    if (slash > 0) demand(glob.reaches_below(path.substr(0, slash)), "what matches is reached from its folders", input);
  }
}

void endure(std::string_view long_input) {
  std::string_view path = long_input;
  const Glob glob(take_line(path));
  path = path.substr(0, kLongestPath);
  glob.matches(path);
  glob.reaches_below(path);
}

}  // namespace qflow::fuzz
