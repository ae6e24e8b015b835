"""What happens inside a process, as bench/inside measures it with Google Benchmark: the processor's time, as nothing here
waits."""

import json

from rows.bench import Failed
from rows.row import Measured, Row, most

NANOSECONDS = {"ns": 1, "us": 1e3, "ms": 1e6}


def inside(bench, *names):
    """Nanoseconds of the processor in each repetition of the named benchmarks. Failed where one refuses what it sees."""
    out = bench.printed_by(
        bench.built("qflow_bench"), f"--benchmark_filter=^({'|'.join(names)})(/|$)", "--benchmark_format=json",
        f"--benchmark_repetitions={bench.scale['slow']}", "--benchmark_enable_random_interleaving=true",
    )
    taken = {name: [] for name in names}
    for one in json.loads(out)["benchmarks"]:
        if one.get("error_occurred"):
            raise Failed(f"{one['run_name']}: {one['error_message']}")
        if one["run_type"] == "iteration":
            name = one["run_name"].split("/")[0]
            taken[name].append(one["cpu_time"] * NANOSECONDS[one["time_unit"]])
    return taken


def row(name, what, benchmarks, goals, unit):
    """`benchmarks`: what they are called in the table, and in the program."""

    def measure(bench):
        taken = inside(bench, *benchmarks.values())
        size = NANOSECONDS[unit.replace("µ", "u")]
        return Measured(values={label: [ns / size for ns in taken[name]] for label, name in benchmarks.items()})

    return Row(name, what, measure, goals, {label: unit for label in benchmarks})


ROWS = [
    row("decide-inside", "decision for one event, 10 of 100,000 listeners",
        {"the engine": "decision", "look-up in SQLite": "listeners_in_sqlite"}, {"the engine": most(50, "µs")}, "µs"),
    row("due-inside", "decisions for 1,000 schedules that are due", {"the engine": "due_decisions"},
        {"the engine": most(10, "ms")}, "ms"),
    row("cron", "the next instant of a schedule", {"next_after": "next_after"}, {}, "ns"),
    row("expression", "a condition of an event", {"evaluate": "evaluate"}, {}, "µs"),
    row("year", "a year of 1,000 daily schedules, simulated", {"in all": "simulated_year"},
        {"in all": most(1_000, "ms")}, "ms"),
]
