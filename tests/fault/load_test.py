#!/usr/bin/env python3
"""A store with very many events and runs, all made by qflow itself: events in batches, of which each tenth starts a run of
a flow without steps, executed by ticks.

Proven: everything published is there, every run has succeeded, an event that nobody hears takes less than 300 bytes of the
store. With --long there are 1,000,000 events and 100,000 runs, and then 99 of 100 calls of publish take 25 ms at most, and
none of the commands that are used daily has more than 64 MiB of memory.

usage: load_test.py QFLOW [--long] [--seed N]
"""
import json
import os
import time

from faults import Place, expect, main, printed_by

BATCH = 50_000
BYTES_OF_EVENT = 300
SLOWEST = 25  # ms, of 99 in 100
MEMORY = 64  # MiB
CALLS = 1000

FLOW = """id = "Heard"
[run]
when_busy = "parallel"
[[triggers]]
type = "event"
event = "heard"
"""
DAILY = (("publish", "heard"), ("tick",), ("runs", "--limit", "20"), ("events", "--limit", "20"), ("explain", "Heard"),
         ("inspect", "Heard/latest", "--trigger-chain"), ("flows",), ("run", "local.toml"))


class Load:
    def __init__(self, place):
        self.place = place
        self.peak = {}
        place.write("flow.toml", FLOW)
        place.write("local.toml", "id = 'Local'\n[[steps]]\nid = 'a'\nrun = ':'\n")
        place.call("deploy", "flow.toml")

    def publish(self, name, count):
        """The bytes of the store that one of the events takes."""
        before = self.size()
        for first in range(0, count, BATCH):
            lines = (json.dumps({"name": name, "payload": {"n": n}}) for n in range(first, min(first + BATCH, count)))
            self.place.write("events.jsonl", "\n".join(lines))
            self.measure("publish --batch", "publish", "--batch", "events.jsonl")
        return (self.size() - before) / count

    def size(self):
        """Of the database alone, once its log is in it."""
        self.place.rows("PRAGMA wal_checkpoint(TRUNCATE)")
        return (self.place.store / "ledger.db").stat().st_size

    def execute(self):
        while self.place.rows("SELECT 1 FROM runs WHERE ended_at IS NULL LIMIT 1"):
            self.measure("tick --wait", "-q", "tick", "--wait")

    def measure(self, what, *arguments):
        """The milliseconds that a call took; keeps the most memory that it had."""
        began = time.perf_counter()
        process = self.place.start(*arguments)
        _, status, used = os.wait4(process.pid, 0)
        took = 1000 * (time.perf_counter() - began)
        process.returncode = os.waitstatus_to_exitcode(status)
        expect(process.returncode == 0, f"qflow {' '.join(arguments)}: status {process.returncode}\n{printed_by(process)[:2000]}")
        process.output.close()
        self.place.started.remove(process)
        self.peak[what] = max(self.peak.get(what, 0), used.ru_maxrss / 1024)
        return took

    def publish_times(self, calls):
        return sorted(self.measure("publish", "publish", "unheard", "--payload", f'{{"n": {n}}}') for n in range(calls))


def test(qflow, is_long, _):
    events, runs = (1_000_000, 100_000) if is_long else (5_000, 50)
    with Place(qflow) as place:
        load = Load(place)
        size = load.publish("unheard", events - runs)
        load.publish("heard", runs)
        load.execute()
        times = load.publish_times(CALLS if is_long else 20)
        for words in DAILY:
            load.measure(" ".join(words), *words)
        load.execute()
        published, succeeded = place.rows("SELECT (SELECT count(*) FROM events WHERE name IN ('heard', 'unheard')),"
                                          " (SELECT count(*) FROM runs WHERE status = 'succeeded')")[0]
        expect(published == events + len(times) + 1, f"{published} of {events + len(times) + 1} events are there")
        expect(succeeded == runs + 2, f"{succeeded} of {runs + 2} runs have succeeded")
        expect(size < BYTES_OF_EVENT, f"an event takes {size:.0f} bytes")
        slowest = times[len(times) * 99 // 100]
        largest = max(load.peak, key=load.peak.get)
        if is_long:
            print({what: round(peak) for what, peak in load.peak.items()}, flush=True)
            expect(slowest <= SLOWEST, f"99 of 100 calls of publish take up to {slowest:.1f} ms")
            expect(all(load.peak[" ".join(words)] <= MEMORY for words in DAILY), f"memory in MiB: {load.peak}")
        return (f"{published} events, {succeeded} runs; {size:.0f} bytes for an event; publish p50 {times[len(times) // 2]:.1f} ms,"
                f" p99 {slowest:.1f} ms; the most memory {load.peak[largest]:.0f} MiB ({largest})")


if __name__ == "__main__":
    main(__doc__.splitlines()[0], test)
