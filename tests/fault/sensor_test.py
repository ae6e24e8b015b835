#!/usr/bin/env python3
"""Writers write 200 files slowly, in pieces of random sizes; some are renamed when they are whole, some appear under a
partial name first, some are appended to after a while. Meanwhile ticks start every 200 ms, and half of them are killed
with -9 at random moments.

Proven: every file that is whole has been reported as created exactly once, with the size that it had when it was whole;
no name that was only passed through has been reported; each report started one run.

usage: sensor_test.py QFLOW [--long] [--seed N]
"""
import collections
import json
import os
import random
import signal
import threading
import time

from faults import Place, expect, main

FLOW = """
id = "Count"
[run]
when_busy = "parallel"
[[triggers]]
id = "files"
type = "sensor"
sensor_type = "directory"
path = "in"
pattern = "**/*.csv"
poll = "100ms"
settle = "2s"
[[steps]]
id = "s"
"""
WRITERS = 10
FILES = 200
TICK_EVERY = 0.2
MORE = b"more"


def write_slowly(folder, number, rng, whole):
    """Writes one file; notes the name and size under which it stays."""
    way = rng.choice(["plain", "partial", "renamed", "appended"])
    name = f"{number}.csv"
    path = folder / rng.choice([".", "sub"]) / {"partial": name + ".part", "renamed": f"{number}-old.csv"}.get(way, name)
    size = 0
    with open(path, "wb", buffering=0) as file:
        for _ in range(rng.randrange(1, 6)):
            piece = os.urandom(rng.randrange(1, 20_000))
            file.write(piece)
            size += len(piece)
            time.sleep(rng.uniform(0, 0.6))
    if path.name != name:
        path = path.rename(path.with_name(name))
    # What comes later may be seen at the first look already, when the machine is busy.
    whole[str(path)] = {size, size + len(MORE)} if way == "appended" else {size}
    if way == "appended":
        time.sleep(4)
        with open(path, "ab") as file:
            file.write(MORE)


def write_all(folder, rng):
    numbers = collections.deque(range(FILES))
    whole = {}

    def work(own):
        while True:
            try:
                number = numbers.popleft()
            except IndexError:
                return
            write_slowly(folder, number, own, whole)

    threads = [threading.Thread(target=work, args=(random.Random(rng.random()),)) for _ in range(WRITERS)]
    for thread in threads:
        thread.start()
    return threads, whole


def tick_until(place, threads, rng):
    """How many ticks were started, and how many of them killed."""
    killed, started = 0, []
    while any(thread.is_alive() for thread in threads):
        tick = place.start("tick", preexec_fn=os.setsid)
        started.append(tick)
        if rng.random() < 0.5:
            kill_at = time.monotonic() + rng.uniform(0, 2.5)
            timer = threading.Timer(max(0, kill_at - time.monotonic()), tick.kill)
            timer.daemon = True
            timer.start()
        time.sleep(TICK_EVERY)
    for tick in started:
        killed += tick.wait() == -signal.SIGKILL
    return len(started), killed


def test(qflow, is_long, rng):
    rounds = 5 if is_long else 1
    ticks = kills = 0
    for _ in range(rounds):
        with Place(qflow) as place:
            (place.folder / "in" / "sub").mkdir(parents=True)
            place.write("flow.toml", FLOW)
            place.call("deploy", "flow.toml")
            threads, whole = write_all(place.folder / "in", rng)
            started, killed = tick_until(place, threads, rng)
            time.sleep(2.2)
            for _ in range(3):
                place.call("tick", "--wait")
                time.sleep(0.2)
            ticks, kills = ticks + started, kills + killed
            expect_each_once(place, whole)
    return f"files: {rounds * FILES}, ticks: {ticks}, killed: {kills}; reported twice: 0, too early: 0, not at all: 0"


def expect_each_once(place, whole):
    expect(len(whole) == FILES, f"{len(whole)} files were written")
    payloads = [json.loads(row[0]) for row in place.rows("SELECT payload FROM events WHERE type = 'sensor'")]
    reported = collections.Counter(payload["path"] for payload in payloads)
    twice = [path for path, count in reported.items() if count > 1]
    expect(not twice, f"reported more than once: {twice}")
    missing = sorted(set(whole) - set(reported))
    expect(not missing, f"never reported: {missing}")
    foreign = sorted(set(reported) - set(whole))
    expect(not foreign, f"reported, but only passed through: {foreign}")
    for payload in payloads:
        wanted = whole[payload["path"]]
        expect(payload["size"] in wanted, f"{payload['path']} was reported with {payload['size']} of {wanted} bytes")
    runs = place.rows("SELECT count(*) FROM runs WHERE status = 'succeeded'")[0][0]
    expect(runs == FILES, f"{runs} runs for {FILES} files")
    place.expect_sound_ledger()


if __name__ == "__main__":
    main(__doc__.splitlines()[0], test)
