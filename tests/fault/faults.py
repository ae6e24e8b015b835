"""What the fault tests share: a place with a store of its own, its processes, conditions to wait for, and the frame that
turns a broken invariant into exit status 1.

Processes are found through /proc/PID/environ, as nothing that a step starts can leave it behind by accident: FAULT_PLACE
names the place, QFLOW_RUN the run. What has exited and is not collected yet has no environment any more.
"""
import argparse
import json
import os
import pathlib
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time

INHERITED = ("PATH", "GCOV_PREFIX", "ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS")
HOUR = 3600 * 1_000_000  # microseconds


class Broken(Exception):
    """An invariant does not hold."""


def expect(holds, what):
    if not holds:
        raise Broken(what)


def wait_for(condition, what, limit=60):
    """The first true value of the condition."""
    end = time.monotonic() + limit
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise Broken(f"not within {limit} s: {what}")
        time.sleep(0.005)


def until_the_hour():
    """How far qflow's clock is to be turned for a full hour to have just passed: in microseconds."""
    return HOUR - time.time_ns() // 1000 % HOUR


def processes_with(*entries):
    """The ids of the processes in whose environment all the entries (NAME=value) stand."""
    wanted = {entry.encode() for entry in entries}
    found = []
    for folder in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            environment = (folder / "environ").read_bytes()
        except OSError:
            continue
        if wanted <= set(environment.split(b"\0")):
            found.append(int(folder.name))
    return found


def has_exited(process):
    """Then its descriptors are closed and its locks are free; its memory, command and environment go earlier."""
    try:
        return pathlib.Path(f"/proc/{process}/stat").read_bytes().rpartition(b")")[2].split()[0] in (b"Z", b"X")
    except OSError:
        return True


def kill_and_wait(process):
    """Whether it was there. What the next command finds is what the killed one left."""
    try:
        os.kill(process, signal.SIGKILL)
    except ProcessLookupError:
        return False
    wait_for(lambda: has_exited(process), f"the end of process {process}")
    return True


class Place:
    """A temporary folder in which qflow is called. Nothing that was started there outlives it."""

    def __init__(self, qflow, **variables):
        self.qflow = qflow
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="qflow-fault-")).resolve()
        self.store = self.folder / ".qflow"
        self.mark = f"FAULT_PLACE={self.folder}"
        kept = {name: os.environ[name] for name in INHERITED if name in os.environ}
        # A process that is killed while it writes down what it covered would spoil that for all others; those that are
        # called here after it would say so on standard error.
        covered = {"GCOV_PREFIX": str(self.folder / "coverage"), "GCOV_ERROR_FILE": os.devnull}
        self.environment = {**kept, **covered, "HOME": str(self.folder), "LANG": "C.UTF-8", "FAULT_PLACE": str(self.folder), **variables}
        self.started = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.end_processes()
        shutil.rmtree(self.folder)

    def write(self, name, text):
        (self.folder / name).write_text(text)

    def start(self, *arguments, under=(), **options):
        """qflow in the background, called by `under`; what it prints is in .output, standard error too."""
        output = tempfile.TemporaryFile()
        options = {"stdin": subprocess.DEVNULL, "stdout": output, "stderr": subprocess.STDOUT,
                   "env": self.environment, **options}
        process = subprocess.Popen([*under, self.qflow, *arguments], cwd=self.folder, **options)
        process.output = output
        self.started.append(process)
        return process

    def call(self, *arguments, status=0):
        """What qflow prints on standard output; any other exit status breaks the test."""
        done = subprocess.run([self.qflow, *arguments], cwd=self.folder, env=self.environment, stdin=subprocess.DEVNULL,
                              capture_output=True, timeout=600)
        text = done.stdout.decode(errors="replace")
        expect(done.returncode == status, f"qflow {' '.join(arguments)}: status {done.returncode} instead of {status}\n"
                                          f"{text}{done.stderr.decode(errors='replace')}")
        return text

    def call_killed(self, delay, *arguments, **variables):
        """(exit status, standard output, standard error) of a call that is killed unless it ends within the delay."""
        process = subprocess.Popen([self.qflow, *arguments], cwd=self.folder, env={**self.environment, **variables},
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        try:
            out, err = process.communicate(timeout=delay)
        except subprocess.TimeoutExpired:
            process.kill()
            out, err = process.communicate()
        return process.returncode, out.decode(), err.decode(errors="replace")

    def inspect(self, run):
        return json.loads(self.call("inspect", run, "--json"))

    def rows(self, query, *values):
        """What the ledger says; nothing when there is none yet."""
        if not (self.store / "ledger.db").exists():
            return []
        # Not only for reading: a process that was killed while it made the ledger leaves a journal to be rolled back.
        ledger = sqlite3.connect(f"file:{self.store}/ledger.db?mode=rw", uri=True, timeout=60)
        try:
            return ledger.execute(query, values).fetchall()
        except sqlite3.OperationalError as error:
            expect("no such table" in str(error), f"the ledger: {error}")
            return []
        finally:
            ledger.close()

    def write_long(self, seconds):
        """Another writer, who keeps those of qflow waiting."""
        ledger = sqlite3.connect(self.store / "ledger.db", timeout=60, isolation_level=None)
        ledger.execute("BEGIN IMMEDIATE")
        time.sleep(seconds)
        ledger.execute("ROLLBACK")
        ledger.close()

    def change(self, statement, *values):
        ledger = sqlite3.connect(self.store / "ledger.db", timeout=60)
        with ledger:
            ledger.execute(statement, values)
        ledger.close()

    def newest(self, flow):
        """The number of the flow's newest run; 0 when there is none."""
        return self.rows("SELECT coalesce(max(number), 0) FROM runs WHERE flow = ?", flow)[0][0] if self.has_runs() else 0

    def has_runs(self):
        return bool(self.rows("SELECT name FROM sqlite_schema WHERE name = 'runs'"))

    def processes(self, run):
        return processes_with(self.mark, f"QFLOW_RUN={run}", f"QFLOW_STORE={self.store}")

    def end_processes(self):
        """What was started here, until nothing is left; what a run left is looked for too."""
        for process in self.started:
            if process.poll() is None:
                process.kill()
            process.wait()
        while left := processes_with(self.mark):
            for process in left:
                try:
                    os.kill(process, signal.SIGKILL)
                except ProcessLookupError:
                    pass

    def expect_sound_ledger(self):
        expect(self.rows("PRAGMA integrity_check") == [("ok",)], "the ledger is damaged")


def expect_no_report(text, what):
    """Sanitizers end a program with a status that may also be one of qflow's own."""
    expect("Sanitizer" not in text and "runtime error: " not in text, f"{what}: {text}")


def printed_by(process):
    process.output.seek(0)
    return process.output.read().decode(errors="replace")


def heed_signals():
    """Whoever runs the tests in the background may have them ignored, and qflow would do so too."""
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(each) == signal.SIG_IGN:
            signal.signal(each, signal.SIG_DFL)


def main(description, test):
    """Calls test(qflow, is_long, rng), which returns the line of counts."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("qflow", metavar="QFLOW", help="the binary")
    parser.add_argument("--long", action="store_true", help="as often as the issue demands")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1_000_000), help="to repeat the choices")
    arguments = parser.parse_args()
    name = pathlib.Path(sys.argv[0]).name
    heed_signals()
    try:
        counts = test(os.path.abspath(arguments.qflow), arguments.long, random.Random(arguments.seed))
    except Broken as broken:
        print(f"{name}: broken (--seed {arguments.seed}): {broken}")
        sys.exit(1)
    print(f"{name}: {counts}")
