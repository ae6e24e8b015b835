"""Commands that change the same thing, each of which has looked before the other one has written."""
import contextlib
import fcntl
import os
import pathlib
import sqlite3

from desk import after, case, contains, equal, expect, flow, lines, on
from faults import printed_by, wait_for


def waits_at(process, gate):
    try:
        descriptors = list(pathlib.Path(f"/proc/{process.pid}/fd").iterdir())
        return any(os.path.realpath(each) == str(gate) for each in descriptors)
    except OSError:
        return False


@contextlib.contextmanager
def closed_gate(desk):
    with open(desk.store / "ledger.gate", "rb") as gate:
        fcntl.flock(gate, fcntl.LOCK_EX)
        yield


def race(desk, *commands):
    """The exit statuses and what was printed, of commands that have all looked and wait for their turn to write."""
    with closed_gate(desk):
        processes = []
        for command in commands:
            process = desk.start(*command)
            wait_for(lambda: waits_at(process, desk.store / "ledger.gate") or process.poll() is not None, " ".join(command))
            processes.append(process)
    return [(process.wait(timeout=60), printed_by(process)) for process in processes]


def ends_of(desk, run):
    return [event for event in lines(desk.ask("events", "--json")[0])
            if event["name"].startswith("qflow.run.") and event["payload"]["run"] == run]


def ends_once(desk, run, listener):
    equal(len(ends_of(desk, run)), 1, f"ends of {run}")
    desk.work()
    equal(desk.statuses(listener), ["succeeded"])


@case
def cancel_and_undeploy(desk):
    desk.deploy(flow("A", on("go"), run="sleep 60"), flow("B", after("A", "condition = 'always'"), run=":"))
    desk.publish("go")
    (cancelled, text), (undeployed, _) = race(desk, ["cancel", "A/1"], ["undeploy", "A"])
    equal((cancelled, undeployed), (0, 0), text)
    ends_once(desk, "A/1", "B")


@case
def cancel_and_replace(desk):
    desk.deploy(flow("A", on("go"), head="[run]\nwhen_busy = 'replace'\n", run=":"),
                flow("B", after("A", "condition = 'always'\nwhen = \"event.payload.status == 'cancelled'\""), run=":"))
    desk.publish("go")
    (cancelled, text), (published, _) = race(desk, ["cancel", "A/1"], ["publish", "go"])
    equal((cancelled, published), (0, 0), text)
    ends_once(desk, "A/1", "B")


def traces(desk):
    with contextlib.closing(sqlite3.connect(desk.store / "ledger.db", timeout=60)) as ledger:
        return [ledger.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in ("schedules", "sensors")]


@case
def undeploy_and_the_switch(desk):
    """Whoever comes second is told; nothing of the flow goes on."""
    rhythm = "type = 'schedule'\nschedule = '* * * * *'\n"
    sensor = "type = 'sensor'\nsensor_type = 'exec'\ncommand = ['true']\n"
    for switch in ("enable", "disable"):
        desk.deploy(flow("X", rhythm, sensor))
        if switch == "enable":
            desk.ask("disable", "X")
        (undeployed, _), (switched, text) = race(desk, ["undeploy", "X"], [switch, "X"])
        equal(undeployed, 0)
        expect(switched == 0 or (switched == 3 and "X is not deployed any more, since " in text), text)
        equal(traces(desk), [0, 0], f"what {switch} has left")


@case
def undeploy_twice(desk):
    desk.deploy(flow("X", on("a")))
    told = race(desk, ["undeploy", "X"], ["undeploy", "X"])
    equal(sorted(status for status, _ in told), [0, 3])
    contains("".join(text for _, text in told), "X is not deployed any more, since ")


@case
def undeploy_and_trigger(desk):
    desk.deploy(flow("X", on("a"), run=":"))
    (undeployed, _), (triggered, text) = race(desk, ["undeploy", "X"], ["trigger", "--flow-id", "X"])
    equal(undeployed, 0)
    if triggered == 3:
        contains(text, "X is not deployed any more, since ")
        equal(desk.runs("X"), [])
    else:
        equal((triggered, desk.statuses("X")), (0, ["succeeded"]), text)


def held_up(desk, publish):
    """What is printed by a run, beside another step, of one that ends while others write for long. It publishes."""
    desk.deploy(flow("Other", on("never")))
    desk.publish("food", "--idempotency-key", "k", "--value", "old")
    waits = "run = 'until [ -e {} ]; do sleep 0.05; done'\n"
    desk.write("flow.toml", 'id = "F"\n[run]\njobs = 2\n'
               + "[[steps]]\nid = 'tells'\n" + waits.format("closed") + f"publish = [{publish}]\nallow_failure = true\n"
               + "[[steps]]\nid = 'long'\n" + waits.format("open")
               + "[[steps]]\nid = 'after'\nneeds = ['tells']\nrun = ':'\n")
    process = desk.start("run", "flow.toml")
    wait_for(lambda: desk.rows("SELECT count(*) FROM attempts") == [(2,)], "the report of their start")
    with closed_gate(desk):
        desk.write("closed", "")
        wait_for(lambda: "goes on when it can be recorded" in printed_by(process), "a report that is held up")
    desk.write("open", "")
    equal(process.wait(timeout=60), 0, printed_by(process))
    return printed_by(process), {step["id"]: step["status"] for step in desk.inspect("F/1")["steps"]}


@case
def a_refused_event_while_others_write(desk):
    """What a step publishes is judged when it can be recorded: until then nobody knows whether the step has failed."""
    _, statuses = held_up(desk, "{ event = 'food', idempotency_key = 'k', value = 'new', safe = false }")
    equal(statuses, {"tells": "failed", "long": "succeeded", "after": "succeeded"})


@case
def an_event_that_is_only_shown_while_others_write(desk):
    printed, statuses = held_up(desk, "{ event = 'drink' }")
    equal(statuses, {"tells": "succeeded", "long": "succeeded", "after": "succeeded"})
    equal(printed.count("would publish drink"), 1, printed)
