#!/usr/bin/env python3
"""`kill -9` of qflow publish at random moments of it, four at once. Half of the events have an idempotency key, and are
published again until that was acknowledged.

Proven: every event whose id was printed is there once, with its payload, and has queued its run; one with a key is there
once, however often it was published, and each acknowledgement of it has the same id; one without a key is there as often
as its one publisher got far enough, which is never twice; nothing else is there.

usage: kill_publish_test.py QFLOW [--long] [--seed N]
"""
import collections
import random
import signal
import subprocess
import threading
import time

from faults import Place, expect, main

PUBLISHERS = 4
KILLED = -signal.SIGKILL

FLOW = """id = "Heard"
[run]
when_busy = "parallel"
[[triggers]]
type = "event"
event = "counted"
[[steps]]
id = "never_started"
"""


class Publishers:
    """Threads that publish one event after the other until enough of the processes were killed."""

    def __init__(self, place, kills, usual, rng):
        self.place, self.kills, self.usual = place, kills, usual
        self.next = 0
        self.killed = 0
        self.tried = collections.Counter()
        self.acknowledged = collections.defaultdict(set)  # n: ids
        self.keyed = set()
        self.broken = []
        self.lock = threading.Lock()
        self.threads = [threading.Thread(target=self.work, args=(random.Random(rng.random()),)) for _ in range(PUBLISHERS)]

    def run(self):
        for thread in self.threads:
            thread.start()
        for thread in self.threads:
            thread.join()
        expect(not self.broken, f"{len(self.broken)} calls failed, for example {self.broken[:1]}")

    def work(self, rng):
        try:
            self.publish_many(rng)
        except Exception as error:  # any end of a thread is the test's end
            self.broken.append(error)

    def publish_many(self, rng):
        while self.killed < self.kills and not self.broken:
            with self.lock:
                n, self.next = self.next, self.next + 1
            if rng.random() < 0.5:
                self.keyed.add(n)
                while not self.publish(n, rng, "--idempotency-key", f"key {n}") and not self.broken:
                    pass
                if rng.random() < 0.2:
                    self.publish(n, rng, "--idempotency-key", f"key {n}")
            else:
                self.publish(n, rng)

    def publish(self, n, rng, *key):
        """Whether the id came out. A whole line is an acknowledgement, even of a process that is killed after it."""
        self.tried[n] += 1
        # On a machine that has become slower, the usual time may be enough for nobody.
        delay = rng.uniform(0, self.usual * self.tried[n])
        status, out, err = self.place.call_killed(delay, "publish", "counted", "--payload", f'{{"n": {n}}}', *key)
        with self.lock:
            self.killed += status == KILLED
            if status not in (0, KILLED):
                self.broken.append(f"status {status}: {err}")
            if out.endswith("\n"):
                self.acknowledged[n].add(out.strip())
        return out.endswith("\n")


def expect_right(place, publishers):
    """The number of events that are there although nobody was told."""
    events = dict(place.rows("SELECT id, json_extract(payload, '$.n') FROM events WHERE name = 'counted'"))
    ids = collections.defaultdict(set)
    for event, n in events.items():
        ids[n].add(event)
    for n, told in publishers.acknowledged.items():
        expect(ids[n] == told, f"{n}: acknowledged as {told}, {publishers.tried[n]} tries, there as {ids[n]}")
    expect(all(len(each) <= 1 for each in ids.values()), "an event is there twice")
    expect(set(ids) <= set(publishers.tried), "an event that nobody published")
    expect(publishers.keyed <= set(publishers.acknowledged), "an event with a key was not acknowledged in the end")
    queued = place.rows("SELECT count(*), count(DISTINCT event) FROM runs JOIN trigger_sources USING(run)"
                        " WHERE flow = 'Heard' AND status = 'queued'")
    expect(queued == [(len(events), len(events))], f"{len(events)} events, and (runs, their events) are {queued}")
    place.call("fsck")
    return len(events) - len(publishers.acknowledged)


def usual_time(place):
    """How long it takes until the id comes out, beside the other publishers."""
    began = time.monotonic()
    for _ in range(PUBLISHERS):
        place.start("publish", "other", stdout=subprocess.PIPE).stdout.readline()
    return (time.monotonic() - began) / 2


def test(qflow, is_long, rng):
    with Place(qflow) as place:
        place.write("flow.toml", FLOW)
        place.call("deploy", "flow.toml")
        publishers = Publishers(place, 2000 if is_long else 200, usual_time(place), rng)
        publishers.run()
        untold = expect_right(place, publishers)
        return (f"publish killed {publishers.killed} times in {sum(publishers.tried.values())} calls, "
                f"{len(publishers.acknowledged)} events acknowledged, {untold} more there without; lost 0, doubled 0")


if __name__ == "__main__":
    main(__doc__.splitlines()[0], test)
