#!/usr/bin/env python3
"""Many processes publish events while ticks run in loops; publishers, ticks and the processes of runs are killed with -9
at random.

Proven: every event whose id was printed is there, once; every event fired its run, exactly once, and each run ran
once: counted from a file that the steps append to, by the run and by the event that the step reads from its trigger;
the store is sound. An interrupted run may repeat its step, so runs are counted by distinct ids.

usage: publish_and_tick_test.py QFLOW [--long] [--seed N]
"""
import collections
import os
import pathlib
import signal
import subprocess
import threading
import time

from faults import Broken, Place, expect, main

FLOW = """
id = "Count"
[parameters.n]
type = "int"
[[triggers]]
type = "event"
event = "counted"
[[steps]]
id = "append"
retries = 100
run = '''
event=$(grep -Eo '"id": *"[0-9a-f-]{36}"' "$QFLOW_TRIGGER" | head -n 1 | cut -d '"' -f 4)
echo "$QFLOW_RUN $event $QFLOW_PARAM_n" >> done
'''
"""
# After three crashes a run fails.
ENDS = {("succeeded", ""), ("failed", "crashed 3 times")}
PUBLISHERS = 8
TICKS = 4


class Load:
    """Publishers and ticks in threads that start one process after the other, until they have enough or are told."""

    def __init__(self, place, events, rng):
        self.place = place
        self.numbers = collections.deque(range(events))
        self.acknowledged = {}  # event id: n
        self.tried = collections.Counter()
        self.running = {}  # process: what it is
        self.lock = threading.Lock()
        self.is_over = threading.Event()
        self.broken = []
        self.keyed = {n for n in range(events) if rng.random() < 0.5}

    def call(self, what, *arguments, accepted=(0, -signal.SIGKILL)):
        """(exit status, standard output, standard error); a process that was killed has the status -9."""
        process = subprocess.Popen([self.place.qflow, *arguments], cwd=self.place.folder, env=self.place.environment,
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        with self.lock:
            self.running[process] = what
        out, err = process.communicate()
        with self.lock:
            del self.running[process]
        if process.returncode not in accepted:
            self.broken.append(f"{what}: status {process.returncode}: {err.decode(errors='replace')}")
        return process.returncode, out.decode()

    def publish(self):
        while not self.broken:
            with self.lock:
                if not self.numbers:
                    return
                n = self.numbers.popleft()
            self.publish_one(n)

    def publish_one(self, n):
        """With a key it is tried until it was acknowledged; without one a killed publisher's event may be there or not."""
        key = ["--idempotency-key", str(n)] if n in self.keyed else []
        while not self.broken:
            self.tried[n] += 1
            _, out = self.call("publish", "publish", "counted", "--payload", f'{{"n": {n}}}', *key)
            if out.endswith("\n"):
                with self.lock:
                    self.acknowledged[out.strip()] = n
                return
            if not key:
                return

    def tick(self):
        while not self.is_over.is_set() and not self.broken:
            self.call("tick", "tick")
            time.sleep(0.02)

    def kill_one(self, rng):
        """What was killed: one of the publishers, ticks or workers; their steps live on, or not."""
        with self.lock:
            candidates = [(what, process.pid) for process, what in self.running.items() if process.poll() is None]
        candidates += [("work", process) for process in workers(self.place)] * 2
        if not candidates:
            return None
        what, process = rng.choice(candidates)
        try:
            os.kill(process, signal.SIGKILL)
        except ProcessLookupError:
            return None
        return what


def workers(place):
    found = []
    for folder in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if b"work" in words and str(place.store).encode() in words:
            found.append(int(folder.name))
    return found


def play(place, events, pause, rng):
    load = Load(place, events, rng)
    publishers = [threading.Thread(target=load.publish) for _ in range(PUBLISHERS)]
    ticks = [threading.Thread(target=load.tick) for _ in range(TICKS)]
    for thread in publishers + ticks:
        thread.start()
    killed = collections.Counter()
    while any(thread.is_alive() for thread in publishers):
        time.sleep(rng.uniform(0, pause))
        killed[load.kill_one(rng)] += 1
    load.is_over.set()
    for thread in publishers + ticks:
        thread.join()
    expect(not load.broken, f"{len(load.broken)} calls failed, for example {load.broken[:1]}")
    del killed[None]
    return load, killed


def finish(place, load, limit):
    """Ticks until nothing is queued or running."""
    end = time.monotonic() + limit
    while place.rows("SELECT count(*) FROM runs WHERE status IN ('queued', 'running')")[0][0]:
        if time.monotonic() > end:
            raise Broken(f"after {limit} s runs are left: {place.rows('SELECT status, count(*) FROM runs GROUP BY 1')}")
        load.call("tick", "tick", "--wait=10s", accepted=(0, 1, 6))


def expect_once(place, load):
    events = dict(place.rows("SELECT id, json_extract(payload, '$.n') FROM events WHERE name = 'counted'"))
    lost = set(load.acknowledged) - set(events)
    expect(not lost, f"acknowledged and not there: {sorted(lost)[:5]}")
    times = collections.Counter(events.values())
    for n, count in times.items():
        expect(count == 1, f"the event {n} is there {count} times, published {load.tried[n]} times")
    lines = {tuple(line.split()) for line in (place.folder / "done").read_text().splitlines()}
    runs = collections.Counter(run for run, _, _ in lines)
    expect(max(runs.values()) == 1, f"a run with several triggers: {runs.most_common(1)}")
    heard = collections.Counter(event for _, event, _ in lines)
    expect(set(heard) <= set(events), f"run for nothing: {len(set(heard) - set(events))}")
    expect(max(heard.values()) == 1, f"an event with several runs: {heard.most_common(1)}")
    expect(all(str(events[event]) == n for _, event, n in lines), "a run with another event's parameter")
    ended = {run: (status, reason) for run, status, reason in
             place.rows("SELECT flow || '/' || number, status, reason FROM runs")}
    expect(len(ended) == len(events), f"{len(ended)} runs for {len(events)} events")
    expect(set(ended.values()) <= ENDS, f"ends: {collections.Counter(ended.values())}")
    expect({run for run in ended if ended[run][0] == "succeeded"} <= set(runs), "a run succeeded and did nothing")
    return events, collections.Counter(status for status, _ in ended.values())


def test(qflow, is_long, rng):
    # Crashes are what this is about: no run fails for them.
    with Place(qflow) as place:
        place.write("count.toml", FLOW)
        place.call("deploy", "count.toml")
        place.write(".qflow/config.toml", "max_workers = 4\n")
        load, killed = play(place, 10_000 if is_long else 160, 0.4, rng)
        finish(place, load, 7200 if is_long else 60)
        events, statuses = expect_once(place, load)
        place.call("fsck")
        place.expect_sound_ledger()
        return (f"events acknowledged {len(load.acknowledged)}, stored {len(events)}, runs {dict(statuses)}, "
                f"killed {dict(killed)}")


if __name__ == "__main__":
    main(__doc__.splitlines()[0], test)
