#!/usr/bin/env python3
"""The disk of the store is full: a tmpfs of 2 MiB at 40 fill levels, one on which no file can be made any more, and one that
is mounted read-only. At each, events are published, runs started and executed, files left as artifacts.

Proven: each command succeeds, or fails with status 7 (that of the step, if only what it left was too large) and a message
that names a path and the reason; an event is there exactly if it was acknowledged, a run has succeeded exactly if it
was told so; commands that only read work; when there is room again, fsck finds nothing and everything works.

It mounts in a namespace of its own, which root may make, and others where user namespaces are allowed; elsewhere the test
says so and ends with status 77.

usage: full_disk_test.py QFLOW [--long] [--seed N]
"""
import os
import pathlib
import subprocess
import sys

from faults import Place, expect, main, processes_with, wait_for

SIZE = 2 << 20
ENOUGH = 500_000
LEVELS = 40
SKIPPED = 77
REASONS = ("No space left on device", "the disk is full", "Read-only file system", "read-only")
INSIDE = "FAULT_IN_NAMESPACE"

FLOW = """id = "Filling"
[run]
when_busy = "parallel"
[[triggers]]
type = "event"
event = "wanted"
[[steps]]
id = "leave"
run = '''
head -c 60000 /dev/urandom > "$QFLOW_OUT/file"
echo 5 > "$QFLOW_OUT/value.json"
'''
"""
READING = (("runs",), ("runs", "--json"), ("events",), ("flows",), ("inspect", "Filling/1"), ("logs", "Filling/1"),
           ("get", "artifacts.value", "--run", "Filling/1"), ("explain", "Filling"))


def enter_namespace():
    """Starts this program again where it may mount."""
    for words in (["unshare", "--mount"], ["unshare", "--user", "--map-root-user", "--mount"]):
        tried = subprocess.run([*words, "mount", "-t", "tmpfs", "none", "/mnt"], capture_output=True)
        if tried.returncode == 0:
            os.execvpe(words[0], [*words, sys.executable, *sys.argv], {**os.environ, INSIDE: "1"})
    print(f"full_disk_test.py: skipped, as nothing may be mounted here: {tried.stderr.decode().strip()}")
    sys.exit(SKIPPED)


class Disk:
    """A small file system on which a place has its store."""

    def __init__(self, place, *options):
        self.place = place
        place.store.mkdir()
        mount("-t", "tmpfs", "-o", ",".join(("mode=700", *options)), "none", place.store)
        self.ballast = place.store / "runs" / "ballast"
        place.write("flow.toml", FLOW)
        place.call("deploy", "flow.toml")
        place.call("publish", "wanted")
        place.call("tick", "--wait")
        # A page of its own, in which there is room for last words however full the disk is.
        with open(place.store / "worker.log", "a") as log:
            log.write("\n")
        self.acknowledged, self.succeeded, self.refused = 1, 1, 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.place.end_processes()
        subprocess.run(["umount", "-l", self.place.store], check=True)

    def free(self):
        found = os.statvfs(self.place.store)
        return found.f_bavail * found.f_frsize

    def fill(self, left):
        with open(self.ballast, "wb") as file:
            file.write(b"x" * max(0, self.free() - left))

    def call(self, *arguments, accepted):
        process = self.place.start(*arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        out, err = (each.decode(errors="replace") for each in process.communicate(timeout=100))
        status = process.returncode
        expect(status in accepted, f"qflow {arguments}: status {status}\n{out}{err}")
        if status != 0:
            self.refused += 1
            expect(self.names_reason(err), f"qflow {arguments}: no reason\n{err}")
            expect(str(self.place.store) in err, f"qflow {arguments}: no path\n{err}")
        return status

    def names_reason(self, err):
        """Or the file in which a process that was started says it."""
        log = self.place.store / "worker.log"
        said = log.read_text(errors="replace") if f"its last words are in {log}" in err else err
        return any(reason in said for reason in REASONS)

    def use(self):
        """Everything that writes, while it may fail."""
        self.acknowledged += self.call("publish", "wanted", accepted=(0, 7)) == 0
        self.acknowledged += self.call("publish", "other", "--payload", '{"x": "' + "y" * 50_000 + '"}', accepted=(0, 7)) == 0
        self.succeeded += self.call("run", "flow.toml", accepted=(0, 1, 7)) == 0
        self.call("tick", accepted=(0, 7))
        self.call("gc", accepted=(0, 7))
        self.expect_readable()

    def expect_readable(self):
        """A log of the ledger that a process leaves while it is ending needs room to be read: then once more."""
        for words in READING:
            if self.call(*words, accepted=(0, 7)) != 0:
                self.refused -= 1
                wait_for(lambda: not processes_with(self.place.mark), "the workers' end")
                self.call(*words, accepted=(0,))

    def expect_whole(self):
        """With room again."""
        self.ballast.unlink(missing_ok=True)
        self.place.call("fsck")
        events = self.place.rows("SELECT count(*) FROM events WHERE name IN ('wanted', 'other')")[0][0]
        expect(events == self.acknowledged, f"{events} events are there, {self.acknowledged} were acknowledged")
        local = self.place.rows("SELECT count(*) FROM runs WHERE origin = 'local' AND status = 'succeeded'")[0][0]
        expect(local + 1 == self.succeeded, f"{local} local runs succeeded, {self.succeeded - 1} were told so")
        self.place.call("run", "flow.toml")
        self.place.call("publish", "wanted")
        self.place.start("tick", "--wait=5m").wait()
        queued = self.place.rows("SELECT status, count(*) FROM runs WHERE ended_at IS NULL GROUP BY 1")
        expect(not queued, f"with room again, runs are left: {queued}")
        newest = self.place.inspect("Filling/latest")
        expect(newest["status"] == "succeeded", f"with room again, a run has {newest['status']}: {newest['reason']}")
        self.place.call("fsck")


def mount(*arguments):
    subprocess.run(["mount", *map(str, arguments)], check=True)


def fill(qflow, left):
    with Place(qflow) as place, Disk(place, f"size={SIZE}") as disk:
        disk.fill(left)
        disk.use()
        disk.expect_whole()
        return disk.refused


def use_up_inodes(qflow, left):
    with Place(qflow) as place, Disk(place, "size=64m", "nr_inodes=200") as disk:
        spare = pathlib.Path(place.store / "runs" / "spare")
        spare.mkdir()
        for number in range(os.statvfs(place.store).f_ffree - left):
            (spare / str(number)).touch()
        disk.use()
        for file in spare.iterdir():
            file.unlink()
        spare.rmdir()
        disk.expect_whole()
        return disk.refused


def mount_read_only(qflow):
    with Place(qflow) as place, Disk(place, "size=64m") as disk:
        # A worker may still have a file open for writing, even while its process is ending.
        read_only = ["mount", "-o", "remount,ro", place.store]
        wait_for(lambda: subprocess.run(read_only, capture_output=True).returncode == 0, "nobody writes any more")
        for words in (("publish", "wanted"), ("run", "flow.toml"), ("tick",), ("gc",), ("deploy", "flow.toml"),
                      ("resume", "Filling/1"), ("tag", "Filling/1", "x")):
            disk.call(*words, accepted=(7,))
        disk.expect_readable()
        mount("-o", "remount,rw", place.store)
        disk.expect_whole()
        return disk.refused


def test(qflow, is_long, rng):
    if INSIDE not in os.environ:
        enter_namespace()
    # With more room than this nothing is refused; the levels are nearer to each other where the disk is nearly full.
    levels = [int(ENOUGH * (level / LEVELS) ** 2) for level in range(LEVELS)]
    chosen = levels if is_long else rng.sample(levels, 3)
    refused = sum(fill(qflow, left) for left in chosen)
    inodes = range(12) if is_long else rng.sample(range(12), 1)
    refused_inodes = sum(use_up_inodes(qflow, left) for left in inodes)
    refused_writes = mount_read_only(qflow)
    return (f"{len(chosen)} fill levels, {refused} commands refused; {len(inodes)} times no inodes, {refused_inodes} refused; "
            f"read-only, {refused_writes} refused; nothing half-stored, all works with room again")


if __name__ == "__main__":
    main(__doc__.splitlines()[0], test)
