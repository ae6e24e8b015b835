#!/usr/bin/env python3
"""`kill -9` of qflow tick at random moments of it, when 50 schedules are due and 50 events wait: 25 for a process that
executes their runs, 25 for the end of a debounce. In each round an hour has passed, and some ticks are killed before one
may end; the processes that execute the runs are left alone.

Proven: each instant and each event has started one run, which succeeded, and each of these runs did its work once, as the
lines say that the steps append to a file.

usage: kill_tick_test.py QFLOW [--long] [--seed N]
"""
import collections
import json
import signal
import time

from faults import HOUR, Place, expect, main, until_the_hour

KILLED = -signal.SIGKILL
SCHEDULES = 50
EVENTS = 50

STEP = """[[steps]]
id = "append"
run = 'echo "$QFLOW_RUN ${QFLOW_SCHEDULED_AT:-} ${QFLOW_PARAM_n:-}" >> done'
"""
SCHEDULED = """id = "Hourly"
[[triggers]]
type = "schedule"
every = "1h"
catchup = "all"
""" + STEP
HEARING = """id = "Hearing"
[run]
when_busy = "parallel"
[parameters.n]
type = "int"
[[triggers]]
id = "at_once"
type = "event"
event = "plain"
[[triggers]]
id = "later"
type = "event"
event = "held"
correlate = "event.payload.n"
debounce = "1m"
""" + STEP


class Rounds:
    """One store, in which it is an hour later each time."""

    def __init__(self, place, rng, kills_in_one):
        self.place, self.rng, self.kills_in_one = place, rng, kills_in_one
        self.hours = 0
        # No instant is due but by the hours that are added.
        self.began = until_the_hour()
        place.environment["QFLOW_CLOCK_SHIFT"] = str(self.began)
        self.killed = 0
        self.usual = 0.1
        names = [f"hourly{number}.toml" for number in range(SCHEDULES)]
        for number, name in enumerate(names):
            place.write(name, SCHEDULED.replace("Hourly", f"Hourly{number}"))
        place.write("hearing.toml", HEARING)
        place.call("deploy", "hearing.toml", *names)

    def play(self, kills):
        self.publish()
        self.hours += 1
        left = min(self.kills_in_one, kills - self.killed)
        while left > 0:
            status = self.tick(self.rng.uniform(0, self.usual))
            left -= status == KILLED
            self.killed += status == KILLED
            if status == 0 and not self.is_work_left():
                break
        expect(self.tick(600) == 0, "the last tick of the round was killed")
        self.finish()

    def publish(self):
        """Some of them are heard at once, some are held for a minute."""
        first = self.hours * EVENTS
        lines = [json.dumps({"name": "plain" if n % 2 else "held", "payload": {"n": n}}) for n in range(first, first + EVENTS)]
        self.place.write("events.jsonl", "\n".join(lines))
        self.call("publish", "--batch", "events.jsonl", limit=600)

    def tick(self, limit):
        began = time.monotonic()
        status = self.call("tick", limit=limit)
        if status == 0:
            self.usual = 0.8 * self.usual + 0.2 * 1.2 * (time.monotonic() - began)
        return status

    def call(self, *arguments, limit):
        shift = str(self.began + self.hours * HOUR)
        status, _, err = self.place.call_killed(limit, *arguments, QFLOW_CLOCK_SHIFT=shift)
        expect(status in (0, KILLED), f"qflow {arguments[0]}: status {status}\n{err[:2000]}")
        return status

    def is_work_left(self):
        return bool(self.place.rows("SELECT 1 FROM runs WHERE status = 'queued' LIMIT 1"))

    def finish(self):
        status = self.call("tick", "--wait=10m", limit=900)
        expect(status == 0, f"tick --wait: status {status}")

    def expect_once(self):
        """The number of lines that the steps left."""
        lines = [line.split() for line in (self.place.folder / "done").read_text().splitlines()]
        runs = collections.Counter(run for run, *_ in lines)
        expect(max(runs.values()) == 1, f"a run did its work {runs.most_common(1)} times")
        rows = dict(self.place.rows("SELECT flow || '/' || number, status FROM runs"))
        expect(set(rows) == set(runs), f"{len(rows)} runs are in the ledger, {len(runs)} did something")
        expect(set(rows.values()) == {"succeeded"}, f"{collections.Counter(rows.values())}")
        events = [int(rest[0]) for run, *rest in lines if run.startswith("Hearing/")]
        expect(sorted(events) == list(range(EVENTS * self.hours)), f"{len(events)} runs for {EVENTS * self.hours} events")
        instants = collections.Counter((run.split("/")[0], rest[0]) for run, *rest in lines if run.startswith("Hourly"))
        expect(max(instants.values()) == 1, f"an instant started several runs: {instants.most_common(1)}")
        expect(len(instants) == SCHEDULES * self.hours, f"{len(instants)} instants in {self.hours} hours")
        self.place.call("fsck")
        return len(lines)


def test(qflow, is_long, rng):
    kills = 1000 if is_long else 100
    with Place(qflow) as place:
        rounds = Rounds(place, rng, 5 if is_long else 20)
        while rounds.killed < kills:
            rounds.play(kills)
        lines = rounds.expect_once()
        return (f"ticks killed {rounds.killed} times in {rounds.hours} rounds with {SCHEDULES} schedules due and {EVENTS} events"
                f" waiting; expected {(SCHEDULES + EVENTS) * rounds.hours} runs, started {lines}; lost 0, double 0")


if __name__ == "__main__":
    main(__doc__.splitlines()[0], test)
