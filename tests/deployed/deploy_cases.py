"""qflow deploy, undeploy, disable, enable, flows."""
import json
import os
import subprocess
import time

from desk import after, case, contains, equal, expect, flow, on
from faults import wait_for


@case
def the_first_deploy(desk):
    desk.write_flows(flow("F", on("a")), flow("Quiet"))
    out, err = desk.ask("deploy", "flow0.toml", "flow1.toml", "--dry-run")
    contains(out, "F: would be deployed as version 1", "What will trigger execution of the flow:",
             "F runs when the event a is published.", "no triggers")
    expect(not desk.store.exists(), "a dry run made the store")
    out, err = desk.ask("deploy", "flow0.toml", "flow1.toml")
    contains(out, "F: deployed as version 1")
    contains(err, f"PATH={desk.environment['PATH']}", "LANG=C.UTF-8", "umask")
    expect(desk.store.is_dir(), "no store")


@case
def sentences(desk):
    desk.write_flows(flow("FreshDataFlow", on("data_updated")),
                     flow("Later", "type = 'flow'\nflows = ['TrainingFlow', 'DataFlow']\nwithin = '24h'"))
    out = desk.ask("deploy", "flow0.toml", "flow1.toml")[0]
    contains(out, "FreshDataFlow runs when the event data_updated is published.",
             "when TrainingFlow and DataFlow have both succeeded, within 24h of each other.")


@case
def what_a_redeploy_says(desk):
    equal(desk.deploy(flow("F", on("a")))[0]["unchanged"], False)
    report = desk.deploy(flow("F", on("a")))[0]
    equal((report["version"], report["unchanged"], report["changes"]), (1, True, []))
    desk.write_flows(flow("F", on("b"), params=["x"], run="true"))
    equal(desk.publish("b")[0]["effects"], [], "editing the file changes nothing")
    report = lines_of(desk.ask("deploy", "flow0.toml", "--dry-run", "--json"))
    equal(report["version"], 2)
    contains(" ".join(report["changes"]), "trigger event", "parameter x", "step s")
    equal(desk.publish("b")[0]["effects"], [], "a dry run changes nothing")
    equal(desk.deploy(flow("F", on("b"), params=["x"], run="true"))[0]["version"], 2)
    equal(desk.effects("b"), [("F/event", "fired")])
    equal(desk.effects("a"), [])


def lines_of(answer):
    return json.loads(answer[0])


@case
def a_redeploy_for_the_environment_says_so(desk):
    desk.deploy(flow("F", on("a")))
    desk.environment["PATH"] += ":/nowhere"
    report = desk.deploy(flow("F", on("a")))[0]
    equal(report["version"], 2)
    contains(" ".join(report["changes"]), "PATH")


@case
def all_or_none(desk):
    desk.write_flows(flow("Good", on("a")), flow("Bad", on("a", more="when = 'event.x'\nnonsense = 1")))
    out, err = desk.ask("deploy", "flow0.toml", "flow1.toml", status=2)
    contains(err, "flow1.toml:", "nonsense")
    expect(not desk.store.exists(), "errors made a store")
    desk.write("api.toml", flow("Api", "type = 'api'\npath = '/x'\nauth = 'none'\nmethods = ['POST']"))
    desk.refused("deploy", "flow0.toml", "api.toml", status=2, said=["api.toml", "api", "set enabled = false"])
    desk.refused("deploy", "flow0.toml", "none.toml", status=3, said="none.toml")
    expect(not desk.store.exists(), "a refused deploy made a store")
    desk.ask("init", "there")
    desk.refused("deploy", status=2, said="FILE")


@case
def a_web_hook_that_is_disabled(desk):
    desk.deploy(flow("Api", "type = 'api'\npath = '/x'\nauth = 'none'\nmethods = ['POST']\nenabled = false", on("a")))
    equal(desk.effects("a"), [("Api/event", "fired")])
    for command in (("trigger", "--flow-id", "Api", "--trigger-id", "api"), ("enable", "Api/api")):
        contains(desk.refused(*command, status=4, said="nothing serves web hooks yet"), "qflow trigger --flow-id Api starts the flow")
    contains(desk.ask("explain", "Api")[0], "qflow trigger --flow-id Api starts the flow")


@case
def one_flow_twice_in_one_command(desk):
    desk.write_flows(flow("F", on("a")), flow("F", on("b")))
    desk.refused("deploy", "flow0.toml", "flow1.toml", status=2, said=["flow0.toml", "flow1.toml"])


@case
def several_branches(desk):
    text = flow("F", on("a"), head="[project]\nname = 'foo'\n")
    for options in (["--branch", "x"], ["--branch", "y"], ["--branch", "x", "--production"]):
        desk.deploy(text, more=options)
    equal(sorted(each["namespace"] for each in map(json.loads, desk.ask("flows", "--json")[0].splitlines())),
          ["foo.prod.x", "foo.test.x", "foo.test.y"])
    for command in (["explain", "F"], ["undeploy", "F"], ["disable", "F"], ["trigger", "--flow-id", "F"]):
        desk.refused(*command, status=2, said=["foo.prod.x.F", "foo.test.x.F", "foo.test.y.F"])
    desk.refused("deploy", "flow0.toml", "--branch", "x+", status=2, said="branch")
    named = "[project]\nname = 'foo'\nbranch = '{}'\n"
    desk.deploy(flow("Named", head=named.format("a/b")))
    desk.write("flow0.toml", flow("Named", head=named.format("ab")))
    desk.refused("deploy", "flow0.toml", status=2, said="deployed from the branch 'a/b'")
    desk.ask("undeploy", "foo.test.x.F")
    equal(len(desk.publish("a")[0]["effects"]), 2)
    desk.ask("undeploy", "foo.prod.x.F")
    desk.ask("explain", "F")
    desk.ask("trigger", "--flow-id", "F", "--project", "foo", "--branch", "y")
    equal([run["namespace"] for run in desk.runs("F")], ["foo.test.y", "foo.prod.x", "foo.test.y"])
    desk.refused("trigger", "--flow-id", "F", "--project", "foo", "--branch", "z", status=3, said="foo.test.z.F")


@case
def only_what_comes_after_counts(desk):
    desk.ask("init")
    desk.publish("a")
    desk.deploy(flow("F", on("a", "b")))
    desk.publish("b")
    equal(desk.runs("F"), [])
    desk.deploy(flow("F", on("a", "b", "c", more="match = 'any'")))
    equal(desk.runs("F"), [], "a deploy fires nothing")


@case
def what_waits_over_a_redeploy(desk):
    desk.deploy(flow("F", on("a", "b")))
    event = desk.publish("a")[0]["id"]
    desk.deploy(flow("F", on("a", "b", more="when = 'true'\nwithin = '1h'\nmatch = 2"), params=["x"]))
    equal(desk.outcomes(event)[0][0], "waiting")
    desk.deploy(flow("F", on("a", "b", more="correlate = 'event.name'")))
    equal(desk.outcomes(event), [("expired", "changed by deploy 3")])
    desk.deploy(flow("F", on("a", "b")))
    event = desk.publish("a")[0]["id"]
    desk.deploy(flow("F", on("a", "b", more="join = 'all'")))
    equal(desk.outcomes(event), [("expired", "changed by deploy 5")])
    event = desk.publish("a")[0]["id"]
    desk.deploy(flow("F", on("a", "c", more="join = 'all'")))
    equal(desk.outcomes(event), [("expired", "changed by deploy 6")])
    event = desk.publish("a")[0]["id"]
    desk.deploy(flow("F"))
    equal(desk.outcomes(event), [("expired", "changed by deploy 7")])


@case
def queued_runs_keep_their_version(desk):
    desk.deploy(flow("F", on("a"), run="echo 1 >> done"))
    desk.publish("a")
    desk.deploy(flow("F", on("a"), run="echo 2 >> done"))
    desk.publish("a")
    desk.work()
    equal(sorted(desk.text_of("done").split()), ["1", "2"])


@case
def undeploy(desk):
    desk.deploy(flow("F", on("a")), flow("W", on("a", "b")), flow("H", after("F", "condition = 'always'")))
    event = desk.publish("a")[0]["id"]
    out, err = desk.ask("undeploy", "F")
    contains(out, "F is not deployed any more")
    run = desk.runs("F")[0]
    equal((run["status"], run["reason"]), ("cancelled", "undeployed"))
    equal(desk.statuses("H"), ["queued"], "always hears of the cancelled run")
    desk.ask("undeploy", "W")
    equal(sorted(desk.outcomes(event)), [("expired", "undeployed"), ("fired", "")])
    equal(desk.publish("a")[0]["effects"], [])
    desk.refused("undeploy", "F", status=3, said="F")
    desk.refused("undeploy", "h", status=3, said="H")
    desk.work()
    equal(desk.statuses("F"), ["cancelled"])
    equal(desk.deploy(flow("F", on("a")))[0]["version"], 2)
    equal(desk.publish("a")[0]["effects"][0]["run"], "F/2")


@case
def disable(desk):
    desk.deploy(flow("F", on("a", "b", more="id = 'both'"), on("c", more="id = 'alone'")))
    first = desk.publish("a")[0]["id"]
    desk.ask("disable", "F/both", "--reason", "being moved")
    contains(desk.ask("flows")[0], "being moved")
    contains(desk.ask("explain", "F/both")[0], "being moved")
    while_disabled = desk.publish("b")[0]["id"]
    contains(desk.outcomes(while_disabled)[0][1], "disabled")
    equal(desk.outcomes(while_disabled)[0][0], "filtered")
    equal(desk.outcomes(first)[0][0], "waiting", "what waited keeps waiting")
    equal(desk.effects("c"), [("F/alone", "fired")])
    desk.refused("trigger", "--flow-id", "F", "--trigger-id", "both", status=4, said="disabled")
    desk.deploy(flow("F", on("a", "b", more="id = 'both'"), on("c", more="id = 'alone'"), params=["x"]))
    equal(desk.effects("b"), [("F/both", "filtered")], "it outlives a redeploy")
    desk.ask("enable", "F/both")
    equal(desk.effects("b"), [("F/both", "fired")])
    desk.ask("disable", "F")
    flows = json.loads(desk.ask("flows", "--json")[0])
    equal((set(flows), flows["enabled"]), ({"flow", "namespace", "version", "enabled", "error", "triggers"}, False))
    equal(set(flows["triggers"][0]), {"id", "type", "enabled", "waiting", "next", "error"})
    equal(desk.effects("c"), [("F/alone", "filtered")])
    desk.refused("trigger", "--flow-id", "F", status=4, said="disabled")
    desk.ask("enable", "F")
    equal(desk.effects("c"), [("F/alone", "fired")])
    desk.refused("disable", "F/bth", status=3, said="both")
    desk.refused("enable", "G", status=3, said="F")


@case
def a_trigger_disabled_in_the_file(desk):
    desk.deploy(flow("F", on("a", more="enabled = false")))
    equal(desk.effects("a"), [("F/event", "filtered")])
    desk.refused("trigger", "--flow-id", "F", "--trigger-id", "event", status=4, said="disabled")


@case
def what_waits_is_judged_by_the_new_definition(desk):
    sources = "type = 'event'\nevents = [{ name = 'a', parameters = { n = 'n' } }, { name = 'b', parameters = {} }]\njoin = 'oldest'"

    def version(most=""):
        return flow("F", sources, params=[f"[parameters.n]\ntype = 'int'\ndefault = 0\n{most}"])
    desk.deploy(version())
    first = desk.publish("a", "--payload", '{"n": 9}')[0]["id"]
    desk.deploy(version("max = 5\n"))
    second = desk.publish("b")[0]["id"]
    contains(desk.outcomes(first)[0][1], "n")
    equal([desk.outcomes(first)[0][0], desk.outcomes(second)], ["filtered", [("waiting", "for a")]], "b alone is no firing")
    effect = desk.publish("a", "--payload", '{"n": 5}')[0]["effects"][0]
    equal((effect["outcome"], desk.inspect("F/1")["params"]), ("fired", {"n": 5}))
    equal(desk.outcomes(second)[0][0], "fired")
    # What waits behind one that does not fit any more takes its place.
    desk.publish("a", "--payload", '{"n": 5}')
    desk.publish("a", "--payload", '{"n": 2}')
    desk.deploy(version("max = 4\n"))
    effect = desk.publish("b")[0]["effects"][0]
    equal((effect["outcome"], desk.inspect("F/2")["params"]), ("fired", {"n": 2}))


@case
def a_debounce_that_is_over_before_the_deploy(desk):
    def version(*names):
        return flow("F", on(*names, more="id = 't'\nmatch = 'any'\ndebounce = '1s'"))
    desk.deploy(version("e"))
    event = desk.publish("e")[0]["id"]
    time.sleep(1.1)
    desk.deploy(version("e", "f"))
    equal(desk.outcomes(event), [("fired", "")])
    event = desk.publish("f")[0]["id"]
    time.sleep(1.1)
    desk.ask("undeploy", "F")
    equal(desk.outcomes(event), [("fired", "")])
    equal([run["status"] for run in desk.runs("F")], ["cancelled", "cancelled"])


@case
def a_debounce_that_ends_while_disabled(desk):
    desk.deploy(flow("F", on("a", more="debounce = '5m'")))
    event = desk.publish("a")[0]["id"]
    desk.ask("disable", "F")
    desk.work(environment=desk.later(301))
    equal((desk.outcomes(event)[0][0], desk.runs("F")), ("expired", []))


@case
def flows_as_a_list(desk):
    desk.deploy(flow("F", on("a", "b")), flow("G", after("F")))
    desk.publish("a")
    rows = [line.split("\t") for line in desk.ask("flows")[0].splitlines()]
    equal([row[:4] for row in rows], [["F", "1", "event", "1 waiting for b"], ["G", "1", "flow", "-"]])
    equal([each["triggers"][0]["waiting"] for each in map(json.loads, desk.ask("flows", "--json")[0].splitlines())], [1, 0])


@case
def the_recorded_environment(desk):
    """cron calls the tick with nearly nothing; the run has what the deployer had."""
    os.makedirs(desk.folder / "tools")
    desk.write("tools/tool", "#!/bin/sh\necho from tools\n")
    (desk.folder / "tools/tool").chmod(0o755)
    desk.environment["PATH"] = f"{desk.folder}/tools:{desk.environment['PATH']}"
    desk.environment["SECRET_OF_DEPLOYER"] = "1"
    desk.deploy(flow("F", on("a"), run='tool > said; echo "$LANG ${SECRET_OF_DEPLOYER-none} ${QFLOW_USER-none}" >> said; '
                                       'umask >> said; if [ -t 0 ] || [ -t 1 ]; then echo terminal >> said; fi'),
                flow("Chained", after("F"), run="tool > chained"))
    desk.publish("a")
    kept = {name: value for name, value in desk.environment.items() if name in ("GCOV_PREFIX", "FAULT_PLACE")}
    desk.ask("tick", "--wait", environment={**kept, "PATH": "/usr/bin:/bin"})
    said = desk.text_of("said").splitlines()
    equal(said[:2], ["from tools", "C.UTF-8 none none"])
    equal(int(said[2], 8), umask_now(), "umask")
    equal(len(said), 3, "a terminal")
    equal(desk.text_of("chained"), "from tools\n")


@case
def the_recorded_environment_of_a_run_that_goes_on(desk):
    """Resumed by hand, or recovered by a tick, a deployed run and its hooks have what the deployer had."""
    os.makedirs(desk.folder / "tools")
    desk.write("tools/tool", "#!/bin/sh\necho from tools\n")
    (desk.folder / "tools/tool").chmod(0o755)
    desk.environment["PATH"] = f"{desk.folder}/tools:{desk.environment['PATH']}"
    desk.deploy(flow("F", on("a"), run="[ $QFLOW_RUN != F/1 ]; tool > said; umask >> said"),
                flow("G", on("b"), head="[run]\non_crash = 'fail'\n[hooks]\non_failure = 'tool > hooked; umask >> hooked'\n",
                     run="echo > begun; sleep 30"))
    desk.publish("a")
    desk.work(status=1)
    kept = {name: value for name, value in desk.environment.items() if name in ("GCOV_PREFIX", "FAULT_PLACE")}

    def elsewhere(*arguments):
        subprocess.run(["/bin/sh", "-c", 'umask 0037; exec "$0" "$@"', desk.qflow, *arguments], cwd=desk.folder,
                       env={**kept, "PATH": "/usr/bin:/bin"}, stdin=subprocess.DEVNULL, capture_output=True, timeout=60)
    elsewhere("resume", "F/1")
    desk.publish("b")
    desk.ask("tick")
    wait_for(lambda: desk.text_of("begun"), "the start of G/1")
    desk.kill_workers()
    elsewhere("tick")
    equal((desk.statuses("F"), desk.statuses("G")), (["failed", "succeeded"], ["crashed"]))
    for name in ("said", "hooked"):
        said = desk.text_of(name).splitlines()
        equal(said[:1], ["from tools"], name)
        equal(int(said[1], 8), umask_now(), f"umask of {name}")


def umask_now():
    before = os.umask(0o022)
    os.umask(before)
    return before


@case
def descriptions_and_helps(desk):
    """Of the flow in explain, of a required parameter where it is missing."""
    head = "description = 'Scores fresh data.'"
    parameter = "[parameters.day]\nrequired = true\nhelp = 'The day to score'\n"
    desk.deploy(flow("F", on("e"), head=head, params=[parameter]))
    contains(desk.ask("explain", "F")[0], "Scores fresh data.\n")
    desk.refused("trigger", "--flow-id", "F", status=2, said="give it with -p day=... (The day to score)")


@case
def every_key_of_a_step_is_a_change(desk):
    """Each edit of the step is named as one of the step, not of the file."""
    desk.deploy(flow("F", run="true"))
    before = None
    for more in ("env = { A = '1' }", "retries = 2", "timeout = '1m'", "when = 'false'", "allow_failure = true",
                 "workdir = '.'", "shell = 'bash'", "publish = [{ event = 'e', payload = { a = 1 } }]",
                 "publish = [{ event = 'e', payload = { a = 2 } }]"):
        desk.write("flow0.toml", flow("F", run="true") + more + "\n")
        keys = sorted({line.split(" = ")[0] for line in (before, more) if line})
        equal(json.loads(desk.ask("deploy", "flow0.toml", "--json")[0])["changes"], [f"step s: {', '.join(keys)}"], more)
        before = more


@case
def one_flow_in_several_branches(desk):
    """What an error tells to name is accepted everywhere; the options choose among the deployments."""
    desk.write_flows(flow("Hello", on("go"), head="[project]\nname = 'foo'\n", params=["window"]), flow("Alone", on("go")))
    for options in (["--project", "baz", "--branch", "qux"], ["--branch", "bar", "--production"], ["--branch", "x"]):
        desk.ask("deploy", "flow0.toml", *options)
    desk.ask("deploy", "flow1.toml")
    names = ["baz.test.qux.Hello", "foo.prod.bar.Hello", "foo.test.x.Hello"]
    for command in (["run", "Hello"], ["graph", "Hello"], ["explain", "Hello"], ["trigger", "--flow-id", "Hello"]):
        desk.refused(*command, status=2, said=names)
    for name in names:
        equal(desk.ask("graph", name)[0], desk.ask("graph", "flow0.toml")[0])
    desk.ask("run", "foo.test.x.Hello")
    desk.ask("run", "Hello", "--branch", "bar", "--production")
    desk.ask("trigger", "--flow-id", "Hello", "--branch", "bar", "--production")
    equal([run["namespace"] for run in desk.listed("runs", "Hello")], ["foo.prod.bar", "foo.prod.bar", "foo.test.x"])
    equal([run["id"] for run in desk.listed("runs", "foo.test.x.Hello")], ["Hello/1"])
    equal([run["id"] for run in desk.listed("runs", "Hello", "--branch", "x", "--project", "foo")], ["Hello/1"])
    desk.refused("runs", "Hello", "--branch", "x", status=2, said="name one with --project: baz, foo")
    for words in (["foo.test.x.Hello/latest"], ["foo.test.x.Hello", "latest"], ["foo.test.x.Hello/1"]):
        contains(desk.ask("inspect", *words)[0], "Hello/1  succeeded")
        desk.ask("logs", *words)
    for words in (["foo.test.x.Hello/latest"], ["foo.test.x.Hello", "latest"]):
        desk.ask("resume", *words, "s")
    equal([run["namespace"] for run in desk.listed("runs", "foo.test.x.Hello")], ["foo.test.x"] * 3)
    contains(desk.ask("run", "flow1.toml", "--trigger", "foo.prod.bar.Hello/latest")[1], "runs of Hello")
    desk.refused("inspect", "baz.test.qux.Hello/latest", status=3, said="baz.test.qux.Hello has no run yet")
    desk.refused("inspect", "foo.prod.bar.Hello/1", status=3, said="it is a run of foo.test.x.Hello")
    desk.ask("disable", "foo.test.x.Hello")
    desk.refused("trigger", "--flow-id", "Hello", "--branch", "x", "--project", "foo", status=4, said="qflow enable foo.test.x.Hello")
    desk.refused("trigger", "--flow-id", "foo.test.x.Hello", "--branch", "x", status=2, said="leave the options out")
    desk.refused("trigger", "--flow-id", "Hello", "--branch", "y", status=3, said=names)
    desk.refused("explain", "Helo", status=3, said=names)
    desk.refused("explain", "foo.test.x.Helo", status=3, said="did you mean 'foo.test.x.Hello'?")
    desk.refused("explain", "Quite_another", status=3, said="known: Alone, " + ", ".join(names))
    desk.refused("run", "flow0.toml", "--config-value", "project", '{"name": "bar"}', status=2, said="--project bar does")
    equal(offered(desk, "deployed"), ["Alone", *names])
    equal(offered(desk, "recorded-flow"), ["Alone", *names])
    equal(offered(desk, "deployed-trigger", "foo.test"), ["foo.test.x.Hello", "foo.test.x.Hello/event"])
    equal(offered(desk, "trigger-id", "", "trigger", "--flow-id", "foo.test.x.Hello"), ["event"])
    equal(offered(desk, "parameter", "", "trigger", "--flow-id=foo.test.x.Hello", "-p"), ["window="])
    contains(" ".join(offered(desk, "source", "", "run", "flow1.toml", "--trigger")), "go", "Hello/latest")


@case
def what_is_latest_for_a_step(desk):
    """A step's `latest` is that of its own run's namespace; a person without a project means the newest of all."""
    up = flow("Up", run="true")
    down = flow("Down", run='"$QFLOW_BIN" get run.id --run Up/latest >> seen; "$QFLOW_BIN" inspect Up latest --json > up.json')
    desk.write_flows(up, down)
    for options in (["--branch", "a"], ["--production"]):
        desk.ask("deploy", "flow0.toml", "flow1.toml", "--project", "foo", *options)
    for flow_id in ("foo.test.a.Up", "foo.prod.Up", "foo.test.a.Down", "foo.prod.Down"):
        desk.ask("trigger", "--flow-id", flow_id)
    desk.ask("run", "flow1.toml")
    equal(desk.text_of("seen"), "Up/1\nUp/2\nUp/2\n")
    desk.ask("trigger", "--flow-id", "foo.test.a.Down")
    equal(json.loads(desk.text_of("up.json"))["id"], "Up/1")
    equal(desk.ask("get", "run.id", "--run", "Up/latest")[0], "Up/2\n")


@case
def a_namespace_that_no_run_is_in(desk):
    desk.write_flows(flow("Up"), flow("New"))
    desk.ask("deploy", "flow0.toml", "flow1.toml", "--project", "foo", "--production")
    desk.ask("trigger", "--flow-id", "Up")
    for command in (["runs", "foo.prd.Up"], ["inspect", "foo.prd.Up", "latest"], ["logs", "foo.prd.Up/latest"]):
        desk.refused(*command, status=3, said="did you mean 'foo.prod.Up'?")
    desk.refused("runs", "other.test.branch.Quite_another", status=3, said="known: foo.prod.New, foo.prod.Up")
    desk.refused("inspect", "Quite_another", "latest", status=3, said="Quite_another has no run yet; known: New, Up\n")
    desk.refused("inspect", "New", "latest", status=3, said="New has no run yet\n")
    equal(desk.ask("runs", "foo.prod.New")[0], "", "of a flow that is deployed and has not run")
    for options in (["--branch", "baz"], ["--branch", "bar", "--production"]):
        desk.ask("run", "flow0.toml", "--project", "foo", *options)
    desk.refused("runs", "other.test.branch.Quite_another", status=3, said="known: foo.prod.New, foo.prod.Up, foo.prod.bar.Up, foo.test.baz.Up")
    for command in (["runs", "prod.Up"], ["inspect", "prod.Up/1"]):
        desk.refused(*command, status=2, said="the flow name 'prod.Up' has one dot; write Flow, or project.branch.Flow")


@case
def a_config_value_without_its_json(desk):
    desk.write_flows(flow("F"))
    desk.refused("deploy", "flow0.toml", "--config-value", "project", status=2, said="--config-value project lacks its JSON; write")
    desk.refused("deploy", "flow0.toml", "--config-value", "projekt", "{}", status=2, said="knows only project, not 'projekt'")


def offered(desk, kind, prefix="", *words):
    """What completion offers."""
    return [line.split("\t")[0] for line in desk.ask("complete", "--", kind, prefix, *words)[0].splitlines()]


@case
def what_a_change_drops_is_told(desk):
    """Before it is done, and by it: events that wait in a trigger that changes, or that goes."""
    note = "note: trigger both: 2 events that waited expire\n"
    text = flow("F", "id = 'both'\n" + on("a", "b", more="join = 'all'\n"))
    desk.deploy(text)
    for _ in range(2):
        desk.publish("a")
    (changed,) = desk.write_flows(text.replace("'b'", "'c'"))
    contains(desk.ask("deploy", changed, "--dry-run")[1], note)
    contains(desk.ask("deploy", changed)[1], note)
    equal("expire" in desk.ask("deploy", changed)[1], False, "of a deploy that changes nothing")
    desk.publish("a")
    desk.publish("a")
    contains(desk.ask("undeploy", "F")[1], note)


@case
def what_is_queued_starts_though_its_flow_is_disabled(desk):
    desk.deploy(flow("F", on("a"), run=":"))
    desk.publish("a")
    contains(desk.ask("disable", "F")[1], "note: 1 run that is queued starts all the same; qflow cancel RUN ends it\n")
    desk.work()
    equal(desk.statuses("F"), ["succeeded"])
    equal(desk.ask("disable", "F")[1], "")


@case
def a_resumed_run_keeps_to_what_it_began_with(desk):
    desk.deploy(flow("F", on("a"), run="false"))
    desk.publish("a", "--dispatch", "--wait", status=1)
    desk.deploy(flow("F", on("a"), run="true"))
    contains(desk.ask("resume", "F/1", status=1)[1],
             "note: F was deployed anew since (version 2); this goes on with what F/1 began with\n")
