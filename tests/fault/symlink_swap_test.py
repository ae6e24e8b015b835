#!/usr/bin/env python3
"""Somebody swaps parts of the store for symbolic links to a folder outside of it, and back, in a loop: the store itself,
its folders, those of flows, runs, steps and logs, and its files. Meanwhile events are published, runs are executed, gc and
fsck work.

Proven: nothing outside of the store is made, changed, removed or given other permissions, whatever the commands end with;
none ends by a signal; when everything is in its place again the store works.

usage: symlink_swap_test.py QFLOW [--long] [--seed N]
"""
import collections
import os
import threading
import time

from faults import Place, expect, expect_no_report, main, printed_by

FLOW = """id = "Swapped"
[run]
keep = "1ms"
when_busy = "parallel"
[[triggers]]
type = "event"
event = "wanted"
[[steps]]
id = "leave"
run = '''
echo said
mkdir "$QFLOW_OUT/step_folder"
head -c 20000 /dev/urandom > "$QFLOW_OUT/step_folder/step_inside"
head -c 20000 /dev/urandom > "$QFLOW_OUT/step_file"
echo "\\"$$\\"" > "$QFLOW_OUT/step_value.json"
'''
[[steps]]
id = "take"
needs = ["leave"]
run = 'ls "$QFLOW_IN" > /dev/null || true'
"""
COMMANDS = (("publish", "wanted"), ("tick",), ("run", "flow.toml"), ("run", "flow.toml"), ("gc",), ("fsck",), ("deploy", "flow.toml"),
            ("resume", "Swapped/1"), ("tag", "Swapped/1", "x"), ("logs", "Swapped/1"))
FILES = ("ledger.gate", "objects.gate", "worker.log", "last_tick", "config.toml")


class Outside:
    """A folder that has the names of a store, and files of somebody else."""

    def __init__(self, folder):
        self.folder = folder
        for name in ("objects", "runs/Swapped/1/steps/leave/1", "runs/Swapped/2", "sensors", "secrets", "steps", "folder"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        for name in ("precious", "objects/precious", "runs/Swapped/1/lock", "runs/Swapped/1/steps/leave/1/log", "log",
                     "lock", "file", "ledger.gate", "worker.log", "last_tick", "steps/log"):
            (folder / name).write_text("precious\n")
        for path in folder.rglob("*"):
            os.utime(path, (1, 1))
        self.before = self.state()

    def state(self):
        """Without what a step has written, by the path that it was given: that is not qflow's."""
        found = {}
        for path in (self.folder, *self.folder.rglob("*")):
            if "step_" in str(path):
                continue
            status = path.lstat()
            is_file = path.is_file()
            found[str(path.relative_to(self.folder))] = (oct(status.st_mode), is_file and status.st_nlink, is_file and path.read_bytes())
        return found

    def differences(self):
        now = self.state()
        return sorted(name for name in {*now, *self.before} if now.get(name) != self.before.get(name))


class Swapper(threading.Thread):
    """Moves a part of the store aside, puts a link in its place, and moves it back a moment later."""

    def __init__(self, place, outside, rng):
        super().__init__(daemon=True)
        self.place, self.outside, self.rng = place, outside, rng
        self.is_over = threading.Event()
        self.counts = collections.Counter()

    def run(self):
        while not self.is_over.is_set():
            path, target = self.choose()
            self.swap(path, target)
            time.sleep(self.rng.uniform(0, 0.002))

    def choose(self):
        """The part, and where the link leads."""
        store, rng = self.place.store, self.rng
        what = rng.choice(("store", "folder", "file", "object", "flow", "run", "below", "below", "below"))
        if what == "store":
            return store, self.outside.folder
        if what == "folder":
            name = rng.choice(("objects", "runs"))
            return store / name, self.outside.folder / name
        if what == "file":
            name = rng.choice(FILES)
            return store / name, self.outside.folder / name
        if what == "object":
            return self.any_below(store / "objects"), self.outside.folder
        if what == "flow":
            return store / "runs" / "Swapped", self.outside.folder / "runs" / "Swapped"
        newest = self.newest_run()
        return (newest, self.outside.folder) if what == "run" else (self.any_below(newest), self.outside.folder)

    def newest_run(self):
        flow = self.place.store / "runs" / "Swapped"
        try:
            numbers = [int(name) for name in os.listdir(flow) if name.isdigit()]
        except OSError:
            numbers = []
        return flow / str(max(numbers, default=1))

    def any_below(self, folder):
        """A folder or a file: a link to a file where it is one."""
        try:
            below = [path for path in folder.rglob("*") if not path.is_symlink()]
        except OSError:
            below = []
        return self.rng.choice(below) if below else folder

    def swap(self, path, target):
        aside = path.with_name(path.name + ".aside")
        try:
            if path.is_file() and target.is_dir():
                target = target / "file"
            os.rename(path, aside)
        except OSError:
            return
        try:
            os.symlink(target, path)
            time.sleep(self.rng.choice((0, self.rng.uniform(0, 0.003), self.rng.uniform(0, 0.03))))
        except OSError:
            pass
        self.put_back(path, aside)
        self.counts[path.relative_to(self.place.folder).parts[1:2]] += 1

    @staticmethod
    def put_back(path, aside):
        """What a command has made in the meantime goes: a folder can't be replaced by another that is not empty."""
        for _ in range(1000):
            try:
                if path.is_symlink():
                    path.unlink()
                elif path.exists():
                    os.rename(path, path.with_name(f"{path.name}.made{time.monotonic_ns()}"))
                os.rename(aside, path)
                return
            except FileNotFoundError:
                if not aside.exists():
                    return
            except OSError:
                pass


def test(qflow, is_long, rng):
    calls = 2000 if is_long else 60
    statuses = collections.Counter()
    with Place(qflow) as place, Place(qflow) as other:
        place.write("flow.toml", FLOW)
        place.call("deploy", "flow.toml")
        place.call("run", "flow.toml")
        place.call("tick")
        outside = Outside(other.folder / "outside")
        swapper = Swapper(place, outside, rng)
        swapper.start()
        try:
            for _ in range(calls):
                words = rng.choice(COMMANDS)
                process = place.start(*words)
                status = process.wait(timeout=300)
                statuses[status] += 1
                expect(status in range(8), f"qflow {' '.join(words)}: status {status}\n{printed_by(process)}")
                expect_no_report(printed_by(process), f"qflow {' '.join(words)}")
                changed = outside.differences()
                expect(not changed, f"qflow {' '.join(words)} has changed outside of the store: {changed[:8]}")
        finally:
            swapper.is_over.set()
            swapper.join()
        place.end_processes()
        expect(not outside.differences(), f"outside of the store is changed: {outside.differences()[:8]}")
        place.call("run", "flow.toml")
        return (f"{calls} commands while {sum(swapper.counts.values())} parts of the store were swapped for links,"
                f" {statuses[0]} succeeded; 0 writes outside the store")


if __name__ == "__main__":
    main(__doc__.splitlines()[0], test)
