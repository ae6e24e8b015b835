"""Runs of flows whose steps do nothing, so that all that is measured is what runs them."""

from rows.row import Measured, Row, most, times

STEPS = 100
TASKS = 10_000


def flow_text(name, commands, chained=False):
    """A flow whose steps are the commands of a shell, each depending on the one before it if chained."""
    lines = [f'id = "{name}"']
    for index, command in enumerate(commands):
        lines += ["[[steps]]", f'id = "s{index}"', f"exec = ['sh', '-c', '{command}']"]
        if chained and index > 0:
            lines.append(f'needs = ["s{index - 1}"]')
    return "\n".join(lines) + "\n"


def ninja_text(commands, chained=False):
    """The commands for ninja, which gives each to `/bin/sh -c`; their outputs never exist, so all run every time."""
    lines = ["rule command", "  command = $command"]
    for index, command in enumerate(commands):
        before = f" | never/{index - 1}" if chained and index > 0 else ""
        lines += [f"build never/{index}: command{before}", f"  command = {command.replace('$', '$$')}"]
    return "\n".join(lines) + "\n"


def make_text(count, chained=False):
    """Targets that are no files, so that all are made every time. Make skips a plain `:`, but not one with a space."""
    names = [f"s{index}" for index in range(count)]
    lines = [f"all: {' '.join(names)}", f".PHONY: all {' '.join(names)}"]
    for index, name in enumerate(names):
        before = f" s{index - 1}" if chained and index > 0 else ""
        lines += [f"{name}:{before}", "\t@sh -c ': '"]
    return "\n".join(lines) + "\n"


def version(bench):
    commands = {"an empty program": [bench.program("empty")], "qflow": [bench.qflow, "version"]}
    return Measured(bench.in_turns(bench.scale["short"], commands))


def two_steps(bench):
    flow = bench.write("two.toml", flow_text("Two", [":", ":"], chained=True))
    ninja = bench.write("two.ninja", ninja_text([":", ":"], chained=True))
    makefile = bench.write("Makefile", make_text(2, chained=True))
    commands = {
        "posix_spawn": [bench.program("spawn"), "2", "1"],
        "ninja": ["ninja", "--quiet", "-f", ninja],
        "make": ["make", "--silent", "-f", makefile],
        "qflow": bench.run_of(flow, 2),
    }
    return Measured(bench.in_turns(bench.scale["short"], commands))


def hundred_steps(bench, jobs):
    flow = bench.write("hundred.toml", flow_text("Hundred", [":"] * STEPS))
    ninja = bench.write("hundred.ninja", ninja_text([":"] * STEPS))
    makefile = bench.write("Makefile", make_text(STEPS))
    commands = {
        f"ninja -j{jobs}": ["ninja", "--quiet", "-f", ninja, f"-j{jobs}"],
        f"make -j{jobs}": ["make", "--silent", "-f", makefile, f"-j{jobs}"],
        "posix_spawn": [bench.program("spawn"), str(STEPS), str(jobs)],
        "qflow": bench.run_of(flow, jobs),
    }
    return Measured(bench.in_turns(bench.scale["long"], commands))


def hundred_values(bench):
    (bench.folder / "values").mkdir()
    commands = [f"echo {index} >values/{index}.json" for index in range(STEPS)]
    left = [f'echo {index} >"$QFLOW_OUT/value.json"' for index in range(STEPS)]
    ninja = bench.write("values.ninja", ninja_text(commands))
    flow = bench.write("values.toml", flow_text("Values", left))
    turns = {"ninja -j2": ["ninja", "--quiet", "-f", ninja, "-j2"], "qflow": bench.run_of(flow, 2)}
    return Measured(bench.in_turns(bench.scale["long"], turns))


def memory(bench):
    flow = bench.write("hundred.toml", flow_text("Hundred", [":"] * STEPS))
    uses = bench.rounds(bench.scale["slow"], {"qflow": bench.run_of(flow, 2)})["qflow"]
    return Measured(values={"at the peak": [kilobytes / 1024 for _, kilobytes in uses]})


def foreach(bench):
    """Its list is an artifact, as lists of that length are."""
    steps = [
        "[[steps]]", 'id = "list"', f"""run = 'echo "[$(seq -s, {TASKS})]" >"$QFLOW_OUT/items.json"'""",
        "[[steps]]", 'id = "each"', 'needs = ["list"]', 'foreach = "artifacts.items"', "exec = ['sh', '-c', ':']",
    ]
    flow = bench.write("foreach.toml", "\n".join(['id = "Foreach"', *steps]) + "\n")
    commands = {"posix_spawn": [bench.program("spawn"), str(TASKS), "2"], "qflow": bench.run_of(flow, 2)}
    uses = bench.rounds(bench.scale["slowest"], commands, warm_ups=0)
    peaks = [kilobytes / 1024 for _, kilobytes in uses["qflow"]]
    return Measured({name: [use[0] for use in taken] for name, taken in uses.items()}, {"at the peak": peaks})


ROWS = [
    Row("version", "qflow version", version, {"an empty program": times(0.9)}),
    Row("two", "run of 2 steps", two_steps, {"posix_spawn": times(1.9)}),
    Row("hundred-1", "run of 100 steps, 1 job", lambda bench: hundred_steps(bench, 1), {"ninja -j1": times(1.08)}),
    Row("hundred-2", "run of 100 steps, 2 jobs", lambda bench: hundred_steps(bench, 2), {"ninja -j2": times(1.08)}),
    Row("values", "run of 100 steps with a value each", hundred_values, {"ninja -j2": times(1.25)}),
    Row("memory", "memory of a run of 100 steps", memory, {"at the peak": most(12, "MB")}),
    Row("foreach", "foreach over 10,000 items, 2 jobs", foreach,
        {"posix_spawn": times(1.3), "at the peak": most(40, "MB")}),
]
