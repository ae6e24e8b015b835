"""A flow of twenty steps that leaves a trail of what was started, and a killer that hits its executor in a phase.

Each step appends its task and attempt to the file `starts` first, leaves a child in its group and a grandchild in a
session of its own, works some milliseconds and leaves artifacts of several kinds.

The phase is read while the executor is stopped (SIGSTOP), and SIGKILL follows without its going on, so that what was
read is where it died:
  commit  it holds ledger.gate or SQLite's write lock (byte 120 of ledger.db-shm), according to /proc/locks
  store   it holds objects.gate: it takes in what a step has left
  start   it has not noted itself in the lock file of a run: the store is opened, others are recovered
  spawn   a task is in that file whose step has not come to its first line; or there is no task in it yet
  run     else: it waits for tasks
"""
import collections
import os
import re
import signal
import time

from faults import Broken, expect, processes_with

FLOW = "Twenty"
PHASES = ("start", "spawn", "run", "store", "commit")
MOST_TRIES = 400  # stops of one process; then it is killed in whatever phase it is
WAL_WRITE_LOCK = "120"

STEP = """echo "$QFLOW_TASK $QFLOW_ATTEMPT" >> starts
sleep 1000 &
setsid sleep 1000 &
sleep {work}
{artifact}"""

ARTIFACTS = (
    "",
    """echo "\\"$QFLOW_TASK $$\\"" > "$QFLOW_OUT/small_{step}.json" """,
    """{{ printf '"%s' $$; head -c 70000 /dev/zero | tr '\\0' x; echo '"'; }} > "$QFLOW_OUT/large_{step}.json" """,
    """{{ echo $$; head -c 300000 /dev/zero; }} > "$QFLOW_OUT/file_{step}" """,
)


class TwentySteps:
    """Chains and forks by chance; written into the place as flow.toml."""

    def __init__(self, place, rng, head=""):
        self.place = place
        self.needs = {}
        tables = []
        for number in range(20):
            step = f"s{number}"
            earlier = list(self.needs)
            self.needs[step] = sorted(rng.sample(earlier[-4:], min(len(earlier), rng.choice((0, 1, 1, 1, 2)))))
            artifact = rng.choice(ARTIFACTS).format(step=step)
            script = STEP.format(work=f"{rng.uniform(0.001, 0.015):.3f}", artifact=artifact)
            tables.append(f"[[steps]]\nid = '{step}'\nneeds = {self.needs[step]}\nrun = '''\n{script}'''\n")
        place.write("flow.toml", f"id = '{FLOW}'\n{head}\n" + "\n".join(tables))

    def starts(self):
        """(run number, step, attempt) of each task that came to its first line, in the order of time."""
        file = self.place.folder / "starts"
        lines = file.read_text().splitlines() if file.exists() else []
        return [(int(run), step, int(attempt)) for _, run, step, attempt in (re.split("[/ ]", line) for line in lines)]

    def expect_nothing_repeated(self):
        """A step that starts proves that those before it had succeeded: none of them may start from then on."""
        succeeded = set()
        for run, step, attempt in self.starts():
            expect(step not in succeeded, f"{step} had succeeded and ran again, as attempt {attempt} of {FLOW}/{run}")
            succeeded |= self.before(step)

    def before(self, step):
        found = set()
        for needed in self.needs[step]:
            found |= {needed} | self.before(needed)
        return found

    def expect_earlier_gone(self, newest):
        """The newest run was made by a command that had recovered the earlier ones."""
        for number in range(1, newest):
            left = self.place.processes(f"{FLOW}/{number}")
            expect(not left, f"processes of {FLOW}/{number} live after its recovery: {describe(left)}")


def describe(processes):
    def command(process):
        try:
            with open(f"/proc/{process}/cmdline", "rb") as file:
                return file.read().replace(b"\0", b" ").decode(errors="replace")[:80]
        except OSError:
            return "gone by now"
    return ", ".join(f"{process} ({command(process)})" for process in processes)


def state_of(process):
    with open(f"/proc/{process}/stat") as file:
        return file.read().rpartition(") ")[2][0]


def locks_of(process):
    """(inode, first byte) of each lock that the process holds; '->' marks one that it waits for."""
    with open("/proc/locks") as file:
        words = [line.split() for line in file]
    return {(int(word[5].rpartition(":")[2]), word[6]) for word in words if word[1] != "->" and word[4] == str(process)}


class Killer:
    """Kills executors of one flow, and counts in which phases."""

    def __init__(self, rng):
        self.rng = rng
        self.counts = collections.Counter()

    def kill(self, flow, process, wanted):
        """At a random moment of the wanted phase; the phase, or None when the process ended by itself."""
        self.pause(0.02)
        for tries in range(MOST_TRIES + 1):
            if not self.stop(process):
                return None
            phase = self.phase(flow, process.pid)
            if phase == wanted or tries == MOST_TRIES:
                process.kill()
                process.wait()
                self.counts[phase] += 1
                return phase
            process.send_signal(signal.SIGCONT)
            self.pause(0.002)

    def any_phase(self):
        return self.rng.choice(PHASES)

    def text(self):
        return ", ".join(f"{phase} {self.counts[phase]}" for phase in PHASES)

    def pause(self, longest):
        time.sleep(self.rng.uniform(0, longest))

    @staticmethod
    def stop(process):
        process.send_signal(signal.SIGSTOP)
        while process.poll() is None:
            if state_of(process.pid) == "T":
                return True
        return False

    @staticmethod
    def phase(flow, process):
        store = flow.place.store
        locks = locks_of(process)

        def holds(name, *byte):
            file = store / name
            return file.exists() and any(inode == file.stat().st_ino and first in (byte or (first,)) for inode, first in locks)

        if holds("ledger.gate") or holds("ledger.db-shm", WAL_WRITE_LOCK):
            return "commit"
        if holds("objects.gate"):
            return "store"
        for lock in (store / "runs" / FLOW).glob("*/lock"):
            if holds(lock.relative_to(store)):
                lines = lock.read_text().splitlines()
                last_executor = max((at for at, line in enumerate(lines) if line.startswith("executor")), default=len(lines))
                tasks = {tuple(line.split()[2].split("/")) for line in lines[last_executor + 1:]}
                run = int(lock.parent.name)
                begun = {(step, str(attempt)) for number, step, attempt in flow.starts() if number == run}
                return "spawn" if not tasks or tasks - begun else "run" if last_executor < len(lines) else "start"
        return "start"
