"""Joins, mapping, flow triggers, chains, and what explain, inspect and events say of them."""
import json
import re
import time

from desk import after, case, contains, equal, expect, flow, lines, on

INTEGER = "[parameters.{0}]\ntype = 'int'\n"


def trigger_of(desk, run):
    return desk.inspect(run)["trigger"]


def payloads(desk, run):
    return [event["payload"].get("n") for event in trigger_of(desk, run)["events"]]


@case
def matches(desk):
    desk.deploy(flow("All", on("a", "b")), flow("Any", on("a", "b", more="match = 'any'")),
                flow("Two", on("a", "b", "c", more="match = 2")),
                flow("Names", on("a", "b", "c", more="match = 'a && (b || c)'")))
    equal(dict(desk.effects("a")), {"All/event": "waiting", "Any/event": "fired", "Two/event": "waiting", "Names/event": "waiting"})
    equal(dict(desk.effects("c")), {"Two/event": "fired", "Names/event": "fired"})
    equal(dict(desk.effects("b")), {"All/event": "fired", "Any/event": "fired", "Two/event": "waiting", "Names/event": "waiting"})
    types = {name: trigger_of(desk, f"{name}/1")["type"] for name in ("All", "Any", "Two", "Names")}
    equal(types, {"All": "MANY-EVENTS", "Any": "ONE-OF-EVENTS", "Two": "MANY-EVENTS", "Names": "MANY-EVENTS"})


@case
def which_of_several_a_firing_takes(desk):
    desk.deploy(*(flow(name, on("a", "b", more=f"join = '{name.lower()}'")) for name in ("Latest", "Oldest", "All")))
    events = desk.publish("--batch", "-", given=b"".join(
        b'{"name": "%s", "payload": {"n": %d}}\n' % each for each in ((b"a", 1), (b"a", 2), (b"b", 3))))
    equal({name: payloads(desk, f"{name}/1") for name in ("Latest", "Oldest", "All")},
          {"Latest": [2, 3], "Oldest": [1, 3], "All": [1, 2, 3]})
    said = desk.inspect(events[0]["id"])["outcomes"]
    latest = [each for each in said if each["flow"] == "Latest"][0]
    equal((latest["outcome"], latest["by"]), ("superseded", events[1]["id"]))
    equal(dict((each["flow"], each["outcome"]) for each in desk.inspect(events[1]["id"])["outcomes"]),
          {"Latest": "fired", "Oldest": "waiting", "All": "fired"})


@case
def windows_and_correlation(desk):
    desk.deploy(flow("W", on("a", "b", more="within = '1h'\ncorrelate = 'event.payload.day'")))

    def outcome(name, payload, at):
        return desk.publish(name, "--payload", json.dumps(payload), "--timestamp", f"2026-01-01T{at}:00Z")[0]
    first = outcome("a", {"day": 1}, "10:00")
    equal(outcome("b", {"day": 2}, "10:05")["effects"][0]["outcome"], "waiting")
    equal(outcome("b", {"day": 1}, "11:01")["effects"][0]["outcome"], "waiting")
    equal(desk.outcomes(first["id"])[0][0], "expired")
    equal(outcome("b", {}, "11:02")["effects"][0]["outcome"], "filtered")
    equal(outcome("b", {"day": None}, "11:02")["effects"][0]["outcome"], "filtered")
    equal(outcome("a", {"day": 1}, "10:00")["effects"][0]["outcome"], "expired")
    equal(outcome("a", {"day": 1.0}, "11:30")["effects"][0]["outcome"], "fired")
    contains(desk.ask("explain", "W")[0], "11:05")
    equal(desk.explain("W")[0]["window_closes"][:16], "2026-01-01T11:05")
    desk.refused("trigger", "--flow-id", "W", "--trigger-id", "event", "--correlation", "9", status=2, said="2")


@case
def counts(desk):
    desk.deploy(flow("Days", "type = 'event'\nevent = { name = 'h', count = 3, distinct = 'event.context' }"))
    for context, wanted in (("1", "waiting"), ("1", "waiting"), ("2", "waiting"), (None, "filtered"), ("3", "fired")):
        more = ("--context", context) if context else ()
        equal(desk.effects("h", None, *more), [("Days/event", wanted)], context)
    equal(len(trigger_of(desk, "Days/1")["events"]), 3, "of one value the newest under latest")
    equal(desk.runs("Days")[0]["context"], None, "events that disagree")


@case
def sources_match_on_every_field(desk):
    desk.deploy(flow("F", "type = 'event'\nevent = { name = 'a', event_type = 't', namespace = 'n', value = 'v', sender = '*' }"))
    given = ["--type", "t", "--namespace", "n", "--value", "v"]
    equal(desk.publish("a", *given)[0]["effects"][0]["outcome"], "fired")
    for missing in range(0, 6, 2):
        effect = desk.publish("a", *given[:missing], *given[missing + 2:])[0]["effects"][0]
        equal(effect["outcome"], "filtered")
        expect(effect["reason"], "no reason")


@case
def mapping(desk):
    desk.deploy(flow("Auto", on("one"), params=["rows"]),
                flow("Explicit", on("one", more="parameters = { n = 'deep[0].x', stamp = 'timestamp', text = '[\"a-b\"]' }"),
                     params=["n", "stamp", "text", "rows"]),
                flow("Several", on("one", "two"), params=["rows"]),
                flow("Mapped", "type = 'event'\nevents = [{ name = 'one', parameters = { rows = 'ROWS' } }, { name = 'two' }]",
                     params=["rows"]),
                flow("Needs", on("one"), params=["[parameters.must]\nrequired = true\n"]),
                flow("Types", on("types"), params=["[parameters.i]\ntype = 'int'\nmax = 9\n", "[parameters.f]\ntype = 'float'\n",
                                                   "[parameters.b]\ntype = 'bool'\n", "[parameters.j]\ntype = 'json'\n",
                                                   "[parameters.s]\n"]))
    payload = {"ROWS": "7", "deep": [{"x": 1}], "a-b": True, "other": 1}
    effects = dict(desk.effects("one", payload, "--timestamp", "2026-01-01T00:00:00Z"))
    equal(effects, {"Auto/event": "fired", "Explicit/event": "fired", "Several/event": "waiting", "Mapped/event": "waiting",
                    "Needs/event": "filtered"})
    desk.publish("two", "--payload", '{"rows": 8}')
    params = {run["flow"]: run["params"] for run in lines(desk.ask("runs", "--json")[0])}
    equal(params["Auto"], {"rows": "7"})
    equal({**params["Explicit"], "stamp": params["Explicit"]["stamp"][:10]},
          {"n": "1", "stamp": "2026-01-01", "text": "true", "rows": None})
    equal((params["Several"]["rows"], params["Mapped"]["rows"]), (None, "7"))
    good = {"i": "7", "f": 2, "b": False, "j": {"x": [1, None]}, "s": 1.5}
    equal(desk.effects("types", good), [("Types/event", "fired")])
    equal(desk.runs("Types")[0]["params"], {"i": 7, "f": 2.0, "b": False, "j": {"x": [1, None]}, "s": "1.5"})
    bad = [{"i": 1.5}, {"i": "1.0"}, {"i": 10}, {"i": True}, {"f": "x"}, {"b": "yes"}, {"b": 1}, {"s": [1]}, {"s": {}}]
    published = desk.publish("--batch", "-", given="\n".join(json.dumps({"name": "types", "payload": each}) for each in bad).encode())
    equal([each["effects"][0]["outcome"] for each in published], ["filtered"] * len(bad))
    equal(desk.effects("types", {"i": None}), [("Types/event", "fired")])


@case
def wrong_mappings_are_errors_at_check(desk):
    for text in (flow("F", on("a", more="parameters = { none = 'x' }")),
                 flow("F", on("a", "b", more="parameters = { rows = 'x' }"), params=["rows"]),
                 flow("F", on("a", "b"), params=["[parameters.must]\nrequired = true\n"]),
                 flow("F", on("a", more="parameters = { rows = 1 }"), params=["rows"]),
                 flow("F", "type = 'event'\nevents = [{ name = 'a', parameters = { r = 'x' } }, { name = 'b', parameters = { r = 'x' } }]",
                      params=["r"])):
        desk.write("bad.toml", text)
        contains(desk.ask("deploy", "bad.toml", status=2)[1], "bad.toml:")


@case
def conditions_of_flow_triggers(desk):
    step = "run = 'exit ${QFLOW_PARAM_code}'"
    desk.deploy(flow("Up", on("up"), params=["[parameters.code]\ndefault = 0\n"]) + step + "\n",
                *(flow(name.capitalize(), after("Up", f"condition = '{name}'")) for name in ("success", "failure", "always")),
                flow("OfStep", after("Up", "source_task_id = 's'")))
    desk.publish("up", "--payload", '{"code": 0}')
    desk.publish("up", "--payload", '{"code": 3}')
    desk.work(status=1)
    desk.publish("up")
    desk.ask("cancel", "Up/3")
    counted = {name: len(desk.runs(name)) for name in ("Success", "Failure", "Always", "OfStep")}
    equal(counted, {"Success": 1, "Failure": 1, "Always": 3, "OfStep": 1})
    end = desk.events("qflow.run.Up")[0]
    equal((end["type"], end["payload"]["run"], end["payload"]["status"]), ("run", "Up/3", "cancelled"))
    equal(trigger_of(desk, "Failure/1")["run"], "Up/2")
    equal([trigger_of(desk, "OfStep/1")[key] for key in ("type", "trigger_id", "run")], ["RUN", "flow", "Up/1"])
    desk.work()
    equal(len(desk.runs("Success")), 1)


@case
def what_a_step_leaves_is_mapped_at_its_end(desk):
    steps = "run = 'echo 1 > $QFLOW_OUT/x.json'\n[[steps]]\nid = 'b'\nrun = 'echo 2 > $QFLOW_OUT/x.json'\n"
    mapped = "source_task_id = 's'\nparameters = { x = 'artifacts.x' }"
    desk.deploy(flow("Up", on("up")) + steps, flow("OfStep", after("Up", mapped), params=["[parameters.x]\nrequired = true\ntype = 'int'\n"]))
    desk.publish("up")
    desk.work()
    equal([run["params"] for run in desk.runs("OfStep")], [{"x": 1}])


@case
def the_end_of_a_step_has_the_parameters_of_its_run(desk):
    mapped = "source_task_id = 's'\nparameters = { n = 'params.n' }\nwhen = 'event.payload.params.n > 1'"
    desk.deploy(flow("Up", on("up"), params=[INTEGER.format("n")]), flow("OfStep", after("Up", mapped), params=[INTEGER.format("n")]))
    for n in (1, 20):
        desk.publish("up", "--payload", json.dumps({"n": n}))
    desk.work()
    equal([run["params"] for run in desk.runs("OfStep")], [{"n": 20}])


@case
def a_local_run_fires_nothing(desk):
    desk.deploy(flow("Up"), flow("Down", after("Up", "condition = 'always'")))
    desk.ask("run", "flow0.toml")
    equal(desk.runs("Down"), [])
    desk.ask("trigger", "--flow-id", "Up")
    equal(len(desk.runs("Down")), 1)


@case
def what_a_chain_passes_on(desk):
    """Parameters and artifacts by mapping, the context, the instant, the depth; inspect shows the chain both ways."""
    up = flow("Up", on("go"), params=[INTEGER.format("window")],
              run='echo 41 > "$QFLOW_OUT/rows.json"; echo "$QFLOW_CONTEXT" > context-up')
    down = flow("Down", after("Up", "parameters = { w = 'params.window', r = 'artifacts.rows' }"),
                params=[INTEGER.format("w"), INTEGER.format("r")],
                run='echo "$QFLOW_CONTEXT" > context-down; "$QFLOW_BIN" get trigger.data.rows > data; "$QFLOW_BIN" publish more')
    desk.deploy(up, down, flow("Last", on("more")))
    event = desk.publish("go", "--context", "2021-09-13T15", "--payload", '{"window": 7}', "--wait=20s")[0]["id"]
    equal(desk.runs("Down")[0]["params"], {"w": 7, "r": 41})
    equal([desk.text_of(name).strip() for name in ("context-up", "context-down", "data")], ["2021-09-13T15"] * 2 + ["41"])
    equal(desk.runs("Last")[0]["context"], "2021-09-13T15", "passed on by what a run publishes")
    equal(desk.statuses("Last"), ["succeeded"], "what its own end has queued is started")
    chain = desk.ask("inspect", "Last", "latest", "--trigger-chain")[0]
    contains(chain, "Last/1", "Down/1", "Up/1", "go")
    down = json.loads(desk.ask("inspect", "Up/1", "--downstream", "--json")[0])["downstream"]
    equal((down[0]["run"], down[0]["downstream"][0]["run"]), ("Down/1", "Last/1"))
    seen = desk.inspect(event)
    expect({"id", "name", "timestamp", "recorded_at", "type", "namespace", "value", "sender", "context", "payload", "caused_by",
            "outcomes"} <= set(seen), "keys of inspect EVENT")
    equal([(each["flow"], each["trigger"], each["outcome"], each["run"]) for each in seen["outcomes"]],
          [("Up", "event", "fired", "Up/1")])
    contains(desk.ask("inspect", event)[0], "go", "Up/1")
    desk.refused("inspect", event[:-1] + ("0" if event[-1] != "0" else "1"), status=3, said="event")
    equal(desk.events("more")[0]["caused_by"], "Down/1")


@case
def two_flows_that_trigger_each_other(desk):
    names = desk.write_flows(flow("A", on("go", more="id = 'start'"), after("B")), flow("B", after("A")))
    contains(desk.ask("check", *names)[1], "warning", "A → B → A")
    contains(desk.ask("deploy", *names)[1], "A → B → A")
    desk.write(".qflow/config.toml", "max_chain = 3\n")
    desk.publish("go", "--wait=30s")
    equal((len(desk.runs("A")), len(desk.runs("B"))), (2, 1))
    outcome, reason = desk.outcomes(desk.events("qflow.run.A")[0]["id"])[0]
    equal(outcome, "stopped")
    contains(reason, "A/1", "B/1", "A/2")
    contains(desk.ask("explain", "B")[0], "A/2")


@case
def groups(desk):
    text = flow("G", on("orders", more="id = 'orders'"), on("fx", more="id = 'fx'"), "type = 'cli'\nid = 'manual'",
                "type = 'group'\nid = 'both'\nmatch = 'orders && (fx || manual)'")
    desk.deploy(text)
    equal(desk.effects("orders"), [("G/orders", "waiting")])
    equal(desk.effects("fx"), [("G/fx", "fired")])
    equal([trigger_of(desk, "G/1")[key] for key in ("type", "trigger_id")], ["MANY-EVENTS", "both"])
    desk.ask("trigger", "--flow-id", "G", "--trigger-id", "manual", status=4)
    equal(desk.effects("orders"), [("G/orders", "fired")])
    desk.effects("fx")
    equal(desk.ask("trigger", "--flow-id", "G", "--trigger-id", "both")[0].split()[-1], "G/3")


@case
def triggered_by_hand(desk):
    desk.deploy(flow("F", on("a", "b", more="id = 'both'\ncorrelate = 'event.payload.day'"), "type = 'cli'",
                     params=["[parameters.batch_id]\ntype = 'int'\n", "x"]))
    equal(desk.ask("trigger", "--flow-id", "F", "--batch-id", "9", "-p", "x=y", "--context", "c")[0], "F/1\n")
    run = desk.inspect("F/1")
    equal((run["params"], run["origin"], run["context"]), ({"batch_id": 9, "x": "y"}, "deployed", "c"))
    equal([run["trigger"]["event"][key] for key in ("name", "type", "payload")], ["qflow.cli.F", "cli", {"batch_id": 9}])
    desk.ask("trigger", "--flow-id", "F", "--trigger-id", "cli", "--json")
    equal((trigger_of(desk, "F/2")["event"]["name"], desk.runs("F")[1]["params"]["batch_id"]), ("qflow.cli.F.cli", 1))
    for day in (1, 2):
        desk.publish("a", "--payload", f'{{"day": {day}}}')
    by_hand = ("trigger", "--flow-id", "F", "--trigger-id", "both")
    desk.refused(*by_hand, status=2, said=["1", "2", "--correlation"])
    desk.refused(*by_hand, "--correlation", "3", status=2, said=["1", "2"])
    desk.ask(*by_hand, "--correlation", "2")
    equal([event["payload"] for event in trigger_of(desk, "F/3")["events"]], [{"day": 2}], "with the events that wait")
    desk.ask(*by_hand)
    desk.ask(*by_hand)
    equal([[event["name"] for event in trigger_of(desk, f"F/{run}")["events"]] for run in (4, 5)], [["a"], ["qflow.cli.F.both"]])


@case
def a_leg_by_hand(desk):
    legs = [on(name, more=f"id = 'l{name}'") for name in "ab"]
    group = "id = 'g'\ntype = 'group'\nmatch = 'la && lb'\n"
    desk.deploy(flow("Held", *legs, group + "debounce = '1h'"),
                flow("G", *legs, group, params=["[parameters.w]\ntype = 'int'\ndefault = 0\n"]),
                flow("C", *legs, group + "correlate = 'event.payload.k'"))
    leg = ("--trigger-id", "la")
    desk.refused("trigger", "--flow-id", "G", *leg, "-p", "w=77", status=2, said="parameters would be lost")
    desk.refused("trigger", "--flow-id", "C", *leg, status=2, said="correlate")
    desk.publish("a", "--payload", '{"k": 1}')
    equal([each["outcome"] for each in desk.publish("b", "--payload", '{"k": 1}')[0]["effects"]], ["fired", "fired", "waiting"])
    equal(json.loads(desk.ask("trigger", "--flow-id", "Held", *leg, "--json", status=4)[0]),
          {"run": None, "status": None, "reason": "its group waits for b"})
    equal(desk.runs("Held"), [], "a debounce is not over because a leg has got a token")
    run = desk.ask("trigger", "--flow-id", "Held", "--trigger-id", "lb")[0].split()[-1]
    equal(sorted(event["name"] for event in desk.inspect(run)["trigger"]["events"]), ["a", "b", "qflow.cli.Held.la", "qflow.cli.Held.lb"])
    desk.ask("trigger", "--flow-id", "Held", "--trigger-id", "lb", status=4)
    desk.publish("b", "--payload", '{"k": 2}')
    desk.ask("trigger", "--flow-id", "C", *leg)
    equal(desk.statuses("C")[1], "succeeded", "the value that waits is meant")


@case
def a_simulation_reads_what_was_recorded_in_its_time(desk):
    desk.deploy(flow("F", on("a")))
    for _ in range(2):
        desk.publish("a", "--payload", '{"n": 1}')
    desk.work()
    instants = [instant for instant, in desk.rows("SELECT recorded_at FROM events WHERE name = 'a' ORDER BY event")]
    hour = 3_600_000_000
    desk.change("UPDATE events SET recorded_at = recorded_at + ?, payload = '{' WHERE event ="
                " (SELECT max(event) FROM events WHERE name = 'a')", 10 * hour)
    desk.change("UPDATE events SET payload = '{' WHERE name GLOB 'qflow.run.*' OR name GLOB 'qflow.step.*'")
    span = [time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime((instants[0] + by) // 1_000_000)) for by in (-hour, hour)]
    happened = lines(desk.ask("simulate", "--from", span[0], "--until", span[1], "--json")[0])
    equal(len([row for row in happened if "flow" in row and "run" in row]), 1, happened)


@case
def simulated_runs_of_several_branches(desk):
    desk.write("up.toml", flow("Up", params=["[parameters.v]\ntype = 'int'\n"]))
    for value, options in enumerate((["--production"], ["--branch", "c"], ["--branch", "b"]), 1):
        desk.ask("run", "up.toml", "--project", "foo", *options, "-p", f"v={value}")
    sources = ", ".join(f"{{ name = 'Up', project = 'foo', project_branch = '{branch}', parameters = {{ {name} = 'params.v' }} }}"
                        for branch, name in (("prod", "p"), ("test.b", "t")))
    desk.write("down.toml", flow("Down", f"type = 'flow'\nflows = [{sources}]\n",
                                 params=[f"[parameters.{name}]\ntype = 'int'\ndefault = 0\n" for name in "pt"]))
    desk.ask("run", "down.toml", "--trigger", "Up/1", "--trigger", "Up/3")
    err = desk.ask("run", "down.toml", "--trigger", "Up/3", "--trigger", "Up/2")[1]
    contains(err, "would filter Up/2: the run belongs to 'foo.test.c', not to 'foo.prod'")
    equal([run["params"] for run in desk.runs("Down")], [{"p": 1, "t": 3}, {"p": 2, "t": 3}])


@case
def an_instant_of_a_leg_that_is_too_old(desk):
    desk.deploy(flow("F", "id = 'day'\ntype = 'schedule'\nschedule = '@daily'\n", on("a", more="id = 'la'"),
                     "id = 'g'\ntype = 'group'\nmatch = 'day && la'\nwithin = '1h'\n"))
    event = desk.publish("a")[0]["id"]
    out, err = desk.ask("trigger", "--flow-id", "F", "--trigger-id", "day", "--from", "2026-03-01", "--until", "2026-03-03",
                        "--json", status=4)
    equal([json.loads(line) for line in out.splitlines()],
          2 * [{"run": None, "status": None, "reason": f"it is expired on the spot: more than 1h older than {event}"}])
    contains(err, "1 of 2: 2026-03-01T00:00:00Z", "it is expired on the spot")


@case
def triggering_by_hand_refuses(desk):
    desk.deploy(flow("F", on("a"), params=["[parameters.must]\nrequired = true\n"]).replace("required = true", "default = '1'"),
                flow("Fails", run="exit 3"), flow("Must", params=["[parameters.must]\nrequired = true\n"]))
    desk.refused("trigger", "--flow-id", "G", status=3, said="F")
    desk.refused("trigger", status=2, said="--flow-id")
    desk.refused("trigger", "--flow-id", "F", "--trigger-id", "evnt", status=3, said="event")
    desk.refused("trigger", "--flow-id", "F", "-p", "mst=1", status=2, said="must")
    desk.refused("trigger", "--flow-id", "F", "--batch-id", "x", status=2, said="--batch-id")
    desk.refused("trigger", "--flow-id", "Must", status=2, said="must")
    equal(desk.events(), [], "what is refused leaves no event")
    desk.ask("trigger", "--flow-id", "Fails", status=1)
    equal(json.loads(desk.ask("trigger", "--flow-id", "Fails", "--json", status=1)[0]),
          {"run": "Fails/2", "status": "failed", "reason": "step s: exit status 3"})


@case
def detached(desk):
    desk.deploy(flow("F", run="until [ -e go ]; do sleep 0.02; done; echo done > done"))
    equal(desk.ask("trigger", "--flow-id", "F", "--detach")[0], "F/1\n")
    expect(desk.statuses("F")[0] in ("queued", "running"), "it waited")
    desk.write("go", "")
    desk.work()
    equal((desk.statuses("F"), desk.text_of("done")), (["succeeded"], "done\n"))


@case
def passed_over_debounce(desk):
    desk.deploy(flow("F", on("a", more="debounce = '1h'")))
    equal(desk.effects("a"), [("F/event", "waiting")])
    desk.ask("trigger", "--flow-id", "F", "--trigger-id", "event")
    equal([event["name"] for event in trigger_of(desk, "F/1")["events"]], ["a"])


@case
def debounce(desk):
    desk.deploy(flow("F", on("a", more="debounce = '5m'"), params=[INTEGER.format("n")]),
                flow("Bound", on("b", more="debounce = '10m'\nmax_wait = '5m'")))
    for n in (1, 2):
        equal(desk.effects("a", {"n": n})[0][1], "waiting")
    desk.effects("b")
    equal(desk.ask("tick", "--dry-run")[0], "", "nothing is due yet")
    later = desk.later(301)
    contains(desk.ask("tick", "--dry-run", environment=later)[0], "F/event", "Bound/event")
    equal(desk.runs("F"), [], "a dry run fires nothing")
    desk.publish("a", "--payload", '{"n": 3}', environment=later)
    desk.work(environment=later)
    equal(([run["params"]["n"] for run in desk.runs("F")], payloads(desk, "F/1")), ([2], [1, 2]))
    equal(desk.statuses("Bound"), ["succeeded"])


@case
def explain(desk):
    desk.deploy(flow("F", on("a", "b", more="when = 'event.payload.rows > 1000'\nwithin = '1h'\ndescription = 'both rows'")))
    waits = desk.publish("a", "--payload", '{"rows": 2000}', "--sender", "ann")[0]["id"]
    filtered = desk.publish("b", "--payload", '{"rows": 3}')[0]["id"]
    text = desk.ask("explain", "F")[0]
    contains(text, "both rows", "event.payload.rows > 1000", "3", "ann", "b", "qflow publish b")
    said = desk.explain("F/event")[0]
    expect({"flow", "trigger", "sentence", "waiting", "arrived", "filtered", "window_closes", "last", "next", "would_fire"}
           <= set(said), "keys of explain")
    equal((said["flow"], said["trigger"], said["last"]), ("F", "event", None))
    equal([each["id"] for each in said["arrived"]], [waits])
    equal([each["event"] for each in said["filtered"]], [filtered])
    equal([each["missing"] for each in said["waiting"]], [["b"]])
    contains(said["would_fire"], "qflow publish b")
    desk.refused("explain", "F/evnt", status=3, said="event")
    desk.refused("explain", "G", status=3, said="F")


@case
def what_would_fire_does(desk):
    """The command that explain prints works as it stands."""
    desk.deploy(flow("F", on("a", "b")))
    desk.publish("a")
    command = desk.explain("F")[0]["would_fire"].split()
    equal(command[0], "qflow")
    desk.ask(*command[1:])
    equal(len(desk.runs("F")), 1)


@case
def events(desk):
    desk.ask("init")
    for number in range(3):
        desk.publish("a", "--payload", f'{{"n": {number}}}', "--context", str(number))
    desk.publish("b")
    equal([event["payload"]["n"] for event in desk.events("a")], [2, 1, 0], "the newest first")
    equal(len(desk.events("--limit", "2")), 2)
    equal([event["payload"]["n"] for event in desk.events("--context", "1")], [1])
    equal((len(desk.events("--since", "1h")), desk.events("--since", "2999-01-01T00:00:00Z")), (4, []))
    expect(all(line.count("\t") == desk.ask("events")[0].splitlines()[0].count("\t") for line in
               desk.ask("events")[0].splitlines()), "a table")
    desk.refused("events", "--limit", "x", status=2, said="--limit")
