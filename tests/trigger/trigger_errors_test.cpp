#include <doctest/doctest.h>

#include "error_rows.h"

namespace qflow {
namespace {

TEST_CASE("types and shared keys") {
  check_rows({
      {trigger(""), "f.toml:2:1: error: missing key 'type' in trigger; add type = \"...\""},
      {trigger("type = \"evnt\""),
       "f.toml:3:8: error: unknown trigger type 'evnt'; known: 'api', 'cli', 'event', 'flow', 'group', 'schedule' and "
       "'sensor'"},
      {trigger("type = 1"), "f.toml:3:8: error: `type` must be text; is an integer; write it in quotes: \"1\""},
      {event("id = \"a b\""),
       "f.toml:5:6: error: 'a b' is not a valid trigger id; use letters, digits, '_' and '-', first a letter or '_', "
       "at most 128"},
      {event("id = 1"), "f.toml:5:6: error: `id` must be text; is an integer; write it in quotes: \"1\""},
      {event("enabled = \"no\""), "f.toml:5:11: error: `enabled` must be a boolean; is text; write true or false"},
      {event("description = 1"),
       "f.toml:5:15: error: `description` must be text; is an integer; write it in quotes: \"1\""},
      {event("flow_id = \"G\""),
       "f.toml:5:11: error: `flow_id` is 'G', but the flow is 'F'; a trigger starts the flow of its own file; remove "
       "the key"},
      {event("when = \"event.payload.rows >\""), "f.toml:5:29: error: expected a value, found the end"},
      {event("when = \"event.rows > 1\""),
       "f.toml:5:15: error: there is no field 'rows' in event; known: id, name, timestamp, recorded_at, type, "
       "namespace, value, sender, context, payload, caused_by"},
      {event("when = \"params.window > 1\""),
       "f.toml:5:9: error: there is no 'params' in `when` of a trigger; a trigger sees only the event: event.payload, "
       "event.context, ..."},
      {event("when = \"nosuch(1)\""),
       "f.toml:5:9: error: there is no function 'nosuch'; known: bool, contains, double, duration, endsWith, int, "
       "join, lowerAscii, matches, size, split, startsWith, string, substring, timestamp, upperAscii, all, exists, "
       "exists_one, filter and 2 more"},
      {event("when = \"'text'\""), "f.toml:5:9: error: `when` must be true or false; is text; write a comparison"},
      {event("when = true"), "f.toml:5:8: error: `when` must be text; is a boolean; write it in quotes: \"true\""},
      {event("correlate = \"event.payload..x\""), "f.toml:5:28: error: expected the name of a field, found '.'"},
      {event("context = \"evnt.context\""),
       "f.toml:5:12: error: there is no 'evnt' in `context` of a trigger; did you mean 'event'?"},
      {event("match = 0"), "f.toml:5:9: error: `match` must be at least 1; is 0"},
      {event("match = 2"),
       "f.toml:5:9: error: `match` wants 2 of 1 sources; a number is at most the number of sources"},
      {event("match = 1.5"),
       "f.toml:5:9: error: `match` must be text or an integer; is a float; write all, any, a number, or names with && "
       "|| and parentheses"},
      {events("match = \"a & b\""),
       "f.toml:5:9: error: `match` 'a & b' is wrong at character 3: expected && or ||; write all, any, a number, or "
       "names with && || and parentheses"},
      {events("match = \"a || c\""), "f.toml:5:9: error: `match` names 'c', which is no source here; known: a, b"},
      {events("match = \"a\""),
       "f.toml:5:9: error: `match` does not name the source 'b'; an expression names every source"},
      {events("match = 3"),
       "f.toml:5:9: error: `match` wants 3 of 2 sources; a number is at most the number of sources"},
      {events("within = \"0s\""),
       "f.toml:5:10: error: `within` must be longer than 0s; give a longer one, or leave the key out"},
      {events("within = 5"),
       "f.toml:5:10: error: `within` must be a duration; is an integer; write \"5s\" for seconds"},
      {events("join = \"newest\""),
       "f.toml:5:8: error: `join` must be one of 'latest', 'oldest' and 'all'; is 'newest'"},
      {event("debounce = \"0s\""),
       "f.toml:5:12: error: `debounce` must be longer than 0s; give a longer one, or leave the key out"},
      {event("max_wait = \"5m\""), "f.toml:5:12: error: `max_wait` needs `debounce`; it bounds how long that may wait"},
      {events("options = { rest = 5 }"), "f.toml:5:13: error: unknown key 'rest' in options; did you mean 'reset'?"},
      {events("options = { reset = 0 }"), "f.toml:5:21: error: `reset` must be between 1 and 10000000; is 0"},
      {events("options = { reset = \"0s\" }"),
       "f.toml:5:21: error: `reset` must be longer than 0s; give a longer one, or leave the key out"},
      {events("options = { reset = true }"),
       "f.toml:5:21: error: `reset` must be a duration; is a boolean; write it as \"90s\" or \"1h30m\""},
      {events("options = { reset = 5 }\nwithin = \"5m\""),
       "f.toml:5:21: error: `reset` and `within` mean the same, both are given; remove one of them"},
      {events("options = 5"), "f.toml:5:11: error: `options` must be a table; is an integer; write { key = value }"},
      {events("reset = 5"), "f.toml:5:1: error: key 'reset' belongs in options: options = { reset = 5 }"},
      {event("schedule = \"0 0 * * *\""), "f.toml:5:1: error: key 'schedule' belongs to triggers of type 'schedule'"},
      {event("condition = \"success\""),
       "f.toml:5:1: error: key 'condition' belongs to triggers of types 'flow' and 'sensor'"},
      {event("path = \"x\""), "f.toml:5:1: error: key 'path' belongs to triggers of types 'api' and 'sensor'"},
      {event("wihtin = \"5m\""),
       "f.toml:5:1: error: unknown key 'wihtin' in trigger of type event; did you mean 'within'?"},
      {event("when_busy = \"skip\""), "f.toml:5:1: error: key 'when_busy' belongs in [run] of the flow"},
      {trigger("type = \"cli\"\nevent = \"e\""), "f.toml:4:1: error: key 'event' belongs to triggers of type 'event'"},
      {trigger("type = \"cli\"") + "\n" + trigger("type = \"cli\""),
       "f.toml:4:1: error: two triggers have the id 'cli'; the first is in line 2; an id that is not given is the "
       "type"},
      {trigger("type = \"cli\"\nid = \"x\"") + "\n" + trigger("type = \"cli\"\nid = \"x\""),
       "f.toml:7:6: error: two triggers have the id 'x'; the first is in line 4; an id that is not given is the type"},
      // One that has errors of its own too.
      {trigger("type = \"cli\"\nid = \"x\"") + "\n" + trigger("type = \"cli\"\nid = \"x\"\nwihtin = \"5m\""),
       "f.toml:7:6: error: two triggers have the id 'x'; the first is in line 4; an id that is not given is the type\n"
       "f.toml:8:1: error: unknown key 'wihtin' in trigger of type cli; did you mean 'within'?"},
  });
}

TEST_CASE("schedule") {
  check_rows({
      {trigger("type = \"schedule\""),
       "f.toml:2:1: error: trigger of type schedule has neither `schedule` nor `every`; add schedule = \"0 3 * * *\" "
       "or every = \"15m\""},
      {trigger("type = \"schedule\"\nschedule = \"@daily\"\nevery = \"1d\""),
       "f.toml:5:9: error: `schedule` and `every` are both given; remove one of them"},
      {trigger("type = \"schedule\"\nevery = \"0s\""),
       "f.toml:4:9: error: `every` must be longer than 0s; give a longer one, or leave the key out"},
      {trigger("type = \"schedule\"\nevery = 5"),
       "f.toml:4:9: error: `every` must be a duration; is an integer; write \"5s\" for seconds"},
      {trigger("type = \"schedule\"\nschedule = 5"),
       "f.toml:4:12: error: `schedule` must be text; is an integer; write it in quotes: \"5\""},
      {trigger("type = \"schedule\"\nevery = \"1h\"\ntimezone = 1"),
       "f.toml:5:12: error: `timezone` must be text; is an integer; write it in quotes: \"1\""},
      {trigger("type = \"schedule\"\nevery = \"1h\"\ncatchup = \"some\""),
       "f.toml:5:11: error: `catchup` must be one of 'last', 'none' and 'all'; is 'some'"},
      {trigger("type = \"schedule\"\nevery = \"1h\"\ncatchup_window = \"x\""),
       "f.toml:5:18: error: `catchup_window`: 'x' is not a duration: a number is missing; write it as '90s', '1h30m' "
       "or '2d'; the units are ms, s, m, h, d, w"},
      {trigger("type = \"schedule\"\nevery = \"1h\"\ndst_gap = \"both\""),
       "f.toml:5:11: error: `dst_gap` must be one of 'shift' and 'skip'; is 'both'"},
      {trigger("type = \"schedule\"\nevery = \"1h\"\ndst_overlap = \"skip\""),
       "f.toml:5:15: error: `dst_overlap` must be one of 'first', 'last' and 'both'; is 'skip'"},
      {trigger("type = \"schedule\"\nevery = \"1h\"\nstart = \"tomorrow\""),
       "f.toml:5:9: error: `start`: 'tomorrow' is not an RFC 3339 instant: it does not begin with a date; write it as "
       "'2026-11-20T10:00:00Z' or '2026-11-20T10:00:00+01:00'"},
      {trigger("type = \"schedule\"\nevery = \"1h\"\nstart = 2026-02-01\nend = 2026-01-01"),
       "f.toml:6:7: error: `end` is not later than `start`; nothing would ever be due; give it a later end"},
      {trigger("type = \"schedule\"\nevery = \"1h\"\nexclude = \"2026-12-25\""),
       "f.toml:5:11: error: `exclude` must be a list of text; is text; write it in brackets: [\"2026-12-25\"]"},
      {trigger("type = \"schedule\"\nevery = \"1h\"\nexclude = [\"2026-12-32\", \"2026-12-25T10:00:00Z\"]"),
       "f.toml:5:12: error: '2026-12-32' is not a day; write it as \"2026-12-25\"\n"
       "f.toml:5:26: error: '2026-12-25T10:00:00Z' is not a day; write it as \"2026-12-25\""},
      {trigger("type = \"schedule\"\nschedule = \"0 0 1 1 *\"\nstart = 2026-02-01\nend = 2026-03-01"),
       "f.toml:2:1: error: the schedule is never due; `start`, `end` and `exclude` leave nothing of it"},
      {trigger("type = \"schedule\"\nevery = \"1h\"\ntimezone = \"Europe/Berln\""),
       "f.toml:5:12: error: unknown time zone 'Europe/Berln'; did you mean 'Europe/Berlin'?"},
      {trigger("type = \"schedule\"\nevery = \"1h\"\ntimezone = \"../UTC\""),
       "f.toml:5:12: error: no time zone can be called '../UTC'; write an IANA name such as 'Europe/Berlin' or 'UTC'"},
      {"[parameters.day]\nrequired = true\n" + trigger("type = \"schedule\"\nevery = \"1d\""),
       "f.toml:4:1: error: trigger 'schedule' can fire without setting the required parameter 'day'; a schedule sets "
       "no parameters; give this one a default"},
      {mapped("type = \"schedule\"\nevery = \"1h\"\nparameters = { window = \"days\" }"),
       "f.toml:6:25: error: the payload has no 'days'; the instant that was due is timestamp"},
  });
}

TEST_CASE("what is wrong with a cron expression is shown at its place inside the text") {
  const auto due = [](const std::string& value) { return trigger("type = \"schedule\"\nschedule = " + value); };
  check_rows({
      {due("\"61 * * * *\""), "f.toml:4:13: error: `schedule`: minute 61 is out of range; minutes are 0 to 59"},
      {due("\"* * 32 * *\""),
       "f.toml:4:17: error: `schedule`: day of the month 32 is out of range; days of the month are 1 to 31"},
      {due("'* * * * 9'"),
       "f.toml:4:21: error: `schedule`: day of the week 9 is out of range; days of the week are 0 to "
       "7, or SUN to SAT"},
      {due("\"\"\"\n* * 32 * *\"\"\""),
       "f.toml:5:5: error: `schedule`: day of the month 32 is out of range; days of the month are 1 to 31"},
      {due("\"\\u002A 24 * * *\""), "f.toml:4:12: error: `schedule`: hour 24 is out of range; hours are 0 to 23"},
      {due("\"5-1/0 * * * *\""),
       "f.toml:4:17: error: `schedule`: a step of 0 would never get on; a step is a number from 1: */15, 8-18/2"},
      {due("\"1,,2 * * * *\""),
       "f.toml:4:14: error: `schedule`: the list of minutes has an empty item; between two "
       "commas stands a value"},
      {due("\"@fortnightly\""),
       "f.toml:4:13: error: `schedule`: unknown name '@fortnightly'; known: @yearly, @annually, "
       "@monthly, @weekly, @daily, @midnight, @hourly"},
      {due("\"* * * *\""),
       "f.toml:4:13: error: `schedule`: it has 4 fields, needs 5; minute, hour, day of the month, "
       "month, day of the week: 0 3 * * MON-FRI"},
      {due("\"\""),
       "f.toml:4:13: error: `schedule`: it is empty; minute, hour, day of the month, month, day of the "
       "week: 0 3 * * MON-FRI"},
      {due("\"0 0 30 2 *\""),
       "f.toml:4:17: error: `schedule`: it can never match: no year has such a day; compare the "
       "day with the months and days of the week beside it"},
      {due("\"*/40 * * * *\""),
       "f.toml:4:12: warning: '*/40' means the minutes 0 and 40, not every 40 minutes: each "
       "hour begins anew"},
      {due("\"0 0 3 * * *\""),
       "f.toml:4:12: warning: the first of its six fields is the second: under cron, which "
       "ticks once a minute, instants within a minute are due together"},
  });
}

TEST_CASE("sensor") {
  const std::string row_count = "table_name = \"t\"\ndetection_mode = \"row_count\"\n";
  check_rows({
      {trigger("type = \"sensor\""),
       "f.toml:2:1: error: missing key 'sensor_type' in trigger of type sensor; add sensor_type = \"...\""},
      {sensor("folder", "path = \"x\"\nbucket = \"b\""),
       "f.toml:4:15: error: `sensor_type` must be one of 'file', 'directory', 'database', 's3', 'http' and 'exec'; is "
       "'folder'"},
      {sensor("file", ""), "f.toml:2:1: error: missing key 'path'; a sensor of type file needs it"},
      {sensor("directory", "path = \"\""), "f.toml:5:8: error: `path` is empty; a sensor of type directory needs it"},
      {sensor("file", "path = \"x\"\nbucket = \"b\""), "f.toml:6:1: error: key 'bucket' belongs to sensor_type 's3'"},
      {sensor("file", "path = \"x\"\nevent_type = \"renamed\""),
       "f.toml:6:14: error: `event_type` must be one of 'created', 'modified', 'deleted' and 'all'; is 'renamed'"},
      {sensor("file", "path = \"x\"\npoll = \"0s\""),
       "f.toml:6:8: error: `poll` must be longer than 0s; give a longer one, or leave the key out"},
      {sensor("file", "path = \"x\"\ntimeout = 3"),
       "f.toml:6:11: error: `timeout` must be a duration; is an integer; write \"3s\" for seconds"},
      {sensor("file", "path = \"x\"\nbaseline = \"none\""),
       "f.toml:6:12: error: `baseline` must be one of 'ignore' and 'fire'; is 'none'"},
      {sensor("file", "path = \"x\"\nper = \"file\""),
       "f.toml:6:7: error: `per` must be one of 'item' and 'batch'; is 'file'"},
      {sensor("file", "path = \"x\"\nschedule = \"0 0 * * *\""),
       "f.toml:6:1: error: key 'schedule' belongs to triggers of type 'schedule'"},
      {sensor("file", "path = \"x\"\nsetle = \"1s\""),
       "f.toml:6:1: error: unknown key 'setle' in trigger of type sensor; did you mean 'settle'?"},
      {sensor("file", "path = \"x\"\npattern = \"a/b\""),
       "f.toml:6:11: error: `pattern` of a file is about its name, which has no '/'; write sensor_type = "
       "\"directory\""},
      {sensor("directory", "path = \"x\"\npattern = \"./*.csv\""),
       "f.toml:6:11: error: `pattern` begins with '/', './' or '../'; it is about what lies in the folder, such as "
       "*.csv or **/*.csv"},
      {sensor("directory", "path = \"x\"\npattern = \"\""),
       "f.toml:6:11: error: `pattern` is empty; leave the key out, and every file counts"},
      {sensor("directory", "path = \"x\"\npattern = \"*.{csv,txt}\""),
       "f.toml:6:11: warning: '{' in `pattern` means itself; write a trigger for each of the alternatives"},
      {sensor("file", "path = \"x\"\ndone_marker = \"{nam}.ok\""),
       "f.toml:6:15: error: `done_marker` has an unknown {…}; {name} is the file's name, {stem} the same without its "
       "last extension"},
      {sensor("s3", "bucket = \"b\"\nendpoint = \"localhost:9000\""),
       "f.toml:6:12: error: `endpoint` begins with neither http:// nor https://; write the whole address"},
      {sensor("exec", "command = [\"x\"]\nevent_type = \"all\""),
       "f.toml:6:1: error: `event_type` has no use with sensor_type 'exec'; the program itself decides what it "
       "reports"},
      {sensor("exec", "command = [\"x\"]\nper = \"batch\""),
       "f.toml:6:1: error: `per` has no use with sensor_type 'exec'; remove the key"},
      {sensor("http", "url = \"http://x\"\nevent_type = \"created\""),
       "f.toml:6:1: error: `event_type` has no use with sensor_type 'http'; it fires whenever the answer changes"},
      {sensor("database",
              row_count + "per = \"item\"\nengine_config = { name = \"sqlite\", config = { path = \"x\" } }"),
       "f.toml:7:1: error: `per` has no use with sensor_type 'database'; remove the key"},
      {sensor("database",
              "event_type = \"all\"\ndetection_mode = \"custom_query\"\ncustom_query = \"SELECT 1\"\nengine_config = { "
              "name = \"sqlite\", config = { path = \"x\" } }"),
       "f.toml:5:1: error: `event_type` has no use with detection_mode 'custom_query'; it means something with "
       "detection_mode 'row_count' alone"},
      {sensor("database", ""),
       "f.toml:2:1: error: missing key 'detection_mode'; a sensor of type database needs one of 'row_count', "
       "'timestamp_column' and 'custom_query'\n"
       "f.toml:2:1: error: missing key 'engine_config'; say which database it is, here or for all sensors in [engine]"},
      {sensor("database", row_count),
       "f.toml:2:1: error: missing key 'engine_config'; say which database it is, here or for all sensors in [engine]"},
      {sensor("database",
              "detection_mode = \"rows\"\ntable_name = \"t\"\nengine_config = { name = \"sqlite\", config = { path = "
              "\"x\" } }"),
       "f.toml:5:18: error: `detection_mode` must be one of 'row_count', 'timestamp_column' and 'custom_query'; is "
       "'rows'"},
      {sensor("database", row_count + "engine_config = { name = \"mysql\", config = {} }"),
       "f.toml:7:26: error: `name` must be one of 'postgresql' and 'sqlite'; is 'mysql'"},
      {sensor("database", row_count + "engine_config = { name = \"sqlite\" }"),
       "f.toml:7:17: error: missing key 'config' in engine_config; add config = { database = \"...\" }, or { path = "
       "\"...\" } for sqlite"},
      {sensor("database", row_count + "engine_config = { name = \"sqlite\", config = {} }"),
       "f.toml:7:45: error: missing key 'path'; a sqlite engine needs it"},
      {sensor("database", row_count + "engine_config = { name = \"sqlite\", config = { path = \"x\", host = \"h\" } }"),
       "f.toml:7:59: error: key 'host' belongs to the engine postgresql"},
      {sensor("database", row_count + "engine_config = { name = \"postgresql\", config = { port = 0 } }"),
       "f.toml:7:49: error: missing key 'database'; a postgresql engine needs it\n"
       "f.toml:7:58: error: `port` must be between 1 and 65535; is 0"},
      {sensor("database",
              row_count + "engine_config = { name = \"postgresql\", config = { database = \"d\", password = \"p\" } }"),
       "f.toml:7:67: error: key 'password' would stand in the file; name a secret: password_secret = \"NAME\""},
      {sensor("database",
              row_count + "timestamp_column = \"c\"\nengine_config = { name = \"sqlite\", config = { path = \"x\" } }"),
       "f.toml:7:1: error: `timestamp_column` has no use with detection_mode 'row_count'; choose detection_mode = "
       "\"timestamp_column\""},
      {sensor("database",
              "table_name = \"t\"\ndetection_mode = \"timestamp_column\"\nengine_config = { name = \"sqlite\", config "
              "= { path = \"x\" } }"),
       "f.toml:2:1: error: missing key 'timestamp_column'; detection_mode 'timestamp_column' needs it"},
      {sensor("database",
              "condition = \"a\"\ndetection_mode = \"custom_query\"\ncustom_query = \"q\"\nengine_config = { name = "
              "\"sqlite\", config = { path = \"x\" } }"),
       "f.toml:5:1: error: `condition` has no use with detection_mode 'custom_query'; write the condition into the "
       "query"},
      {"[engine]\nname = \"sqlite\"\n" + sensor("database", row_count),
       "f.toml:2:1: error: missing key 'config' in [engine]; add config = { database = \"...\" }, or { path = \"...\" "
       "} for sqlite"},
      {"[engine]\nnme = \"sqlite\"\nconfig = {}",
       "f.toml:2:1: error: missing key 'name' in [engine]; add name = \"...\"\n"
       "f.toml:3:1: error: unknown key 'nme' in [engine]; did you mean 'name'?"},
      {sensor("s3", ""), "f.toml:2:1: error: missing key 'bucket'; a sensor of type s3 needs it"},
      {sensor("http", ""), "f.toml:2:1: error: missing key 'url'; a sensor of type http needs it"},
      {sensor("http", "url = \"ftp://x\""),
       "f.toml:5:7: error: `url` begins with neither http:// nor https://; write the whole address"},
      {sensor("exec", ""), "f.toml:2:1: error: missing key 'command'; a sensor of type exec needs it"},
      {sensor("exec", "command = []"), "f.toml:5:11: error: `command` is empty; give a program and its arguments"},
      {sensor("exec", "command = \"x\""),
       "f.toml:5:11: error: `command` must be a list of text; is text; write it in brackets: [\"x\"]"},
      {sensor("exec", "command = [\"x\"]\nbaseline = \"fire\""),
       "f.toml:6:1: error: `baseline` has no use with sensor_type 'exec'; the program itself decides what is new, by "
       "its cursor"},
      {"[parameters.day]\nrequired = true\n" + sensor("file", "path = \"x\""),
       "f.toml:4:1: error: trigger 'sensor' can fire without setting the required parameter 'day'; give it a default, "
       "or map it from every source that can fire alone"},
      {mapped("type = \"sensor\"\nsensor_type = \"file\"\npath = \"x\"\nparameters = { window = \"sze\" }"),
       "f.toml:7:25: error: the payload has no 'sze'; did you mean 'size'?"},
  });
}

TEST_CASE("api") {
  check_rows({
      {trigger("type = \"api\""), "f.toml:2:1: error: missing key 'path'; an api trigger needs it"},
      {trigger("type = \"api\"\npath = \"hooks\""),
       "f.toml:4:8: error: `path` 'hooks' does not begin with '/'; write it as \"/hooks/orders\""},
      {trigger("type = \"api\"\npath = \"/x\"\nmethods = [\"post\"]"),
       "f.toml:5:12: error: 'post' is no method; known: 'DELETE', 'GET', 'PATCH', 'POST' and 'PUT'"},
      {trigger("type = \"api\"\npath = \"/x\"\nauth = \"basic\""),
       "f.toml:5:8: error: `auth` must be one of 'none', 'bearer', 'hmac-sha256', 'github' and 'stripe'; is 'basic'"},
      {trigger("type = \"api\"\npath = \"/x\"\nauth = \"bearer\""),
       "f.toml:5:8: error: `auth` needs `secret`; name the secret that callers must know: secret = \"NAME\""},
      {trigger("type = \"api\"\npath = \"/x\"\nsecret = \"S\""),
       "f.toml:5:10: error: `secret` has no use without `auth`; choose how it is sent: auth = \"bearer\""},
  });
}

TEST_CASE("one pass reports the problems of all triggers") {
  check_rows(
      {{trigger("type = \"event\"\nevent = 1\nwithin = 2\nfoo = 3") + "\n" + trigger("type = \"flow\"") + "\n" +
            trigger("type = \"nothing\""),
        "f.toml:4:9: error: a source must be text or a table; is an integer; write its name, or { name = \"...\" }\n"
        "f.toml:5:10: error: `within` must be a duration; is an integer; write \"2s\" for seconds\n"
        "f.toml:6:1: error: unknown key 'foo' in trigger of type event; qflow help flow-file lists the keys\n"
        "f.toml:7:1: error: trigger of type flow has neither `source_flow_id` nor `flows`; add source_flow_id = "
        "\"...\"\n"
        "f.toml:10:8: error: unknown trigger type 'nothing'; known: 'api', 'cli', 'event', 'flow', 'group', 'schedule' "
        "and 'sensor'"}});
}

TEST_CASE("problems inside an expression are shown at their place in it") {
  check_rows({
      {event("when = \"event.payload.rows > 1000 && evnt.value == 'x'\""),
       "f.toml:5:38: error: there is no 'evnt' in `when` of a trigger; did you mean 'event'?"},
  });
}

}  // namespace
}  // namespace qflow
