#include "qflow/model/parameter.h"

#include <doctest/doctest.h>

namespace qflow {
namespace {

Json json(std::string_view text) {
  return parse_json(text).value();
}

Parameter make_parameter(ParameterType type, std::string_view name = "p") {
  Parameter parameter;
  parameter.name = ParameterName::parse(name).value();
  parameter.type = type;
  return parameter;
}

// The converted value as compact JSON, or "! message".
std::string shown(const Result<Json>& result) {
  return result ? to_compact(*result) : "! " + result.error().message;
}

TEST_CASE("types have names both ways") {
  const std::vector<std::string> names = {"string", "int", "float", "bool", "json", "datetime"};
  CHECK(parameter_type_names() == names);
  for (const std::string& name : names) CHECK(to_text(parse_parameter_type(name).value()) == name);
  for (const std::string_view name : {"", "integer", "String", "text"}) CHECK(!parse_parameter_type(name));
}

TEST_CASE("what fits a parameter, and as what") {
  using enum ParameterType;
  struct Row {
    ParameterType type;
    std::string_view value;
    std::string_view expected;
  };
  const Row rows[] = {
      {kInt, "3", "3"},
      {kInt, "-9223372036854775808", "-9223372036854775808"},
      {kInt, "3.0", "3"},
      {kInt, "-1e3", "-1000"},
      {kInt, "-9223372036854775808.0", "-9223372036854775808"},
      {kInt, R"("42")", "42"},
      {kInt, R"("-42")", "-42"},
      {kInt, R"("007")", "7"},
      {kInt, R"("-000")", "0"},
      {kInt, R"("9223372036854775807")", "9223372036854775807"},
      {kInt, "3.5", "! parameter 'p' must be an integer, is the float 3.5"},
      {kInt, "true", "! parameter 'p' must be an integer, is true"},
      {kInt, "null", "! parameter 'p' must be an integer, is null"},
      {kInt, "[1]", "! parameter 'p' must be an integer, is a list"},
      {kInt, "{}", "! parameter 'p' must be an integer, is an object"},
      {kInt, R"("")", "! parameter 'p' must be an integer, is text ''"},
      {kInt, R"("-")", "! parameter 'p' must be an integer, is text '-'"},
      {kInt, R"("+5")", "! parameter 'p' must be an integer, is text '+5'"},
      {kInt, R"(" 5")", "! parameter 'p' must be an integer, is text ' 5'"},
      {kInt, R"("5\n")", "! parameter 'p' must be an integer, is text '5\\n'"},
      {kInt, R"("3.0")", "! parameter 'p' must be an integer, is text '3.0'"},
      {kInt, R"("1e3")", "! parameter 'p' must be an integer, is text '1e3'"},
      {kInt, R"("0x10")", "! parameter 'p' must be an integer, is text '0x10'"},
      {kInt, R"("--5")", "! parameter 'p' must be an integer, is text '--5'"},
      {kInt, "1e30", "! parameter 'p' must be an integer of 64 bits, is the float 1e+30"},
      {kInt, "9223372036854775808",
       "! parameter 'p' must be an integer of 64 bits, is the float 9.223372036854776e+18"},
      {kInt, R"("9223372036854775808")",
       "! parameter 'p' must be an integer of 64 bits, is text '9223372036854775808'"},
      {kFloat, "3", "3.0"},
      {kFloat, "3.5", "3.5"},
      {kFloat, R"("3")", "3.0"},
      {kFloat, R"("-3.25")", "-3.25"},
      {kFloat, R"("1e3")", "1000.0"},
      {kFloat, R"("1.5E-1")", "0.15"},
      {kFloat, R"("007.5")", "7.5"},
      {kFloat, "true", "! parameter 'p' must be a number, is true"},
      {kFloat, R"("")", "! parameter 'p' must be a number, is text ''"},
      {kFloat, R"(".5")", "! parameter 'p' must be a number, is text '.5'"},
      {kFloat, R"("5.")", "! parameter 'p' must be a number, is text '5.'"},
      {kFloat, R"("1e")", "! parameter 'p' must be a number, is text '1e'"},
      {kFloat, R"("nan")", "! parameter 'p' must be a number, is text 'nan'"},
      {kFloat, R"("inf")", "! parameter 'p' must be a number, is text 'inf'"},
      {kFloat, R"("1,5")", "! parameter 'p' must be a number, is text '1,5'"},
      {kFloat, R"("1e999")", "! parameter 'p' must be a number that fits a double, is text '1e999'"},
      {kBool, "true", "true"},
      {kBool, "false", "false"},
      {kBool, R"("true")", "true"},
      {kBool, R"("false")", "false"},
      {kBool, "1", "! parameter 'p' must be true or false, is 1"},
      {kBool, R"("True")", "! parameter 'p' must be true or false, is text 'True'"},
      {kBool, R"("yes")", "! parameter 'p' must be true or false, is text 'yes'"},
      {kString, R"("x")", R"("x")"},
      {kString, R"("")", R"("")"},
      {kString, "3", R"("3")"},
      {kString, "3.0", R"("3.0")"},
      {kString, "true", R"("true")"},
      {kString, "null", "! parameter 'p' must be text, is null"},
      {kString, "[]", "! parameter 'p' must be text, is a list"},
      {kString, "{}", "! parameter 'p' must be text, is an object"},
      {kDatetime, R"("2026-11-20")", R"("2026-11-20")"},
      {kDatetime, R"("2026-11-20 10:00:00+01:00")", R"("2026-11-20 10:00:00+01:00")"},
      {kDatetime, R"("2026-11-20T10:00")", R"("2026-11-20T10:00")"},
      {kDatetime, "20261120", "! parameter 'p' must be a date and time, is 20261120"},
      {kDatetime, R"("tomorrow")", "! parameter 'p': 'tomorrow' is not a date and time: it does not begin with a date"},
      {kJson, "null", "null"},
      {kJson, "3.0", "3.0"},
      {kJson, R"({"a": [1, "x"]})", R"({"a":[1,"x"]})"},
      {kJson, R"("text")", R"("text")"},
  };
  for (const Row& row : rows) {
    CAPTURE(to_text(row.type));
    CAPTURE(row.value);
    const auto converted = convert_parameter(make_parameter(row.type), json(row.value));
    CHECK(shown(converted) == row.expected);
    if (!converted) CHECK(converted.error().kind == ErrorKind::kInvalid);
  }
}

TEST_CASE("integers that JSON libraries keep unsigned") {
  const Parameter parameter = make_parameter(ParameterType::kInt);
  CHECK(shown(convert_parameter(parameter, Json(std::uint64_t{7}))) == "7");
  CHECK(!convert_parameter(parameter, Json(std::uint64_t{1} << 63)));
}

TEST_CASE("text from a command line is parsed for json and read as text for all others") {
  using enum ParameterType;
  struct Row {
    ParameterType type;
    std::string_view text;
    std::string_view expected;
  };
  const Row rows[] = {
      {kInt, "42", "42"},
      {kFloat, "4", "4.0"},
      {kBool, "true", "true"},
      {kString, "42", R"("42")"},
      {kString, "null", R"("null")"},
      {kString, R"("x")", R"("\"x\"")"},
      {kString, "", R"("")"},
      {kJson, "[1, 2]", "[1,2]"},
      {kJson, "null", "null"},
      {kJson, "abc", "! parameter 'p': line 1, column 1: unknown word 'abc'"},
      {kJson, "", "! parameter 'p': line 1, column 1: a value is missing, but the text ends"},
      {kString, "a\xFF", "! parameter 'p' must be UTF-8, is text 'a\\xff'"},
      {kJson, "\xFF", "! parameter 'p' must be UTF-8, is text '\\xff'"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    CHECK(shown(parse_parameter(make_parameter(row.type), row.text)) == row.expected);
  }
}

TEST_CASE("minimum and maximum") {
  Parameter integer = make_parameter(ParameterType::kInt);
  integer.minimum = 1;
  integer.maximum = 5;
  CHECK(shown(convert_parameter(integer, json("1"))) == "1");
  CHECK(shown(convert_parameter(integer, json("\"5\""))) == "5");
  CHECK(shown(convert_parameter(integer, json("0"))) == "! parameter 'p' must be at least 1, is 0");
  CHECK(shown(convert_parameter(integer, json("\"6\""))) == "! parameter 'p' must be at most 5, is 6");

  Parameter number = make_parameter(ParameterType::kFloat);
  number.minimum = 0.5;
  CHECK(shown(convert_parameter(number, json("0.5"))) == "0.5");
  CHECK(shown(convert_parameter(number, json("0"))) == "! parameter 'p' must be at least 0.5, is the float 0.0");

  Parameter date = make_parameter(ParameterType::kDatetime);
  date.minimum = "2026-01-01";
  date.maximum = "2026-12-31T00:00:00+01:00";
  CHECK(convert_parameter(date, Json("2026-01-01T00:00:00Z")));
  CHECK(convert_parameter(date, Json("2026-12-30T23:00:00Z")));
  CHECK(!convert_parameter(date, Json("2026-01-01T00:00:00+00:01")));  // earlier, though the text is greater
  CHECK(!convert_parameter(date, Json("2026-12-30T23:00:01Z")));

  Parameter any = make_parameter(ParameterType::kJson);
  any.minimum = 1;
  CHECK(!convert_parameter(any, json("0")));
  CHECK(convert_parameter(any, json("\"x\"")));  // nothing to compare
}

TEST_CASE("choices") {
  Parameter text = make_parameter(ParameterType::kString);
  text.choices = {"fast", "thorough"};
  CHECK(shown(convert_parameter(text, Json("fast"))) == "\"fast\"");
  const auto wrong = convert_parameter(text, Json("fats"));
  REQUIRE(!wrong);
  CHECK(to_text(wrong.error()) ==
        "parameter 'p' must be one of 'fast' and 'thorough', is text 'fats'; did you mean 'fast'?");

  Parameter integer = make_parameter(ParameterType::kInt);
  integer.choices = {1, 2};
  CHECK(convert_parameter(integer, json("2.0")));
  CHECK(shown(convert_parameter(integer, json("3"))) == "! parameter 'p' must be one of '1' and '2', is 3");

  Parameter date = make_parameter(ParameterType::kDatetime);
  date.choices = {"2026-01-01"};
  CHECK(shown(convert_parameter(date, Json("2026-01-01T01:00:00+01:00"))) == "\"2026-01-01T01:00:00+01:00\"");
}

TEST_CASE("parameters are found ignoring case; the exact one wins") {
  const std::vector<Parameter> parameters = {make_parameter(ParameterType::kInt, "Window"),
                                             make_parameter(ParameterType::kInt, "window"),
                                             make_parameter(ParameterType::kInt, "day")};
  CHECK(find_parameter(parameters, "window") == &parameters[1]);
  CHECK(find_parameter(parameters, "Window") == &parameters[0]);
  CHECK(find_parameter(parameters, "WINDOW") == &parameters[0]);
  CHECK(find_parameter(parameters, "DAY") == &parameters[2]);
  CHECK(find_parameter(parameters, "days") == nullptr);
  CHECK(find_parameter(parameters, "") == nullptr);
}

TEST_CASE("every parameter gets what was given, else its default, else null") {
  std::vector<Parameter> parameters = {
      make_parameter(ParameterType::kInt, "given"), make_parameter(ParameterType::kInt, "defaulted"),
      make_parameter(ParameterType::kInt, "absent"), make_parameter(ParameterType::kInt, "nulled")};
  parameters[0].default_value = 1;
  parameters[0].required = true;
  parameters[1].default_value = 2;
  parameters[3].default_value = 4;
  const auto values = complete_parameters(parameters, json(R"({"given": 5, "nulled": null, "other": 9})"));
  CHECK(shown(values) == R"({"absent":null,"defaulted":2,"given":5,"nulled":4})");
  CHECK(shown(complete_parameters({}, Json::object())) == "{}");
}

TEST_CASE("required parameters without a value are listed") {
  std::vector<Parameter> parameters = {make_parameter(ParameterType::kInt, "a"),
                                       make_parameter(ParameterType::kInt, "b"),
                                       make_parameter(ParameterType::kInt, "c")};
  for (Parameter& parameter : parameters) parameter.required = true;
  const auto two = complete_parameters(parameters, json(R"({"b": 1, "c": null})"));
  REQUIRE(!two);
  CHECK(two.error().kind == ErrorKind::kInvalid);
  CHECK(to_text(two.error()) == "required parameters 'a' and 'c' have no value; give them with -p a=...");
  parameters[2].default_value = 3;
  const auto one = complete_parameters(parameters, json(R"({"b": 1})"));
  CHECK(to_text(one.error()) == "required parameter 'a' has no value; give it with -p a=...");
}

}  // namespace
}  // namespace qflow
