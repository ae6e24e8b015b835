#include <doctest/doctest.h>

#include <string>

#include "expression/expression_rows.h"

using namespace qflow;

namespace {

ScopeShape shape() {
  static const ValueShape event{.fields = {{"name", nullptr}, {"payload", nullptr}}};
  static const ValueShape events{.element = &event};
  static const ValueShape trigger{.fields = {{"event", &event}, {"events", &events}}, .open = true};
  ScopeShape shape;
  shape.place = "a step's when";
  shape.roots = {{"params", false, {"window", "mode"}, "parameter"},
                 {"run", false, {"id", "flow"}},
                 {"artifacts"},
                 {"none", false},
                 {.name = "trigger", .below = &trigger}};
  shape.absent = {{"item", "only a step with foreach has elements"}};
  return shape;
}

std::string checked(std::string_view text) {
  std::string all;
  for (const ExpressionProblem& problem : Expression::parse(text)->check(shape())) {
    if (!all.empty()) all += " | ";
    all +=
        std::to_string(problem.offset) + ": " + problem.message + (problem.advice.empty() ? "" : "; " + problem.advice);
  }
  return all;
}

std::string referenced(std::string_view text) {
  std::string all;
  for (const Reference& reference : Expression::parse(text)->references()) {
    if (!all.empty()) all += " ";
    for (std::size_t i = 0; i < reference.path.size(); ++i) all += (i > 0 ? "/" : "") + reference.path[i];
    if (!reference.complete) all += "/...";
    all += "@" + std::to_string(reference.offset);
  }
  return all;
}

}  // namespace

TEST_CASE("references that can't exist in a place") {
  const std::vector<Row> rows = {
      {"params.window > 1 && run.id == 'x' && artifacts.anything.at.all", ""},
      {"params['window']", ""},
      {"params.windw > 1", "7: there is no parameter 'windw' in params; did you mean 'window'?"},
      {"params['windw']", "7: there is no parameter 'windw' in params; did you mean 'window'?"},
      {"has(params.windw)", "11: there is no parameter 'windw' in params; did you mean 'window'?"},
      {"params.zzzzzz", "7: there is no parameter 'zzzzzz' in params; known: window, mode"},
      {"size(params) + params.window.x", ""},
      {"params[params.mode]", ""},
      {"params[params.mod]", "14: there is no parameter 'mod' in params; did you mean 'mode'?"},
      {"run.status", "4: there is no field 'status' in run; known: id, flow"},
      {"none.x", "5: there is no field 'x' in none; there are no fields"},
      {"prams.window", "0: there is no 'prams' in a step's when; did you mean 'params'?"},
      {"event.x", "0: there is no 'event' in a step's when; known: params, run, artifacts, none, trigger"},
      {"item > 1", "0: there is no 'item' in a step's when; only a step with foreach has elements"},
      {"a + b + params.c",
       "0: there is no 'a' in a step's when; known: params, run, artifacts, none, trigger | 4: there is no 'b' in a "
       "step's "
       "when; "
       "known: params, run, artifacts, none, trigger | 15: there is no parameter 'c' in params; known: window, mode"},
      {"artifacts.rows.exists(item, item.x > 1)", ""},
      {"artifacts.rows.exists(r, r.x > params.windw)",
       "38: there is no parameter 'windw' in params; did you mean 'window'?"},
      {"artifacts.rows.map(params, params.anything)", ""},
      {"artifacts.rows.map(r, r.x).exists(x, r == 1)",
       "37: there is no 'r' in a step's when; known: params, run, artifacts, none, trigger"},
      {"[1].exists(x, [2].exists(y, x == y)) && x == 1",
       "40: there is no 'x' in a step's when; known: params, run, artifacts, none, trigger"},
      {"trigger.event.name == trigger.events[0].payload.x.y && has(trigger.Up.x)", ""},
      {"trigger['Up'].nam == trigger[params.mode].nam", ""},
      {"trigger.event.nam == 1", "14: there is no field 'nam' in trigger.event; did you mean 'name'?"},
      {"trigger['event']['nam']", "17: there is no field 'nam' in trigger.event; did you mean 'name'?"},
      {"trigger.events[0].nme", "18: there is no field 'nme' in trigger.events[]; did you mean 'name'?"},
      {"trigger.events[size(params.mode)].zzz",
       "34: there is no field 'zzz' in trigger.events[]; known: name, payload"},
      {"trigger.events.name",
       "15: there is no field 'name' in trigger.events; it is a list; name an element of it: trigger.events[0]"},
      {"trigger.event[0].nam", ""},
      {"x.exists(x, x)", "0: there is no 'x' in a step's when; known: params, run, artifacts, none, trigger"},
      {"{'a': params.q, params.mode: 1}", "13: there is no parameter 'q' in params; known: window, mode"},
      {"true ? 1 : nope", "11: there is no 'nope' in a step's when; did you mean 'none'?"},
      {"1 + 1", ""},
  };
  for (const Row& row : rows) {
    const std::string text = row.expression;
    CAPTURE(text);
    CHECK_EQ(checked(text), std::string(row.expected));
  }
}

TEST_CASE("references as far as they are constant") {
  const std::vector<Row> rows = {
      {"trigger[\"first\"].payload.x", "trigger/first/payload/x@0"},
      {"a", "a@0"},
      {"1 + a.b.c", "a/b/c@4"},
      {"has(a.b.c)", "a/b/c@4"},
      {"a[0].b", "a/...@0"},
      {"a.b[c.d].e", "a/b/...@0 c/d@4"},
      {"a.b.size() + size(c)", "a/b@0 c@18"},
      {"a.b.map(x, x.y + d)", "a/b@0 d@17"},
      {"(a.b).c", "a/b/c@1"},
      {"[a, b][0].c", "a@1 b@4"},
      {"{'k': a}.k", "a@6"},
      {"'x'.split(a.b)", "a/b@10"},
      {"b && a || !c", "b@0 a@5 c@11"},
      {"-a + (b ? c : d)", "a@1 b@6 c@10 d@14"},
      {"1 + 2", ""},
  };
  for (const Row& row : rows) {
    const std::string text = row.expression;
    CAPTURE(text);
    CHECK_EQ(referenced(text), std::string(row.expected));
  }
}

TEST_CASE("the type of an expression, where its text says it") {
  const std::vector<Row> rows = {
      {"a", "any value"},
      {"a.b[0]", "any value"},
      {"1", "a number"},
      {"'x'", "text"},
      {"null", "null"},
      {"true", "true or false"},
      {"[1]", "a list"},
      {"[a]", "a list"},
      {"{}", "an object"},
      {"{'a': b}", "an object"},
      {"1 + 1", "a number"},
      {"a + 1", "a number"},
      {"a + 'x'", "text"},
      {"a + b", "any value"},
      {"a - b", "any value"},
      {"a * b", "a number"},
      {"a + [1]", "a list"},
      {"-a", "a number"},
      {"!a", "true or false"},
      {"a && b", "true or false"},
      {"a == b", "true or false"},
      {"a in b", "true or false"},
      {"a < b", "true or false"},
      {"has(a.b)", "true or false"},
      {"size(a)", "a number"},
      {"string(a)", "text"},
      {"a.split(',')", "a list"},
      {"bool(a)", "true or false"},
      {"timestamp(a)", "an instant"},
      {"duration(a)", "a duration"},
      {"a.matches('x')", "true or false"},
      {"a.exists(x, x)", "true or false"},
      {"a.map(x, x)", "a list"},
      {"a.filter(x, x)", "a list"},
      {"a ? 1 : 2", "a number"},
      {"a ? 1 : 'x'", "any value"},
      {"a ? b : 1", "any value"},
  };
  for (const Row& row : rows) {
    const std::string text = row.expression;
    CAPTURE(text);
    CHECK_EQ(to_text(Expression::parse(text)->type()), std::string(row.expected));
  }
}
