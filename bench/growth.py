"""How the cost of commands grows with what a store holds."""

import os
import statistics

from rows.grown import CHAIN, make_store
from rows.runs import flow_text

PAST = (1_000, 100_000, 1_000_000)
DEPLOYED = (10, 1_000, 100_000)
PAST_TITLE = f"past events and runs ({DEPLOYED[0]} deployed triggers)"
DEPLOYED_TITLE = f"deployed triggers ({PAST[0]:,} past events and runs)"


def measure_store(bench, past, deployed):
    """Milliseconds of each command in a store with so much in it."""
    store = make_store(bench, bench.folder / f"{past}-{deployed}", past, deployed)
    commands = {
        "version": [bench.qflow, "version"],
        "publish": [*store, "publish", "unheard"],
        "tick": [*store, "tick"],
        "inspect": [*store, "inspect", f"Chained/{CHAIN}", "--trigger-chain"],
        "runs": [*store, "runs", "--limit", "20"],
        "run": [*store, "run", bench.write("one.toml", flow_text("One", [":"]))],
    }
    os.sync()
    taken = bench.in_turns(bench.scale["short"], commands)
    return {name: statistics.median(times) / 1e6 for name, times in taken.items()}


def measure(bench):
    """By panel and command: (how many, milliseconds)."""
    sizes = {PAST_TITLE: [(past, DEPLOYED[0]) for past in PAST],
             DEPLOYED_TITLE: [(PAST[0], deployed) for deployed in DEPLOYED]}
    taken = {size: measure_store(bench, *size) for size in sorted(set(sum(sizes.values(), [])))}
    names = next(iter(taken.values()))
    return {
        PAST_TITLE: {name: [(size[0], taken[size][name]) for size in sizes[PAST_TITLE]] for name in names},
        DEPLOYED_TITLE: {name: [(size[1], taken[size][name]) for size in sizes[DEPLOYED_TITLE]] for name in names},
    }


def rows(curves):
    """The lines of a table: what there are many of, and the milliseconds of each command."""
    lines = []
    for title, commands in curves.items():
        for place, (many, _) in enumerate(next(iter(commands.values()))):
            lines.append((f"{many:,} {title}", *(f"{points[place][1]:.2f}" for points in commands.values())))
    return lines


def headings(curves):
    return ("milliseconds with", *(f"qflow {name}" for name in next(iter(curves.values()))))
