#include "qflow/expression/flow_check.h"

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

#include "expression/text_position.h"
#include "qflow/model/flow_definition.h"

using namespace qflow;

namespace {

SourcePosition position_of(std::string_view text, std::size_t offset) {
  SourcePosition position;
  for (const char c : text.substr(0, offset)) {
    position = c == '\n' ? SourcePosition{position.line + 1, 1} : SourcePosition{position.line, position.column + 1};
  }
  return position;
}

// A flow whose values are written into its text as they are added, one to a line: `key = "value"`.
class FlowBuilder {
 public:
  FlowDefinition flow;

  FlowBuilder() {
    for (const char* name : {"window", "mode"}) {
      Parameter parameter;
      parameter.name = *ParameterName::parse(name);
      flow.parameters.push_back(parameter);
    }
  }

  Located<std::string> text(std::string_view value) {
    flow.text += "key = ";
    const SourcePosition position = position_of(flow.text, flow.text.size());
    flow.text += "\"" + std::string(value) + "\"\n";
    return {std::string(value), position};
  }

  Step& step(std::string_view id, const std::vector<std::string>& needs = {}) {
    Step step;
    step.id = *StepId::parse(id);
    for (const std::string& needed : needs) step.needs.push_back({*StepId::parse(needed), {}});
    flow.steps.push_back(step);
    return flow.steps.back();
  }

  // "LINE:COLUMN: message; help", one to a line.
  std::string problems() const {
    Diagnostics diagnostics("flow.toml", flow.text);
    check_step_expressions(flow, diagnostics);
    std::string all;
    for (const Diagnostic& found : diagnostics.list()) {
      if (!all.empty()) all += "\n";
      all += std::to_string(found.position.line) + ":" + std::to_string(found.position.column) + ": " + found.message;
      if (!found.help.empty()) all += "; " + found.help;
    }
    return all;
  }
};

struct Fact {
  const char* text;
  const char* problems;
};

}  // namespace

TEST_CASE("when") {
  const std::vector<Fact> rows = {
      {"params.window > 1 && run.id != trigger.run && artifacts.rows == []", ""},
      {"run.flow == run.status || run.tags == [] || run.namespace == run.origin || run.scheduled_at == run.context",
       ""},
      {"has(trigger.data.model) && trigger['first'].payload.x > 1", ""},
      {"trigger.run.data.x == trigger.run.trigger.runs[0].id || trigger.Dat.x == trigger.type", ""},
      {"trigger.event.nam == 'x'", "1:22: there is no field 'nam' in trigger.event; did you mean 'name'?"},
      {"trigger.events[0].nme == 'x'", "1:26: there is no field 'nme' in trigger.events[]; did you mean 'name'?"},
      {"trigger.run.dat == 1", "1:20: there is no field 'dat' in trigger.run; did you mean 'data'?"},
      {"trigger.run.trigger.run.statu == 1",
       "1:32: there is no field 'statu' in trigger.run.trigger.run; did you mean 'status'?"},
      {"params.windw > 1", "1:15: there is no parameter 'windw' in params; did you mean 'window'?"},
      {"run.statu == 1", "1:12: there is no field 'statu' in run; did you mean 'status'?"},
      {"true && prams.window > 1", "1:16: there is no 'prams' in a step's when; did you mean 'params'?"},
      {"event.payload.x > 1", "1:8: there is no 'event' in a step's when; in a step the event is trigger.event"},
      {"item > 1", "1:8: there is no 'item' in a step's when; it is evaluated once, before there are elements"},
      {"params.window >", "1:23: expected a value, found the end"},
      {"params.window > siz(1)", "1:24: there is no function 'siz'; did you mean 'size'?"},
      {"{{ params.window }}", "1:8: this is an expression, not a template; write it without {{ and }}"},
      {"'x'", "1:8: this is always text, and a step's when is true or false; compare it with something"},
      {"1 + 1", "1:8: this is always a number, and a step's when is true or false; compare it with something"},
      {"artifacts.rows.filter(r, r.ok)",
       "1:8: this is always a list, and a step's when is true or false; compare it with something"},
      {"params.window", ""},
      {"", "1:8: there is no expression here"},
  };
  for (const Fact& row : rows) {
    FlowBuilder builder;
    builder.step("first");
    builder.step("load", {"first"}).when = builder.text(row.text);
    CAPTURE(builder.flow.text);
    CHECK_EQ(builder.problems(), std::string(row.problems));
  }
}

TEST_CASE("foreach") {
  const std::vector<Fact> rows = {
      {"artifacts.shards", ""},
      {"[1, 2, params.window]", ""},
      {"item.parts", "1:8: there is no 'item' in foreach; it is evaluated once, before there are elements"},
      {"size(artifacts.shards)", "1:8: this is always a number, and foreach takes a list"},
      {"{'a': 1}", "1:8: this is always an object, and foreach takes a list"},
      {"params.nope", "1:15: there is no parameter 'nope' in params; known: window, mode"},
  };
  for (const Fact& row : rows) {
    FlowBuilder builder;
    builder.step("first");
    builder.step("load", {"first"}).foreach = builder.text(row.text);
    CAPTURE(builder.flow.text);
    CHECK_EQ(builder.problems(), std::string(row.problems));
  }
}

TEST_CASE("templates of a step without and with foreach") {
  FlowBuilder builder;
  Step& plain = builder.step("plain");
  plain.exec = {builder.text("python3"), builder.text("--n={{ params.window }}"),
                builder.text("{{ params.wndow }} {{ index }}")};
  plain.environment = {{"A", builder.text("{{ item.x }}")}};
  plain.workdir = builder.text("{{ event.day }}");
  Step& each = builder.step("each");
  each.foreach = builder.text("[1]");
  each.when = builder.text("index > 1");
  each.exec = {builder.text("{{ item.x }}{{ index }}"), builder.text("{{ itm }}"), builder.text("{{ 1 + }}")};
  each.environment = {{"A", builder.text("{{ item }}")}};
  each.workdir = builder.text("{{ item }}");
  CHECK_EQ(builder.problems(),
           "3:18: there is no parameter 'wndow' in params; did you mean 'window'?\n"
           "3:30: there is no 'index' in exec; only a step with foreach has elements\n"
           "4:11: there is no 'item' in env; only a step with foreach has elements\n"
           "5:11: there is no 'event' in workdir; in a step the event is trigger.event\n"
           "7:8: there is no 'index' in a step's when; it is evaluated once, before there are elements\n"
           "9:11: there is no 'itm' in exec; did you mean 'item'?\n"
           "10:15: expected a value, found the end; for the braces themselves write {{ '{{' }}");
}

TEST_CASE("publish") {
  FlowBuilder builder;
  Step& step = builder.step("score");
  StepPublish publish;
  publish.event = builder.text("food_{{ params.mode }}");
  publish.when = builder.text("params.mod == 'x'");
  publish.fields = {{"value", builder.text("{{ item }}")}, {"context", builder.text("{{ run.context }}")}};
  ConfigTable inner;
  ConfigTable table;
  const auto good = builder.text("{{ artifacts.score.rows }}");
  const auto bad = builder.text("{{ params.x }}");
  inner.entries.push_back({"deep", {}, {bad.position, ConfigList{ConfigValue{bad.position, bad.value}}}});
  table.entries.push_back({"rows", {}, {good.position, good.value}});
  table.entries.push_back({"count", {}, {{}, std::int64_t{3}}});
  table.entries.push_back({"inner", {}, {{}, inner}});
  publish.payload = ConfigValue{{}, table};
  step.publish.push_back(publish);
  CHECK_EQ(builder.problems(),
           "2:15: there is no parameter 'mod' in params; did you mean 'mode'?\n"
           "3:11: there is no 'item' in publish; only a step with foreach has elements\n"
           "6:18: there is no parameter 'x' in params; known: window, mode");
  builder.flow.steps[0].foreach = Located<std::string>{"[1]", {}};
  builder.flow.steps[0].publish[0].when = builder.text("index > 1");
  CHECK_EQ(builder.problems(),
           "3:11: there is no 'item' in publish; it is evaluated once, after all elements\n"
           "6:18: there is no parameter 'x' in params; known: window, mode\n"
           "7:8: there is no 'index' in the when of publish; it is evaluated once, after all elements");
}

TEST_CASE("a step that needs no other sees no artifacts") {
  const std::vector<Fact> rows = {
      {"artifacts == {} || size(artifacts) == 0", ""},
      {"trigger.data.rows > 1", ""},
      {"artifacts.rows > 1",
       "1:18: step 'load' needs no other step, so it sees no artifacts; add the step that leaves it to its needs"},
      {"has(artifacts.rows.x)",
       "1:22: step 'load' needs no other step, so it sees no artifacts; add the step that leaves it to its needs"},
      {"artifacts.other.x > 1",
       "1:18: step 'load' does not need 'other', so it does not see its artifacts; add 'other' to its needs"},
  };
  for (const Fact& row : rows) {
    FlowBuilder builder;
    builder.step("other");
    builder.step("load").when = builder.text(row.text);
    CAPTURE(builder.flow.text);
    CHECK_EQ(builder.problems(), std::string(row.problems));
  }
}

TEST_CASE("artifacts of a step that is not needed") {
  const std::vector<Fact> rows = {
      {"artifacts.load.model == 1", ""},
      {"artifacts.train.model == 1", ""},
      {"artifacts['train'].model == 1", ""},
      {"artifacts['.steps'].load.model == 1", ""},
      {"artifacts.rows == artifacts.other", ""},  // an artifact may have the name of a step
      {"artifacts.rows.other.x == 1", ""},
      {"artifacts.other.model == 1",
       "1:18: step 'score' does not need 'other', so it does not see its artifacts; add 'other' to its needs"},
      {"artifacts.other[0].model == 1",
       "1:18: step 'score' does not need 'other', so it does not see its artifacts; add 'other' to its needs"},
      {"true || has(artifacts.report.x)",
       "1:30: step 'score' does not need 'report', so it does not see its artifacts; add 'report' to its needs"},
      {"artifacts['.steps'].other == 1",
       "1:28: step 'score' does not need 'other', so it does not see its artifacts; add 'other' to its needs"},
      {"artifacts['.steps'].lod.x == 1", "1:28: there is no step 'lod'; did you mean 'load'?"},
      {"artifacts.score.x == 1", "1:18: the artifacts of step 'score' are not there before it has run"},
  };
  for (const Fact& row : rows) {
    FlowBuilder builder;
    builder.step("load");
    builder.step("train", {"load"});
    builder.step("other", {"load"});
    builder.step("score", {"train"}).when = builder.text(row.text);
    builder.step("report", {"score"});
    CAPTURE(builder.flow.text);
    CHECK_EQ(builder.problems(), std::string(row.problems));
  }
}

TEST_CASE("braces in shell text") {
  const std::vector<Fact> rows = {
      {"echo {{ params.window }}",
       "1:13: no templates in run: what they insert would become shell code; use $QFLOW_PARAM_window, or exec in place "
       "of run"},
      {"{{ run.id }} {{run.flow}}",
       "1:8: no templates in run: what they insert would become shell code; use $QFLOW_RUN, or exec in place of run\n"
       "1:21: no templates in run: what they insert would become shell code; use $QFLOW_FLOW, or exec in place of run"},
      {"{{ artifacts.rows }}",
       "1:8: no templates in run: what they insert would become shell code; read the file $QFLOW_IN/rows.json, or exec "
       "in place of run"},
      {"{{ trigger.run",
       "1:8: no templates in run: what they insert would become shell code; read the file $QFLOW_TRIGGER, or call "
       "`qflow get trigger.run`, or exec in place of run"},
      {"docker inspect --format '{{ .Name }}' {{ item }} ${X}", ""},
      {"{{ parameters }}", ""},
  };
  for (const Fact& row : rows) {
    FlowBuilder builder;
    builder.step("load").run = builder.text(row.text);
    CAPTURE(builder.flow.text);
    CHECK_EQ(builder.problems(), std::string(row.problems));
  }
  FlowBuilder each;
  Step& step = each.step("each");
  step.foreach = each.text("[1]");
  step.run = each.text("cat {{ item }} {{ index }}");
  CHECK_EQ(
      each.problems(),
      "2:12: no templates in run: what they insert would become shell code; use $QFLOW_ITEM, or exec in place of "
      "run\n2:23: no templates in run: what they insert would become shell code; use $QFLOW_INDEX, or exec in place "
      "of run");
  FlowBuilder hooks;
  hooks.flow.hooks.on_success = hooks.text("notify {{ params.mode }}");
  hooks.flow.hooks.on_failure = hooks.text("notify {{ status }} {{ item }}");
  CHECK_EQ(hooks.problems(),
           "1:15: no templates in a hook: what they insert would become shell code; use $QFLOW_PARAM_mode");
  FlowBuilder reading;
  reading.flow.hooks.on_success = reading.text("{{ artifacts.rows.x }} {{ run.tags }}");
  CHECK_EQ(
      reading.problems(),
      "1:8: no templates in a hook: what they insert would become shell code; call `qflow get artifacts.rows --run "
      "\"$QFLOW_RUN\"`\n"
      "1:31: no templates in a hook: what they insert would become shell code; call `qflow get run.tags --run "
      "\"$QFLOW_RUN\"`");
}

TEST_CASE("a flow without parameters says so") {
  FlowBuilder builder;
  builder.flow.parameters.clear();
  builder.step("load").when = builder.text("params.x > 1");
  CHECK_EQ(builder.problems(), "1:15: there is no parameter 'x' in params; there are no parameters");
}

TEST_CASE("the position inside a string") {
  struct Place {
    const char* file;
    SourcePosition start;
    const char* value;
    std::size_t offset;
    SourcePosition expected;
  };
  const std::vector<Place> rows = {
      {"a = \"bcd\"\n", {1, 5}, "bcd", 0, {1, 6}},
      {"a = \"bcd\"\n", {1, 5}, "bcd", 2, {1, 8}},
      {"a = \"bcd\"\n", {1, 5}, "bcd", 3, {1, 9}},
      {"x = 1\na = 'bcd'\n", {2, 5}, "bcd", 1, {2, 7}},
      {"a = \"üöä\"\n", {1, 5}, "üöä", 4, {1, 8}},
      {"ü = \"bcd\"\n", {1, 5}, "bcd", 1, {1, 7}},
      {"\xEF\xBB\xBF"
       "a = \"bcd\"\n",
       {1, 5},
       "bcd",
       1,
       {1, 7}},
      {"a = '''bcd'''\n", {1, 5}, "bcd", 1, {1, 9}},
      {"a = \"\"\"\nbcd\nefg\"\"\"\n", {1, 5}, "bcd\nefg", 5, {3, 2}},
      {"a = \"\"\"\r\nbcd\"\"\"\n", {1, 5}, "bcd", 1, {2, 2}},
      {"a = \"\"\n", {1, 5}, "", 0, {1, 6}},
      // An escape after the place does not matter, one before it does.
      {"a = \"b == \\\"c\\\"\"\n", {1, 5}, "b == \"c\"", 2, {1, 8}},
      {"a = \"b == \\\"c\\\"\"\n", {1, 5}, "b == \"c\"", 7, {1, 5}},
      {"a = \"b\\\\c\"\n", {1, 5}, "b\\c", 2, {1, 5}},
      {"a = 'b\\c'\n", {1, 5}, "b\\c", 2, {1, 8}},
      // Not a string of the file: inherited, made up, or a position that does not exist.
      {"a = bcd\n", {1, 5}, "bcd", 1, {1, 5}},
      {"a = \"xyz\"\n", {1, 5}, "bcd", 1, {1, 5}},
      {"a = 1\n", {7, 3}, "bcd", 1, {7, 3}},
      {"", {1, 1}, "bcd", 1, {1, 1}},
      {"a = \"b", {1, 40}, "bcd", 1, {1, 40}},
  };
  for (const Place& row : rows) {
    const std::string file = row.file;
    CAPTURE(file);
    CAPTURE(row.offset);
    const SourcePosition found = position_inside(file, row.start, row.value, row.offset);
    CHECK_EQ(found.line, row.expected.line);
    CHECK_EQ(found.column, row.expected.column);
  }
}

TEST_CASE("places in one string are found in any order") {
  const std::string file = "a = \"\"\"\nb\u00FCd\ne\\tf\"\"\"\n";
  PositionsInside positions(file, {1, 5}, "b\u00FCd\ne\tf");
  CHECK(positions.at(1) == SourcePosition{2, 2});
  CHECK(positions.at(3) == SourcePosition{2, 3});
  CHECK(positions.at(5) == SourcePosition{3, 1});
  CHECK(positions.at(0) == SourcePosition{2, 1});
  CHECK(positions.at(6) == SourcePosition{3, 2});
  CHECK(positions.at(7) == SourcePosition{1, 5});
  CHECK(positions.at(3) == SourcePosition{2, 3});
}

TEST_CASE("a long chain of steps that name artifacts is checked in no time to speak of") {
  FlowBuilder builder;
  for (int i = 0; i < 300; ++i) {
    const std::string id = "s" + std::to_string(i);
    Step& step = i == 0 ? builder.step(id) : builder.step(id, {"s" + std::to_string(i - 1)});
    step.exec = {builder.text(i == 0 ? "x" : "{{ artifacts.s0.x }}")};
  }
  CHECK_EQ(builder.problems(), "");
}
