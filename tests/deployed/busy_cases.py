"""Busy flows, ticks and stores."""
import fcntl
import hashlib
import json
import os
import signal
import threading
import time

from desk import Broken, after, case, contains, equal, expect, flow, on
from faults import printed_by, wait_for


def busy(kind, run="", more="", trigger=None):
    return flow("F", trigger or on("a"), head=f"[run]\nwhen_busy = '{kind}'\n{more}", run=run)


def publish_with_contexts(desk, *contexts):
    rows = [{"name": "a", "payload": {"n": number}, "context": context} for number, context in enumerate(contexts)]
    published = desk.publish("--batch", "-", given="\n".join(map(json.dumps, rows)).encode())
    return [(each["effects"][0]["outcome"], each["effects"][0]["run"]) for each in published]


def overlaps(desk, flow_name):
    """How many of the runs were running at once."""
    spans = [(run["started_at"], run["ended_at"]) for run in desk.runs(flow_name) if run["started_at"]]
    return max(sum(begun <= start < end for begun, end in spans) for start, _ in spans)


@case
def parallel(desk):
    desk.deploy(busy("parallel", "echo >> begun; until [ $(wc -l < begun) -gt 1 ]; do sleep 0.05; done"))
    desk.write(".qflow/config.toml", "max_workers = 3\n")
    equal([outcome for outcome, _ in publish_with_contexts(desk, None, None, None)], ["fired"] * 3)
    desk.work()
    expect(overlaps(desk, "F") > 1, "one after the other")


@case
def max_workers(desk):
    desk.deploy(busy("parallel", "sleep 0.2"))
    desk.write(".qflow/config.toml", "max_workers = 1\n")
    publish_with_contexts(desk, None, None, None)
    desk.ask("tick")
    desk.ask("tick")
    desk.work()
    equal((overlaps(desk, "F"), desk.statuses("F")), (1, ["succeeded"] * 3))


@case
def max_parallel(desk):
    desk.deploy(busy("parallel", "sleep 0.2", "max_parallel = 1"))
    desk.write(".qflow/config.toml", "max_workers = 4\n")
    equal([outcome for outcome, _ in publish_with_contexts(desk, "x", "y", "z")], ["fired"] * 3)
    desk.work()
    equal((overlaps(desk, "F"), desk.statuses("F")), (1, ["succeeded"] * 3))


@case
def queue(desk):
    until_y = "case $QFLOW_RUN in */1) until grep -q y order; do sleep 0.05; done;; esac"
    desk.deploy(busy("queue", f'echo "$QFLOW_CONTEXT $QFLOW_RUN" >> order; {until_y}'))
    desk.write(".qflow/config.toml", "max_workers = 4\n")
    equal(publish_with_contexts(desk, "x", "x", "x", "y"), [("fired", f"F/{number}") for number in (1, 2, 3, 4)])
    desk.work()
    equal([line for line in desk.text_of("order").splitlines() if line[0] == "x"], ["x F/1", "x F/2", "x F/3"])
    equal(desk.text_of("order").splitlines()[:2].count("y F/4"), 1, "another context does not wait")


@case
def coalesce(desk):
    desk.deploy(busy("coalesce", "sleep 0.5"))
    equal(publish_with_contexts(desk, None, None, "other"), [("fired", "F/1"), ("coalesced", "F/1"), ("fired", "F/2")])
    equal([event["payload"]["n"] for event in desk.inspect("F/1")["trigger"]["events"]], [0, 1])
    desk.ask("tick")
    wait_for(lambda: desk.statuses("F")[0] != "queued", "the start of F/1")
    equal(publish_with_contexts(desk, None, None), [("fired", "F/3"), ("coalesced", "F/3")])
    desk.work()
    equal(desk.statuses("F"), ["succeeded"] * 3)


@case
def skip(desk):
    desk.deploy(busy("skip"))
    equal(publish_with_contexts(desk, None, None, "other"), [("fired", "F/1"), ("skipped", None), ("fired", "F/2")])
    desk.refused("trigger", "--flow-id", "F", status=5, said="F/1")
    desk.ask("publish", "a", "--require-match", status=5)
    desk.work()
    desk.ask("trigger", "--flow-id", "F")


@case
def replace_while_queued(desk):
    desk.deploy(busy("replace"), flow("Always", after("F", "condition = 'always'")), flow("Failure", after("F", "condition = 'failure'")))
    equal(publish_with_contexts(desk, None, None, "other"), [("fired", f"F/{number}") for number in (1, 2, 3)])
    equal(desk.statuses("F"), ["cancelled", "queued", "queued"])
    equal((len(desk.runs("Always")), len(desk.runs("Failure"))), (1, 0))
    equal([event["payload"]["run"] for event in desk.events("qflow.run.F")], ["F/1"])
    desk.work(status=0)
    equal(desk.statuses("F"), ["cancelled", "succeeded", "succeeded"])


@case
def replace_while_running(desk):
    desk.deploy(busy("replace", 'case $QFLOW_RUN in F/1) sleep 30;; esac'))
    publish_with_contexts(desk, None)
    desk.ask("tick")
    while desk.statuses("F") != ["running"]:
        time.sleep(0.1)
    publish_with_contexts(desk, None)
    desk.ask("tick", "--wait=20s", status=(0, 1))  # it may have ended before the tick waits
    equal(desk.statuses("F"), ["cancelled", "succeeded"])
    equal([step["reason"] for step in desk.inspect("F/1")["steps"]], ["replaced by F/2"])
    equal([event["payload"]["reason"] for event in desk.events("qflow.step.F.s") if event["payload"]["run"] == "F/1"], ["replaced by F/2"])


@case
def replace_asks_at_once(desk):
    """Whoever starts the new run asks the old one's process, and however often that is asked, it asks once."""
    slow = "case $QFLOW_RUN in */4) ;; *) trap 'echo $QFLOW_RUN ended >> ended; exit 1' TERM; touch begun; sleep 30 & wait;; esac"
    desk.deploy(busy("replace", slow))

    def running():
        wait_for(lambda: (desk.folder / "begun").exists(), "the start of the step")
        (desk.folder / "begun").unlink()
    desk.ask("publish", "a", "--dispatch")
    running()
    desk.ask("publish", "a", "--dispatch")
    running()
    desk.ask("trigger", "--flow-id", "F", "--detach")
    running()
    for _ in range(3):
        desk.ask("tick")
    desk.ask("publish", "a", "--wait=30s", status=(0, 1))
    equal([(run["status"], run["reason"]) for run in desk.runs("F")],
          [("cancelled", f"replaced by F/{number}") for number in (2, 3, 4)] + [("succeeded", None)])
    equal(sorted(desk.text_of("ended").splitlines()), [f"F/{number} ended" for number in (1, 2, 3)])


@case
def a_replaced_run_is_not_executed_again(desk):
    """Also when its process is killed while others wait, who have asked that process to end it."""
    run = "echo $QFLOW_RUN >> begun; case $QFLOW_RUN in */1) trap 'touch asked' TERM; while [ ! -e go ]; do sleep 0.1 || true; done;; esac"
    desk.deploy(busy("replace", run, "on_crash = 'resume'"))
    desk.publish("a", "--dispatch")
    wait_for(lambda: desk.text_of("begun"), "the start of F/1")
    wait = desk.start("tick", "--wait=50s")
    wait_for(lambda: blocks_signals(wait.pid), "the wait")
    desk.publish("a")
    wait_for(lambda: (desk.folder / "asked").exists(), "SIGTERM")
    desk.kill_workers()
    wait.wait(timeout=60)
    equal([(run["status"], run["reason"]) for run in desk.runs("F")], [("cancelled", "replaced by F/2"), ("succeeded", None)])
    equal(desk.text_of("begun"), "F/1\nF/2\n")


def blocks_signals(process):
    """As it does while it waits for runs."""
    with open(f"/proc/{process}/status") as file:
        return any(line.startswith("SigBlk:") and int(line.split()[1], 16) for line in file)


@case
def a_process_that_waits_to_take_a_run_ends_without_it(desk):
    desk.deploy(flow("F", on("a")))
    desk.publish("a")
    with open(desk.store / "ledger.gate", "a") as gate:
        fcntl.flock(gate, fcntl.LOCK_EX)
        work = desk.start("--store", str(desk.store), "work")
        wait_for(lambda: len(os.listdir(f"/proc/{work.pid}/task")) > 1, "the thread that waits for the gate")
        work.send_signal(signal.SIGTERM)
        work.wait(timeout=60)
    equal(desk.statuses("F"), ["queued"])
    desk.work()
    equal(desk.statuses("F"), ["succeeded"])


@case
def a_run_by_hand_under_max_parallel_keeps_its_turn(desk):
    """And starts what has waited for it."""
    run = "echo $QFLOW_RUN >> order; case $QFLOW_RUN in */1) until [ -e go ]; do sleep 0.05; done;; esac"
    desk.deploy(busy("parallel", run, "max_parallel = 1"))
    desk.write(".qflow/config.toml", "max_workers = 4\n")
    first = desk.start("trigger", "--flow-id", "F")
    wait_for(lambda: desk.text_of("order"), "the start of F/1")
    desk.publish("a")
    by_hand = desk.start("trigger", "--flow-id", "F")
    wait_for(lambda: "F/3 waits for earlier runs" in printed_by(by_hand), "F/3")
    desk.publish("a")
    desk.write("go", "")
    equal((first.wait(timeout=60), by_hand.wait(timeout=60)), (0, 0))
    wait_for(lambda: desk.statuses("F") == ["succeeded"] * 4, "the end of F/4")
    equal(desk.text_of("order"), "F/1\nF/2\nF/3\nF/4\n")


@case
def a_coalesced_run_keeps_the_version_that_was_decided(desk):
    def version(name):
        return flow("F", on("a"), head="[run]\nwhen_busy = 'coalesce'\n", params=[f"[parameters.{name}]\ntype = 'int'\ndefault = 0\n"],
                    run=f'echo "{name} $QFLOW_PARAM_{name}" >> ran')
    desk.deploy(version("n"))
    equal(desk.publish("a", "--payload", '{"n": 9, "m": 1}')[0]["effects"][0]["run"], "F/1")
    desk.deploy(version("m"))
    effect = desk.publish("a", "--payload", '{"n": 10, "m": 2}')[0]["effects"][0]
    equal((effect["outcome"], effect["run"]), ("fired", "F/2"), "another version maps otherwise")
    effect = desk.publish("a", "--payload", '{"m": 3}')[0]["effects"][0]
    equal((effect["outcome"], effect["run"]), ("coalesced", "F/2"))
    desk.work()
    equal(desk.text_of("ran").splitlines(), ["n 9", "m 3"])


@case
def a_coalesced_run_keeps_what_was_given_by_hand(desk):
    params = [f"[parameters.{name}]\ntype = 'int'\ndefault = {value}\n" for name, value in (("w", 3), ("n", 4), ("v", 5))]
    desk.deploy(flow("F", on("e", more="id = 'ev'\nparameters = { w = 'w', n = 'n' }"), head="[run]\nwhen_busy = 'coalesce'\n", params=params,
                     run="until [ -e go ]; do sleep 0.05; done"))
    desk.ask("trigger", "--flow-id", "F", "--detach")
    wait_for(lambda: desk.statuses("F") == ["running"], "the start of F/1")
    desk.ask("trigger", "--flow-id", "F", "--trigger-id", "ev", "-p", "w=9", "--detach")
    equal(desk.publish("e", "--payload", '{"w": 10, "n": 1}')[0]["effects"][0]["run"], "F/2")
    equal(desk.publish("e", "--payload", '{"n": 2}')[0]["effects"][0]["run"], "F/2")
    equal(desk.inspect("F/2")["params"], {"w": 9, "n": 2, "v": 5})
    desk.write("go", "")
    desk.work()


@case
def a_coalesced_run_has_its_events_in_their_order(desk):
    """Also those that happened before others that it has, and what was given by hand stays."""
    params = [f"[parameters.{name}]\ntype = 'int'\ndefault = {value}\n" for name, value in (("n", 4), ("v", 5))]
    desk.deploy(busy("queue", trigger="id = 'hand'\ntype = 'cli'\n"),
                flow("C", on("a", more="id = 't'"), head="[run]\nwhen_busy = 'coalesce'\n", params=params))
    moments = [9, 3, 8, 10, 10, 1]
    events = [{"name": "a", "timestamp": f"2026-01-01T00:00:{moment:02}Z", "payload": {"n": place}} for place, moment in enumerate(moments)]
    desk.publish("--batch", "-", given=json.dumps(events[0]).encode())
    equal(desk.runs("C")[0]["params"], {"n": 0, "v": 5})
    desk.publish("--batch", "-", given="\n".join(map(json.dumps, events[1:])).encode())
    equal([each["payload"]["n"] for each in desk.inspect("C/1")["trigger"]["events"]], [5, 1, 2, 0, 3, 4])
    equal(desk.inspect("C/1")["params"], {"n": 4, "v": 5})
    expect(len(desk.runs("C")) == 1, "all joined one run")
    contains(desk.ask("runs", "C")[0], "\ta (6)\t")
    newer = desk.publish("a", "--payload", '{"v": 6}')[0]
    equal(newer["effects"][0]["outcome"], "coalesced")
    equal(desk.inspect("C/1")["params"], {"n": 4, "v": 6}, "the newest event's fields count alone")


@case
def a_batch_of_several_sources_is_coalesced(desk):
    """Into the runs of two contexts, the one of which has events already, and with a timestamp out of order."""
    mapped = ", ".join(f"{{ name = '{name}', parameters = {{ {name} = 'n' }} }}" for name in "ab")
    desk.deploy(flow("F", f"type = 'event'\nmatch = 'any'\nevents = [{mapped}]", head="[run]\nwhen_busy = 'coalesce'\n",
                     params=[f"[parameters.{name}]\ntype = 'int'\ndefault = -1\n" for name in "ab"]))
    desk.publish("a", "--payload", '{"n": 100}', "--context", "x")
    batch = [{"name": "ab"[place % 2], "payload": {"n": place}, "context": "xy"[place // 2 % 2]} for place in range(9)]
    batch[8]["timestamp"] = "2026-01-01T00:00:00Z"
    effects = [each["effects"][0] for each in desk.publish("--batch", "-", given="\n".join(map(json.dumps, batch)).encode())]
    equal([(effect["outcome"], effect["run"]) for effect in effects[:4]],
          [("coalesced", "F/1"), ("coalesced", "F/1"), ("fired", "F/2"), ("coalesced", "F/2")])
    equal({effect["outcome"] for effect in effects[4:]}, {"coalesced"})
    for run, events, params in (("F/1", [8, 100, 0, 4, 1, 5], {"a": 4, "b": 5}), ("F/2", [2, 6, 3, 7], {"a": 6, "b": 7})):
        equal([event["payload"]["n"] for event in desk.inspect(run)["trigger"]["events"]], events)
        equal(desk.inspect(run)["params"], params)


@case
def a_coalesced_firing_costs_what_a_queued_one_does(desk):
    desk.deploy(busy("coalesce"), flow("Q", on("q"), head="[run]\nwhen_busy = 'queue'\n"))

    def seconds(name):
        began = time.monotonic()
        desk.ask("publish", "--batch", "-", "-q", given=(json.dumps({"name": name}) + "\n").encode() * 1200)
        return time.monotonic() - began
    queued, coalesced = seconds("q"), seconds("a")
    expect(coalesced < 8 * queued + 0.5, f"{coalesced:.1f} s, queued {queued:.1f} s")
    equal(len(desk.inspect("F/1")["trigger"]["events"]), 1200)


@case
def a_coalesced_run_maps_each_branch_by_its_own_source(desk):
    def branch(name):
        desk.deploy(flow("Up", head=f"[project]\nname = 'foo'\nbranch = '{name}'\nproduction = true\n",
                         params=["[parameters.x]\ntype = 'int'\ndefault = 0\n"]))
    branch("a")
    branch("b")
    sources = [f"{{ name = 'Up', project = 'foo', project_branch = 'prod.{name}', parameters = {{ x{name} = 'params.x' }} }}" for name in "ab"]
    desk.deploy(flow("Down", f"type = 'flow'\nmatch = 'any'\nflows = [{', '.join(sources)}]", head="[run]\nwhen_busy = 'coalesce'\n",
                     params=[f"[parameters.x{name}]\ntype = 'int'\ndefault = 0\n" for name in "ab"]))
    desk.write("other.toml", flow("Other", run="until [ -e go ]; do sleep 0.05; done"))
    desk.ask("deploy", "other.toml")
    desk.write(".qflow/config.toml", "max_workers = 1\n")
    other = desk.start("trigger", "--flow-id", "Other")
    wait_for(lambda: desk.statuses("Other") == ["running"], "the run that takes the place")
    desk.ask("trigger", "--flow-id", "foo.prod.a.Up", "-p", "x=5")
    desk.ask("trigger", "--flow-id", "foo.prod.b.Up", "-p", "x=7")
    equal([run["params"] for run in desk.runs("Down")], [{"xa": 5, "xb": 7}])
    desk.write("go", "")
    equal(other.wait(timeout=60), 0)


@case
def an_idle_tick_writes_nothing(desk):
    desk.deploy(flow("F", on("a", "b")))
    desk.publish("a")
    desk.ask("tick")

    def state():
        return {path.name: (hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_mtime_ns)
                for path in desk.store.glob("ledger.db*") if not path.name.endswith("-shm")}
    before, ticked = state(), (desk.store / "last_tick").stat().st_mtime_ns
    equal(desk.ask("tick"), ("", ""))
    equal(state(), before)
    expect((desk.store / "last_tick").stat().st_mtime_ns > ticked, "last_tick is not touched")


@case
def tick(desk):
    desk.deploy(flow("Good", on("a")), flow("Bad", on("a"), run="exit 3"))
    desk.publish("a")
    equal(sorted(desk.ask("tick", "--dry-run")[0].split("\n")), ["", "run\tBad/1", "run\tGood/1"])
    equal(desk.statuses("Good"), ["queued"])
    desk.refused("tick", "--wait=x", status=2, said="--wait")
    equal(desk.statuses("Good"), ["queued"], "a bad option starts nothing")
    err = desk.ask("tick", "--wait", status=1)[1]
    contains(err, "Bad/1 failed", "Good/1 succeeded")
    desk.work()
    desk.refused("tick", "x", status=2, said="x")


@case
def a_killed_run_goes_on(desk):
    desk.deploy(flow("F", on("a"), run="echo $QFLOW_RUN $QFLOW_ATTEMPT >> tries; if [ $QFLOW_ATTEMPT = 1 ]; then sleep 30; fi"))
    desk.publish("a")
    desk.ask("tick")
    while not desk.text_of("tries"):
        time.sleep(0.05)
    desk.kill_workers()
    desk.ask("tick", "--wait=20s")
    equal((desk.statuses("F"), desk.text_of("tries")), (["succeeded"], "F/1 1\nF/1 2\n"))


@case
def a_wait_starts_one_process_for_a_run(desk):
    """However long nobody can take it; and it collects those that have ended."""
    desk.deploy(flow("F", on("a"), run="case $QFLOW_RUN in */2) until [ -e go ]; do sleep 0.05; done;; esac"))
    desk.write(".qflow/config.toml", "max_workers = 2\n")
    desk.publish("a")
    with open(desk.store / "ledger.gate", "a") as gate:
        fcntl.flock(gate, fcntl.LOCK_EX)
        tick = desk.start("tick", "--wait=30s")
        wait_for(lambda: children_of(tick.pid), "the worker")
        time.sleep(0.5)
        equal(len(children_of(tick.pid)), 1, "workers")
    wait_for(lambda: desk.statuses("F") == ["succeeded"], "the end of F/1")
    tick.wait(timeout=60)
    desk.publish("a")
    desk.publish("a")
    tick = desk.start("tick", "--wait=30s")
    wait_for(lambda: sorted(desk.statuses("F")) == ["running", "succeeded", "succeeded"], "the end of F/3")
    wait_for(lambda: len(children_of(tick.pid)) == 1, "the end of the worker of F/3", 10)
    tick.kill()
    tick.wait()
    desk.write("go", "")
    wait_for(lambda: desk.statuses("F") == ["succeeded"] * 3, "the end of F/2, whose worker outlives the wait")


def children_of(process):
    """Ended ones too, until they are collected."""
    try:
        with open(f"/proc/{process}/task/{process}/children") as file:
            return file.read().split()
    except OSError:
        return []


@case
def a_resumed_run_keeps_to_the_policy(desk):
    """It starts at once or not at all."""
    for name, policy in (("Q", "when_busy = 'queue'"), ("M", "max_parallel = 1")):
        desk.deploy(flow(name, on("e" + name), head=f"[run]\n{policy}", run="[ -e ok ] || exit 1; while [ -e hold ]; do sleep 0.1; done"))
        desk.publish("e" + name)
    desk.work(status=1)
    desk.write("ok", "")
    desk.write("hold", "")
    for name in "QM":
        desk.publish("e" + name)
    desk.ask("tick")
    for name in "QM":
        wait_for(lambda: desk.statuses(name)[1] == "running", f"the start of {name}/2")
        desk.refused("resume", f"{name}/1", status=5, said=f"{name}/2 is running")
    (desk.folder / "hold").unlink()
    desk.work()
    for name in "QM":
        desk.ask("resume", f"{name}/1")
        equal(desk.statuses(name), ["failed", "succeeded", "succeeded"])


def slow_git(desk):
    """Runs wait for it when their steps have ended: 2 s."""
    (desk.folder / "bin").mkdir()
    (desk.folder / ".git").mkdir()
    git = desk.folder / "bin" / "git"
    git.write_text("#!/bin/sh\nexec sleep 60\n")
    git.chmod(0o755)
    desk.environment["PATH"] = f"{desk.folder}/bin:{desk.environment['PATH']}"


def cancel_in_the_last_phase(desk, start):
    """The run that `start` has begun and named; one that ends before qflow cancel comes is followed by another."""
    for _ in range(10):
        run = start()
        time.sleep(0.3)
        out, err = desk.ask("cancel", run, status=(0, 4))
        if out == f"{run} cancelled\n":
            return run
        contains(err, f"{run} has ended already")
    raise Broken("ten runs ended before they were cancelled")


@case
def cancel_in_the_last_phase_of_a_run(desk):
    """Whoever watches it is told."""
    slow_git(desk)
    desk.write("g.toml", flow("G", run="touch done"))
    processes = []

    def start():
        (desk.folder / "done").unlink(missing_ok=True)
        processes.append(desk.start("run", "g.toml"))
        wait_for(lambda: (desk.folder / "done").exists(), "the end of the step")
        return f"G/{len(processes)}"
    run = cancel_in_the_last_phase(desk, start)
    equal(processes[-1].wait(timeout=60), 1)
    contains(printed_by(processes[-1]), f"{run} cancelled: qflow cancel")
    equal(desk.statuses("G")[-1], "cancelled")


@case
def cancel_ends_one_run_and_not_its_process(desk):
    """Also in the last phase: what waits behind the run is still in its hand."""
    slow_git(desk)
    desk.deploy(busy("queue", "echo $QFLOW_RUN >> begun"))

    def start():
        desk.work()  # what an earlier try has left
        run = publish_with_contexts(desk, None, None, None)[0][1]
        desk.ask("tick")
        wait_for(lambda: f"{run}\n" in desk.text_of("begun"), f"the start of {run}")
        return run
    cancel_in_the_last_phase(desk, start)
    wait_for(lambda: desk.statuses("F")[-3:] == ["cancelled", "succeeded", "succeeded"], "the end of the last run")


@case
def cancel_leaves_the_time_to_end(desk):
    """However many others see that the run is to end; a second one ends it at once."""
    desk.deploy(busy("parallel", "trap 'touch asked' TERM; touch begun; while :; do sleep 0.1 || true; done"))
    desk.publish("a")
    wait = desk.start("tick", "--wait=30s")
    wait_for(lambda: (desk.folder / "begun").exists(), "the start of the step")
    first = desk.start("cancel", "F/1")
    wait_for(lambda: (desk.folder / "asked").exists(), "SIGTERM")
    time.sleep(1)
    equal(desk.statuses("F"), ["running"])
    desk.ask("cancel", "F/1")
    equal((first.wait(timeout=60), wait.wait(timeout=60)), (0, 1))
    equal([(run["status"], run["reason"]) for run in desk.runs("F")], [("cancelled", "qflow cancel")])


@case
def a_run_by_hand_behind_a_killed_one(desk):
    desk.deploy(busy("queue", "[ -e begun ] || { touch begun; sleep 30; }"))
    first = desk.start("trigger", "--flow-id", "F")
    wait_for(lambda: (desk.folder / "begun").exists(), "the start of F/1")
    second = desk.start("trigger", "--flow-id", "F")
    wait_for(lambda: "waits for earlier runs" in printed_by(second), "F/2")
    second.send_signal(signal.SIGINT)
    equal(second.wait(timeout=60), 130)
    contains(printed_by(second), "F/2 queued: qflow tick starts it in its turn")
    first.kill()
    first.wait()
    desk.ask("trigger", "--flow-id", "F")
    equal(desk.statuses("F"), ["succeeded"] * 3)


@case
def a_wait_counts_runs_that_fired_before_it_began(desk):
    """A run of a debounce was made when the debounce was over, not when the tick noticed."""
    desk.deploy(flow("A", on("go", more="debounce = '1s'"), run="exit 3"))
    desk.publish("go")
    contains(desk.ask("tick", "--wait", status=1, environment=desk.later(60))[1], "A/1 failed: ")
    desk.publish("go", environment=desk.later(100))
    contains(desk.ask("publish", "go", "--wait", status=1, environment=desk.later(200))[1], "A/2 failed: ")


@case
def a_step_that_waits_does_not_wait_for_itself(desk):
    """Nor for another step that waits; for what its run has caused it does."""
    wait = '"$QFLOW_BIN" publish nobody --wait && "$QFLOW_BIN" tick --wait'
    desk.deploy(flow("P", on("go"), run=wait), flow("Q", on("go"), run=wait),
                flow("Up", on("up"), run='"$QFLOW_BIN" publish down --wait && cat down > seen'),
                flow("Down", on("down"), run="sleep 0.3; echo done > down"),
                flow("Bad", on("bad"), run='"$QFLOW_BIN" publish worse --wait'), flow("Worse", on("worse"), run="exit 5"),
                flow("Own", on("own"), head="[run]\nwhen_busy = 'queue'\n", run='[ -e again ] || { touch again; "$QFLOW_BIN" publish own --wait; }'))
    desk.ask("publish", "go", "--wait=50s")
    desk.ask("publish", "up", "--wait=50s")
    equal(desk.text_of("seen"), "done\n")
    desk.ask("publish", "bad", "--wait=50s", status=1)
    equal((desk.statuses("Bad"), desk.statuses("Worse")), (["failed"], ["failed"]))
    desk.ask("publish", "own", "--wait=50s")
    equal(desk.statuses("Own"), ["succeeded", "succeeded"])


@case
def runs_outlast_another_writer(desk):
    """However long it writes: what ended in time has not timed out, what has not has, and signals are heard."""
    run = "run = 'touch begun.$QFLOW_FLOW.$QFLOW_STEP; until [ -e go ]; do sleep 0.01; done; sleep 2'"
    steps = f"{run}\n[[steps]]\nid = 'b'\n{run}\n"
    last = "[[steps]]\nid = 'c'\nneeds = ['a', 'b']\nrun = 'true'\n"
    slow = "[[steps]]\nid = 'slow'\nrun = 'sleep 100'\n"
    flows = {"OfTask": f"[[steps]]\nid = 'a'\ntimeout = '10s'\n{steps}{last}",
             "OfRun": f"timeout = '10s'\n[[steps]]\nid = 'a'\n{steps}",
             "Late": f"[[steps]]\nid = 'a'\n{steps}{slow}timeout = '10s'\n",
             "Stopped": f"[[steps]]\nid = 'a'\n{steps}{last}{slow}",
             "Deployed": f"[[triggers]]\ntype = 'event'\nevent = 'go'\n[[steps]]\nid = 'a'\n{steps}{last}"}
    for name, more in flows.items():
        desk.write(f"{name}.toml", f"id = '{name}'\n[run]\njobs = 3\n{more}")
    desk.ask("deploy", "Deployed.toml")
    desk.ask("publish", "go", "--dispatch")
    statuses = {"OfTask": 0, "OfRun": 0, "Late": 1, "Stopped": 130}
    processes = {name: desk.start("run", f"{name}.toml") for name in statuses}
    wait_for(lambda: len(list(desk.folder.glob("begun.*"))) == 10, "the steps")
    desk.write("go", "")
    stop = threading.Timer(10, lambda: processes["Stopped"].send_signal(signal.SIGINT))
    stop.start()
    desk.write_long(33)
    for name, process in processes.items():
        expect(process.wait(timeout=60) == statuses[name], f"{name}: status {process.returncode}\n{printed_by(process)}")
    contains(printed_by(processes["OfTask"]), "OfTask/1 goes on when it can be recorded: ", " is locked by ")
    desk.work()
    equal({name: desk.statuses(name) for name in flows},
          {"OfTask": ["succeeded"], "OfRun": ["succeeded"], "Late": ["failed"], "Stopped": ["cancelled"], "Deployed": ["succeeded"]})
    equal(desk.inspect("Late/1")["reason"], "step slow: timed out")
    equal({step["id"]: step["status"] for step in desk.inspect("Stopped/1")["steps"]},
          {"a": "succeeded", "b": "succeeded", "c": "pending", "slow": "cancelled"})
