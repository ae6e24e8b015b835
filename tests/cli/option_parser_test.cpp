#include "cli/option_parser.h"

#include <doctest/doctest.h>

#include "cli/command_table.h"

namespace qflow {
namespace {

constexpr PositionalSpec kPositionals[] = {{.name = "FILE"},
                                           {.name = "MORE", .count = PositionalSpec::Count::kOptional}};
constexpr OptionSpec kOptions[] = {
    {.name = "payload", .value = "JSON"},
    {.name = "param", .short_name = 'p', .value = "K=V", .repeats = OptionSpec::Repeats::kYes},
    {.name = "format", .value = "FORMAT", .choices = "text|dot"},
    {.name = "fail-fast", .short_name = 'F'},
    {.name = "wait", .value = "[=DURATION]"},
};
constexpr Command kCommand = {.name = "test", .positionals = kPositionals, .options = kOptions};

// What was understood, as "payload=x fail-fast : positionals", or the error.
std::string parsed(const std::vector<std::string>& words) {
  const Result<Arguments> arguments = parse_options(kCommand, words);
  if (!arguments) return to_text(arguments.error());
  if (const Status status = check_positionals(kCommand, *arguments); !status) return to_text(status.error());
  std::string text;
  for (const std::string name : {"payload", "param", "format", "wait", "store", "color"}) {
    for (const std::string& value : arguments->values(name)) text += name + "=" + value + " ";
  }
  for (const std::string name : {"fail-fast", "quiet", "verbose", "help", "version"}) {
    if (arguments->flag(name)) text += name + " ";
  }
  text += ":";
  for (const std::string& positional : arguments->positionals()) text += " " + positional;
  return text;
}

TEST_CASE("words become options, values and positionals") {
  struct Row {
    std::vector<std::string> words;
    std::string expected;
  };
  const std::vector<Row> rows{
      {{"f"}, ": f"},
      {{"f", "g"}, ": f g"},
      {{"f", "--payload", "x"}, "payload=x : f"},
      {{"--payload=x", "f"}, "payload=x : f"},
      {{"--payload=a=b", "f"}, "payload=a=b : f"},
      {{"--payload=", "f"}, "payload= : f"},
      {{"f", "--payload", ""}, "payload= : f"},
      {{"f", "--payload", "-"}, "payload=- : f"},
      {{"f", "--payload", "-5"}, "payload=-5 : f"},
      {{"f", "--payload", "--fail-fast"}, "payload=--fail-fast : f"},
      {{"f", "--payload", "[1, 2]"}, "payload=[1, 2] : f"},
      {{"f", "--payload", "{\"a\": [1]}"}, "payload={\"a\": [1]} : f"},
      {{"-p", "a=1", "f", "-p", "b=-2", "--param", "c="}, "param=a=1 param=b=-2 param=c= : f"},
      {{"-pa=1", "f"}, "param=a=1 : f"},
      {{"-Fq", "f"}, "fail-fast quiet : f"},
      {{"-Fpa=1", "f"}, "param=a=1 fail-fast : f"},
      {{"-"}, ": -"},
      {{"-5"}, ": -5"},
      {{"-.5"}, ": -.5"},
      {{"--", "-x", "--payload"}, ": -x --payload"},
      {{"f", "--", "--"}, ": f --"},
      {{"--payload", "--", "f"}, "payload=-- : f"},
      {{"f", "--format", "dot"}, "format=dot : f"},
      {{"f", "--store", "/s", "--color=never", "-v"}, "store=/s color=never verbose : f"},
      {{"f", "-F", "-F"}, "fail-fast : f"},
      {{"f", "--wait"}, "wait= : f"},
      {{"--wait", "f"}, "wait= : f"},
      {{"--wait=5m", "f"}, "wait=5m : f"},
      {{"f", "--payload", "--fail-fast=true"}, "payload=--fail-fast=true : f"},
      {{"f", "--payload", "--wait="}, "payload=--wait= : f"},
      {{"f", "-Fp", "--fail-fast="}, "param=--fail-fast= fail-fast : f"},
      {{"--", "--fail-fast=", "--wait="}, ": --fail-fast= --wait="},
  };
  for (const Row& row : rows) CHECK(parsed(row.words) == row.expected);
}

TEST_CASE("of an option that does not repeat the last counts") {
  const Result<Arguments> arguments = parse_options(kCommand, {"f", "--payload", "a", "--payload", "b"});
  REQUIRE(arguments);
  CHECK(arguments->value("payload") == "b");
}

TEST_CASE("what is wrong is named, with the way out") {
  struct Row {
    std::vector<std::string> words;
    std::string expected;
  };
  const std::vector<Row> rows{
      {{"f", "--paylod", "x"}, "unknown option '--paylod' of qflow test; did you mean '--payload'?"},
      {{"f", "--paylod=x"}, "unknown option '--paylod' of qflow test; did you mean '--payload'?"},
      {{"f", "--colr", "x"}, "unknown option '--colr' of qflow test; did you mean '--color'?"},
      {{"f", "--xyzzy"}, "unknown option '--xyzzy' of qflow test; see qflow help test"},
      {{"f", "-x"}, "unknown option '-x' of qflow test; see qflow help test"},
      {{"f", "-Fx"}, "unknown option '-x' of qflow test; see qflow help test"},
      {{"f", "--payload"}, "option --payload needs a value; write --payload JSON"},
      {{"f", "-p"}, "option --param needs a value; write --param K=V"},
      {{"f", "-Fp"}, "option --param needs a value; write --param K=V"},
      {{"f", "--fail-fast=yes"}, "option --fail-fast takes no value"},
      {{"f", "--fail-fast=true"}, "option --fail-fast takes no value"},
      {{"f", "--fail-fast=false"}, "option --fail-fast takes no value"},
      {{"f", "--fail-fast="}, "option --fail-fast takes no value"},
      {{"f", "--quiet="}, "option --quiet takes no value"},
      {{"f", "--wait="}, "option --wait= has no value; write --wait=DURATION, or --wait alone"},
      {{"f", "--format", "dott"}, "option --format: unknown value 'dott'; did you mean 'dot'?"},
      {{"f", "--color", "blue"}, "option --color: unknown value 'blue'; known: auto, always, never"},
      {{}, "qflow test needs FILE; see qflow help test"},
      {{"f", "g", "h"}, "qflow test does not take 'h'; see qflow help test"},
      {{"f", "g", "a\nb"}, "qflow test does not take 'a\\nb'; see qflow help test"},
  };
  for (const Row& row : rows) CHECK(parsed(row.words) == row.expected);
}

TEST_CASE("every wrong command line is a usage error") {
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"--paylod"}, {"--payload"}, {"--fail-fast=1"}, {"--format", "x"}}) {
    const Result<Arguments> arguments = parse_options(kCommand, words);
    REQUIRE_FALSE(arguments);
    CHECK(arguments.error().kind == ErrorKind::kUsage);
  }
}

TEST_CASE("whole numbers have limits") {
  struct Row {
    std::string text;
    std::string problem;
  };
  const std::vector<Row> rows{
      {"1", ""},
      {"10", ""},
      {"0", "must be 1 to 10, not 0"},
      {"11", "must be 1 to 10, not 11"},
      {"-1", "must be 1 to 10, not -1"},
      {"99999999999999999999", "must be 1 to 10, not 99999999999999999999"},
      {"-", "'-' is not a whole number; it takes 1 to 10"},
      {"2x", "'2x' is not a whole number; it takes 1 to 10"},
      {"", "'' is not a whole number; it takes 1 to 10"},
      {" 2", "' 2' is not a whole number; it takes 1 to 10"},
      {"1.0", "'1.0' is not a whole number; it takes 1 to 10"},
  };
  for (const Row& row : rows) {
    Arguments arguments(kCommand);
    arguments.add_option("payload", row.text);
    const auto number = arguments.integer("payload", 1, 10);
    CHECK_MESSAGE(number.has_value() == row.problem.empty(), row.text);
    if (number) continue;
    CHECK(number.error().kind == ErrorKind::kUsage);
    CHECK_MESSAGE(to_text(number.error()) == "option --payload: " + row.problem, row.text);
  }
  CHECK_FALSE(Arguments(kCommand).integer("payload", 1, 10)->has_value());
  Arguments either_way(kCommand);
  either_way.add_option("param", "0");
  CHECK(to_text(either_way.integer("param", 1, 10).error()) == "option -p, --param: must be 1 to 10, not 0");
}

TEST_CASE("choices are separated by bars") {
  CHECK(split_choices("").empty());
  CHECK(split_choices("a") == std::vector<std::string_view>{"a"});
  CHECK(split_choices("a|bc|d") == std::vector<std::string_view>{"a", "bc", "d"});
}

}  // namespace
}  // namespace qflow
