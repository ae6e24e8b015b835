#include "qflow/model/json.h"

#include <doctest/doctest.h>

#include <limits>

namespace qflow {
namespace {

std::string repeated(std::string_view part, int count) {
  std::string text;
  text.reserve(part.size() * static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) text += part;
  return text;
}

TEST_CASE("what is parsed prints as compact text") {
  struct Row {
    std::string_view text;
    std::string_view expected;
  };
  const Row rows[] = {
      {"null", "null"},
      {" true ", "true"},
      {"\t\r\nfalse\n", "false"},
      {"\"\"", "\"\""},
      {"[]", "[]"},
      {"{ }", "{}"},
      {"[1, \"two\", [3.5], {\"b\": null, \"a\": {}}]", "[1,\"two\",[3.5],{\"a\":{},\"b\":null}]"},
      {R"({"a": 1, "b": 2, "a": 3})", R"({"a":3,"b":2})"},        // the last counts
      {R"({"a": {"x": 1}, "a": {"y": 2}})", R"({"a":{"y":2}})"},  // and replaces the first whole
      {R"("\"\\\/\b\f\n\r\t")", R"("\"\\/\b\f\n\r\t")"},
      {R"("\u0041\u00e4\u20AC\ud83d\ude00")", "\"A\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80\""},
      {R"("\u0000")", R"("\u0000")"},
      {"\"\xF0\x9F\x98\x80\x7F\"", "\"\xF0\x9F\x98\x80\x7F\""},
      {R"({"": 1, "\u0061": 2})", R"({"":1,"a":2})"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    const auto json = parse_json(row.text);
    REQUIRE(json);
    CHECK(to_compact(*json) == row.expected);
  }
}

TEST_CASE("numbers: without fraction and exponent an integer of 64 bits, else a double that reads back as one") {
  struct Row {
    std::string_view text;
    std::string_view type;
    std::string_view expected;
  };
  const Row rows[] = {
      {"0", "an integer", "0"},
      {"-0", "an integer", "0"},
      {"42", "an integer", "42"},
      {"9223372036854775807", "an integer", "9223372036854775807"},
      {"-9223372036854775808", "an integer", "-9223372036854775808"},
      {"9223372036854775808", "a float", "9.223372036854776e+18"},
      {"18446744073709551615", "a float", "1.8446744073709552e+19"},
      {"18446744073709551616", "a float", "1.8446744073709552e+19"},
      {"-9223372036854775809", "a float", "-9.223372036854776e+18"},
      {"100000000000000000000000000", "a float", "1e+26"},
      {"1.0", "a float", "1.0"},
      {"-0.0", "a float", "-0.0"},
      {"1e0", "a float", "1.0"},
      {"1E+2", "a float", "100.0"},
      {"2.5e-3", "a float", "0.0025"},
      {"0.1", "a float", "0.1"},
      {"1.7976931348623157e308", "a float", "1.7976931348623157e+308"},
      {"5e-324", "a float", "5e-324"},
      {"1e-999", "a float", "0.0"},
      {"-1e-99999999999999999999", "a float", "-0.0"},
      {"0e99999999999999999999", "a float", "0.0"},
      {"0.000e999", "a float", "0.0"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    const auto json = parse_json(row.text);
    REQUIRE(json);
    CHECK(type_name(*json) == row.type);
    CHECK(to_compact(*json) == row.expected);
    const auto again = parse_json(to_compact(*json));
    REQUIRE(again);
    CHECK(type_name(*again) == row.type);
  }
}

TEST_CASE("balanced monsters are still numbers") {
  const int zeros = 500'000;
  CHECK(to_compact(*parse_json("0." + std::string(zeros, '0') + "1e500001")) == "1.0");
  CHECK(to_compact(*parse_json("1" + std::string(zeros, '0') + "e-500000")) == "1.0");
  CHECK(to_compact(*parse_json("0." + std::string(zeros, '0') + "1")) == "0.0");
  CHECK(!parse_json("1" + std::string(zeros, '0')));
  CHECK(!parse_json("0." + std::string(zeros, '0') + "1e501000"));
  CHECK(to_compact(*parse_json("1" + std::string(zeros, '0') + "e-501000")) == "0.0");
}

TEST_CASE("what is no JSON is refused at its place") {
  struct Row {
    std::string text;
    std::string_view message;
  };
  const Row rows[] = {
      {"", "line 1, column 1: a value is missing, but the text ends"},
      {" \n ", "line 2, column 2: a value is missing, but the text ends"},
      {"\xEF\xBB\xBF{}", "line 1, column 1: the text begins with a byte order mark"},
      {"{} x", "line 1, column 4: the text has to end after its value, but here is 'x'"},
      {"1 2", "line 1, column 3: the text has to end after its value, but here is '2'"},
      {"{\"a\": 1,\n \"b\": }", "line 2, column 7: a value is missing, but here is '}'"},
      {"{\"a\" 1}", "line 1, column 6: ':' is missing after the key, but here is '1'"},
      {"{\"\xC3\xA4\xC3\xB6\" 1}", "line 1, column 7: ':' is missing after the key, but here is '1'"},
      {"{a: 1}", "line 1, column 2: a key in double quotes is missing, but here is 'a'"},
      {"{\"a\": 1,}", "line 1, column 9: a comma before '}'"},
      {"[1,]", "line 1, column 4: a comma before ']'"},
      {"[,1]", "line 1, column 2: a value is missing, but here is ','"},
      {"[1 2]", "line 1, column 4: ',' or ']' is missing, but here is '2'"},
      {"{\"a\": 1 \"b\": 2}", "line 1, column 9: ',' or '}' is missing, but here is '\"'"},
      {"[1, 2", "line 1, column 1: '[' is never closed"},
      {"{\"a\": [1, {\"b\": 2}", "line 1, column 7: '[' is never closed"},
      {"{", "line 1, column 2: a key in double quotes is missing, but the text ends"},
      {"]", "line 1, column 1: a value is missing, but here is ']'"},
      {"'a'", "line 1, column 1: text in single quotes"},
      {"\"abc", "line 1, column 1: text without its closing quote"},
      {"\"abc\\", "line 1, column 5: an unknown escape after '\\'"},
      {"\"a\nb\"", "line 1, column 3: a control character inside text"},
      {std::string("\"a\0b\"", 5), "line 1, column 3: a control character inside text"},
      {"\"\\x41\"", "line 1, column 2: an unknown escape after '\\'"},
      {"\"\\u12\"", "line 1, column 2: '\\u' without four hexadecimal digits"},
      {"\"\\u-123\"", "line 1, column 2: '\\u' without four hexadecimal digits"},
      {"\"\\u+123\"", "line 1, column 2: '\\u' without four hexadecimal digits"},
      {"\"\\ud83d\"", "line 1, column 2: half of a surrogate pair"},
      {"\"\\ud83d\\u0041\"", "line 1, column 2: half of a surrogate pair"},
      {"\"\\ude00\\ud83d\"", "line 1, column 2: half of a surrogate pair"},
      {"\"a\xFF\"", "line 1, column 3: bytes that are not UTF-8"},
      {"\"\xED\xA0\x80\"", "line 1, column 2: bytes that are not UTF-8"},
      {"\"\xC3\"", "line 1, column 2: bytes that are not UTF-8"},
      {"\xFF", "line 1, column 1: a value is missing, but here is '\\xff'"},
      {"\x1B", "line 1, column 1: a value is missing, but here is '\\x1b'"},
      {std::string("\0", 1), "line 1, column 1: a value is missing, but here is '\\x00'"},
      {std::string("1\0", 2), "line 1, column 2: the text has to end after its value, but here is '\\x00'"},
      {"nul", "line 1, column 1: unknown word 'nul'"},
      {"True", "line 1, column 1: unknown word 'True'"},
      {"[NaN]", "line 1, column 2: unknown word 'NaN'"},
      {"-Infinity", "line 1, column 1: '-' without a number"},
      {"// x\n1", "line 1, column 1: a value is missing, but here is '/'"},
      {"01", "line 1, column 1: a number with leading zeros"},
      {"-01", "line 1, column 1: a number with leading zeros"},
      {"+1", "line 1, column 1: a value is missing, but here is '+'"},
      {"1.", "line 1, column 1: a number without digits after '.'"},
      {".5", "line 1, column 1: a value is missing, but here is '.'"},
      {"1e", "line 1, column 1: a number without digits in its exponent"},
      {"1e+", "line 1, column 1: a number without digits in its exponent"},
      {"0x10", "line 1, column 2: the text has to end after its value, but here is 'x'"},
      {"1e999", "line 1, column 1: a number too large for a double"},
      {"[-1e309]", "line 1, column 2: a number too large for a double"},
      {"1e99999999999999999999999", "line 1, column 1: a number too large for a double"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    const auto json = parse_json(row.text);
    REQUIRE(!json);
    CHECK(json.error().kind == ErrorKind::kInvalid);
    CHECK(json.error().message == row.message);
  }
}

TEST_CASE("advice for what people write for JSON") {
  struct Row {
    std::string_view text;
    std::string_view advice;
  };
  const Row rows[] = {
      {"True", "write true"},
      {"None", "write null"},
      {"NaN", "JSON has no NaN and no infinity"},
      {"hello", "text stands in double quotes"},
      {"'a'", "JSON wants double quotes"},
      {"[1,]", "remove the comma"},
  };
  for (const Row& row : rows) CHECK(parse_json(row.text).error().advice == row.advice);
}

TEST_CASE("how deep a value nests is asked up to a depth") {
  const Json value = parse_json(R"({"a": [1, {"b": []}], "c": 1})").value();
  CHECK(is_deeper_than(3, value));
  CHECK_FALSE(is_deeper_than(4, value));
  CHECK_FALSE(is_deeper_than(0, Json(1)));
  CHECK(is_deeper_than(0, Json::array()));
}

TEST_CASE("values nest 512 deep and no deeper") {
  for (const auto& [open, close] : {std::pair<std::string_view, std::string_view>{"[", "]"}, {"{\"a\":", "}"}}) {
    const std::string deepest = repeated(open, kMaxJsonDepth) + "1" + repeated(close, kMaxJsonDepth);
    const auto json = parse_json(deepest);
    REQUIRE(json);
    CHECK(to_compact(*json) == deepest);
    const auto deeper = parse_json(std::string(open) + deepest + std::string(close));
    REQUIRE(!deeper);
    CHECK(deeper.error().message.ends_with("nested deeper than 512 levels"));
  }
  CHECK(!parse_json(repeated("[", 1 << 20)));
  CHECK(!parse_json(repeated("{\"a\":[", 1 << 18)));
  CHECK(parse_json("[" + repeated("[],", 1000) + "[]]"));  // wide is not deep
}

TEST_CASE("a mebibyte of hostile text is refused or taken like any other") {
  const int size = 1 << 20;
  CHECK(parse_json("[" + repeated("[],", size / 3) + "0]"));
  CHECK(parse_json("[" + repeated("0,", size / 2) + "0]")->size() == static_cast<std::size_t>(size / 2) + 1);
  CHECK(parse_json("{" + repeated("\"a\":0,", size / 6) + "\"a\":1}")->at("a") == 1);
  CHECK(parse_json("\"" + repeated("\\u0000", size / 6) + "\"")->get_ref<const std::string&>().size() == size / 6);
  CHECK(!parse_json("\"" + std::string(size, 'a')));
  CHECK(!parse_json(std::string(size, '"')));
  CHECK(!parse_json(std::string(size, '-')));
  CHECK(!parse_json(std::string(size, '\\')));
  CHECK(!parse_json(std::string(size, '\n')));
  CHECK(parse_json(std::string(size, ' ') + "1"));
  CHECK(parse_json(std::string(size, 'x')).error().message.size() < 200);
  const auto last_line = parse_json(repeated("\n", size) + "x");
  CHECK(last_line.error().message.starts_with("line 1048577, column 1: "));
}

TEST_CASE("printing never fails") {
  CHECK(to_compact(Json("a\xFF\xC3z")) == "\"a\xEF\xBF\xBD\xEF\xBF\xBDz\"");
  CHECK(to_compact(Json(std::numeric_limits<double>::infinity())) == "null");
  CHECK(to_compact(Json(std::numeric_limits<double>::quiet_NaN())) == "null");
  CHECK(to_compact(Json({{"\xFF", 1}})) == "{\"\xEF\xBF\xBD\":1}");
}

TEST_CASE("pretty text is indented by two, without a last newline") {
  CHECK(to_pretty(*parse_json(R"({"b":[1,2],"a":{}})")) == "{\n  \"a\": {},\n  \"b\": [\n    1,\n    2\n  ]\n}");
  CHECK(to_pretty(Json("x")) == "\"x\"");
}

TEST_CASE("plain text is text as it is and all else compact") {
  CHECK(to_plain_text(Json("a \"b\"")) == "a \"b\"");
  CHECK(to_plain_text(Json(1.0)) == "1.0");
  CHECK(to_plain_text(Json()) == "null");
  CHECK(to_plain_text(*parse_json("[1, \"a\"]")) == "[1,\"a\"]");
}

TEST_CASE("types have names for messages") {
  const std::pair<std::string_view, std::string_view> rows[] = {
      {"null", "null"}, {"true", "a boolean"}, {"1", "an integer"}, {"1.0", "a float"},
      {"\"\"", "text"}, {"[]", "a list"},      {"{}", "an object"},
  };
  for (const auto& [text, name] : rows) CHECK(type_name(*parse_json(text)) == name);
}

}  // namespace
}  // namespace qflow
