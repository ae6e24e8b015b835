#!/usr/bin/env python3
"""`kill -9` of the process that executes a deployed run, of a step of it, or of both, at random moments; then one tick.
Every step leaves a child in its group and one in a session of its own.

Proven: the tick has recorded the crash and ended all that the run had left (on_crash = "fail"), or has let the run go on
to its success ("resume"), also with a step that was killed and is tried again; no step that had succeeded runs again, as
a step that starts proves that the one before it had succeeded; no process is left.

usage: kill_run_test.py QFLOW [--long] [--seed N]
"""
import collections
import os
import pathlib
import random
import threading
import time

from faults import Broken, Place, expect, kill_and_wait, main

STEPS = ("first", "second", "third")
VICTIMS = ("process", "step", "both")
ENDED = ("succeeded", "failed", "crashed", "cancelled")

HEAD = """id = "{flow}"
[run]
when_busy = "parallel"
on_crash = "{on_crash}"
[[triggers]]
type = "event"
event = "{flow}"
"""
STEP = """[[steps]]
id = "{id}"
needs = {needs}
retries = 2
run = '''
echo "$QFLOW_RUN $QFLOW_STEP $QFLOW_ATTEMPT $$" >> begun
sleep 1000 &
setsid sleep 1000 &
sleep 0.05
echo "\\"$$\\"" > "$QFLOW_OUT/{id}.json"
'''
"""
FLOWS = {"Resumes": "resume", "Fails": "fail"}


def flow_text(flow):
    steps = (STEP.format(id=step, needs=list(STEPS[at - 1:at] if at else ())) for at, step in enumerate(STEPS))
    return HEAD.format(flow=flow, on_crash=FLOWS[flow]) + "".join(steps)


def group_of(process):
    try:
        return os.getpgid(process)
    except ProcessLookupError:
        return None


def command_of(process):
    try:
        return pathlib.Path(f"/proc/{process}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return []


def runs_in(process, run):
    try:
        return f"QFLOW_RUN={run}".encode() in pathlib.Path(f"/proc/{process}/environ").read_bytes().split(b"\0")
    except OSError:
        return False


class Round:
    """One run, from its event to its end."""

    def __init__(self, place, flow, rng):
        self.place, self.flow, self.rng = place, flow, rng

    def play(self, victim):
        """What was there to be killed."""
        self.place.call("publish", self.flow, "--dispatch")
        self.run = f"{self.flow}/{self.place.newest(self.flow)}"
        self.wait_until_begun(self.rng.randrange(len(STEPS) + 1))
        time.sleep(self.rng.uniform(0, 0.04))
        victims = [("process", self.executor), ("step", self.leader)]
        found = {name: find() for name, find in victims if victim in (name, "both")}
        killed = {name for name in self.rng.sample(sorted(found), len(found)) if found[name] and kill_and_wait(found[name])}
        executed = "process" in killed
        before = self.status()
        orphans = self.place.processes(self.run) if executed and before == "running" else []
        if executed and before == "running" and FLOWS[self.flow] == "fail":
            self.place.call("tick")
            self.expect_end("succeeded" if self.had_ended() else "crashed")
        else:
            self.place.call("tick", "--wait=5m")
            self.expect_end("succeeded")
        self.expect_gone([] if self.had_ended() else orphans)
        for each in self.place.processes(self.run):
            kill_and_wait(each)
        return killed if before != "succeeded" else set()

    def had_ended(self):
        """Without a recovery: SQLite finds a last transaction that was whole in its log, but not announced to others yet
        when its process was killed."""
        [[status, crashes]] = self.place.rows("SELECT status, crashes FROM runs WHERE flow || '/' || number = ?", self.run)
        return status == "succeeded" and crashes == 0

    def expect_end(self, status):
        expect(self.status() == status, f"{self.run} is {self.status()}, not {status}")
        unended = self.place.rows("SELECT step FROM attempts JOIN runs USING(run) WHERE flow || '/' || runs.number = ?"
                                  " AND attempts.ended_at IS NULL", self.run)
        expect(not unended, f"{self.run} has ended, attempts of it have not: {unended}")
        steps = [step for step, *_ in self.begun()]
        expect(steps == sorted(steps, key=STEPS.index), f"steps of {self.run} ran again: {self.begun()}")
        expect(status != "succeeded" or set(steps) == set(STEPS), f"{self.run} succeeded with {steps}")

    def expect_gone(self, orphans):
        """What has a session of its own outlives a step that ends by itself, but not the recovery of its run."""
        processes = self.place.processes(self.run)
        left = set(orphans) & set(processes)
        expect(not left, f"processes of {self.run} outlived its recovery: {left}")
        leaders = {process for _, _, process in self.begun()}
        left = [each for each in processes if group_of(each) in leaders]
        expect(not left, f"processes of {self.run} outlived their steps: {left}")

    def begun(self):
        """(step, attempt, process) of this run, in the order of time."""
        file = self.place.folder / "begun"
        lines = [line.split() for line in file.read_text().splitlines()] if file.exists() else []
        return [(step, int(attempt), int(process)) for run, step, attempt, process in lines if run == self.run]

    def wait_until_begun(self, count):
        end = time.monotonic() + 60
        while len(self.begun()) < count and self.status() not in ENDED and time.monotonic() < end:
            time.sleep(0.005)

    def executor(self):
        """The process that holds the lock of the run; it notes itself in the file."""
        lock = self.place.store / "runs" / self.run / "lock"
        lines = lock.read_text().splitlines() if lock.exists() else []
        executors = [int(line.split()[1]) for line in lines if line.startswith("executor")]
        return executors[-1] if executors and b"work" in command_of(executors[-1]) else None

    def leader(self):
        """The process of the step that began last, if it still is one."""
        begun = self.begun()
        return begun[-1][2] if begun and runs_in(begun[-1][2], self.run) else None

    def status(self):
        return self.place.rows("SELECT status FROM runs WHERE flow || '/' || number = ?", self.run)[0][0]


def play(qflow, rounds, rng, counts, broken):
    try:
        with Place(qflow) as place:
            for flow in FLOWS:
                place.write(f"{flow}.toml", flow_text(flow))
            place.call("deploy", *(f"{flow}.toml" for flow in FLOWS))
            for number in range(rounds):
                victim = VICTIMS[number % len(VICTIMS)]
                wanted = {"process", "step"} if victim == "both" else {victim}
                flow = rng.choice(list(FLOWS))
                for _ in range(100):
                    if Round(place, flow, rng).play(victim) == wanted:
                        break
                else:
                    raise Broken(f"the run is always quicker than the killer of {victim}")
                counts[(victim, FLOWS[flow])] += 1
            place.call("fsck")
    except Exception as error:  # any end of the thread is the test's end
        broken.append(error)


def test(qflow, is_long, rng):
    rounds = 500 if is_long else 50
    counts, broken = collections.Counter(), []
    threads = [threading.Thread(target=play, args=(qflow, rounds // 2, random.Random(rng.random()), counts, broken))
               for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if broken:
        raise broken[0]
    killed = ", ".join(f"{victim} {counts[victim, 'fail']} + {counts[victim, 'resume']}" for victim in VICTIMS)
    return f"killed (on_crash fail + resume): {killed}; ended or resumed by the next tick; no succeeded step ran again, no process left"


if __name__ == "__main__":
    main(__doc__.splitlines()[0], test)
