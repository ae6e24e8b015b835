"""What the rows share: the programs, a folder to work in, how often to measure, and the clock."""

import os
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
BUILD = ROOT / "build" / "bench"

# How large things are, and how often they are measured, per form of the benchmark.
FULL = {"short": 50, "long": 25, "slow": 7, "slowest": 3, "seconds": 10, "past": 1_000_000, "deployed": 100_000}
QUICK = {**FULL, "short": 15, "long": 5, "slow": 3, "slowest": 1, "seconds": 3}
CI = {**QUICK, "short": 50, "past": 100_000, "deployed": 10_000}

# How the programs that qflow is compared with are compiled: as lean as they can be.
OPTIONS = {
    "empty": ["-O2"],
    "insert": ["-O2", "-static", "-Wl,--no-warnings"],
    "parse": ["-O2", "-DNDEBUG"],
}
LIBRARIES = {"insert": ["-lsqlite3", "-lm"]}


class Failed(Exception):
    """A row can't be measured."""


class Bench:
    """One row's folder, and what it needs to measure there."""

    def __init__(self, qflow, home, name, scale, notes):
        self.qflow = str(qflow)
        self.home = home  # of all rows
        self.folder = home / name
        self.folder.mkdir()
        self.scale = scale
        self.notes = notes  # what the reader of the table should know

    def program(self, name):
        """The compiled program of bench/programs, made when its source is newer."""
        source = ROOT / "bench" / "programs" / f"{name}.cpp"
        compiled = BUILD / "programs" / name
        if not compiled.exists() or compiled.stat().st_mtime < source.stat().st_mtime:
            compiled.parent.mkdir(parents=True, exist_ok=True)
            options = OPTIONS.get(name, ["-O2", "-static"])
            command = ["g++", "-std=c++20", *options, "-o", compiled, source, *LIBRARIES.get(name, [])]
            subprocess.run(command, check=True)
        return str(compiled)

    def built(self, name):
        """A program of bench/CMakeLists.txt, which lies beside qflow."""
        return str(pathlib.Path(self.qflow).parent / "bench" / name)

    def write(self, name, text):
        (self.folder / name).write_text(text)
        return name

    def call(self, *command):
        ended = subprocess.run(command, cwd=self.folder, capture_output=True, text=True)
        if ended.returncode != 0:
            raise Failed(f"{' '.join(command)}: {ended.stderr.strip()}")

    def printed_by(self, *command):
        """Its stdout; what it says on stderr is for the user."""
        ended = subprocess.run(command, cwd=self.folder, stdout=subprocess.PIPE, text=True)
        if ended.returncode != 0:
            raise Failed(f"{command[0]} ended with status {ended.returncode}")
        return ended.stdout

    def run_of(self, flow, jobs):
        """The command that runs a flow file; its store is its own."""
        store = f"{flow.removesuffix('.toml')}.{jobs}.store"
        return [self.qflow, "-q", "--store", store, "run", flow, "--jobs", str(jobs)]

    def rounds(self, count, commands, warm_ups=3):
        """(nanoseconds, kilobytes) of each command in each round, by the names of the commands."""
        words = [word for command in commands.values() for word in ["--", *command]][1:]
        lines = self.printed_by(self.program("stopwatch"), str(warm_ups), str(count), *words).splitlines()
        taken = [[tuple(map(int, cell.split(":"))) for cell in line.split()] for line in lines]
        return {name: [line[place] for line in taken] for place, name in enumerate(commands)}

    def in_turns(self, count, commands, warm_ups=3):
        """Nanoseconds of each command in each round, by the names of the commands."""
        taken = self.rounds(count, commands, warm_ups)
        return {name: [nanoseconds for nanoseconds, _ in uses] for name, uses in taken.items()}

    def once(self, *command):
        """Nanoseconds of one command, not warmed up."""
        return self.in_turns(1, {"it": command}, warm_ups=0)["it"][0]

    def forget_files(self, folder):
        """The next reader gets what is below the folder from the disk."""
        for path in filter(pathlib.Path.is_file, (self.folder / folder).rglob("*")):
            with open(path, "rb") as file:
                os.fsync(file.fileno())
                os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
