#include "sensor/glob.h"

#include <doctest/doctest.h>

#include <string>

using namespace qflow;

namespace {

struct MatchRow {
  std::string pattern, path;
  bool matches;
};

}  // namespace

TEST_CASE("a glob matches whole paths") {
  const MatchRow rows[] = {
      {"a.csv", "a.csv", true},
      {"a.csv", "a.csv2", false},
      {"a.csv", "A.csv", false},
      {"", "", true},
      {"", "a", false},
      {"a", "", false},
      // `*` and `?` stay within one part
      {"*", "a.csv", true},
      {"*", ".hidden", true},
      {"*", "a/b", false},
      {"*.csv", ".csv", true},
      {"*.csv", "a.csv", true},
      {"*.csv", "x/a.csv", false},
      {"*.csv", "a.csv.gz", false},
      {"a*b*c", "a-b-b-c", true},
      {"a*b*c", "a-c-b", false},
      {"*aab", "aaab", true},
      {"a?c", "abc", true},
      {"a?c", "a/c", false},
      {"a?c", "ac", false},
      {"??", "ä", true},  // by bytes
      {"x/*.csv", "x/a.csv", true},
      {"x/*.csv", "y/a.csv", false},
      {"*/*", "x/y", true},
      {"*/*", "x", false},
      // `**` as a whole part
      {"**", "a", true},
      {"**", "a/b/c", true},
      {"**/*.csv", "a.csv", true},
      {"**/*.csv", "x/y/a.csv", true},
      {"**/*.csv", "x/y/a.txt", false},
      {"x/**/a", "x/a", true},
      {"x/**/a", "x/b/c/a", true},
      {"x/**/a", "y/a", false},
      {"x/**", "x/a/b", true},
      {"x/**", "x", true},
      {"x/**", "xy", false},
      {"**/b/**/d", "a/b/c/b/d", true},
      {"**/b/**/d", "a/c/d", false},
      {"**/b/c", "b/b/c", true},
      {"a**c", "abbc", true},  // within a part it is `*`
      {"a**c", "a/c", false},
      // sets
      {"[abc]", "b", true},
      {"[abc]", "d", false},
      {"[a-c]x", "bx", true},
      {"[!a-c]", "d", true},
      {"[!a-c]", "b", false},
      {"[^a-c]", "d", true},
      {"[]a]", "]", true},
      {"[!]a]", "]", false},
      {"[a-]", "-", true},
      {"[-a]", "-", true},
      {"[\\]]", "]", true},
      {"[a\\-c]", "b", false},
      {"[!a]", "/", false},
      {"[\x80-\xff]", "\xc3", true},
      {"[a-cx-z]", "y", true},
      // escapes
      {"\\*", "*", true},
      {"\\*", "a", false},
      {"\\?\\[\\\\", "?[\\", true},
      {"\\a", "a", true},
      {"\\**", "*ab", true},
      {"\\**", "ab", false},
      // what is no valid pattern means itself
      {"[a", "[a", true},
      {"[", "[", true},
      {"[]", "[]", true},
      {"[!", "[!", true},
      {"[z-a]", "[z-a]", true},
      {"[z-a]", "z", false},
      {"[a/b]", "[a/b]", true},
      {"[a[b", "[a[b", true},
      {"[z-a[bc]", "[z-ab", true},
      {"[z-a[z-a", "[z-a[z-a", true},
      {"[a[!]b", "!b", true},
      {"[a/[b]", "[a/b", true},
      {"a\\", "a\\", true},
      {"a\\/b", "a\\/b", true},
      // bytes that are special elsewhere
      {"$(x) {a,b} +.", "$(x) {a,b} +.", true},
      {"a\nb", "a\nb", true},
      {"*\xff*", "a\xff\xfe", true},
  };
  for (const MatchRow& row : rows) {
    CAPTURE(row.pattern);
    CAPTURE(row.path);
    CHECK(Glob(row.pattern).matches(row.path) == row.matches);
  }
}

TEST_CASE("a glob knows the folders that it can reach below") {
  const MatchRow rows[] = {
      {"*.csv", "", true},       {"*.csv", "x", false},  {"x/*.csv", "x", true},       {"x/*.csv", "y", false},
      {"x/*.csv", "x/y", false}, {"x/y", "x/y", false},  {"*/y/z", "x", true},         {"*/y/z", "x/y", true},
      {"*/y/z", "x/z", false},   {"**", "x/y/z", true},  {"**/*.csv", "x/y", true},    {"x/**/a", "x", true},
      {"x/**/a", "x/b/c", true}, {"x/**/a", "y", false}, {"[0-9][0-9]/*", "11", true}, {"[0-9][0-9]/*", "1x", false},
  };
  for (const MatchRow& row : rows) {
    CAPTURE(row.pattern);
    CAPTURE(row.path);
    CHECK(Glob(row.pattern).reaches_below(row.path) == row.matches);
  }
}

// With exponential backtracking this test would not end.
TEST_CASE("a glob of many stars ends soon") {
  std::string stars, folders;
  for (int i = 0; i < 200; ++i) stars += "*a", folders += "**/a*a*a/";
  const std::string path(5000, 'a');
  CHECK(!Glob(stars + "b").matches(path));
  std::string deep;
  for (int i = 0; i < 1000; ++i) deep += "aaaa/";
  CHECK(!Glob(folders + "b").matches(deep + "c"));
  CHECK(Glob(folders + "b").matches(deep + "b"));
}
