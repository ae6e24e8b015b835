"""What explain, flows and the notes say, and that the command they print does what it says."""
import json
import os
import shlex
import subprocess

from desk import case, contains, equal, expect, flow, lines, on
from faults import wait_for

OK_A, OK_B = "events = [{ name = 'a', value = 'ok' }]", "events = [{ name = 'b', value = 'ok' }]"
PATH = "[parameters.path]\nrequired = true\n"


def leg(name, more):
    return f"id = '{name}'\ntype = 'event'\n{more}\n"


def group(match, more=""):
    return f"id = 'g'\ntype = 'group'\nmatch = '{match}'\n{more}\n"


def would_fire(desk, what="F"):
    return desk.explain(what)[0]["would_fire"]


def fires(desk, flow, times=1):
    """Types the command that explain prints, with values for what it leaves open."""
    before = len(desk.runs(flow))
    for command in would_fire(desk, flow).replace('"..."', '"x"').replace("=...", "=x").split(" && "):
        desk.ask(*shlex.split(command)[1:])
    equal(len(desk.runs(flow)) - before, times, would_fire(desk, flow))


@case
def sensors_are_not_overdue_before_their_time(desk):
    desk.deploy(flow("F", "type = 'sensor'\nsensor_type = 'exec'\npoll = '1h'\ncommand = ['true']\n"))
    expect("overdue" not in desk.ask("flows")[1], "right after the deploy")
    contains(desk.ask("explain", "F")[0], "next look: with the next tick")
    contains(desk.ask("flows", environment=desk.later(300))[1], "no tick yet; 1 sensor overdue")
    desk.work()
    expect("overdue" not in desk.ask("flows")[1], "right after a tick")
    expect("overdue" not in desk.ask("flows", environment=desk.later(600))[1], "long before its next look")
    expect("overdue" not in desk.ask("flows", environment=desk.later(-3600))[1], "when the clock went back")


@case
def a_step_that_is_missing_is_named(desk):
    desk.write("up.toml", "id = 'Up'\n[[steps]]\nid = 'opt'\nwhen = 'false'\n[[steps]]\nid = 'other'\n")
    desk.deploy(flow("F", "type = 'flow'\nflows = [{ name = 'Up', source_task_id = 'opt' }, { name = 'X', condition = 'failure' }]"),
                flow("X", run="false"))
    desk.ask("deploy", "up.toml")
    desk.ask("trigger", "--flow-id", "Up")
    contains(desk.ask("explain", "F")[0], "  nothing waits; it needs the step opt of Up, X\n")
    desk.ask("trigger", "--flow-id", "X", status=1)
    equal(desk.explain("F")[0]["waiting"][0]["missing"], ["the step opt of Up"])
    contains(desk.ask("explain", "F")[0], "  waits for: the step opt of Up\n")
    contains(desk.ask("flows")[0], "the step opt of Up")


@case
def the_command_gives_what_the_context_is_made_of(desk):
    desk.deploy(flow("F", on("a", more="context = 'event.context.substring(0, 1)'")))
    equal(would_fire(desk), "qflow publish a --context ...")
    fires(desk, "F")
    equal(desk.runs("F")[0]["context"], ".")
    desk.deploy(flow("F", on("a", more="context = 'event.payload.day.substring(0, 4) + event.timestamp.substring(0, 1)'")))
    equal(would_fire(desk), "qflow publish a --payload '{...}'")


@case
def the_legs_of_a_group_are_told_by_time(desk):
    desk.deploy(flow("F", group("la || lb"), leg("la", OK_A), leg("lb", OK_B)))
    desk.publish("a", "--value", "ok")
    for name in "bb":
        desk.publish(name, "--value", "ok")
    refused = [desk.publish(name)[0]["id"] for name in "aaaaaab"]
    said = desk.explain("F")[0]
    equal(said["last"], "F/3")
    equal([each["event"] for each in said["filtered"]], refused[:1:-1])
    contains(desk.ask("explain", "F")[0], "fired last: F/3")
    contains(desk.ask("flows")[0], "\tF/3\t")


@case
def the_last_firing_is_found_behind_many_outcomes(desk):
    desk.deploy(flow("F", leg("val", "events = [{ name = 'v', value = 'ok' }]"), leg("never", "event = 'w'")))
    desk.publish("v", "--value", "ok")
    desk.write("bad.jsonl", '{"name": "v", "value": "bad"}\n' * 260)
    desk.ask("publish", "--batch", "bad.jsonl")
    equal([each["last"] for each in desk.explain("F")], ["F/1", None])
    contains(desk.ask("explain", "F/val")[0], "fired last: F/1")
    contains(desk.ask("explain", "F/never")[0], "it has never fired")


@case
def the_last_firing_may_have_joined_a_run(desk):
    desk.deploy(flow("F", on("a"), head="[run]\nwhen_busy = 'coalesce'\n"))
    desk.publish("a", "--context", "x")
    desk.publish("a", "--context", "y", environment=desk.later(60))
    equal(desk.explain("F")[0]["last"], "F/2")
    joins = desk.publish("a", "--context", "x", environment=desk.later(3600))[0]
    equal(desk.explain("F")[0]["last"], "F/1")
    recorded = desk.inspect(joins["id"])["recorded_at"]
    contains(desk.ask("explain", "F", environment=desk.later(3600))[0], f"fired last: F/1 {recorded}")


@case
def a_debounce_that_is_over_needs_a_tick(desk):
    desk.deploy(flow("F", on("a", more="id = 't'\ncorrelate = 'event.payload.day'\ndebounce = '1m'")))
    desk.publish("a", "--payload", '{"day": 1}')
    contains(desk.ask("explain", "F")[0], "when its debounce is over", "qflow trigger --flow-id F --trigger-id t")
    late = desk.later(300)
    contains(desk.ask("explain", "F", environment=late)[0], "fires with the next tick: its debounce ended", "qflow tick")
    equal(lines(desk.ask("explain", "F", "--json", environment=late)[0])[0]["would_fire"], "qflow tick")
    desk.work(environment=late)
    equal(len(desk.runs("F")), 1)


@case
def what_a_disabled_trigger_holds_expires(desk):
    desk.deploy(flow("F", on("a", more="debounce = '1m'")))
    event = desk.publish("a")[0]["id"]
    desk.ask("disable", "F")
    contains(desk.ask("explain", "F")[0], "expires ", "when its debounce is over, unless it is enabled before")
    late = desk.later(300)
    contains(desk.ask("explain", "F", environment=late)[0], "expires with the next tick: its debounce ended")
    equal(lines(desk.ask("explain", "F", "--json")[0])[0]["next"], None)
    desk.work(environment=late)
    equal(desk.outcomes(event), [("expired", "its debounce ended while the trigger was disabled")])


@case
def a_removed_debounce_ends_with_the_next_event(desk):
    """Newer events do not overtake the older ones that it has held back."""
    def version(more):
        desk.deploy(flow("F", on("a", more=more), params=["[parameters.x]\ndefault = ''\n"], head="[run]\nwhen_busy = 'queue'\n"))
    version("debounce = '1h'")
    old = desk.publish("a", "--payload", '{"x": "old"}')[0]["id"]
    version("")
    equal(desk.runs("F"), [], "a deploy fires nothing")
    contains(desk.ask("explain", "F")[0], "fires before the next event, or ", "its debounce was removed")
    desk.publish("a", "--payload", '{"x": "new"}')
    equal([run["params"]["x"] for run in desk.runs("F")], ["old", "new"])
    equal(desk.outcomes(old)[0][0], "fired")


@case
def a_leg_is_explained_with_its_group(desk):
    desk.deploy(flow("F", group("la && lb"), leg("la", "event = 'a'"), leg("lb", "event = 'b'")))
    contains(desk.ask("explain", "F/lb")[0], "lb is a leg of the group g", "nothing waits; g needs a, b")
    waits = desk.publish("b")[0]["id"]
    of_a, of_b = desk.explain("F/la")[0], desk.explain("F/lb")[0]
    equal([[each["id"] for each in said["arrived"]] for said in (of_a, of_b)], [[], [waits]])
    for said in (of_a, of_b):
        equal((said["group"], said["waiting"][0]["missing"], said["would_fire"]), ("g", ["a"], "qflow publish a"))
    text = desk.ask("explain", "F/lb")[0]
    contains(text, "arrived: b ", "waits for: a", "to fire g: qflow publish a\n")
    fires(desk, "F")
    equal(desk.explain("F/lb")[0]["last"], "F/1")
    equal(desk.explain("F")[0]["group"], None)


@case
def what_would_fire_is_what_is_missing(desk):
    """Each command fires once, however the trigger is declared."""
    rows = [
        ("events = [{ name = 'v', event_type = 't', namespace = 'n', value = \"it's ok\", sender = 's' }]", [],
         "qflow publish v --type t --namespace n --value 'it'\\''s ok' --sender s"),
        ("events = ['data', 'data_updated']", ["data"], "qflow publish data_updated"),
        ("events = ['a', 'b', 'c']\nmatch = 'a || (b && c)'", [], "qflow publish a"),
        ("events = ['a', 'b', 'c']\nmatch = 'a && b || c'", [], "qflow publish c"),
        ("events = ['n1', 'n2', 'n3']\nmatch = 2", ["n1"], "qflow publish n2"),
        ("events = ['n1', 'n2', 'n3']\nmatch = 2", [], "qflow publish n1 && qflow publish n2"),
        ("events = [{ name = 'h', count = 3 }, 'x']\nmatch = 'any'", [], "qflow publish x"),
        ("events = [{ name = 'h', count = 3 }, 'x']", ["x"], "qflow trigger --flow-id F --trigger-id t"),
        ("events = ['a', 'b']\ncorrelate = 'event.context'", [["a", "--context", "day 1"]],
         "qflow publish b --context 'day 1'"),
        ("events = ['a', 'b']\ncorrelate = 'event.context'", [], "qflow trigger --flow-id F --trigger-id t"),
        ("event = 'd'\ndebounce = '1h'", ["d"], "qflow trigger --flow-id F --trigger-id t"),
        ("event = 'w'\nwhen = 'event.value == \"...\" && event.sender == \"...\"'", [],
         "qflow publish w --value ... --sender ..."),
        ("event = { name = 'w', value = 'ok', when = 'event.context == \"...\" && event.value == \"ok\"' }", [],
         "qflow publish w --value ok --context ..."),
        ("event = 'w'\nwhen = 'event[\"type\"] == \"...\"'", [], "qflow publish w --type ..."),
        ("event = 'w'\nwhen = 'event.timestamp == \"2026-03-01T00:00:00Z\"'", [],
         "qflow trigger --flow-id F --trigger-id t"),
    ]
    for number, (more, before, wanted) in enumerate(rows):
        desk.deploy(flow(f"F{number}", leg("t", more)))
        for given in before:
            desk.publish(*([given] if isinstance(given, str) else given))
        equal(would_fire(desk, f"F{number}"), wanted.replace("--flow-id F ", f"--flow-id F{number} "))
        fires(desk, f"F{number}")
        desk.ask("undeploy", f"F{number}")


@case
def what_would_fire_gives_the_demanded_parameters(desk):
    desk.deploy(flow("Named", leg("t", "event = 'a'"), params=[PATH]),
                flow("Mapped", leg("t", "event = 'b'\nparameters = { path = 'file' }"), params=[PATH]),
                flow("Cli", "id = 't'\ntype = 'cli'\n", params=[PATH]))
    equal(would_fire(desk, "Named"), "qflow publish a --payload '{\"path\": \"...\"}'")
    equal(would_fire(desk, "Mapped"), "qflow publish b --payload '{\"file\": \"...\"}'")
    equal(would_fire(desk, "Cli"), "qflow trigger --flow-id Cli --trigger-id t -p path=...")
    for name in ("Named", "Mapped", "Cli"):
        fires(desk, name)
    expect("nothing waits" not in desk.ask("explain", "Cli")[0], "a cli trigger waits for no source")


@case
def what_would_fire_enables_what_is_disabled(desk):
    desk.deploy(flow("F", group("la || lb"), leg("la", "event = 'a'"), leg("lb", "event = 'b'"), leg("x", "event = 'x'"),
                     leg("off", "event = 'off'\nenabled = false")))
    desk.ask("disable", "F/la")
    equal(would_fire(desk), "qflow publish b")
    desk.ask("disable", "F/lb")
    equal(would_fire(desk), "qflow enable F/la && qflow publish a")
    desk.ask("disable", "F/g")
    desk.ask("disable", "F")
    equal(would_fire(desk), "qflow enable F && qflow enable F/g && qflow enable F/la && qflow publish a")
    fires(desk, "F")
    equal(would_fire(desk, "F/off"), None)
    file = f"to fire it: set enabled = true for off in {desk.folder}/flow0.toml, and qflow deploy that"
    contains(desk.ask("explain", "F/off")[0], f"{file}\n")
    for what in ("F/off", "F"):
        desk.ask("disable", what)
    contains(desk.ask("explain", "F/off")[0], f"{file}, and qflow enable F, and qflow enable F/off\n")


@case
def what_is_missing_is_said_in_the_words_of_the_match(desk):
    rows = [
        (["events = ['q', 'r', 's']\nmatch = 'any'"], [], "q or r or s"),
        (["events = ['q', 'r', 's']\nmatch = 2"], [], "2 of q, r, s"),
        (["events = ['q', 'r', 's']\nmatch = 2"], ["r"], "1 of q, s"),
        (["events = ['q', 'r', 's']"], ["r"], "q, s"),
        (["events = ['q', 'r', 's']\nmatch = 'q && (r || s)'"], ["q"], "r or s"),
        (["event = 'q'", "event = 'r'", "event = 's'"], [], "q, (r or s)"),
        (["event = 'q'", "event = 'r'", "event = 's'"], ["q"], "r or s"),
        (["events = ['q', 'o']", "events = ['r', 'x']", "event = 's'"], ["q", "r"], "o, (x or s)"),
    ]
    for sources, before, wanted in rows:
        legs = [leg(name, source) for name, source in zip(("l1", "l2", "l3"), sources)]
        desk.deploy(flow("F", *([group("l1 && (l2 || l3)")] if len(legs) > 1 else []), *legs))
        said = [desk.publish(name)[0]["effects"][0] for name in before]
        text = desk.ask("explain", "F")[0]
        contains(text, f"waits for: {wanted}\n" if before else f"needs {wanted}\n")
        equal([each["reason"] for each in said][-1:], [f"for {wanted}"][:len(before)])
        desk.ask("undeploy", "F")


@case
def what_is_too_old_for_now_is_missing_again(desk):
    desk.deploy(flow("F", leg("t", "events = ['a', 'b', 'c']\nwithin = '1h'")),
                flow("G", group("la && lb", "within = '1h'"), leg("la", "events = ['d', 'e']"), leg("lb", "event = 'f'")))

    def of(what, seconds):
        said = lines(desk.ask("explain", what, "--json", environment=desk.later(seconds))[0])[0]
        return said["waiting"][0]["missing"], said["would_fire"], said["window_closes"]

    for name in "abd":
        desk.publish(name)
    equal(of("F", 0)[:2], (["c"], "qflow publish c"))
    equal(of("F", 7200)[:2], (["a", "b", "c"], "qflow publish a && qflow publish b && qflow publish c"))
    text = desk.ask("explain", "F", environment=desk.later(7200))[0]
    contains(text, "too old for an event that comes now", "waits for: a, b, c")
    contains(desk.ask("flows", environment=desk.later(7200))[0], "2 waiting for a, b, c")
    equal(of("G", 7200), (["e", "f"], "qflow publish e && qflow publish f", None))
    desk.publish("e")
    equal(of("G", 7200)[:2], (["d", "e", "f"], "qflow publish d && qflow publish e && qflow publish f"))
    expect(of("G", 7200)[2] is not None, "the token of a leg has a window")
    contains(desk.ask("explain", "G")[0], "a leg that is met later than ")
    for name in "abc":
        desk.ask("publish", name, environment=desk.later(7200))
    equal(len(desk.runs("F")), 1)


@case
def a_leg_is_disabled_by_itself(desk):
    desk.deploy(flow("F", group("la || lb"), leg("la", "event = 'a'"), leg("lb", "event = 'b'")))
    for what, legs in (("F/g", []), ("F", []), ("F/la", ["la"])):
        desk.ask("disable", what)
        equal(desk.explain("F")[0]["disabled_legs"], legs, what)


@case
def a_leg_says_that_its_group_is_disabled(desk):
    legs = (leg("la", "event = 'a'"), leg("lb", "event = 'b'"))
    desk.deploy(flow("F", group("la || lb"), *legs), flow("G", group("la || lb", "enabled = false"), *legs))
    desk.ask("disable", "F/g", "--reason", "broken door")
    equal([desk.explain(what)[0]["disabled"] for what in ("F/g", "F/la", "G/g", "G/la")],
          ["the trigger is disabled: broken door", "its group g is disabled: broken door", "the flow file disables it",
           "the flow file disables its group g"])


@case
def an_event_waits_for_what_is_missing_now(desk):
    desk.deploy(flow("F", leg("t", "events = ['a', 'b', 'c']")), flow("D", leg("t", "event = 'a'\ndebounce = '1h'")))
    event, _ = [desk.publish(name)[0]["id"] for name in "ab"]
    equal(desk.outcomes(event), [("waiting", "for the end of the debounce"), ("waiting", "for c")])
    contains(desk.ask("inspect", event)[0], "F/t: waiting for c\n")


@case
def what_is_disabled_is_enabled_as_advised(desk):
    desk.deploy(flow("F", group("la || lb"), leg("la", "event = 'a'"), leg("lb", "event = 'b'\nenabled = false"),
                     leg("x", "event = 'x'")))
    activate = ("trigger", "--flow-id", "F", "--trigger-id")
    desk.refused(*activate, "lb", status=4, said=f"set enabled = true for lb in {desk.folder}/flow0.toml, and qflow deploy")
    for what in ("F", "F/g", "F/la"):
        desk.ask("disable", what)
    err = desk.refused(*activate, "la", status=4, said="qflow enable F && qflow enable F/la && qflow enable F/g\n")
    for command in err[err.index("qflow enable"):].strip().split(" && "):
        desk.ask(*command.split()[1:])
    desk.ask(*activate, "la")


@case
def of_many_correlation_values_some_are_named(desk):
    desk.deploy(flow("F", leg("t", "events = ['a', 'b']\ncorrelate = 'event.payload.k'")))
    desk.publish("--batch", "-", given="".join(f'{{"name": "a", "payload": {{"k": {k}}}}}\n' for k in range(10, 35)).encode())
    for more in ((), ("--correlation", "9")):
        err = desk.refused("trigger", "--flow-id", "F", "--trigger-id", "t", "--detach", *more, status=2,
                           said="these wait: 10, 11, ")
        contains(err, ", 29 and 5 more")


@case
def what_is_said_of_one_flow_needs_no_other(desk):
    desk.deploy(flow("F", leg("t", "event = 'a'")), flow("G", on("a")))
    desk.change("UPDATE deployments SET environment = '{' WHERE flow = 'G'")
    desk.explain("F")
    desk.ask("disable", "F/t")
    desk.ask("enable", "F")


@case
def flows_reads_no_payload_that_waits(desk):
    desk.deploy(flow("F", leg("t", "events = ['a', 'b']")))
    desk.publish("a", "--payload", '{"n": 1}')
    equal(desk.explain("F")[0]["arrived"][0]["payload"], {"n": 1})
    contains(desk.ask("explain", "F")[0], "arrived: a ")
    desk.change("UPDATE events SET payload = '{' WHERE name = 'a'")
    contains(desk.ask("flows")[0], "1 waiting for b")


@case
def the_explanations_of_many_triggers_share_their_definition(desk):
    triggers = "".join(f"[[triggers]]\nid = 't{i}'\ntype = 'cli'\n" for i in range(1000))
    desk.deploy(f"# {'x' * 1_000_000}\nid = 'F'\n{triggers}[[steps]]\nid = 's'\n")
    for command in (["explain", "F"], ["flows"]):
        process = subprocess.Popen([desk.qflow, *command], cwd=desk.folder, env=desk.environment, stdout=subprocess.DEVNULL)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = status
        equal(status, 0, command)
        expect(used.ru_maxrss < 800_000, f"{command}: {used.ru_maxrss} kB")


@case
def a_correlation_value_is_named_as_what_it_is(desk):
    desk.deploy(flow("F", leg("t", "events = ['a', 'b']\ncorrelate = 'event.payload.k'")))
    for value in ('5', '"5"', '"late day"'):
        desk.publish("a", "--payload", f'{{"k": {value}}}')
    activate = ("trigger", "--flow-id", "F", "--trigger-id", "t", "--detach")
    desk.refused(*activate, status=2, said="these wait: '\"5\"', 'late day', 5;")
    listed = []
    for given in ("5.0", '"5"', "late day"):
        run = desk.ask(*activate, "--correlation", given)[0].strip()
        listed.append(desk.inspect(run)["trigger"]["events"][0]["payload"]["k"])
    equal(listed, [5, "5", "late day"])
    desk.publish("a", "--payload", '{"k": "5"}')
    desk.ask(*activate, "--correlation", "5")
    desk.refused("trigger", "--flow-id", "F", "--correlation", "5", status=2, said="--correlation needs the --trigger-id")


@case
def schedules_tell_their_span(desk):
    daily = "id = 's'\ntype = 'schedule'\nschedule = '@daily'\n"
    report = desk.deploy(flow("Past", daily + "end = '2026-01-01T00:00:00Z'"),
                         flow("Span", daily + "start = '2026-02-01T00:00:00Z'\nend = '2999-01-01T00:00:00Z'\n"
                                              "exclude = ['2026-12-25']"),
                         flow("Much", "type = 'schedule'\nevery = '1h'\nexclude = ['2026-01-01', '2026-01-02', '2026-01-03', "
                                      "'2026-01-04']"))
    equal([each["triggers"][0] for each in report],
          ["Past runs at 00:00 every day (UTC) until 2026-01-01T00:00:00Z.",
           "Span runs at 00:00 every day (UTC) from 2026-02-01T00:00:00Z until 2999-01-01T00:00:00Z, "
           "except on 2026-12-25.",
           "Much runs every 1h except on 2026-01-01, 2026-01-02, 2026-01-03 and 1 more day (UTC)."])
    out, err = desk.ask("next", "Past/s")
    contains(out, "until 2026-01-01T00:00:00Z")
    contains(err, "Past/s has ended: nothing is due after 20")
    contains(desk.ask("explain", "Past")[0], "it has ended: it is not due any more")
    contains(desk.ask("flows")[0], "Past\t1\ts\tended\t-\t")


@case
def what_the_file_disables_stays_so(desk):
    desk.deploy(flow("F", leg("off", "event = 'a'\nenabled = false"), leg("on", "event = 'b'")))
    desk.refused("enable", "F/off", status=4, said=["F/off stays disabled: its flow file says so", "enabled = true"])
    desk.ask("enable", "F/on")
    desk.ask("disable", "F/on", "--reason", "being moved")
    report = desk.deploy(flow("F", leg("off", "event = 'a'\nenabled = false"), leg("on", "event = 'c'")))[0]
    equal(report["triggers"], ["F runs when the event a is published (disabled).",
                               "F runs when the event c is published (disabled)."])
    equal(report["notes"], ["F/on is disabled: being moved; qflow enable F/on"])
    desk.ask("enable", "F/on")
    desk.ask("disable", "F")
    equal(desk.deploy(flow("F", leg("on", "event = 'c'")))[0]["notes"], ["F is disabled; qflow enable F"])


@case
def a_redeploy_names_what_changed(desk):
    def text(busy="skip", when="", top=10, mapped="n", context="", hook=""):
        return flow("F", group("la && lb"), leg("la", f"event = 'a'\nparameters = {{ n = '{mapped}' }}"),
                    leg("lb", f"event = 'b'\n{when}"), leg("one", f"event = 'c'\n{context}"),
                    head=f"[run]\nwhen_busy = '{busy}'\n{hook}", params=[f"[parameters.n]\ntype = 'int'\nmax = {top}\n"])

    def changes(**given):
        return desk.deploy(text(**given))[0]["changes"]

    changes()
    rows = [({"busy": "replace"}, ["when_busy: skip → replace"]),
            ({"when": "when = 'true'"}, ["trigger lb: when"]),
            ({"mapped": "m"}, ["trigger la: parameters"]),
            ({"context": "context = '\"x\"'"}, ["trigger one: context"]),
            ({"top": 20}, ["parameter n: max"]),
            ({"hook": "max_parallel = 2\n"}, ["max_parallel: none → 2"]),
            ({"busy": "queue", "top": 5, "when": "description = 'x'"},
             ["when_busy: skip → queue", "trigger lb: description", "parameter n: max"])]
    for given, wanted in rows:
        equal(changes(**given), wanted)
        changes()


@case
def a_peek_agrees_with_the_tick(desk):
    def reports(text):
        desk.write("look", text)

    desk.deploy(flow("F", "id = 's'\ntype = 'sensor'\nsensor_type = 'exec'\npoll = '1ms'\ncommand = ['cat', 'look']\n"))
    far = '{"payload": {}, "timestamp": "2999-01-01T00:00:00Z"}\n'
    reports(far)
    desk.refused("sensor", "peek", "F/s", status=2, said="more than 24 h ahead")
    reports('{"payload": {"n": 1}, "idempotency_key": "k"}\n{"payload": {"n": 2}}\n')
    equal(len(json.loads(desk.ask("sensor", "peek", "F/s", "--json")[0])["changes"]), 2)
    desk.work()
    said = json.loads(desk.ask("sensor", "peek", "F/s", "--json")[0])
    equal(([each["payload"]["n"] for each in said["changes"]], said["repeats"]), ([2], 1))
    contains(desk.ask("sensor", "peek", "F/s")[0], "1 change is known by its idempotency key", "would report 1 change:")
    reports('{"payload": {"n": 3}, "idempotency_key": "k"}\n')
    desk.refused("sensor", "peek", "F/s", status=2, said="the idempotency key 'k' was used")
    desk.work()
    contains(desk.explain("F")[0]["sensors"][0]["error"], "the idempotency key 'k' was used")


@case
def an_event_has_a_chain_too(desk):
    desk.deploy(flow("Up", on("go")) + "publish = [{ event = 'food' }]\n", flow("Down", on("food")),
                flow("Last", "type = 'flow'\nsource_flow_id = 'Down'\n"))
    first = desk.publish("go", "--idempotency-key", "k")[0]["id"]
    desk.work()
    food = desk.events("food")[0]["id"]
    contains(desk.ask("inspect", first, "--downstream")[0], "event go → Up/1 → Down/1 → Last/1")
    contains(desk.ask("inspect", food, "--trigger-chain")[0], "event food ← Up/1 ← event go")
    said = json.loads(desk.ask("inspect", food, "--json", "--downstream", "--trigger-chain")[0])
    equal((said["caused_by"]["id"], said["caused_by"]["trigger"]["events"][0]["id"]), ("Up/1", first))
    equal((said["downstream"][0]["run"], said["downstream"][0]["downstream"][0]["run"]), ("Down/1", "Last/1"))
    desk.refused("inspect", food, "--graph", status=2, said=["--graph", "--downstream"])
    for _ in range(2):
        desk.publish("go", "--idempotency-key", "k")
    equal((desk.inspect(first)["repeats"], desk.inspect(food)["repeats"]), (2, 0))
    contains(desk.ask("inspect", first)[0], "repeated", "2 times")


@case
def a_batch_that_contradicts_itself_names_the_line(desk):
    desk.ask("init")
    desk.write("twice.jsonl", '{"name": "a", "idempotency_key": "k", "payload": {"n": 1}}\n\n'
                              '{"name": "a", "idempotency_key": "k", "payload": {"n": 2}}\n')
    desk.refused("publish", "--batch", "twice.jsonl", status=2,
                 said="twice.jsonl:3: the idempotency key 'k' stands with other content in twice.jsonl:1")
    desk.refused("events", "a", status=3, said="no event is called 'a'")


@case
def a_namespace_that_is_none_is_null(desk):
    desk.deploy(flow("F", on("a"), "type = 'sensor'\nsensor_type = 'exec'\ncommand = ['true']\n"))
    asked = [desk.deploy(flow("F", on("a"), "type = 'sensor'\nsensor_type = 'exec'\ncommand = ['true']\n"))[0],
             desk.explain("F")[0], desk.publish("a")[0]["effects"][0], json.loads(desk.ask("flows", "--json")[0]),
             json.loads(desk.ask("sensor", "peek", "F/sensor", "--json")[0])]
    equal([each["namespace"] for each in asked], [None] * len(asked))


@case
def what_is_due_as_json(desk):
    desk.deploy(flow("F", leg("d", "event = 'd'\ndebounce = '1s'")), flow("Q", on("q")),
                flow("S", "type = 'sensor'\nsensor_type = 'exec'\ncommand = ['true']\n"))
    desk.publish("d")
    desk.publish("q")
    out = desk.ask("tick", "--dry-run", "--json", environment=desk.later(10))[0]
    equal([json.loads(line) for line in out.splitlines()],
          [{"kind": kind, "flow": flow, "namespace": None, "trigger": trigger, "run": run, "at": None, "missed": None} for
           kind, flow, trigger, run in (("debounce", "F", "d", None), ("sensor", "S", "sensor", None),
                                        ("run", "Q", None, "Q/1"))])
    desk.refused("tick", "--json", status=2, said="--dry-run")


@case
def flows_and_explain_agree_on_what_comes_next(desk):
    debounce = "debounce = '1h'"
    desk.deploy(flow("F", leg("d", f"event = 'd'\n{debounce}"), leg("e", f"event = 'e'\n{debounce}")))
    desk.publish("d")
    of_flows = [each["next"] for each in lines(desk.ask("flows", "--json")[0])[0]["triggers"]]
    expect(of_flows[0] is not None, "the end of the debounce")
    equal(of_flows, [each["next"] for each in desk.explain("F")])


@case
def a_key_that_one_look_gives_twice_names_no_event(desk):
    rows = '{"payload": {"n": 1}, "idempotency_key": "k"}\n{"payload": {"n": 2}, "idempotency_key": "k"}\n'
    desk.write("look", rows)
    desk.deploy(flow("F", "id = 's'\ntype = 'sensor'\nsensor_type = 'exec'\npoll = '1ms'\ncommand = ['cat', 'look']\n"))
    desk.work()
    equal(desk.explain("F")[0]["sensors"][0]["error"],
          "line 2 of its output: the idempotency key 'k' stands with other content in another event of this look; "
          "use a new key for a new event")
    equal(desk.runs("F"), [])


@case
def a_long_description_is_printed_whole(desk):
    text = "line\n" * 100_000
    desk.deploy(flow("F", on("a"), head=f'description = """\n{text}"""'))
    contains(desk.ask("explain", "F")[0], text)


@case
def a_queued_run_says_what_it_waits_for(desk):
    until_go = "until [ -e go ]; do sleep 0.05; done"
    desk.deploy(flow("Q", on("q"), head="[run]\nwhen_busy = 'queue'\n", run=until_go),
                flow("P", on("p"), head="[run]\nmax_parallel = 1\n", run=until_go), flow("F", on("f"), run=":"))
    desk.write(".qflow/config.toml", "max_workers = 2\n")
    for name in ("q", "q", "p", "p"):
        desk.publish(name)
    contains(desk.ask("inspect", "Q/1")[0], "Q/1  queued (waits for the next qflow tick)")
    desk.ask("tick")
    wait_for(lambda: (desk.statuses("Q"), desk.statuses("P")) == (["running", "queued"],) * 2, "the first runs")
    desk.publish("f")
    contains(desk.ask("inspect", "Q/2")[0], "Q/2  queued (waits for the end of Q/1)")
    contains(desk.ask("explain", "Q")[0], "Q/2", "(queued: waits for the end of Q/1)")
    equal(json.loads(desk.ask("inspect", "P/2", "--json")[0])["reason"], "waits for the end of P/1: max_parallel is 1")
    contains(desk.ask("inspect", "F/1")[0], "waits for a process: as many runs as max_workers allows")
    desk.write("go", "")
    desk.work()
    equal(json.loads(desk.ask("inspect", "F/1", "--json")[0])["reason"], None)


@case
def the_last_run_is_none_that_a_person_resumed(desk):
    desk.deploy(flow("F", on("a"), run="[ -e go ]"))
    desk.publish("a")
    desk.work(status=1)
    desk.write("go", "")
    desk.ask("resume", "F/1")
    equal(desk.explain("F")[0]["last"], "F/1")
    contains(desk.ask("inspect", "F/2")[0], "resumes", "F/1")


@case
def a_killed_run_is_explained_as_crashed(desk):
    desk.deploy(flow("F", on("a"), run="touch begun; sleep 30"))
    desk.publish("a", "--dispatch")
    wait_for(lambda: (desk.folder / "begun").exists(), "the start of F/1")
    desk.kill_workers()
    contains(desk.ask("explain", "F")[0], "(crashed)")


@case
def a_busy_flow_that_skips_says_so(desk):
    desk.deploy(flow("F", on("a"), head="[run]\nwhen_busy = 'skip'\n", run=":"))
    desk.publish("a")
    contains(desk.ask("explain", "F")[0], "busy: F/1 has not ended, and when_busy is skip")
    equal(desk.explain("F")[0]["busy_with"], "F/1")
    desk.work()
    equal(desk.explain("F")[0]["busy_with"], None)


@case
def what_did_nothing_says_why(desk):
    desk.deploy(flow("D", "type = 'flow'\nsource_flow_id = 'U'\n", run=":"), flow("T", on("x", "y"), run=":"))
    contains(desk.ask("inspect", desk.publish("nobody")[0]["id"])[0], "It did nothing: no deployed flow listened to it.")
    desk.write("u.toml", flow("U", run=":"))
    desk.ask("run", "u.toml")
    end = next(event for event in desk.events() if event["name"] == "qflow.run.U")
    contains(desk.ask("inspect", end["id"])[0], "It did nothing: the end of a local run starts no flow.")
    desk.ask("undeploy", "T")
    desk.refused("explain", "T", status=3, said=["T is not deployed any more, since 20", "qflow deploy FILE"])


@case
def a_groups_disabled_leg_is_in_its_sentence(desk):
    text = flow("F", "id = 'o'\n" + on("o"), "id = 'p'\nenabled = false\n" + on("p"),
                "id = 'g'\ntype = 'group'\nmatch = 'o && p'\n", run=":")
    desk.write("f.toml", text)
    contains(desk.ask("deploy", "f.toml")[0], "(its leg p is disabled).")


@case
def values_that_wait_for_different_sources_are_counted(desk):
    desk.deploy(flow("F", on("x", "y", more="correlate = 'event.payload.d'\n"), run=":"))
    desk.publish("x", "--payload", '{"d": 1}')
    contains(desk.ask("flows")[0], "1 waiting for y")
    desk.publish("y", "--payload", '{"d": 2}')
    contains(desk.ask("flows")[0], "2 waiting under 2 values")


@case
def a_filter_names_the_nearest_field(desk):
    desk.deploy(flow("F", on("a", more="when = 'event.payload.rows > 1'\n"), run=":"))
    effect = desk.publish("a", "--payload", '{"row": 5}')[0]["effects"][0]
    contains(effect["reason"], "no field 'rows' in event.payload; did you mean 'row'?")


@case
def what_was_not_counted_is_cut_with_a_word(desk):
    desk.deploy(flow("F", on("a", more="when = 'false'\n"), run=":"))
    for _ in range(5):
        desk.publish("a")
    contains(desk.ask("explain", "F")[0], "not counted lately:\n")
    desk.publish("a")
    contains(desk.ask("explain", "F")[0], "not counted lately, the newest 5:\n")


@case
def a_simulation_names_disabled_schedules(desk):
    desk.write("f.toml", flow("F", "type = 'schedule'\nevery = '1h'\nenabled = false\n", run=":"))
    said = desk.ask("simulate", "f.toml", "--from", "2026-01-01", "--until", "2026-01-02")[1]
    contains(said, "F/schedule is disabled", "0 runs")


@case
def a_step_is_told_what_it_does_not_wait_for(desk):
    publish = '[ $QFLOW_RUN != F/1 ] || "$QFLOW_BIN" publish a --wait'
    desk.deploy(flow("F", on("a"), head="[run]\nmax_parallel = 1\n", run=publish))
    desk.publish("a")
    desk.work()
    contains(desk.ask("logs", "F/1")[0], "F/2 starts when this run has ended; nothing waits for it")


@case
def a_step_does_not_follow_its_own_log(desk):
    desk.write("f.toml", flow("F", run='"$QFLOW_BIN" logs -f $QFLOW_RUN'))
    desk.ask("run", "f.toml", status=1)
    contains(desk.ask("logs", "F/1")[0], "F/1 is the run that asks")


@case
def a_run_by_hand_in_a_step_has_its_context(desk):
    desk.deploy(flow("D", on("a"), run=":"))
    desk.write("f.toml", flow("F", run='"$QFLOW_BIN" trigger --flow-id D'))
    desk.ask("run", "f.toml", "--context", "C")
    equal(desk.runs("D")[0]["context"], "C")
