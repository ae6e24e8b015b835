"""qflow publish: its options, what it refuses, and what it says of the effect."""
import json
import re

from desk import case, contains, equal, expect, flow, lines, on
from faults import wait_for

UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"


@case
def an_event_nobody_listens_to(desk):
    desk.ask("init")
    out, err = desk.ask("publish", "lonely")
    expect(re.fullmatch(UUID + "\n", out), f"no UUIDv7: {out}")
    contains(err, "no deployed flow listens to lonely")
    desk.ask("publish", "lonely", "--require-match", status=4)
    equal(len(desk.events("lonely")), 2, "events stored")
    equal(desk.ask("-q", "publish", "lonely")[1], "", "said when quiet")


@case
def without_a_store(desk):
    for command in (["publish", "x"], ["tick"], ["flows"], ["events"], ["explain", "F"], ["undeploy", "F"],
                    ["trigger", "--flow-id", "F"], ["disable", "F"]):
        desk.refused(*command, status=7, said=str(desk.folder))


@case
def the_effect_report(desk):
    desk.deploy(flow("Both", on("a", "b")), flow("One", on("a", more="when = 'event.payload.n > 5'"), head="", params=["n"]),
                flow("Fits", on("a"), params=["[parameters.n]\ntype = 'int'\n"]))
    out, err = desk.ask("publish", "a", "--payload", '{"n": 3}')
    contains(err, "Both/event: waiting", "b", "One/event: filtered", "event.payload.n > 5", "3", "Fits/event: fired Fits/1")
    equal(out.count("\n"), 1, "lines on standard output")
    published = desk.publish("b")[0]
    equal(set(published), {"id", "name", "duplicate", "effects"}, "keys")
    effect = published["effects"][0]
    expect({"flow", "trigger", "outcome", "run", "reason"} <= set(effect), f"keys of an effect: {effect}")
    equal([effect["flow"], effect["trigger"], effect["outcome"], effect["run"]], ["Both", "event", "fired", "Both/1"])
    equal(sorted(desk.effects("a", {"n": "x"})), [("Both/event", "waiting"), ("Fits/event", "filtered"), ("One/event", "filtered")])


@case
def require_match(desk):
    desk.deploy(flow("Both", on("a", "b")), flow("Never", on("c", more="when = 'false'")))
    desk.ask("publish", "a", "--require-match")
    desk.ask("publish", "c", "--require-match", status=4)
    equal(len(desk.events("c")), 1, "stored all the same")
    contains(desk.ask("publish", "c", "--require-match", "--json", status=4)[1], "Never/event: filtered")
    out, err = desk.ask("publish", "nobody", "--require-match", "--json", status=4)
    equal(err, "qflow: note: no deployed flow listens to nobody\n", "said of an event that nobody listens to")
    equal(json.loads(out)["id"], desk.events("nobody")[0]["id"], "the id")
    equal(desk.ask("publish", "nobody", "--json")[1], "", "said as JSON without --require-match")


@case
def require_match_wants_a_run_or_a_wait(desk):
    """Of what is recorded for an event, only that something fires or waits is a match."""
    desk.deploy(flow("Busy", on("b"), head="[run]\nwhen_busy = 'skip'"), flow("Once", on("o"), head="[run]\nwhen_busy = 'coalesce'"),
                flow("Window", on("w", "v", more="within = '1h'")))
    desk.ask("publish", "b", "--require-match")
    contains(desk.ask("publish", "b", "--require-match", status=5)[1], "Busy/event: skipped: Busy/1")
    for _ in range(2):
        desk.ask("publish", "o", "--require-match")
    desk.ask("publish", "w", "--require-match")
    contains(desk.ask("publish", "w", "--timestamp", "2026-01-01T00:00:00Z", "--require-match", status=4)[1], "Window/event: expired")
    key = ("publish", "b", "--idempotency-key", "k", "--require-match")
    desk.ask(*key, status=5)
    desk.ask(*key)
    batch = b'{"name": "b"}\n{"name": "w"}\n'
    desk.ask("publish", "--batch", "-", "--require-match", given=batch)
    for empty in (b"", b"\n"):
        equal(desk.ask("publish", "--batch", "-", "--require-match", given=empty, status=4)[1], "qflow: note: the batch holds no event\n")


@case
def quiet_leaves_out_the_effects_but_not_what_hangs_on_them(desk):
    desk.deploy(flow("One", on("a")), flow("Never", on("c", more="when = 'false'")))
    out, err = desk.ask("-q", "publish", "a")
    expect(re.fullmatch(UUID + "\n", out), f"no UUIDv7: {out}")
    equal(err, "", "said when quiet")
    desk.ask("-q", "publish", "a", "--require-match")
    desk.ask("-q", "publish", "c", "--require-match", status=4)
    effects = json.loads(desk.ask("-q", "publish", "a", "--json")[0])["effects"]
    equal([(effect["outcome"], effect["run"]) for effect in effects], [("fired", "One/3")])


@case
def payloads_from_everywhere(desk):
    desk.ask("init")
    desk.write("p.json", '{"n": 1}')
    desk.ask("publish", "x", "--payload", "@p.json")
    desk.ask("publish", "x", "--payload", "-", given=b'{"n": 1}')
    desk.ask("publish", "x", "--payload", '{"n": 1}')
    equal([event["payload"] for event in desk.events("x")], [{"n": 1}] * 3)
    desk.refused("publish", "x", "--payload", "@none.json", status=3, said="none.json")
    desk.refused("publish", "x", "--payload", "[1]", status=2, said="object")
    desk.refused("publish", "x", "--payload", '{"n": }', status=2, said="--payload")
    desk.refused("publish", "x", "--payload", "-", status=2, said="--payload")
    equal(len(desk.events("x")), 3, "events stored")


@case
def every_field(desk):
    desk.ask("init")
    desk.ask("publish", "x", "--type", "t", "--namespace", "n", "--value", "v", "--sender", "s", "--context", "c",
             "--timestamp", "2026-01-02T03:04:05+01:00")
    event = desk.events("x")[0]
    equal([event[key] for key in ("type", "namespace", "value", "sender", "context")], ["t", "n", "v", "s", "c"])
    contains(event["timestamp"], "2026-01-02T02:04:05")
    equal(event["caused_by"], None)
    equal(set(event), {"id", "name", "timestamp", "recorded_at", "type", "namespace", "value", "sender", "context", "payload",
                       "caused_by"}, "keys of an event")
    desk.refused("publish", "x", "--timestamp", "2999-01-01T00:00:00Z", status=2, said="24 h")
    desk.refused("publish", "x", "--timestamp", "yesterday", status=2, said="--timestamp")


@case
def names(desk):
    desk.ask("init")
    desk.ask("publish", "n" * 255)
    for bad in ("n" * 256, "a b", ".", "..", "", "a/b", "ä", "a\nb"):
        desk.refused("publish", bad, status=2, said="event name")
    desk.refused("publish", "qflow.run.F", status=2, said="reserved")
    desk.refused("publish", status=2, said="NAME")
    desk.refused("publish", "--namespaced", "n" * 255, "--project", "foo", "--production", status=2, said="event name")


@case
def a_batch(desk):
    desk.deploy(flow("F", on("a", more="when = 'event.payload.n > 1'")))
    desk.write("good.jsonl", '{"name": "a", "payload": {"n": 1}}\n\n{"key": "a", "fields": {"n": 2}, "event_type": "t"}\r\n'
                             '{"name": "b", "namespaced": false, "idempotency_key": "k", "timestamp": "2026-01-01T00:00:00Z"}')
    published = desk.publish("--batch", "good.jsonl")
    equal([each["name"] for each in published], ["a", "a", "b"])
    equal([[effect["outcome"] for effect in each["effects"]] for each in published], [["filtered"], ["fired"], []])
    equal(sorted(event["id"] for event in desk.events()), sorted(each["id"] for each in published))
    for line, bad in ((2, '{"name": "a"}\n{"name": "a b"}'), (3, '{"name": "a"}\n\n{"name": "a", "x": 1}'), (1, "[]"),
                      (2, '{"name": "a"}\n{'), (2, '{"name": "a"}\n{"payload": {}}'), (1, '{"name": "qflow.x"}'),
                      (2, '{"name": "a"}\n{"name": "b", "idempotency_key": "k"}'), (1, '{"name": "a", "namespaced": true}'),
                      (1, '{"name": "a", "timestamp": "2999-01-01T00:00:00Z"}'), (1, '{"name": "a", "payload": [1]}')):
        desk.write("bad.jsonl", bad)
        desk.refused("publish", "--batch", "bad.jsonl", status=2, said=f"bad.jsonl:{line}")
    equal(len(desk.events()), 3, "a bad batch leaves nothing")
    equal(len(desk.runs("F")), 1, "a bad batch queues nothing")
    desk.refused("publish", "x", "--batch", "good.jsonl", status=2, said="not both")
    desk.refused("publish", "--batch", "none.jsonl", status=3, said="none.jsonl")
    desk.ask("publish", "--batch", "-", given=b'{"name": "x"}\n')


@case
def options_beside_a_batch_are_not_dropped_in_silence(desk):
    desk.ask("init")
    desk.write("good.jsonl", '{"name": "a"}\n')
    desk.refused("publish", "--batch", "good.jsonl", "--context", "c", status=2, said="--context")


@case
def idempotency_keys(desk):
    desk.deploy(flow("F", on("a")), flow("Both", on("a", "b")))
    first = desk.publish("a", "--payload", '{"n": 1, "m": 2}', "--idempotency-key", "k")[0]
    again = desk.publish("a", "--payload", '{"m": 2, "n": 1}', "--idempotency-key", "k", "--require-match")[0]
    equal((again["id"], again["duplicate"], again["effects"]), (first["id"], True, []))
    contains(desk.ask("publish", "a", "--payload", '{"n": 1, "m": 2}', "--idempotency-key", "k")[1], "repeat")
    desk.refused("publish", "a", "--payload", '{"n": 2}', "--idempotency-key", "k", status=2, said=["other content", first["id"]])
    desk.refused("publish", "a", "--payload", '{"n": 1, "m": 2}', "--idempotency-key", "k", "--context", "c", status=2,
                 said="other content")
    expect(desk.publish("c", "--idempotency-key", "k")[0]["id"] != first["id"], "a key counts for one name only")
    desk.refused("publish", "a", "--idempotency-key", "", status=2, said="the idempotency key is empty")
    desk.write("empty.jsonl", '{"name": "a"}\n{"name": "a", "idempotency_key": ""}\n')
    desk.refused("publish", "--batch", "empty.jsonl", status=2, said="empty.jsonl:2: the idempotency key is empty")
    desk.write("twice.jsonl", '{"name": "d", "idempotency_key": "k"}\n' * 2)
    equal([each["duplicate"] for each in desk.publish("--batch", "twice.jsonl")], [False, True])
    equal((len(desk.events("a")), len(desk.events("d")), len(desk.runs("F"))), (1, 1, 1))
    equal(len(desk.outcomes(first["id"])), 2, "outcomes of the first")


@case
def a_dry_run_leaves_nothing(desk):
    desk.deploy(flow("F", on("a")))
    out, err = desk.ask("publish", "a", "--dry-run", "--idempotency-key", "k")
    equal(out, "", "an id of an event that is not there")
    contains(err, "F/event: fired")
    equal(desk.publish("a", "--dry-run")[0]["effects"][0]["outcome"], "fired")
    desk.ask("publish", "nobody", "--dry-run", "--require-match", status=4)
    equal((desk.events(), desk.runs("F")), ([], []))
    published = desk.publish("a", "--idempotency-key", "k")[0]
    equal((published["duplicate"], published["effects"][0]["run"]), (False, "F/1"))


@case
def max_payload(desk):
    desk.ask("init")
    desk.write(".qflow/config.toml", 'max_payload = "64B"\n')
    desk.ask("publish", "a", "--payload", json.dumps({"x": "y" * 56}))
    desk.refused("publish", "a", "--payload", json.dumps({"x": "y" * 57}), status=2, said=["65", "64"])
    equal(len(desk.events()), 1)


@case
def hostile_payloads(desk):
    desk.deploy(flow("F", on("a"), params=["x"], run='printf %s "$QFLOW_PARAM_x" > said; cp "$QFLOW_PARAMS" params.json'))
    nasty = "'\"\\ $(touch pwned) `touch pwned` ; touch pwned \n\r\t{{ params.x }} %s \u202e \U0001f600 *"
    desk.publish("a", "--payload", json.dumps({"x": nasty}), "--dispatch", "--wait=20s")
    equal((desk.folder / "said").read_bytes().decode(), nasty)
    expect(not (desk.folder / "pwned").exists(), "a payload was executed")
    desk.publish("a", "--payload", '{"x": "a\\u0000b"}', "--dispatch", "--wait=20s", status=1)
    equal(json.loads(desk.text_of("params.json"))["x"], nasty, "the step fails before cp, for x is not set")
    for bad, said in ((b'{"x": "\xff"}', "UTF-8"), (b'\xef\xbb\xbf{}', "--payload"), (b'{"x": "\\ud800"}', "--payload"),
                      (b'{"x": ' + b"[" * 10000 + b"]" * 10000 + b"}", "512"), (b'{"x": 1e999}', "--payload"),
                      (b'{"x": NaN}', "--payload"), (b'{} {}', "--payload")):
        desk.refused("publish", "a", "--payload", "-", given=bad, status=2, said=said)
    equal(desk.publish("b", "--payload", '{"x": 1, "x": 2}')[0]["duplicate"], False)
    equal(desk.events("b")[0]["payload"], {"x": 2})
    out, err = desk.ask("publish", "a", "--payload", '{"x": "\\u001b[2J"}', "--dry-run")
    expect("\x1b" not in out + err, "an escape sequence on the terminal")
    desk.ask("events")
    expect("\x1b" not in desk.ask("inspect", desk.publish("c", "--payload", '{"x": "\\u001b[2J"}')[0]["id"])[0], "escape")
    expect("\x1b" not in desk.ask("events")[0], "an escape sequence in a list")


@case
def dispatch_and_wait(desk):
    desk.deploy(flow("Good", on("good"), run="echo good >> done"), flow("Bad", on("bad"), run="exit 3"),
                flow("Slow", on("slow"), run="sleep 30"))
    desk.ask("publish", "good")
    equal(desk.statuses("Good"), ["queued"], "it starts no process")
    out, err = desk.ask("publish", "bad", "--wait", status=1)
    equal((desk.statuses("Good"), desk.statuses("Bad"), desk.text_of("done")), (["succeeded"], ["failed"], "good\n"))
    contains(err, "Bad/1 failed")
    desk.refused("publish", "slow", "--wait=300ms", status=6, said=["the wait was over after 300ms, before the end of Slow/1 (", "qflow cancel"])
    wait_for(lambda: desk.statuses("Slow") == ["running"], "the start of Slow/1")
    desk.refused("publish", "slow", "--wait=soon", status=2, said="--wait")
    desk.refused("tick", "--wait=100ms", status=6, said="after 100ms, before the end of Slow/1 (running); what has not ended goes on")
    desk.ask("cancel", "Slow/1")
    equal(len(desk.events("slow")), 1, "a bad option publishes nothing")


@case
def three_namespaces(desk):
    desk.environment["QFLOW_USER"] = "ann"
    listener = flow("Hello", on("food", more="namespaced = true"), head="[project]\nname = 'foo'\n", run="cp $QFLOW_TRIGGER .")
    for options in (["--config-value", "project", '{"branch": "bar", "production": true}'], ["--branch", "baaz"], []):
        desk.deploy(listener, more=options)
    wanted = {"foo.prod.bar.food": ["--branch", "bar", "--production"], "foo.test.baaz.food": ["--branch", "baaz"],
              "foo.user.ann.food": []}
    for name, options in wanted.items():
        published = desk.publish("food", "--namespaced", "--project", "foo", *options)[0]
        equal(published["name"], name)
        equal([effect["namespace"] + ".food" for effect in published["effects"]], [name])
    equal(desk.publish("food")[0]["effects"], [], "the short name fires nothing")
    desk.refused("publish", "food", "--namespaced", status=2, said="project")
    desk.refused("publish", "food", "--namespaced", "--project", "foo", "--branch", "b", "--config-value", "project",
                 '{"branch": "c"}', status=2, said="branch")


@case
def namespaced_from_a_run(desk):
    """Published by a step in its run's namespace; read there by its short name."""
    desk.environment["QFLOW_USER"] = "ann"
    head = "[project]\nname = 'foo'\nbranch = 'baaz'\n"
    sender = flow("Sender", on("go"), head=head) + "publish = [{ event = 'food', namespaced = true }]\n"
    hears = flow("Hears", on("food", more="namespaced = true"), head=head,
                 run='qflow() { "$QFLOW_BIN" "$@"; }; qflow get "trigger[\\"food\\"].name" > heard; '
                     'qflow publish drink --namespaced')
    desk.deploy(sender, hears.replace('\\"', '"').replace('"trigger["food"].name"', "'trigger[\"food\"].name'").replace("'''", '"""'))
    desk.publish("go", "--wait=20s")
    equal(desk.text_of("heard").strip(), "foo.test.baaz.food")
    equal([event["caused_by"] for event in desk.events("foo.test.baaz.drink")], ["Hears/1"])


@case
def keys_of_steps(desk):
    """A step's idempotency key holds across its runs, deployed or not."""
    desk.deploy(flow("F", on("go")) + "publish = [{ event = 'day', idempotency_key = '{{ run.context }}', safe = false }]\n")
    for context in ("monday", "monday", "tuesday"):
        desk.publish("go", "--context", context, "--wait=20s")
    equal(sorted(event["context"] for event in desk.events("day")), ["monday", "tuesday"])
    desk.ask("run", "F", "--context", "monday")
    equal(len(desk.events("day")), 2)


@case
def an_unknown_name_names_the_nearest(desk):
    desk.deploy(flow("F", on("data_updated")))
    desk.refused("events", "data_updatd", status=3, said="did you mean 'data_updated'?")
    equal(desk.events("data_updated"), [], "known, since a flow awaits it")
    desk.publish("lonely")
    desk.refused("events", "lonly", status=3, said="did you mean 'lonely'?")
    equal(desk.events("lonely", "--context", "c"), [], "known, since it was recorded")


@case
def safe_keeps_to_the_rules(desk):
    desk.ask("init")
    desk.write(".qflow/config.toml", 'max_payload = "64B"\n')
    desk.write("flow.toml", flow("F", run='"$QFLOW_BIN" publish --safe --json "$EVENT" --payload "$PAYLOAD"'))
    rows = [("food", '{"rows": 7}', 0, '{"duplicate":false,"effects":[],"id":null,"name":"food"}'),
            ("food", json.dumps({"x": "y" * 57}), 1, "max_payload"),
            ("qflow.run.F", "{}", 1, "reserved")]
    for event, payload, status, said in rows:
        environment = {**desk.environment, "EVENT": event, "PAYLOAD": payload}
        contains("".join(desk.ask("run", "flow.toml", status=status, environment=environment)), said)
    desk.write("flow.toml", flow("F") + "publish = [{ event = 'food', payload = { x = '" + "y" * 57 + "' } }]\n")
    contains("".join(desk.ask("run", "flow.toml", status=1)), "F/4 failed: step s: publish: the payload has", "max_payload")
    equal(desk.events("qflow.run.F") != [], True, "runs have ended")
    desk.refused("events", "food", status=3, said="no event is called 'food'")


@case
def safe(desk):
    run = '"$QFLOW_BIN" publish by_command --safe; "$QFLOW_BIN" publish always'
    text = flow("F", on("go"), run=run) + "publish = [{ event = 'by_key' }, { event = 'not_safe', safe = false }]\n"
    desk.deploy(text)
    out, err = desk.ask("run", "flow0.toml")
    contains(out + err, "would publish by_command", "would publish by_key")
    equal(sorted(event["name"] for event in desk.events() if not event["name"].startswith("qflow.")), ["always", "not_safe"])
    desk.publish("go", "--wait=20s")
    for name in ("by_command", "by_key"):
        equal([event["caused_by"] for event in desk.events(name)], ["F/2"], name)
    desk.ask("publish", "outside", "--safe")
    equal(len(desk.events("outside")), 1, "safe concerns local runs only")


@case
def both_sides_of_a_namespaced_event_are_shortened(desk):
    head = "[project]\nname = 'foo'\nbranch = 'b'\n"
    named = flow("Named", on("go"), head=head) + "publish = [{ event = 'food bar!', namespaced = true }]\n"
    rendered = flow("Rendered", on("go"), head=head) + "publish = [{ event = 'food {{ params.x }}', namespaced = true }]\n"
    rendered = rendered.replace("[[triggers]]", "[parameters.x]\ndefault = 'bar!'\n[[triggers]]", 1)
    desk.deploy(flow("Hears", on("food bar!", more="namespaced = true"), head=head), named, rendered)
    contains(desk.ask("check", "flow1.toml")[1], "warning: the event 'food bar!' is published as 'foodbar'")
    out, err = desk.ask("publish", "food bar!", "--namespaced", "--project", "foo", "--branch", "b")
    contains(err, "note: the event 'food bar!' is published as 'foodbar'", "foo.test.b.Hears/event: fired Hears/1")
    batch = '{"key": "food bar!", "namespaced": true}\n'
    contains(desk.ask("publish", "--batch", "-", "--project", "foo", "--branch", "b", given=batch.encode())[1],
             "note: the event 'food bar!' is published as 'foodbar'", "fired Hears/2")
    desk.publish("go", "--wait=20s")
    equal([run["status"] for name in ("Named", "Rendered") for run in desk.listed("runs", name)], ["succeeded"] * 2)
    equal(len(desk.events("foo.test.b.foodbar")), 4)
    desk.refused("publish", "food bar!", status=2, said="is not a valid event name")
    desk.refused("publish", "?!", "--namespaced", "--project", "foo", status=2, said="'?!' is not a valid event name")


@case
def what_options_and_users_lose_is_noted(desk):
    desk.environment["QFLOW_USER"] = "Al ice!"
    desk.write_flows(flow("F", on("a"), head="[project]\nname = 'foo'\n"))
    branch, user = "note: the branch 'b/a@r' is used as 'bar'", "note: the user name 'Al ice!' is used as 'Alice'"
    for said, options in ((branch, ["--branch", "b/a@r"]), (user, [])):
        for command in (["deploy", "flow0.toml"], ["run", "flow0.toml"]):
            contains(desk.ask(*command, *options)[1], said)
        for command in (["publish", "e", "--namespaced"], ["runs"]):
            contains(desk.ask(*command, "--project", "foo", *options)[1], said)
        contains(desk.ask("trigger", "--flow-id", "F", "--project", "foo", *options)[1], said)
    desk.refused("run", "flow0.toml", "--branch", "@", status=2, said="'@' is no branch")


@case
def a_name_that_nobody_hears_names_the_nearest(desk):
    desk.deploy(flow("F", on("data_updated")))
    contains(desk.ask("publish", "data_updatd")[1], "no deployed flow listens to data_updatd; did you mean 'data_updated'?")
    expect("did you mean" not in desk.ask("publish", "lonely")[1], "nothing is near")


@case
def a_context_that_no_environment_can_hold_is_not_in_it(desk):
    desk.deploy(flow("Ctx", on("go"), run="echo ${QFLOW_CONTEXT-none} >> ran"))
    for context in ("day", "a\0b", "x" * 70_000):
        line = json.dumps({"name": "go", "context": context}).encode()
        desk.ask("publish", "--batch", "-", given=line)
        desk.work()
    equal(desk.statuses("Ctx"), ["succeeded"] * 3)
    equal(desk.text_of("ran").split(), ["day", "none", "none"])


@case
def a_step_is_no_part_of_another_store(desk):
    """Which may have a run of the same id."""
    other = desk.folder / "other"
    desk.write("f.toml", flow("F", run='echo 1 > "$QFLOW_OUT/x.json"'))
    desk.ask("--store", str(other), "run", "f.toml", "--context", "theirs")
    desk.write("g.toml", flow("F", run=f"""
cd / # the store's path in the environment may be relative, or a link
"$QFLOW_BIN" --store {other} publish there
QFLOW_STORE={other} "$QFLOW_BIN" publish there
! QFLOW_STORE={other} "$QFLOW_BIN" get run.id
"$QFLOW_BIN" --store {desk.folder}/link publish here
QFLOW_STORE=${{QFLOW_STORE#/}} "$QFLOW_BIN" --store {desk.folder}/link publish here
"$QFLOW_BIN" --store {desk.folder}/link get run.id
! "$QFLOW_BIN" --store {other} get run.id
"""))
    (desk.folder / "link").symlink_to(desk.store)
    err = desk.ask("run", "g.toml", "--context", "ours")[1]
    contains(err, "outside a step")
    there = lines(desk.ask("--store", str(other), "events", "there", "--json")[0])
    equal([(event["caused_by"], event["context"]) for event in there], [(None, None)] * 2)
    equal([(event["caused_by"], event["context"]) for event in desk.events("here")], [("F/1", "ours")] * 2)


@case
def a_step_publishes_safely_into_another_store(desk):
    """Which does not know its run, or has one of the same id."""
    other = desk.folder / "other"
    desk.ask("--store", str(other), "run", desk.write_flows(flow("F"))[0])
    each = f"""[[steps]]
id = 'each'
foreach = '[1]'
run = 'QFLOW_STORE={other} "$QFLOW_BIN" publish each --safe; "$QFLOW_BIN" publish own'
"""
    text = flow("F", on("go"), run=f'QFLOW_STORE={other} "$QFLOW_BIN" publish there --safe') + each
    desk.deploy(text)
    err = desk.ask("run", "flow0.toml")[1]
    contains(err, "local run: would publish there", "local run: would publish each")

    def recorded(name):
        return [event["caused_by"] for event in lines(desk.ask("--store", str(other), "events", "--json")[0]) if event["name"] == name]
    equal((recorded("there"), recorded("each")), ([], []))
    desk.publish("go", "--wait=20s")
    equal((recorded("there"), recorded("each")), ([None], [None]))
    equal([event["caused_by"] for event in desk.events("own")], ["F/2", "F/1"])
