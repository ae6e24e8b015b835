#include "qflow/expression/template.h"

#include <doctest/doctest.h>

#include <string>

#include "expression/expression_rows.h"

using namespace qflow;

namespace {

const JsonScope& scope() {
  static const JsonScope scope = [] {
    JsonScope made(
        json(R"({"params": {"n": 3, "f": 2.0, "s": "a b", "t": true, "z": null, "list": [1, "x"], "o": {"a": 1}}})"));
    made.set("now", Value(*parse_instant("2026-11-20T10:00:00Z")));
    made.set(
        "run",
        Value(std::shared_ptr<const LazyObject>(std::make_shared<FakeObject>("F/1", std::map<std::string, Value>{}))));
    return made;
  }();
  return scope;
}

std::string rendered(std::string_view text) {
  const auto parsed = Template::parse(text);
  if (!parsed) {
    const std::string advice = parsed.error().advice.empty() ? "" : "; " + parsed.error().advice;
    return "problem at " + std::to_string(parsed.error().offset) + ": " + parsed.error().message + advice;
  }
  const auto value = parsed->render(scope());
  return value ? to_compact(*value) : "error: " + to_text(value.error());
}

std::string rendered_text(std::string_view text) {
  const auto value = Template::parse(text)->render_text(scope());
  return value ? *value : "error: " + to_text(value.error());
}

}  // namespace

TEST_CASE("one template alone keeps its JSON type, in longer text it is text") {
  const std::vector<Row> rows = {
      {"{{ params.n }}", "3"},
      {"{{params.f}}", "2.0"},
      {"{{ params.s }}", R"("a b")"},
      {"{{ params.t }}", "true"},
      {"{{ params.z }}", "null"},
      {"{{ params.list }}", R"([1,"x"])"},
      {"{{ params.list.map(x, x) }}", R"([1,"x"])"},
      {"{{ params.o }}", R"({"a":1})"},
      {"{{ now }}", R"("2026-11-20T10:00:00Z")"},
      {"{{ run }}", R"("F/1")"},
      {" {{ params.n }}", R"(" 3")"},
      {"{{ params.n }} ", R"("3 ")"},
      {"{{ params.n }}{{ params.n }}", R"("33")"},
      {"n={{ params.n }}, s={{ params.s }}", R"("n=3, s=a b")"},
      {"x{{ params.list }}", R"("x[1,\"x\"]")"},
      {"x{{ params.o }}", R"("x{\"a\":1}")"},
      {"x{{ params.t }}{{ params.z }}{{ params.f }}", R"("xtruenull2.0")"},
      {"at {{ now }} by {{ run }}", R"("at 2026-11-20T10:00:00Z by F/1")"},
      {"", R"("")"},
      {"plain", R"("plain")"},
      {"{ a } }} ${x} {", R"("{ a } }} ${x} {")"},
      {"{{ '{{' }}", R"("{{")"},
      {"{{ '{{' }} x }}", R"("{{ x }}")"},
      {"{{ '}}' }}", R"("}}")"},
      {R"({{ "}}" + '\'}}' }})", R"("}}'}}")"},
      {"{{ r'}}\\' }}", R"("}}\\")"},
      {"{{ '''}}'''}}", R"("}}")"},
      {R"({{ {"a": {"b": params.n}} }})", R"({"a":{"b":3}})"},
      {R"({{ {"a": {"b": params.n}}}})", R"({"a":{"b":3}})"},
      {R"({{{"a": 1}}})", R"({"a":1})"},
      {"{{{}}}", "{}"},
      {"{{\n  params.n // three\n}}", "3"},
      {"ü{{ params.n }}", "\"ü3\""},
  };
  for (const Row& row : rows) {
    const std::string text = row.expression;
    CAPTURE(text);
    CHECK_EQ(rendered(text), std::string(row.expected));
  }
}

TEST_CASE("where text is needed a template alone is text too") {
  const std::vector<Row> rows = {
      {"{{ params.n }}", "3"},
      {"{{ params.f }}", "2.0"},
      {"{{ params.s }}", "a b"},
      {"{{ params.z }}", "null"},
      {"{{ params.t }}", "true"},
      {"{{ params.list }}", R"([1,"x"])"},
      {"{{ params.o }}", R"({"a":1})"},
      {"{{ run }}", "F/1"},
      {"", ""},
      {"{{ '{{' }}", "{{"},
  };
  for (const Row& row : rows) {
    const std::string text = row.expression;
    CAPTURE(text);
    CHECK_EQ(rendered_text(text), std::string(row.expected));
  }
}

TEST_CASE("problems and errors") {
  const std::vector<Row> rows = {
      {"a {{ params.n",
       "problem at 2: the {{ here is not closed; close it with }}; for the braces themselves write {{ '{{' }}"},
      {"{{", "problem at 0: the {{ here is not closed; close it with }}; for the braces themselves write {{ '{{' }}"},
      {"{{ {'a': 1 }}", "problem at 12: expected '}}', found '}'; for the braces themselves write {{ '{{' }}"},
      {"{{ }}", "problem at 2: there is no expression here; for the braces themselves write {{ '{{' }}"},
      {"{{}}", "problem at 2: there is no expression here; for the braces themselves write {{ '{{' }}"},
      {"{{ params.n } }}", "problem at 12: expected '}}', found '}'; for the braces themselves write {{ '{{' }}"},
      {"ab {{ 1 + }}", "problem at 10: expected a value, found the end; for the braces themselves write {{ '{{' }}"},
      {"ab {{ sizee(1) }}", "problem at 6: there is no function 'sizee'; did you mean 'size'?"},
      {"{{.Name}}", "problem at 2: expected a value, found '.'; for the braces themselves write {{ '{{' }}"},
      {"x {{ 'abc }}", "problem at 5: the text that starts here is not closed; close it with '"},
      {"x {{ # }}", "problem at 5: unexpected character '#'; for the braces themselves write {{ '{{' }}"},
      {"{{ params.m }}", "error: no field 'm' in params; known: f, list, n, o, s, t, z"},
      {"x {{ 1 / 0 }}", "error: division by zero in 1 / 0"},
  };
  for (const Row& row : rows) {
    const std::string text = row.expression;
    CAPTURE(text);
    CHECK_EQ(rendered(text), std::string(row.expected));
  }
}

TEST_CASE("offsets of checks and references are in the whole text") {
  ScopeShape shape;
  shape.place = "exec";
  shape.roots = {{"params", false, {"n"}, "parameter"}};
  const auto parsed = Template::parse("a {{ params.n }} b {{ params.m + event.x }}");
  const auto problems = parsed->check(shape);
  REQUIRE_EQ(problems.size(), 2);
  CHECK_EQ(problems[0].offset, 29);
  CHECK_EQ(problems[0].message, "there is no parameter 'm' in params");
  CHECK_EQ(problems[1].offset, 33);
  CHECK_EQ(problems[1].message, "there is no 'event' in exec");
  const auto references = parsed->references();
  REQUIRE_EQ(references.size(), 3);
  CHECK_EQ(references[1].offset, 22);
  CHECK_EQ(references[1].offsets, std::vector<std::size_t>{22, 29});
}

TEST_CASE("braces in shell text that begin with a name in scope") {
  const std::vector<std::string> names{"params", "trigger", "item"};
  struct Braces {
    const char* text;
    std::vector<std::size_t> found;
  };
  const std::vector<Braces> rows = {
      {"echo {{ params.x }}", {5}},
      {"echo {{params.x}} {{trigger", {5, 18}},
      {"{{item}}", {0}},
      {"{{\n\titem }}", {0}},
      {"{{{ params }}}", {1}},
      {"${{ params.x }}", {1}},
      {"{{ item", {0}},
      {"{{ items }}", {}},
      {"{{ .Name }}", {}},
      {"docker inspect --format '{{ .params }}'", {}},
      {"{{ other.params }}", {}},
      {"{ params }", {}},
      {"{{", {}},
      {"{{ ", {}},
      {"{{ 'params' }}", {}},
      {"awk '{{print $1}}'", {}},
      {"", {}},
  };
  for (const Braces& row : rows) {
    const std::string text = row.text;
    CAPTURE(text);
    CHECK_EQ(find_template_braces(text, names), row.found);
  }
}

TEST_CASE("a long text full of braces takes linear time") {
  std::string text;
  for (int i = 0; i < 200'000; ++i) text += "{{ x ";
  CHECK(find_template_braces(text, {"params"}).empty());
  std::string many;
  for (int i = 0; i < 20'000; ++i) many += "{{ params.n }} ";
  CHECK_EQ(rendered(many).size(), 2 + 2 * 20'000);
  CHECK_EQ(rendered(std::string(100'000, '{')).substr(0, 13), "problem at 0:");
}
