"""The same small runs by programs that know more than files: what each costs before any step does anything."""

import subprocess
import sys

from rows.bench import BUILD
from rows.row import Measured, Row
from rows.runs import flow_text

METAFLOW = BUILD / "metaflow"
JOBS = 2

# Metaflow's flows begin with a step `start` and end with `end`, and many steps at once are a foreach with a join.
METAFLOW_TWO = """from metaflow import FlowSpec, step
class Two(FlowSpec):
    @step
    def start(self):
        self.next(self.end)
    @step
    def end(self):
        pass
if __name__ == "__main__":
    Two()
"""
METAFLOW_MANY = """from metaflow import FlowSpec, step
class Many(FlowSpec):
    @step
    def start(self):
        self.places = list(range({wide}))
        self.next(self.each, foreach="places")
    @step
    def each(self):
        self.next(self.join)
    @step
    def join(self, inputs):
        self.next(self.end)
    @step
    def end(self):
        pass
if __name__ == "__main__":
    Many()
"""


def snakemake_text(count, chained):
    """Its order comes from files alone."""
    lines = ["rule all:", f"    input: {[f's{index}' for index in range(count)]}"]
    for index in range(count):
        before = [f"    input: 's{index - 1}'"] if chained and index > 0 else []
        lines += [f"rule r{index}:", *before, f"    output: touch('s{index}')", "    shell: ':'"]
    return "\n".join(lines) + "\n"


def metaflow_python(bench):
    """The interpreter that has Metaflow, in an environment that is made once; None where it can't be had."""
    python = METAFLOW / "bin" / "python"
    have = subprocess.run([python, "-c", "import metaflow"], stderr=subprocess.DEVNULL) if python.exists() else None
    if have is not None and have.returncode == 0:
        return str(python)
    try:
        subprocess.run([sys.executable, "-m", "venv", METAFLOW], check=True, stdout=sys.stderr)
        subprocess.run([METAFLOW / "bin" / "pip", "install", "--quiet", "metaflow"], check=True, stdout=sys.stderr)
    except (OSError, subprocess.CalledProcessError) as problem:
        bench.notes.append(f"Metaflow is left out, as it can't be had here: {problem}")
        return None
    return str(python)


def metaflow_command(bench, count):
    """Of two steps, or of more with as many tasks; what it keeps stays in the row's folder."""
    python = metaflow_python(bench)
    if python is None:
        return None
    text = METAFLOW_TWO if count == 2 else METAFLOW_MANY.format(wide=count - 3)
    file = bench.write("metaflow_flow.py", text)
    settings = [f"METAFLOW_DATASTORE_SYSROOT_LOCAL={bench.folder}", "METAFLOW_USER=bench", f"HOME={bench.folder}"]
    return ["env", *settings, python, file, "--quiet", "run", "--max-workers", str(JOBS)]


def beside_engines(bench, count, chained):
    steps = [":"] * count
    snakefile = bench.write("Snakefile", snakemake_text(count, chained))
    commands = {
        "snakemake": ["snakemake", "--quiet", "all", "--snakefile", snakefile, "--forceall", "--cores", str(JOBS)],
        "Metaflow": metaflow_command(bench, count),
        "qflow": bench.run_of(bench.write("steps.toml", flow_text("Steps", steps, chained)), JOBS),
    }
    commands = {name: command for name, command in commands.items() if command is not None}
    return Measured(bench.in_turns(bench.scale["slowest"], commands, warm_ups=0))


ROWS = [
    Row("engines-2", "run of 2 steps", lambda bench: beside_engines(bench, 2, chained=True)),
    Row("engines-100", "run of 100 steps, 2 jobs", lambda bench: beside_engines(bench, 100, chained=False)),
]
