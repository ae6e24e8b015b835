#!/usr/bin/env python3
"""Messages come into a Redis stream while ticks, which read it by an exec sensor, are killed with -9 at random.

Proven: every message has become exactly one event and one run, and in the end Redis knows of each that it is done.

usage: redis_stream_test.py QFLOW [--long] [--seed N]
"""
import collections
import json
import pathlib
import shutil
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))

from faults import Place, expect, main  # noqa: E402
from redis_server import RedisServer  # noqa: E402

FLOWS = pathlib.Path(__file__).resolve().parent.parent.parent / "flows" / "sensors"


def send(server, count, rng):
    for number in range(count):
        server.ask("XADD", "jobs", "*", "dataset", str(number))
        time.sleep(rng.uniform(0, 0.2))


def test(qflow, is_long, rng):
    count = 1000 if is_long else 100
    with RedisServer() as server, Place(qflow, REDIS_URL=server.url) as place:
        for name in ("redis_stream.toml", "redis_stream.py"):
            shutil.copy(FLOWS / name, place.folder)
        flow = (FLOWS / "redis_stream.toml").read_text().replace('command     =', 'poll = "1ms"\ncommand =')
        place.write("redis_stream.toml", flow)
        place.call("deploy", "redis_stream.toml")
        sender = threading.Thread(target=send, args=(server, count, rng))
        sender.start()
        ticks = killed = 0
        while sender.is_alive():
            tick = place.start("tick")
            ticks += 1
            time.sleep(rng.choice([rng.uniform(0, 0.3), rng.uniform(0, 2)]))
            if tick.poll() is None:
                tick.kill()
                killed += 1
        for _ in range(10):
            place.call("tick", "--wait")
            time.sleep(0.05)
        payloads = [json.loads(row[0]) for row in place.rows("SELECT payload FROM events WHERE type = 'sensor'")]
        datasets = collections.Counter(int(payload["dataset"]) for payload in payloads)
        expect(datasets == collections.Counter(range(count)), f"events: {sorted(datasets.items())}")
        runs = place.rows("SELECT count(*) FROM runs WHERE status = 'succeeded'")[0][0]
        expect(runs == count, f"{runs} runs for {count} messages")
        pending = server.ask("XPENDING", "jobs", "qflow").splitlines()[0]
        expect(pending == "0", f"{pending} messages are not acknowledged")
        place.expect_sound_ledger()
    return f"messages: {count}, ticks: {ticks}, killed: {killed}; lost: 0, doubled: 0"


if __name__ == "__main__":
    main(__doc__.splitlines()[0], test)
