#!/usr/bin/env python3
"""8 ticks at once when 20 schedules are due, round after round, each an hour later; now and then another program holds the
lock of the ledger for 5 s: the gate of qflow's writers, or SQLite's own lock.

Proven: every tick ends with status 0 and prints nothing about locks; each instant has started one run, whose step ran once.

usage: many_ticks_test.py QFLOW [--long] [--seed N]
"""
import collections
import fcntl
import subprocess
import threading
import time

from faults import HOUR, Place, expect, main, until_the_hour

TICKS = 8
SCHEDULES = 20
HOLD = 5

FLOW = """id = "Hourly{number}"
[[triggers]]
type = "schedule"
every = "1h"
catchup = "all"
[[steps]]
id = "append"
run = 'echo "$QFLOW_FLOW $QFLOW_SCHEDULED_AT" >> done'
"""


def hold_gate(place):
    with open(place.store / "ledger.gate", "r+b") as gate:
        fcntl.flock(gate, fcntl.LOCK_EX)
        time.sleep(HOLD)


def hold_database(place):
    place.write_long(HOLD)


def after_hours(place, hours):
    """The environment in which so many hours have passed since the deploy."""
    return {**place.environment, "QFLOW_CLOCK_SHIFT": str(int(place.environment["QFLOW_CLOCK_SHIFT"]) + hours * HOUR)}


def tick_at_once(place, hours):
    environment = after_hours(place, hours)
    ticks = [subprocess.Popen([place.qflow, "tick"], cwd=place.folder, env=environment, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT) for _ in range(TICKS)]
    for tick in ticks:
        printed = tick.communicate(timeout=100)[0].decode(errors="replace")
        expect(tick.returncode == 0, f"a tick ended with status {tick.returncode}\n{printed}")
        expect("lock" not in printed, f"a tick speaks of locks\n{printed}")


def finish(place, rounds):
    done = subprocess.run([place.qflow, "-q", "tick", "--wait=10m"], cwd=place.folder, env=after_hours(place, rounds),
                          capture_output=True)
    expect(done.returncode == 0, f"tick --wait: status {done.returncode}\n{done.stderr.decode()[:2000]}")


def expect_one_start_each(place, rounds):
    started = collections.Counter((place.folder / "done").read_text().splitlines())
    expect(max(started.values()) == 1, f"started more than once: {started.most_common(1)}")
    expect(len(started) == SCHEDULES * rounds, f"{len(started)} starts in {rounds} rounds of {SCHEDULES}")
    runs = place.rows("SELECT flow, scheduled_at, status FROM runs")
    expect(len(runs) == len(set(runs)) == len(started), f"{len(runs)} runs, {len(started)} starts")
    expect({status for *_, status in runs} == {"succeeded"}, "a run has not succeeded")
    place.call("fsck")


def test(qflow, is_long, rng):
    rounds = 500 if is_long else 50
    holding = set(rng.sample(range(rounds), rounds // 25 if is_long else 1))
    # No instant is due but by the hours that are added.
    with Place(qflow, QFLOW_CLOCK_SHIFT=str(until_the_hour())) as place:
        for number in range(SCHEDULES):
            place.write(f"{number}.toml", FLOW.format(number=number))
        place.call("deploy", *(f"{number}.toml" for number in range(SCHEDULES)))
        place.write(".qflow/config.toml", "max_workers = 2\n")
        for number in range(rounds):
            holder = threading.Thread(target=rng.choice((hold_gate, hold_database)), args=(place,))
            if number in holding:
                holder.start()
                time.sleep(0.05)
            tick_at_once(place, number + 1)
            if number in holding:
                holder.join()
        finish(place, rounds)
        expect_one_start_each(place, rounds)
        return (f"{rounds} rounds of {TICKS} ticks with {SCHEDULES} due, {len(holding)} times the lock was held for {HOLD} s;"
                f" {SCHEDULES * rounds} starts, one for each; no lock error")


if __name__ == "__main__":
    main(__doc__.splitlines()[0], test)
