#!/usr/bin/env python3
"""A run whose step makes qflow itself run out of memory: it leaves a huge value, and qflow has an address space that is
too small to check it (RLIMIT_AS, which the sanitizers can't do with).

Proven: a deployed run with on_crash = "resume" goes on twice, and fails with the third crash instead of going on for
ever, its hook called once; with on_crash = "fail" it has crashed with the first; a local run never goes on by itself,
whatever else is run in the store.

usage: memory_test.py QFLOW [--long] [--seed N]
"""
import resource

from faults import Place, expect, main, printed_by

ADDRESS_SPACE = 256 << 20
HUGE = 512 << 20

FLOW = """id = "Glutton"
[run]
on_crash = "{on_crash}"
[[steps]]
id = "first"
run = "echo first $QFLOW_ATTEMPT >> begun; echo 1 > $QFLOW_OUT/one.json"
[[steps]]
id = "devour"
needs = ["first"]
run = "echo devour $QFLOW_ATTEMPT >> begun; truncate -s {huge} $QFLOW_OUT/huge.json"
[hooks]
on_failure = "echo $QFLOW_STATUS >> hooks"
"""


def limit_memory():
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))


class Case:
    def __init__(self, place, on_crash, origin):
        self.place = place
        self.on_crash = on_crash
        place.write("flow.toml", FLOW.format(on_crash=on_crash, huge=HUGE))
        place.write("other.toml", "id = 'Other'\n[[steps]]\nid = 'a'\nrun = 'true'\n")
        self.crash("run", "flow.toml")
        place.change("UPDATE runs SET origin = ? WHERE flow = 'Glutton'", origin)

    def crash(self, *arguments):
        process = self.place.start(*arguments, preexec_fn=limit_memory)
        process.wait(timeout=600)
        expect(process.returncode not in (0, 5), f"{arguments}: status {process.returncode}\n{printed_by(process)}")
        expect(self.state() == [("running", "")], f"qflow did not run out of memory: {self.state()}\n{printed_by(process)}")

    def recover(self):
        """By a run of another flow."""
        self.place.call("run", "other.toml")

    def state(self):
        return self.place.rows("SELECT status, reason FROM runs WHERE flow = 'Glutton'")

    def expect_end(self, state, begun, hooks):
        expect(self.state() == [state], f"{self.on_crash}: {self.state()} instead of {state}")
        expect(self.lines("begun") == begun, f"{self.on_crash}: begun were {self.lines('begun')}")
        expect(self.lines("hooks") == hooks, f"{self.on_crash}: hooks were called for {self.lines('hooks')}")
        self.place.call("execute", "Glutton/1", status=5)
        self.place.call("fsck")

    def lines(self, name):
        file = self.place.folder / name
        return file.read_text().splitlines() if file.exists() else []


KILLED = "the process that executed the run was killed"


def test(qflow, *_):
    with Place(qflow) as place:
        case = Case(place, "resume", "deployed")
        for _ in range(2):
            case.recover()
            expect(case.state() == [("queued", "")], f"the run does not go on: {case.state()}")
            case.crash("execute", "Glutton/1")
        case.recover()
        case.expect_end(("failed", "crashed 3 times"), ["first 1", "devour 1", "devour 2", "devour 3"], ["failed"])
    for on_crash, origin in (("fail", "deployed"), ("resume", "local")):
        with Place(qflow) as place:
            case = Case(place, on_crash, origin)
            case.recover()
            case.recover()
            case.expect_end(("crashed", KILLED), ["first 1", "devour 1"], ["crashed"])
    return "three crashes and an end; one crash and an end where the run may not go on"


if __name__ == "__main__":
    main(__doc__.splitlines()[0], test)
