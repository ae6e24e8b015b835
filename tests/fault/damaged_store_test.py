#!/usr/bin/env python3
"""Bits flip in the ledger, its log and objects, the files lose their ends, a file becomes a folder, a schema is newer; then
commands read and write. Each damage is done to a copy of one store.

Proven: every command ends within 5 s, none by a signal; each failure says why, in a sentence that names a file of the
store; commands that only read leave every byte of ledger, log and objects as it was; those that write never put a new
ledger in the place of the damaged one. A damage that no command complains about and that changes what one says is counted
as unnoticed: neither SQLite nor qflow keeps sums of the pages of the ledger. What stands in objects always is as it was,
or refused.

usage: damaged_store_test.py QFLOW [--long] [--seed N]
"""
import collections
import hashlib
import random
import re
import shutil
import sqlite3
import subprocess
import threading

from faults import Broken, Place, expect, expect_no_report, main, processes_with, wait_for

HANG = 5  # seconds, of the built program as users have it
DOCUMENTED = range(8)

FLOW = """id = "Whole"
[run]
when_busy = "parallel"
[[triggers]]
type = "event"
event = "wanted"
[[triggers]]
type = "schedule"
schedule = "@daily"
[[steps]]
id = "leave"
shell = "python3"
run = '''
import os
print("said by", os.environ["QFLOW_RUN"])
open(os.environ["QFLOW_OUT"] + "/file", "w").write("file " * 20_000)
open(os.environ["QFLOW_OUT"] + "/large.json", "w").write('"' + "large" * 20_000 + '"')
open(os.environ["QFLOW_OUT"] + "/small.json", "w").write('"small"')
'''
"""
READING = (("runs", "--json"), ("events", "--json"), ("flows",), ("explain", "Whole"), ("inspect", "Whole/1", "--json"),
           ("inspect", "Whole/latest", "--trigger-chain"), ("logs", "Whole/2"), ("get", "artifacts.small", "--run", "Whole/1"),
           ("get", "artifacts.large", "--run", "Whole/latest"), ("next", "Whole"))
WRITING = (("publish", "wanted"), ("tick",), ("run", "flow.toml"), ("gc",), ("deploy", "flow.toml"), ("resume", "Whole/1"),
           ("undeploy", "Whole"))


def make_whole(place):
    """Runs, events and artifacts; the newest of them stand in the log alone."""
    place.write("flow.toml", FLOW)
    place.call("deploy", "flow.toml")
    for number in range(3):
        place.call("publish", "wanted", "--payload", f'{{"number": {number}}}')
        place.call("tick", "--wait")
    # Their runs have ended, but the journal's mode can't be changed while they have the ledger open.
    wait_for(lambda: not processes_with(place.mark), "the workers' end")
    ledger = sqlite3.connect(place.store / "ledger.db")
    ledger.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    ledger.execute("PRAGMA journal_mode = DELETE")
    ledger.execute("PRAGMA journal_mode = WAL")
    ledger.close()
    place.call("run", "flow.toml")
    place.call("publish", "wanted", "--payload", '{"number": 3}')


def content_of(path):
    if path.is_dir():
        return sorted(child.name for child in path.iterdir())
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else None


def fingerprints(store):
    files = [path for path in store.rglob("*") if path.is_file() and not path.is_symlink()]
    kept = [path for path in files if path.name in ("ledger.db", "ledger.db-wal") or "objects" in path.parts]
    return {path: content_of(path) for path in kept}


def objects_of(store):
    return sorted(path for path in (store / "objects").rglob("*") if path.is_file())


def flip(path, rng):
    content = bytearray(path.read_bytes())
    at = rng.randrange(len(content))
    if rng.random() < 0.5:  # the beginning of a page says what is in it
        at = min(at // 4096 * 4096 + rng.randrange(100), len(content) - 1)
    content[at] ^= 1 << rng.randrange(8)
    overwrite(path, content)


def truncate(path, rng):
    content = path.read_bytes()
    overwrite(path, content[:rng.choice((rng.randrange(len(content)), rng.randrange(len(content)) // 4096 * 4096))])


def overwrite(path, content):
    mode = path.stat().st_mode
    path.chmod(0o644)
    path.write_bytes(content)
    path.chmod(mode)


def into_folder(path, rng):
    path.unlink(missing_ok=True)
    path.mkdir()
    if rng.random() < 0.5:
        (path / "inside").write_text("x")


def into_file(path, _):
    shutil.rmtree(path)
    path.write_text("x")


def empty(path, _):
    overwrite(path, b"")


def remove(path, _):
    path.unlink()


def make_newer(path, _):
    ledger = sqlite3.connect(path)
    ledger.execute("PRAGMA user_version = 99")
    ledger.close()


SPECIAL = [("ledger.db", make_newer), ("ledger.db", empty), ("ledger.db", remove), ("objects", into_file), ("runs", into_file)]
SPECIAL += [(name, into_folder) for name in ("ledger.db", "ledger.db-wal", "ledger.db-shm", "ledger.gate", "objects.gate",
                                             "last_tick", "config.toml")]


def choose_damage(place, rng):
    """(name, file, what is done to it) of one of the damages that chance makes."""
    what = rng.choice((flip, flip, truncate))
    target = rng.choice(("ledger.db", "ledger.db", "ledger.db-wal", "object"))
    path = rng.choice(objects_of(place.store)) if target == "object" else place.store / target
    return f"{what.__name__} {target}", path, what


class Damaged:
    """The store after one damage, and what the commands made of it."""

    def __init__(self, place, name, right, limit):
        self.place, self.name, self.right, self.limit = place, name, right, limit
        self.complained = self.wrong = False

    def read(self, commands):
        before = fingerprints(self.place.store)
        for words in commands:
            status, out = self.call(*words)
            self.wrong |= status == 0 and out != self.right[words]
        changed = {str(path) for path, content in before.items() if content_of(path) != content}
        # A value that the ledger has too is written again, in the place of one that is not what it should be.
        changed = {path for path in changed if "ledger" in path}
        expect(not changed, f"{self.name}: commands that only read have changed {changed}")

    def write(self, commands):
        for words in commands:
            self.call(*words)
        self.expect_no_fresh_ledger()
        self.call("fsck")

    def call(self, *words):
        done = self.place.start(*words, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        try:
            out, err = (each.decode(errors="replace") for each in done.communicate(timeout=self.limit))
        except subprocess.TimeoutExpired:
            raise Broken(f"{self.name}: qflow {' '.join(words)} takes longer than {self.limit} s") from None
        expect(done.returncode in DOCUMENTED, f"{self.name}: qflow {' '.join(words)}: status {done.returncode}\n{err}")
        expect_no_report(err, f"{self.name}: qflow {' '.join(words)}")
        if done.returncode == 7:
            self.complained = True
            expect(re.search(r"error: .*(/|the ledger is damaged|the object)", err), f"{self.name}: says only: {err}")
        return done.returncode, out

    def expect_no_fresh_ledger(self):
        path = self.place.store / "ledger.db"
        if not path.is_file():
            return
        try:
            with sqlite3.connect(f"file:{path}?mode=rw", uri=True) as ledger:
                runs = ledger.execute("SELECT count(*) FROM runs WHERE flow = 'Whole'").fetchone()[0]
        except (sqlite3.Error, UnicodeDecodeError):  # an error that names what is damaged is no text
            return
        expect(runs >= 3, f"{self.name}: there is a new ledger in the place of the damaged one")


def remove_store(place):
    """What a tick has started may still be at work in it."""
    while place.store.exists():
        place.end_processes()
        shutil.rmtree(place.store, ignore_errors=True)


class Damages(threading.Thread):
    """Damages of one store, one after the other, each undone before the next."""

    def __init__(self, qflow, special, chances, is_long, rng):
        super().__init__()
        self.qflow, self.special, self.chances, self.is_long, self.rng = qflow, special, chances, is_long, rng
        self.counts, self.unnoticed, self.broken = collections.Counter(), collections.Counter(), None

    def run(self):
        try:
            with Place(self.qflow) as place:
                make_whole(place)
                saved = place.folder / "saved"
                shutil.copytree(place.store, saved, symlinks=True)
                right = {words: place.call(*words) for words in READING}
                for name, what in self.special:
                    self.play(place, saved, right, (f"{what.__name__} {name}", place.store / name, what))
                for _ in range(self.chances):
                    self.play(place, saved, right, None)
        except Exception as error:  # any end of the thread is the test's end
            self.broken = error

    def play(self, place, saved, right, damage):
        remove_store(place)
        shutil.copytree(saved, place.store, symlinks=True)
        name, path, what = damage or choose_damage(place, self.rng)
        what(path, self.rng)
        store = Damaged(place, name, right, HANG if self.is_long else 60)
        store.read(READING if self.is_long else self.rng.sample(READING, 2))
        store.write(WRITING if self.is_long else self.rng.sample(WRITING, 1))
        place.started.clear()
        self.counts["complained" if store.complained else "unnoticed" if store.wrong else "right"] += 1
        self.unnoticed[name] += store.wrong and not store.complained


def test(qflow, is_long, rng):
    chances = 1000 if is_long else 100
    threads = [Damages(qflow, SPECIAL[half::2], chances // 2, is_long, random.Random(rng.random())) for half in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for thread in threads:
        if thread.broken:
            raise thread.broken
    counts = threads[0].counts + threads[1].counts
    unnoticed = threads[0].unnoticed + threads[1].unnoticed
    return (f"{sum(counts.values())} damages: a plain message {counts['complained']}, right data {counts['right']}, unnoticed"
            f" {counts['unnoticed']} {dict(unnoticed) or ''}; crashes 0, hangs 0, originals touched 0")


if __name__ == "__main__":
    main(__doc__.splitlines()[0], test)
