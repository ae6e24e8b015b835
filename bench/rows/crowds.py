"""Many events: of eight processes at once, and in one batch."""

import json
import shutil

from rows.grown import LISTENER
from rows.row import Measured, Row, least, most

AT_ONCE = 8
LINES = 100_000


def new_store(bench, name):
    """A store with a listener to something else."""
    bench.write("listener.toml", LISTENER)
    bench.call(bench.qflow, "-q", "--store", name, "deploy", "listener.toml")
    return [bench.qflow, "-q", "--store", name]


def crowd(bench, *command):
    """Ended processes per second, the 99th percentile of their times in ms, the longest."""
    seconds = bench.scale["seconds"]
    words = bench.printed_by(bench.program("crowd"), str(AT_ONCE), str(seconds), *command).split()
    count, p99, worst = map(int, words)
    return count / seconds, p99 / 1e6, worst / 1e6


def publish_at_once(bench):
    store = new_store(bench, "store")
    shutil.copytree(bench.folder / "store", bench.folder / "raw")
    raw = [bench.program("insert"), "raw/ledger.db", "1"]
    values = {name: [] for name in (*CROWD_GOALS, *CROWD_UNITS)}
    for _ in range(bench.scale["slowest"]):
        empty, _, _ = crowd(bench, bench.program("empty"))
        floor, _, floor_worst = crowd(bench, *raw)
        rate, p99, worst = crowd(bench, *store, "publish", "unheard")
        for name, value in zip(values, (rate / floor, p99, worst, rate, floor, floor_worst, empty)):
            values[name].append(value)
    return Measured(values=values)


def batch(bench):
    store = new_store(bench, "store")
    shutil.copytree(bench.folder / "store", bench.folder / "raw")
    lines = (json.dumps({"name": "unheard", "payload": {"n": n}}) for n in range(LINES))
    file = bench.write("events.jsonl", "\n".join(lines))
    commands = {
        "raw SQLite": [bench.program("insert"), "raw/ledger.db", str(LINES)],
        "qflow": [*store, "publish", "--batch", file],
    }
    times = bench.in_turns(bench.scale["slow"], commands, warm_ups=1)
    return Measured(times, {"lines": [LINES * 1e9 / taken for taken in times["qflow"]]})


CROWD_GOALS = {"rate, to raw SQLite's": least(1.3, "×"), "p99": most(15, "ms"), "worst": most(60, "ms")}
CROWD_UNITS = {"rate": "/s", "raw SQLite's rate": "/s", "raw SQLite's worst": "ms", "empty processes": "/s"}

ROWS = [
    Row("publish-8", "publish by 8 processes at once", publish_at_once, CROWD_GOALS, CROWD_UNITS),
    Row("batch", "publish --batch of 100,000 lines", batch, {"lines": least(100_000, "/s")}),
]
