#include "qflow/error/suggestion.h"

#include <doctest/doctest.h>

namespace qflow {
namespace {

const std::vector<std::string> kKeys = {"id", "run", "needs", "retries", "retry_delay", "timeout", "when_busy"};

TEST_CASE("nearest_name finds what was probably meant") {
  struct Row {
    std::string_view name;
    std::string_view expected;
  };
  const Row rows[] = {
      {"need", "needs"},       // a letter short
      {"neeeds", "needs"},     // one too many
      {"retriez", "retries"},  // another one
      {"tiemout", "timeout"},  // two neighbours swapped
      {"retry-delay", "retry_delay"},
      {"Timeout", "timeout"},
      {"WHEN_BUSY", "when_busy"},  // another case only: always near
      {"ID", "id"},
      {"timeout", "timeout"},
      {"rn", "run"},
      {"if", ""},  // half of two letters is too much
      {"banana", ""},
      {"", ""},
      {"x", ""},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    CHECK(nearest_name(row.name, kKeys) == row.expected);
  }
}

TEST_CASE("the nearest wins, of equals the first; case counts half") {
  const std::vector<std::string> flows = {"TrainFlow", "trainFlow", "TrainingFlow"};
  CHECK(nearest_name("trainflow", flows) == "trainFlow");
  CHECK(nearest_name("TrainFlov", flows) == "TrainFlow");
  CHECK(nearest_name("TrainngFlow", flows) == "TrainingFlow");
  const std::vector<std::string> equals = {"abcd1", "abcd2"};
  CHECK(nearest_name("abcd3", equals) == "abcd1");
}

TEST_CASE("a third of the length is near, more is not") {
  const std::vector<std::string> nine = {"abcdefghi"};
  CHECK(nearest_name("abcdefxyz", nine) == "abcdefghi");
  CHECK(nearest_name("abcdewxyz", nine).empty());
  CHECK(nearest_name("abcdef", nine) == "abcdefghi");
  CHECK(nearest_name("abcde", nine).empty());
}

TEST_CASE("names as long as anybody likes are answered without a suggestion") {
  const std::string huge(1 << 20, 'a');
  const std::vector<std::string> candidates = {"a", huge, "", std::string(300, 'a')};
  CHECK(nearest_name(huge, candidates).empty());
  CHECK(nearest_name(std::string(255, 'a'), candidates).empty());
  const std::string longest(255, 'b');
  const std::vector<std::string> near = {std::string(254, 'b')};
  CHECK(nearest_name(longest, near) == near[0]);
}

TEST_CASE("string_view candidates") {
  const std::vector<std::string_view> names = {"check", "run"};
  CHECK(nearest_name("chekc", names) == "check");
}

TEST_CASE("did_you_mean is silent where it has nothing to say") {
  CHECK(did_you_mean("need", kKeys) == "did you mean 'needs'?");
  CHECK(did_you_mean("banana", kKeys).empty());
  CHECK(did_you_mean("needs", kKeys).empty());
  CHECK(did_you_mean("need", std::vector<std::string>{}).empty());
}

TEST_CASE("did_you_mean_or_list lists the known names") {
  const std::vector<std::string> colors = {"red", "green", "blue"};
  CHECK(did_you_mean_or_list("gren", colors) == "did you mean 'green'?");
  CHECK(did_you_mean_or_list("yellow", colors) == "known: red, green, blue");
  CHECK(did_you_mean_or_list("yellow", std::vector<std::string>{}).empty());
  const std::vector<std::string> hostile = {"a\x1B[2J"};
  CHECK(did_you_mean_or_list("zzz", hostile) == "known: a\\x1b[2J");
}

TEST_CASE("quoted_list joins names") {
  CHECK(quoted_list(std::vector<std::string>{}).empty());
  CHECK(quoted_list(std::vector<std::string>{"a"}) == "'a'");
  CHECK(quoted_list(std::vector<std::string>{"a", "b"}) == "'a' and 'b'");
  CHECK(quoted_list(std::vector<std::string>{"a", "b", "c"}) == "'a', 'b' and 'c'");
}

TEST_CASE("long lists are cut after 20 names") {
  std::vector<std::string> names;
  for (int i = 0; i < 20; ++i) names.push_back("n" + std::to_string(i));
  CHECK(quoted_list(names).ends_with("'n18' and 'n19'"));
  for (int i = 20; i < 1000; ++i) names.push_back("n" + std::to_string(i));
  CHECK(quoted_list(names).ends_with("'n18', 'n19' and 980 more"));
  CHECK(did_you_mean_or_list("something", names).ends_with("n18, n19 and 980 more"));
}

TEST_CASE("equal_ignoring_case looks at ASCII letters only") {
  CHECK(equal_ignoring_case("Window", "wINDOW"));
  CHECK(equal_ignoring_case("", ""));
  CHECK(!equal_ignoring_case("window", "windows"));
  CHECK(!equal_ignoring_case("a_b", "a-b"));
  CHECK(!equal_ignoring_case("[", "{"));
}

}  // namespace
}  // namespace qflow
