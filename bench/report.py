"""What the benchmark says in the end: the table, and the same as JSON."""

import dataclasses
import json
import os
import pathlib
import platform
import statistics
import subprocess
import time

HEADINGS = ("what", "beside", "its ms", "qflow ms", "figure", "min–max", "goal", "met")
VERDICTS = {None: "", True: "yes", False: "**NO**"}


def number(value):
    """Three digits that count."""
    size = abs(value)
    if size < 0.1:
        return f"{value:.2g}"
    return f"{value:,.{2 if size < 10 else 1 if size < 100 else 0}f}"


def cells(figure):
    return (
        figure.what, figure.beside,
        "" if figure.beside_ms is None else number(figure.beside_ms),
        "" if figure.qflow_ms is None else number(figure.qflow_ms),
        f"{number(figure.median)} {figure.unit}", f"{number(figure.low)}–{number(figure.high)}",
        figure.goal, VERDICTS[figure.met],
    )


def table(headings, rows):
    """A table of Markdown that can be read as it is."""
    lines = [headings, *rows]
    widths = [max(map(len, column)) for column in zip(*lines)]
    texts = ["| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths)) + " |" for line in lines]
    return "\n".join([texts[0], "|" + "|".join("-" * (width + 2) for width in widths) + "|", *texts[1:]])


def figure_table(figures):
    return table(HEADINGS, [cells(figure) for figure in figures])


def first_value(path, key):
    for line in pathlib.Path(path).read_text().splitlines():
        name, _, value = line.partition(":")
        if name.strip() == key:
            return value.strip()
    return "unknown"


def file_system(folder):
    """The type of the file system that the folder is on."""
    mounts = [line.split() for line in pathlib.Path("/proc/mounts").read_text().splitlines()]
    around = [mount for mount in mounts if folder.resolve().is_relative_to(mount[1])]
    return max(around, key=lambda mount: len(mount[1]))[2]


def sync_ms(folder):
    """What a small durable write costs there: the median of 50."""
    taken = []
    with open(folder / "synced", "wb", buffering=0) as file:
        for _ in range(50):
            file.write(b"x" * 4096)
            started = time.perf_counter_ns()
            os.fdatasync(file.fileno())
            taken.append(time.perf_counter_ns() - started)
    (folder / "synced").unlink()
    return statistics.median(taken) / 1e6


def machine(qflow, folder):
    version = subprocess.run([qflow, "version"], stdout=subprocess.PIPE, text=True, check=True).stdout
    return {
        "processors": os.cpu_count(),
        "processor": first_value("/proc/cpuinfo", "model name"),
        "memory": f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / (1 << 30):.0f} GiB",
        "system": f"{platform.system()} {platform.release()}",
        "disk": f"{file_system(folder)}, {sync_ms(folder):.2f} ms for a write of 4 KiB with fdatasync",
        "qflow": version.splitlines()[0],
    }


def machine_text(facts):
    return (f"{facts['qflow']} on {facts['processors']} × {facts['processor']}, {facts['memory']}, {facts['system']}; "
            f"{facts['disk']}")


def as_json(facts, figures, growth, notes):
    rows = [{**dataclasses.asdict(figure), "met": figure.met} for figure in figures]
    return json.dumps({"machine": facts, "figures": rows, "growth": growth, "notes": notes}, indent=2) + "\n"
