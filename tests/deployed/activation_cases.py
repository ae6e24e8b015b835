"""What people start by hand: activations, backfills, and legs whose parameters others set."""
import signal
import time

from desk import after, case, contains, equal, expect, flow, on
from faults import printed_by, wait_for

MUST = "[parameters.day]\nrequired = true\n"
NUMBER = "[parameters.n]\ndefault = 5\nmax = 10\n"
NIGHT = "id = 'night'\ntype = 'schedule'\nschedule = '*/5 * * * *'"
BOTH = "id = 'both'\ntype = 'group'\nmatch = 'orders && {}'\n"


def leg(name, event, more=""):
    return f"id = '{name}'\n" + on(event, more=more)


@case
def an_activation_needs_no_context(desk):
    """What is published without one is filtered: it would be a run of another context."""
    desk.deploy(flow("F", on("a", more="id = 't'\ncontext = 'event.payload.day.substring(0, 10)'")))
    effect = desk.publish("a", "--payload", '{"day": 20261120}', "--context", "mine")[0]["effects"][0]
    equal((effect["outcome"], effect["reason"]),
          ("filtered", "`context` can't be decided: substring() takes text, not event.payload.day (20261120, an integer)"))
    equal(desk.publish("a", "--payload", '{"day": "2026-11-20T10"}')[0]["effects"][0]["outcome"], "fired")
    desk.ask("trigger", "--flow-id", "F", "--trigger-id", "t")
    desk.ask("trigger", "--flow-id", "F", "--trigger-id", "t", "--context", "c")
    desk.work()
    equal(sorted(str(run["context"]) for run in desk.runs("F")), ["2026-11-20", "None", "c"])
    contains(desk.ask("run", "flow0.toml", "--trigger", '{"name": "a", "payload": {"day": 1}, "context": "mine"}')[1],
             "trigger 't' would filter the event 'a': `context` can't be decided")


@case
def a_leg_need_not_set_what_another_leg_can(desk):
    desk.deploy(flow("S", leg("orders", "orders", "parameters = { day = 'day' }"), NIGHT, BOTH.format("night"), params=[MUST]),
                flow("A", leg("orders", "orders"), leg("fx", "fx"), BOTH.format("fx"), params=[MUST]))
    equal(dict(desk.effects("orders", {"day": "d1"})), {"S/orders": "waiting", "A/orders": "waiting"})
    equal(desk.effects("fx", {"rate": 2}), [("A/fx", "fired")])
    desk.work(environment=desk.later(600))
    equal([run["params"] for run in desk.runs("S") + desk.runs("A")], [{"day": "d1"}] * 2)


@case
def what_no_other_leg_can_set_is_demanded_at_once(desk):
    desk.deploy(flow("F", leg("orders", "orders"), leg("fx", "fx", "parameters = { rate = 'rate' }"), BOTH.format("fx"),
                     params=[MUST, "[parameters.rate]\n"]))
    equal(desk.effects("orders", {}), [("F/orders", "filtered")])
    equal(desk.effects("fx", {}), [("F/fx", "waiting")])
    equal(desk.effects("orders", {"day": "d"}), [("F/orders", "fired")])


@case
def an_activation_keeps_its_event_beside_what_people_give(desk):
    """Its parameters come from -p: that is no misfit of the event."""
    desk.deploy(flow("F", "type = 'cli'", on("e"), params=[MUST], run='"$QFLOW_BIN" get trigger.event.payload.batch_id >> batches'))
    desk.ask("trigger", "--flow-id", "F", "--trigger-id", "cli", "-p", "day=1", "--batch-id", "4")
    desk.ask("trigger", "--flow-id", "F", "--trigger-id", "event", "-p", "day=2", "--batch-id", "5")
    desk.ask("trigger", "--flow-id", "F", "-p", "day=3", "--batch-id", "6")
    equal(desk.text_of("batches").split(), ["4", "5", "6"])
    expect("not counted" not in desk.ask("explain", "F")[0], "an activation counts as filtered")
    for number in (1, 2, 3):
        event = desk.inspect(f"F/{number}")["trigger"]["events"][0]["id"]
        contains(desk.ask("inspect", event, "--downstream")[0], f"F/{number}")


@case
def a_person_hears_of_a_value_that_does_not_fit(desk):
    desk.deploy(flow("F", "type = 'cli'\nparameters = { n = 'batch_id' }", params=[NUMBER]),
                flow("S", "type = 'schedule'\nschedule = '0 0 * * *'\nparameters = { n = 'timestamp' }", params=[NUMBER]))
    desk.refused("trigger", "--flow-id", "F", "--trigger-id", "cli", "--batch-id", "99", status=2, said="at most 10")
    equal(desk.events("qflow.cli.F.cli") if desk.runs("F") else [], [])
    desk.ask("trigger", "--flow-id", "F", "--trigger-id", "cli", "--batch-id", "9")
    equal(desk.runs("F")[0]["params"], {"n": 9})
    span = ("--from", "2026-01-01", "--until", "2026-01-02")
    desk.ask("trigger", "--flow-id", "S", "--trigger-id", "schedule", *span, status=4)
    equal(desk.runs("S"), [], "an instant that a tick would filter")


@case
def an_activation_stands_for_what_does_not_fit_any_more(desk):
    def version(top):
        desk.deploy(flow("Q", on("e", more="id = 'u'\ndebounce = '1h'\nparameters = { v = 'a[0].b' }"),
                         params=[f"[parameters.v]\ntype = 'int'\ndefault = 1\nmax = {top}\n"]))
    version(9)
    old = desk.publish("e", "--payload", '{"a": [{"b": "4"}]}')[0]["id"]
    version(3)
    desk.ask("trigger", "--flow-id", "Q", "--trigger-id", "u")
    equal(desk.outcomes(old)[0][0], "filtered")
    run = desk.inspect("Q/1")
    equal((run["params"], run["trigger"]["event"]["name"]), ({"v": 1}, "qflow.cli.Q.u"))
    equal([each["name"] for each in run["trigger"]["events"]], ["qflow.cli.Q.u"])


@case
def a_leg_that_is_met_stays_as_it_is(desk):
    desk.deploy(flow("F", leg("l1", "c", "parameters = { r = 'r' }"), leg("l2", "d"),
                     "id = 'g'\ntype = 'group'\nmatch = 'l1 && l2'\n", params=["[parameters.r]\n"]))
    first = desk.publish("c", "--payload", '{"r": "C1"}')[0]["id"]
    activate = ("trigger", "--flow-id", "F", "--trigger-id", "l1")
    desk.ask(*activate, status=4)
    equal(desk.outcomes(first)[0][0], "waiting")
    equal(desk.effects("d"), [("F/l2", "fired")])
    equal(desk.runs("F")[0]["params"], {"r": "C1"})


@case
def a_leg_whose_token_is_too_old_is_met_anew(desk):
    desk.deploy(flow("F", leg("l1", "c"), leg("l2", "d"), "id = 'g'\ntype = 'group'\nmatch = 'l1 && l2'\nwithin = '1h'"))
    first = desk.publish("c")[0]["id"]
    desk.ask("trigger", "--flow-id", "F", "--trigger-id", "l1", status=4, environment=desk.later(7200))
    equal(desk.outcomes(first)[0][0], "expired")
    equal([each["outcome"] for each in desk.publish("d", environment=desk.later(7300))[0]["effects"]], ["fired"])


@case
def a_debounce_that_is_over_comes_before_later_events(desk):
    """Also when no tick has noticed: under replace the newer run stays, under skip the older one is first."""
    triggers = ("id = 't1'\n" + on("a", more="debounce = '5s'"), "id = 't2'\n" + on("b"))
    for policy, name in (("replace", "R"), ("skip", "S")):
        desk.deploy(flow(name, *triggers, head=f"[run]\nwhen_busy = '{policy}'"))
    desk.publish("a")
    desk.publish("b", environment=desk.later(10))
    desk.work(environment=desk.later(40))
    of_event = {run["id"]: desk.inspect(run["id"])["trigger"]["events"][0]["name"] for run in desk.runs("R") + desk.runs("S")}
    equal(of_event, {"R/1": "a", "R/2": "b", "S/1": "a"})
    equal(desk.statuses("R"), ["cancelled", "succeeded"])


@case
def what_is_over_at_one_instant_acts_in_the_order_of_the_file(desk):
    """Also a trigger that a deploy has added above older ones."""
    skip = "[run]\nwhen_busy = 'skip'\n"
    old, new = "id = 'm'\n" + on("e", more="debounce = '30s'"), "id = 'added'\n" + on("e", more="debounce = '30s'")
    desk.deploy(flow("D", old, head=skip))
    desk.deploy(flow("D", new, old, head=skip))
    event = desk.publish("e")[0]["id"]
    old, new = "id = 'm'\ntype = 'schedule'\nevery = '1h'\n", "id = 'added'\ntype = 'schedule'\nschedule = '0 * * * *'\n"
    desk.deploy(flow("S", old, head=skip))
    desk.deploy(flow("S", new, old, head=skip))
    desk.work(environment=desk.later(3700))
    equal([desk.inspect(run)["trigger"]["trigger_id"] for run in ("D/1", "S/1")], ["added", "added"])
    equal(sorted(desk.outcomes(event)), [("fired", ""), ("skipped", "D/1 has not ended")])
    equal((len(desk.runs("D")), len(desk.runs("S"))), (1, 1))


@case
def debounces_and_schedules_act_in_the_order_of_their_instants(desk):
    """However late a tick notices them."""
    until_the_hour = 3600 - int(time.time()) % 3600
    before = until_the_hour - 10 if until_the_hour > 60 else until_the_hour + 3590
    for policy, name in (("queue", "Q"), ("skip", "S")):
        desk.deploy(flow(name, "id = 'a'\n" + on("e", more="debounce = '30s'"), "id = 's'\ntype = 'schedule'\nevery = '1h'\n",
                         head=f"[run]\nwhen_busy = '{policy}'\n"))
    desk.publish("e", environment=desk.later(before))
    desk.work(environment=desk.later(before + 60))
    found = {run["id"]: desk.inspect(run["id"])["trigger"]["trigger_id"] for run in desk.runs("Q") + desk.runs("S")}
    equal(found, {"Q/1": "s", "Q/2": "a", "S/1": "s"})


@case
def a_debounce_that_ends_while_a_run_is_running_is_skipped(desk):
    """Though no tick comes before the run has ended."""
    triggers = ("id = 't1'\n" + on("a", more="debounce = '1s'"), "id = 't2'\n" + on("b"))
    desk.deploy(flow("F", *triggers, head="[run]\nwhen_busy = 'skip'\n", run="until [ -e go ]; do sleep 0.05; done"))
    desk.publish("b", "--dispatch")
    held = desk.publish("a")[0]["id"]
    time.sleep(1.1)
    desk.write("go", "")
    desk.ask("publish", "nobody", "--wait=30s")
    equal(desk.outcomes(held), [("skipped", "F/1 has not ended")])
    equal(desk.statuses("F"), ["succeeded"])


@case
def runs_of_one_flow_in_several_namespaces_have_names_of_their_own(desk):
    up = flow("Up", params=["[parameters.v]\ndefault = 0\n"], head="[project]\nname = 'foo'", run="true")
    names = desk.write_flows(up)
    desk.ask("deploy", *names, "--branch", "a", "--production")
    desk.ask("deploy", *names, "--branch", "b")
    down = after("foo.prod.a.Up", "").replace("source_flow_id = 'foo.prod.a.Up'", "flows = ['foo.prod.a.Up', 'foo.test.b.Up']")
    desk.deploy(flow("Down", down, run=""" "$QFLOW_BIN" get 'trigger["foo.prod.a.Up"].id' > a; "$QFLOW_BIN" get 'trigger["foo.test.b.Up"].id' > b"""))
    desk.ask("trigger", "--flow-id", "foo.test.b.Up")
    desk.ask("trigger", "--flow-id", "foo.prod.a.Up")
    desk.work()
    equal((desk.text_of("a").strip(), desk.text_of("b").strip()), ("Up/2", "Up/1"))
    equal(sorted(desk.inspect("Down/1")["trigger"]["named"]), ["Up", "foo.prod.a.Up", "foo.test.b.Up"])


@case
def instants_that_no_tick_took_say_why(desk):
    desk.deploy(flow("S", "type = 'schedule'\nschedule = '*/5 * * * *'"))
    desk.ask("disable", "S/schedule", environment=desk.later(1800))
    contains(desk.ask("explain", "S")[0], "disabled before a tick took them")


@case
def a_stream_that_is_closed_stays_unusable(desk):
    """No file that qflow opens takes its place."""
    def left_without(stream, *arguments):
        process = desk.start(*arguments, under=("sh", "-c", f'exec "$@" {stream}', "sh"), stdin=None)
        wait_for(lambda: process.poll() is not None, f"the end of qflow {arguments[0]} {stream}")
        return process.returncode, printed_by(process)
    desk.write_flows(flow("F", run="echo said; echo ran >> ran"))
    for arguments in (["run", "flow0.toml", "--trigger", "-"], ["publish", "food", "--payload", "-"]):
        equal(left_without("<&-", *arguments), (2, "qflow: error: can't read standard input: Bad file descriptor\n"))
        desk.ask("run", "flow0.toml")
    unwritten = "qflow: error: can't write to standard output: Bad file descriptor\n"
    equal(left_without(">&-", "run", "flow0.toml"), (1, unwritten))
    equal(left_without("2>&- >&-", "run", "flow0.toml")[0], 1)
    equal(left_without("<&- 2>&-", "run", "flow0.toml"), (0, "s | said\nF/5\n"))
    equal((desk.text_of("ran"), desk.statuses("F")), ("ran\n" * 5, ["succeeded"] * 5))
    contains(desk.ask("fsck")[0], "the store is whole")


@case
def a_backfill_that_is_ended_says_what_is_left(desk):
    step = "echo > begun; until [ -e go ]; do sleep 0.05; done"
    desk.deploy(flow("F", "id = 'daily'\ntype = 'schedule'\nschedule = '0 6 * * *'\n", run=step))
    backfill = desk.start("trigger", "--flow-id", "F", "--trigger-id", "daily", "--from", "2026-11-01", "--until", "2026-11-05")
    wait_for(lambda: (desk.folder / "begun").exists(), "the first run")
    backfill.send_signal(signal.SIGTERM)
    equal(backfill.wait(timeout=60), 143)
    contains(printed_by(backfill), "note: 3 of 4 instants were not run; --from 2026-11-02T06:00:00Z --until 2026-11-05 goes on with them")
