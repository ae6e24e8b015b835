#!/usr/bin/env python3
"""The power fails after every call that changes a file, of a flow's deployment in a new store, of publishing, of the run
that follows, and of local runs; and the disk holds what crashed_disk.py allows.

Proven: the store can be used then; every event whose id was printed is there, every run that was said to have succeeded
has succeeded, and each artifact that the ledger names is whole; the same commands again do what is left, and each event
has started one run in the end.

usage: power_loss_test.py QFLOW [--long] [--seed N]
"""
import re
import sqlite3

from crashed_disk import Disk, Fate, read_record
from faults import Broken, expect, main
from faulty_place import FaultyPlace
from store_work import deployed, execute_to_the_end, newest_has_succeeded, numbers, there_is_one_run, write_flow

EVENTS = 150  # enough for the ledger's log to be copied into the ledger, and begun anew
PUBLISH = ("publish", "wanted", "--idempotency-key", "first")
PUBLISH_MANY = ("publish", "--batch", "many.jsonl")


class RecordedPlace(FaultyPlace):
    def record_calls(self, commands):
        """The disk before them, and the calls; after each command its number ({"op": "done"})."""
        disk = Disk(self.folder)
        self.notes.write_bytes(b"")
        for number, command in enumerate(commands):
            done = self.call_faulty(*command, FAULT_RECORD=str(self.notes))
            expect(done.returncode == 0, f"{command}: status {done.returncode}\n{done.stderr.decode()}")
            with open(self.notes, "a") as file:
                file.write(f'{{"op": "done", "command": {number}}}\n')
        return disk, read_record(self.notes)

    def lose_power(self, disk, fate):
        self.empty()
        disk.restore(self.folder, fate)


class Deployed:
    """A deployment in a new store, an event, the run, and many events that nobody listens to."""
    commands = (("deploy", "flow.toml"), PUBLISH, ("work",), PUBLISH_MANY)

    def prepare(self, place):
        write_flow(place)
        place.write("many.jsonl", "".join(f'{{"name": "unheard", "idempotency_key": "{n}"}}\n' for n in range(EVENTS)))

    def expect_kept(self, place, said, done):
        expect_events_kept(place, said)
        if 0 in done:
            expect(numbers(place, "SELECT enabled FROM deployments") == (1,), "the deployment is lost")
        if 2 in done:
            expect_nothing_wrong(newest_has_succeeded, place)

    def expect_going_on(self, place):
        place.call("deploy", "flow.toml")
        expect_published_and_run(place)
        place.call(*PUBLISH_MANY)
        events = numbers(place, "SELECT count(*) FROM events WHERE name = 'unheard'")
        expect(events == (EVENTS,), f"of {EVENTS} events there are {events}")


class WithoutLog:
    """An event, in a ledger whose log others have removed (sqlite3 does so), and made by one that only reads."""
    commands = (("runs",), PUBLISH)

    def prepare(self, place):
        deployed(place)
        ledger = sqlite3.connect(place.store / "ledger.db")
        ledger.execute("SELECT * FROM runs").fetchall()
        ledger.close()
        expect(not (place.store / "ledger.db-wal").exists(), "sqlite3 has left the log")

    def expect_kept(self, place, said, _):
        expect_events_kept(place, said)

    def expect_going_on(self, place):
        expect_published_and_run(place)


class Local:
    """Two local runs, the second of which finds its artifacts in the store."""
    commands = (("run", "flow.toml"), ("run", "flow.toml"))

    def prepare(self, place):
        write_flow(place)

    def expect_kept(self, place, _, done):
        found = place.rows("SELECT number FROM runs WHERE status = 'succeeded' ORDER BY number")
        expect(found[:len(done)] == [(number + 1,) for number in sorted(done)], f"of {len(done)} runs there are {found}")

    def expect_going_on(self, place):
        place.call("run", "flow.toml")
        expect_nothing_wrong(newest_has_succeeded, place)


def expect_events_kept(place, said):
    for event in re.findall("^[0-9a-f-]{36}$", said, re.MULTILINE):
        expect(place.rows("SELECT 1 FROM events WHERE id = ?", event) == [(1,)], f"the event {event} is lost")


def expect_published_and_run(place):
    place.call(*PUBLISH)
    if newest_has_succeeded(place):
        execute_to_the_end(place)
    expect_nothing_wrong(newest_has_succeeded, place)
    expect_nothing_wrong(there_is_one_run, place)
    expect(numbers(place, "SELECT count(*) FROM events WHERE name = 'wanted'") == (1,), "the event is lost or double")


def expect_nothing_wrong(check, place):
    wrong = check(place)
    expect(not wrong, wrong)


def expect_recovered(place, work, said, done):
    if done or said:
        expect((place.store / "ledger.db").exists(), "the store is lost")
    if place.rows("SELECT 1 FROM sqlite_schema WHERE name = 'runs'"):
        place.expect_sound_ledger()
        work.expect_kept(place, said, done)
        place.call("fsck")
    work.expect_going_on(place)


def play(qflow, work, shares_at, rng):
    """shares_at(number of calls): for each number of calls before the power fails, shares of the unsynced that are kept."""
    with RecordedPlace(qflow) as place:
        work.prepare(place)
        disk, records = place.record_calls(work.commands)
        said, done, losses = "", set(), 0
        chosen = shares_at(len(records))
        for number, (head, data) in enumerate(records, 1):
            disk.apply(head, data)
            said += data.decode() if head["op"] == "said" else ""
            done |= {head["command"]} if head["op"] == "done" else set()
            for share in chosen.get(number, ()):
                place.lose_power(disk, Fate(rng, share))
                losses += 1
                try:
                    expect_recovered(place, work, said, done)
                except Broken as broken:
                    what = f"{type(work).__name__}, after call {number} of {len(records)} ({head}), kept {share}"
                    raise Broken(f"{what}: {broken}") from broken
        return len(records), losses


def test(qflow, is_long, rng):
    def shares_at(calls):
        if is_long:
            return {number: [0, 1, *(rng.uniform(0.1, 0.9) for _ in range(8))] for number in range(1, calls + 1)}
        return {number: [rng.choice((0, 1, 0.5, 0.5))] for number in rng.sample(range(1, calls + 1), 24)}

    counts = [play(qflow, work, shares_at, rng) for work in (Deployed(), WithoutLog(), Local())]
    return f"{sum(losses for _, losses in counts)} losses of power at {sum(calls for calls, _ in counts)} calls"


if __name__ == "__main__":
    main(__doc__.splitlines()[0], test)
