#include <doctest/doctest.h>

#include "error_rows.h"

namespace qflow {
namespace {

// A leg that sets the required parameter, with `more` in it, and one that sets none.
std::string leg_and_schedule(const std::string& more = {}) {
  return "[parameters.w]\nrequired = true\n" +
         trigger("id = \"x\"\ntype = \"event\"\nevent = { name = \"a\", parameters = { w = \"d\" } }\n" + more) + "\n" +
         trigger("id = \"s\"\ntype = \"schedule\"\nevery = \"1h\"") + "\n";
}

TEST_CASE("event") {
  check_rows({
      {trigger("type = \"event\""),
       "f.toml:2:1: error: trigger of type event has neither `event` nor `events`; add event = \"...\""},
      {event("events = [\"a\"]"),
       "f.toml:5:10: error: `event` and `events` are both given; move all into events = [...]"},
      {trigger("type = \"event\"\nevents = []"),
       "f.toml:4:10: error: `events` must be a list of at least one source; write events = [\"first\", \"second\"]"},
      {trigger("type = \"event\"\nevents = \"a\""),
       "f.toml:4:10: error: `events` must be a list of at least one source; write events = [\"first\", \"second\"]"},
      {trigger("type = \"event\"\nevents = [1]"),
       "f.toml:4:11: error: a source must be text or a table; is an integer; write its name, or { name = \"...\" }"},
      {trigger("type = \"event\"\nevent = 1"),
       "f.toml:4:9: error: a source must be text or a table; is an integer; write its name, or { name = \"...\" }"},
      {trigger("type = \"event\"\nevents = [\"a\", \"b\", \"a\"]"),
       "f.toml:4:21: error: 'a' is named twice; a trigger listens to each source once; remove one"},
      {trigger("type = \"event\"\nevents = [\"a\", { name = \"a\", value = \"x\" }]"),
       "f.toml:4:25: error: 'a' is named twice; a trigger listens to each source once; remove one"},
      {trigger("type = \"event\"\nevent = \"a/b\""),
       "f.toml:4:9: error: 'a/b' is not a valid event name; use letters, digits, '_', '.' and '-', at most 255"},
      {trigger("type = \"event\"\nevent = \"..\""),
       "f.toml:4:9: error: '..' is not a valid event name; use letters, digits, '_', '.' and '-', at most 255"},
      {trigger("type = \"event\"\nevent = \"" + std::string(256, 'e') + "\""),
       "f.toml:4:9: error: 'eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee...' is "
       "not a valid event name; use letters, digits, '_', '.' and '-', at most 255"},
      {trigger("type = \"event\"\nevents = [\"a\", { name = \"qflow.run.Up\" }]"),
       "f.toml:4:25: error: event names that begin with 'qflow.' are reserved; use type = \"flow\" for the end of a "
       "run "
       "or step, type = \"schedule\", \"sensor\" or \"cli\" for what those do"},
      {trigger("type = \"event\"\nevent = {}"),
       "f.toml:4:9: error: missing key 'name' in an event; add name = \"...\""},
      {trigger("type = \"event\"\nevent = { name = \"a\", key = \"a\" }"),
       "f.toml:4:18: error: `name` and `key` mean the same, both are given; remove one of them"},
      {trigger("type = \"event\"\nevent = { name = \"a\", type = \"x\" }"),
       "f.toml:4:23: error: key 'type' is called event_type here"},
      {trigger("type = \"event\"\nevent = { name = \"a\", valeu = \"x\" }"),
       "f.toml:4:23: error: unknown key 'valeu' in an event; did you mean 'value'?"},
      {trigger("type = \"event\"\nevent = { name = \"a\", value = 1 }"),
       "f.toml:4:31: error: `value` must be text; is an integer; write it in quotes: \"1\""},
      {trigger("type = \"event\"\nevent = { name = \"a\", count = 0 }"),
       "f.toml:4:31: error: `count` must be between 1 and 1000000; is 0"},
      {trigger("type = \"event\"\nevent = { name = \"a\", distinct = \"event.context\" }"),
       "f.toml:4:34: error: `distinct` needs `count`; say how many different values make the source met: count = 24"},
      {trigger("type = \"event\"\nevent = { name = \"a\", count = 2, distinct = \"evnt\" }"),
       "f.toml:4:46: error: there is no 'evnt' in `distinct` of a trigger; did you mean 'event'?"},
      {trigger("type = \"event\"\nevent = { name = \"a\", when = \"1 +\" }"),
       "f.toml:4:34: error: expected a value, found the end"},
      {event("count = 3"),
       "f.toml:5:1: error: key 'count' belongs in the event's table: event = { name = \"...\", count = ... }"},
      {event("sender = \"x\""),
       "f.toml:5:1: error: key 'sender' belongs in the event's table: event = { name = \"...\", sender = ... }"},
      {event("namespaced = true"),
       "f.toml:5:14: error: `namespaced` needs a project; add [project] with a name to the file"},
      {trigger("type = \"event\"\nevent = { name = \"a\", namespaced = true }"),
       "f.toml:4:36: error: `namespaced` needs a project; add [project] with a name to the file"},
      {"[project]\nname = \"foo\"\n" + trigger("type = \"event\"\nevent = \"//\"\nnamespaced = true"),
       "f.toml:6:9: error: the event name is empty; use letters, digits, '_', '.' and '-', at most 255"},
      {"[project]\nname = \"foo\"\n" +
           trigger("type = \"event\"\nevents = [\"a\", { name = \"b\", namespaced = true }]"),
       "f.toml:6:25: error: the flow listens to plain and to namespaced events; in another branch the plain ones would "
       "start it too; make all of them namespaced, or none"},
      {"[project]\nname = \"foo\"\n" + trigger("id = \"x\"\ntype = \"event\"\nevent = \"a\"\nnamespaced = true") +
           "\n" + trigger("id = \"y\"\ntype = \"event\"\nevent = \"b\""),
       "f.toml:12:9: error: the flow listens to plain and to namespaced events; in another branch the plain ones would "
       "start it too; make all of them namespaced, or none"},
  });
}

TEST_CASE("flow") {
  check_rows({
      {trigger("type = \"flow\""),
       "f.toml:2:1: error: trigger of type flow has neither `source_flow_id` nor `flows`; add source_flow_id = "
       "\"...\""},
      {flow("flows = [\"A\"]"),
       "f.toml:5:9: error: `source_flow_id` and `flows` are both given; move all into flows = [...]"},
      {trigger("type = \"flow\"\nflows = [\"A\", \"A\"]"),
       "f.toml:4:15: error: 'A' is named twice; a trigger listens to each source once; remove one"},
      {trigger("type = \"flow\"\nsource_flow_id = \"foo.A\""),
       "f.toml:4:18: error: the flow name 'foo.A' has one dot; write Flow, or project.branch.Flow"},
      {trigger("type = \"flow\"\nsource_flow_id = \"A b\""),
       "f.toml:4:18: error: 'A b' is not a valid flow id; use letters, digits, '_' and '-', first a letter or '_', at "
       "most 128"},
      {trigger("type = \"flow\"\nsource_flow_id = \"Foo.prod.A\""),
       "f.toml:4:18: error: 'Foo' is not a valid project name; use small letters, digits and '_', at most 128, not "
       "'qflow'"},
      {trigger("type = \"flow\"\nsource_flow_id = \"foo..A\""),
       "f.toml:4:18: error: '' is no branch; letters, digits, '_', '.' and '-', as in prod.main"},
      {trigger("type = \"flow\"\nsource_flow_id = \"foo.p/q.A\""),
       "f.toml:4:18: error: 'p/q' is no branch; letters, digits, '_', '.' and '-', as in prod.main"},
      {trigger("type = \"flow\"\nsource_flow_id = { name = \"foo.x.A\" }"),
       "f.toml:4:27: error: `name` 'foo.x.A' has a dot; write project and project_branch beside it"},
      {trigger("type = \"flow\"\nsource_flow_id = { name = \"A\", project = \"foo\" }"),
       "f.toml:4:18: error: `project` and `project_branch` go together; give both, or neither for the flow's own"},
      {trigger("type = \"flow\"\nsource_flow_id = { project = \"foo\", project_branch = \"x\" }"),
       "f.toml:4:18: error: missing key 'name' in a flow; add name = \"...\""},
      {trigger("type = \"flow\"\nsource_flow_id = { name = \"A\", conditon = \"always\" }"),
       "f.toml:4:32: error: unknown key 'conditon' in a flow; did you mean 'condition'?"},
      {flow("condition = \"done\""),
       "f.toml:5:13: error: `condition` must be one of 'success', 'failure' and 'always'; is 'done'"},
      {flow("source_task_id = \"a-b\""),
       "f.toml:5:18: error: 'a-b' is not a valid step id; use letters, digits and '_', first a letter or '_', at most "
       "128"},
      {flow("project = \"foo\""),
       "f.toml:5:1: error: key 'project' belongs in the flow's table: flows = [{ name = \"...\", project = ... }]"},
      {flow("event = \"a\""), "f.toml:5:1: error: key 'event' belongs to triggers of type 'event'"},
  });
}

TEST_CASE("group") {
  const std::string legs = trigger("id = \"x\"\ntype = \"event\"\nevent = \"a\"") + "\n" +
                           trigger("id = \"y\"\ntype = \"event\"\nevent = \"b\"") + "\n";
  check_rows({
      {legs + trigger("type = \"group\""),
       "f.toml:10:1: error: a group has no `match`; name the triggers of the group: match = \"orders && nightly\""},
      {legs + trigger("type = \"group\"\nmatch = \"all\""),
       "f.toml:12:9: error: the `match` of a group must name its legs; name the triggers of the group: match = "
       "\"orders && nightly\""},
      {legs + trigger("type = \"group\"\nmatch = 2"),
       "f.toml:12:9: error: the `match` of a group must name its legs; name the triggers of the group: match = "
       "\"orders && nightly\""},
      {legs + trigger("type = \"group\"\nmatch = \"x && z\""),
       "f.toml:12:9: error: there is no trigger 'z'; known: x, y"},
      {legs + trigger("type = \"group\"\nmatch = \"x && foo.y\""),
       "f.toml:12:9: error: 'foo.y' is not a valid trigger id; use letters, digits, '_' and '-', first a letter or "
       "'_', at most 128"},
      {legs + trigger("type = \"group\"\nmatch = \"x && y\"\nparameters = { w = \"x\" }"),
       "f.toml:13:16: error: the flow has no parameter 'w'; declare it under [parameters]"},
      {"[parameters.w]\n" + legs + trigger("type = \"group\"\nmatch = \"x && y\"\nparameters = { w = \"x\" }"),
       "f.toml:14:14: error: a group maps no parameters; write parameters in its legs"},
      {legs + trigger("type = \"group\"\nmatch = \"x && y\"\nevent = \"e\""),
       "f.toml:13:1: error: key 'event' belongs to triggers of type 'event'"},
      {legs + trigger("id = \"g\"\ntype = \"group\"\nmatch = \"x && y\"") + "\n" +
           trigger("id = \"h\"\ntype = \"group\"\nmatch = \"x || g\""),
       "f.toml:17:9: error: trigger 'x' is a leg of 'g' already; a trigger belongs to one group; define a second one "
       "with an id of its own\n"
       "f.toml:17:9: error: the leg 'g' is a group itself; name the triggers that it consists of"},
      {legs + trigger("id = \"g\"\ntype = \"group\"\nmatch = \"x && y && g\""),
       "f.toml:13:9: error: the leg 'g' is a group itself; name the triggers that it consists of"},
      {legs + trigger("id = \"z\"\ntype = \"event\"\nevents = [\"c\", \"a\"]") + "\n" +
           trigger("type = \"group\"\nmatch = \"x && y && z\""),
       "f.toml:13:16: error: two legs of the group 'group' listen to 'a'; an event belongs to one leg; remove one"},
      {trigger("id = \"x\"\ntype = \"event\"\nevents = [\"a\", \"b\"]\nwithin = \"2h\"\ncorrelate = \"event.id\"") +
           "\n" + trigger("type = \"group\"\nmatch = \"x\""),
       "f.toml:6:1: error: `within` has no use in a leg of the group 'group'; write it in the group\n"
       "f.toml:7:1: error: `correlate` has no use in a leg of the group 'group'; write it in the group"},
      {leg_and_schedule() + trigger("id = \"g\"\ntype = \"group\"\nmatch = \"x && s\"\nwthin = \"1h\""),
       "f.toml:17:1: error: unknown key 'wthin' in trigger of type group; did you mean 'within'?"},
      {leg_and_schedule("join = \"all\"\n") +
           trigger("id = \"g\"\ntype = \"group\"\nmatch = \"x || s\"\njoin = \"newest\""),
       "f.toml:8:1: error: `join` has no use in a leg of the group 'g'; write it in the group\n"
       "f.toml:18:8: error: `join` must be one of 'latest', 'oldest' and 'all'; is 'newest'"},
      {leg_and_schedule("join = \"all\"\n") + trigger("id = \"g\"\ntype = \"group\"\nmatch = \"x || s\""),
       "f.toml:8:1: error: `join` has no use in a leg of the group 'g'; write it in the group\n"
       "f.toml:15:6: error: trigger 'g' can fire without setting the required parameter 'w'; give it a default, or map "
       "it from every source that can fire alone"},
      {trigger("id = \"x\"\ntype = \"event\"\nevent = \"a\"\nwithin = \"2h\"\nmax_wait = \"1m\"") + "\n" +
           trigger("type = \"group\"\nmatch = \"x\""),
       "f.toml:6:1: error: `within` has no use in a leg of the group 'group'; write it in the group\n"
       "f.toml:7:1: error: `max_wait` has no use in a leg of the group 'group'; write it in the group\n"
       "f.toml:7:12: error: `max_wait` needs `debounce`; it bounds how long that may wait"},
      {"[parameters.w]\nrequired = true\n" + trigger("id = \"x\"\ntype = \"flow\"\nsource_flow_id = \"A\"") + "\n" +
           trigger("id = \"y\"\ntype = \"event\"\nevent = \"b\"") + "\n" +
           trigger("type = \"group\"\nmatch = \"x || y\""),
       "f.toml:12:1: error: trigger 'group' can fire without setting the required parameter 'w'; give it a default, or "
       "map it from every source that can fire alone"},
      {"[parameters.w]\nrequired = true\n" + trigger("id = \"x\"\ntype = \"flow\"\nsource_flow_id = \"A\"") + "\n" +
           trigger("id = \"y\"\ntype = \"event\"\nevent = \"b\"") + "\n" +
           trigger("type = \"group\"\nmatch = \"x && y\""),
       ""},
  });
}

TEST_CASE("mappings") {
  const std::string two = "[parameters.a]\n[parameters.b]\n";
  check_rows({
      {mapped("type = \"event\"\nevent = \"e\"\nparameters = { windw = \"x\" }"),
       "f.toml:6:16: error: the flow has no parameter 'windw'; did you mean 'window'?"},
      {event("parameters = { window = \"x\" }"),
       "f.toml:5:16: error: the flow has no parameter 'window'; declare it under [parameters]"},
      {mapped("type = \"event\"\nevent = \"e\"\nparameters = { window = 3 }"),
       "f.toml:6:25: error: `window` must be text; is an integer; write it in quotes: \"3\""},
      {mapped("type = \"event\"\nevent = \"e\"\nparameters = \"window\""),
       "f.toml:6:14: error: `parameters` must be a table; is text; write { key = value }"},
      {mapped("type = \"event\"\nevent = \"e\"\nparameters = { window = \"how-many\" }"),
       "f.toml:6:25: error: 'how-many' is no path into a payload: wrong at character 4; write it as in expressions: "
       "rows, a.b[0].c, [\"how-many\"]"},
      {mapped("type = \"event\"\nevent = \"e\"\nparameters = { window = \"x\", Window = \"y\" }"),
       "f.toml:6:30: error: parameter 'Window' is mapped twice; names count ignoring case; remove one"},
      {mapped("type = \"event\"\nevents = [\"e\", \"f\"]\nparameters = { window = \"x\" }"),
       "f.toml:6:14: error: `parameters` can't serve several sources; write them in each source's table: { name = "
       "\"...\", parameters = { ... } }"},
      {mapped("type = \"event\"\nevent = { name = \"e\", parameters = { window = \"x\" } }\nparameters = { window = "
              "\"x\" }"),
       "f.toml:6:14: error: `parameters` stands in the trigger and in its source; keep one of the two"},
      {mapped("type = \"event\"\nevents = [{ name = \"e\", parameters = { window = \"x\" } }, { name = \"f\", "
              "parameters = { window = \"y\" } }]"),
       "f.toml:5:96: error: parameter 'window' is mapped by two sources; only one may set it, unless match = \"any\""},
      {mapped("type = \"event\"\nmatch = 1\nevents = [{ name = \"e\", parameters = { window = \"x\" } }, { name = "
              "\"f\", parameters = { window = \"y\" } }]"),
       "f.toml:6:96: error: parameter 'window' is mapped by two sources; only one may set it, unless match = \"any\""},
      {mapped("type = \"event\"\nmatch = \"any\"\nevents = [{ name = \"e\", parameters = { window = \"x\" } }, { name "
              "= \"f\", parameters = { window = \"y\" } }]"),
       ""},
      {mapped("type = \"flow\"\nsource_flow_id = \"A\"\nparameters = { window = \"window\" }"),
       "f.toml:6:25: error: the payload has no 'window'; the parameters of the upstream run are params.window, its "
       "artifacts artifacts.window"},
      {mapped("type = \"flow\"\nsource_flow_id = \"A\"\nparameters = { window = \"artifacts\" }"),
       "f.toml:6:25: error: 'artifacts' names no artifact; write artifacts.NAME"},
      {mapped("type = \"flow\"\nsource_flow_id = \"A\"\nparameters = { window = \"artifacts.rows[0].x\" }"), ""},
      {mapped("type = \"flow\"\nsource_flow_id = \"A\"\nparameters = { window = \"timestamp\" }"), ""},
      {"[parameters.a]\nrequired = true\n" + flow(""),
       "f.toml:4:1: error: trigger 'flow' can fire without setting the required parameter 'a'; give it a default, or "
       "map it: parameters = { name = \"params.name\" }"},
      {"[parameters.a]\nrequired = true\ndefault = 1\n" + flow(""), ""},
      {"[parameters.a]\nrequired = true\n" + event(""), ""},
      {"[parameters.a]\nrequired = true\n" + trigger("type = \"cli\""), ""},
      {"[parameters.a]\nrequired = true\n" + events(""),
       "f.toml:4:1: error: trigger 'event' can fire without setting the required parameter 'a'; give it a default, or "
       "map it from every source that can fire alone"},
      {"[parameters.a]\nrequired = true\n" +
           trigger("type = \"event\"\nevents = [{ name = \"e\", parameters = { a = \"x\" } }, \"f\"]"),
       ""},
      {"[parameters.a]\nrequired = true\n" +
           trigger("type = \"event\"\nmatch = \"any\"\nevents = [{ name = \"e\", parameters = { a = \"x\" } }, \"f\"]"),
       "f.toml:4:1: error: trigger 'event' can fire without setting the required parameter 'a'; give it a default, or "
       "map it from every source that can fire alone"},
      {"[parameters.a]\nrequired = true\n" + trigger("type = \"event\"\nmatch = \"e && f || e && g\"\nevents = [{ name "
                                                     "= \"e\", parameters = { a = \"x\" } }, \"f\", \"g\"]"),
       ""},
      {"[parameters.a]\nrequired = true\n" + trigger("type = \"event\"\nmatch = \"e || f && g\"\nevents = [{ name = "
                                                     "\"e\", parameters = { a = \"x\" } }, \"f\", \"g\"]"),
       "f.toml:4:1: error: trigger 'event' can fire without setting the required parameter 'a'; give it a default, or "
       "map it from every source that can fire alone"},
      {two + trigger("type = \"event\"\nevents = [{ name = \"e\", parameters = { a = \"x\" } }, { name = \"f\", "
                     "parameters = { b = \"timestamp\" } }]"),
       ""},
  });
}

}  // namespace
}  // namespace qflow
