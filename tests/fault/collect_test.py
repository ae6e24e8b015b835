#!/usr/bin/env python3
"""`kill -9` of qflow gc at random moments, beside runs that put and take artifacts; then what qflow fsck finds in a store
that was damaged on purpose.

The results of one flow may be removed at once, and have the same few contents again and again, so that what gc removes
comes in at the same moment; those of the other are kept. The ledger is told all the time that every object is old.

Proven: no run fails, as each step compares what it takes; all that the kept flow left can be read in the end; fsck finds
nothing; and a gc that nobody kills leaves nothing that could be removed. Each old event is counted once, however often gc was
killed. fsck names each damage.

usage: collect_test.py QFLOW [--long] [--seed N]
"""
import hashlib
import json
import os
import sqlite3
import threading
import time

from faults import Place, expect, main, printed_by

KILLED = -9
OBJECT_AGE = 2 * 3600 * 1_000_000

# One artifact of each kind: a value in the ledger, a value, a file, a folder.
PUT = r"""
import os, random
out, units = os.environ["QFLOW_OUT"], {units}
sizes = {{"small.json": 10, "large.json": 9_000, "file": 30_000, "folder": 3}}
for name, size in sizes.items():
    text = "-".join([random.choice(units)] * size)
    if name == "folder":
        os.mkdir(out + "/folder")
        name = "folder/inside"
    with open(out + "/" + name, "w") as file:
        file.write('"' + text + '"')
"""

TAKE = r"""
import os
for name in ("small.json", "large.json", "file", "folder/inside"):
    with open(os.environ["QFLOW_IN"] + "/" + name) as file:
        units = file.read().strip('"').split("-")
    assert len(units) in (10, 9_000, 30_000, 3) and len(set(units)) == 1, name
"""

FLOW = """id = "{id}"
[run]
{keep}
[[steps]]
id = "put"
shell = "python3"
run = '''{put}'''
[[steps]]
id = "take"
needs = ["put"]
shell = "python3"
run = '''{take}'''
"""

# Whose contents are new each time, and whose come again and again.
FLOWS = {
    "Kept": FLOW.format(id="Kept", keep="", put=PUT.format(units='[os.environ["QFLOW_RUN"]]'), take=TAKE),
    "Removed": FLOW.format(id="Removed", keep="keep = '1ms'", put=PUT.format(units='["first", "other"]'), take=TAKE),
}


class Runs(threading.Thread):
    """Runs of one flow, one after the other, until they are told to stop."""

    def __init__(self, place, flow):
        super().__init__(daemon=True)
        self.place, self.flow = place, flow
        self.stopped = False
        self.number = 0
        self.failure = None

    def run(self):
        while not self.stopped and not self.failure:
            process = self.place.start("run", f"{self.flow}.toml")
            if process.wait() != 0:
                self.failure = f"{self.flow}: status {process.returncode}\n{printed_by(process)}"
            self.number += 1

    def end(self):
        self.stopped = True
        self.join()
        expect(self.failure is None, self.failure)


def make_old(place):
    place.change("UPDATE objects SET put_at = put_at - ? WHERE put_at > ?", OBJECT_AGE, (time.time() - 3600) * 1_000_000)


def kill_collectors(place, rng, kills):
    """The number of objects that those removed who were not killed."""
    killed = removed = 0
    while killed < kills:
        make_old(place)
        process = place.start("gc", "--json")
        if rng.random() < 0.8:
            time.sleep(rng.uniform(0, 0.1))
            process.kill()
        status = process.wait()
        expect(status in (0, KILLED), f"gc: status {status}\n{printed_by(process)}")
        killed += status == KILLED
        removed += json.loads(printed_by(process))["objects"] if status == 0 else 0
    return removed


def collect(qflow, rng, kills):
    with Place(qflow) as place:
        for flow, text in FLOWS.items():
            place.write(f"{flow}.toml", text)
            place.call("run", f"{flow}.toml")
        runs = [Runs(place, flow) for flow in ("Kept", "Removed", "Removed")]
        for each in runs:
            each.start()
        removed = kill_collectors(place, rng, kills)
        for each in runs:
            each.end()
        # The last gc may have met the last of those runs.
        place.call("run", "Removed.toml")
        make_old(place)
        last = json.loads(place.call("gc", "--json"))
        expect(last["runs"] > 0, f"gc did not remove the results of the last run: {last}")
        left = json.loads(place.call("gc", "--dry-run", "--json"))
        expect(left["runs"] + left["folders"] + left["objects"] == 0, f"gc left something: {left}")
        expect("the store is whole" in place.call("fsck"), "fsck found something")
        kept = place.newest("Kept")
        for number in range(1, kept + 1):
            expect_artifacts(place, f"Kept/{number}")
        return kept + place.newest("Removed"), removed + last["objects"]


def expect_artifacts(place, run):
    artifacts = place.inspect(run)["artifacts"]
    expect(set(artifacts) == {"small", "large", "file", "folder"}, f"{run} has lost artifacts: {list(artifacts)}")
    for artifact in artifacts.values():
        if "path" in artifact:
            expect(os.path.exists(artifact["path"]), f"{run} has lost {artifact['path']}")


EVENTS = 4000

HEARING = """id = "Hearing"
[[triggers]]
type = "event"
event = "food"
when = "false"
[[steps]]
id = "never"
run = ":"
"""


def count_events(qflow, rng, kills):
    """Outcomes become daily counts; at any moment each event is there as one or the other. How often gc had counted some
    of the events, but not all of them, when it was killed."""
    halfway = 0
    with Place(qflow) as place:
        place.write("flow.toml", HEARING)
        place.call("deploy", "flow.toml")
        place.write("events.jsonl", '{"name": "food", "payload": {"x": 1}}\n' * EVENTS)
        place.write(".qflow/config.toml", 'keep_events = "1ms"\n')
        for published in range(EVENTS, (kills + 1) * EVENTS, EVENTS):
            place.call("publish", "--batch", "events.jsonl", "--json")
            process = place.start("gc")
            time.sleep(rng.uniform(0, 0.05))
            process.kill()
            process.wait()
            [[single, counted]] = place.rows("SELECT (SELECT count(*) FROM outcomes), coalesce(sum(events), 0) FROM daily_outcomes")
            expect(single + counted == published, f"{single} outcomes and {counted} counted ones of {published} events")
            halfway += single % EVENTS != 0
        place.call("gc")
        left = place.rows("SELECT (SELECT count(*) FROM outcomes), sum(events) FROM daily_outcomes")
        expect(left == [(0, kills * EVENTS)], f"a gc that nobody killed left (outcomes, counted): {left}")
    return halfway


DAMAGED = """id = "Damaged"
[[steps]]
id = "a"
shell = "python3"
run = '''
import os
for name in ("changed", "truncated", "writable", "missing", "whole"):
    open(os.environ["QFLOW_OUT"] + "/" + name, "w").write(name * 20_000)
open(os.environ["QFLOW_OUT"] + "/small.json", "w").write("5")
'''
"""


def damaged_store(qflow):
    place = Place(qflow)
    place.write("flow.toml", DAMAGED)
    place.call("run", "flow.toml")
    return place


def object_path(place, content):
    digest = hashlib.sha256(content).hexdigest()
    return place.store / "objects" / digest[:2] / digest[2:]


def damage_objects(qflow):
    with damaged_store(qflow) as place:
        expect(place.call("fsck") == "the store is whole\n", "fsck found something in a store that nobody damaged")
        paths = {name: object_path(place, name.encode() * 20_000) for name in ("changed", "truncated", "writable", "missing")}
        paths["small"] = object_path(place, b"5")
        for name in ("changed", "truncated", "writable"):
            paths[name].chmod(0o644)
        paths["changed"].write_bytes(b"CHANGED" * 20_000)
        os.truncate(paths["truncated"], 10)
        for name in ("changed", "truncated"):
            paths[name].chmod(0o444)
        paths["missing"].unlink()
        paths["small"].unlink()
        found = {}
        for line in place.call("fsck", "--json", status=1).splitlines():
            problem = json.loads(line)
            path, what = problem["problem"].split(" ", 1)
            found[path] = (what, problem["mended"])
        expected = {
            "changed": ("has another content: the artifact changed of Damaged/1/a", False),
            "truncated": ("has another content: the artifact truncated of Damaged/1/a", False),
            "missing": ("is missing: the artifact missing of Damaged/1/a", False),
            "writable": ("can be written", True), "small": ("is missing", True),
        }
        expect(found == {str(paths[name]): problem for name, problem in expected.items()}, f"fsck found {found}")
        expect(paths["writable"].stat().st_mode & 0o777 == 0o444, "the permissions were not mended")
        expect(paths["small"].read_bytes() == b"5", "the small value was not written again")
        for name in ("changed", "truncated", "missing"):
            place.call("get", f"artifacts.{name}", "--run", "Damaged/1", status=7)
        place.call("resume", "Damaged/1", "a")
        expect(place.call("fsck") == "the store is whole\n", "the step that was run again did not bring everything back")


def damage_ledger(qflow):
    """Each table and index in turn loses its root page."""
    with damaged_store(qflow) as place:
        path = place.store / "ledger.db"
        ledger = sqlite3.connect(path)
        ledger.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        page_size = ledger.execute("PRAGMA page_size").fetchone()[0]
        pages = ledger.execute("SELECT name, rootpage FROM sqlite_schema WHERE rootpage > 0").fetchall()
        ledger.close()
        whole = path.read_bytes()
        for name, page in pages:
            begin = (page - 1) * page_size
            damaged = whole[:begin] + b"\xff" * page_size + whole[begin + page_size:]
            path.write_bytes(damaged)
            process = place.start("fsck")
            process.wait(timeout=600)
            printed = printed_by(process)
            expect(process.returncode == 1, f"{name} damaged: status {process.returncode}\n{printed}")
            expect(str(path) in printed and "backup" in printed, f"{name} damaged: fsck names no file or remedy\n{printed}")
            expect(path.read_bytes() == damaged, f"{name} damaged: fsck has changed the original")
        return len(pages)


def test(qflow, is_long, rng):
    kills = 200 if is_long else 15
    runs, removed = collect(qflow, rng, kills)
    halfway = count_events(qflow, rng, kills)
    damage_objects(qflow)
    pages = damage_ledger(qflow)
    return (f"gc killed {kills} times beside {runs} runs, {removed} objects removed, none that is needed; killed {kills} times"
            f" over old events, {halfway} times halfway; 5 damaged objects and {pages} damaged pages found")


if __name__ == "__main__":
    main(__doc__.splitlines()[0], test)
