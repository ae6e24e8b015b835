"""Large files, many flow files, and a folder with many files."""

import os
import shutil

from rows.bench import ROOT
from rows.row import Measured, Row, times
from rows.runs import flow_text

GIB = 1 << 30
KIB = 1 << 10
FILES = 10_000
WATCHED = 100_000
EXAMPLE = ROOT / "flows" / "model_refresh.toml"


def random_file(path, size):
    with open(path, "wb") as file:
        for _ in range(0, size, 1 << 20):
            file.write(os.urandom(min(size, 1 << 20)))


def put(bench):
    """Never the same content twice."""
    source = bench.folder / "huge"
    random_file(source, GIB)
    command = bench.run_of(bench.write("put.toml", flow_text("Put", ['"$QFLOW_BIN" put huge --file huge'])), 1)

    def timed(*words):
        with open(source, "r+b") as file:
            file.write(os.urandom(16))
        os.sync()
        return bench.once(*words)

    taken = {"cp and fsync": [], "qflow": []}
    for _ in range(bench.scale["slow"]):
        taken["cp and fsync"].append(timed("sh", "-c", "cp huge copy && sync copy"))
        (bench.folder / "copy").unlink()
        taken["qflow"].append(timed(*command))
        shutil.rmtree(bench.folder / command[3])
    return Measured(taken)


def get(bench):
    """A step that takes a file, done again: that of 1 GiB costs as much as that of 1 KiB when it is a link."""
    commands = {}
    for label, name, size in (("the same of 1 KiB", "Small", KIB), ("qflow", "Huge", GIB)):
        random_file(bench.folder / name, size)
        steps = [f'"$QFLOW_BIN" put taken --file {name}', 'test -s "$QFLOW_IN/taken"']
        flow = bench.write(f"{name}.toml", flow_text(name, steps, chained=True))
        command = bench.run_of(flow, 1)
        bench.call(*command)
        commands[label] = [*command[:4], "resume", f"{name}/1", "s1"]
    os.sync()
    return Measured(bench.in_turns(bench.scale["short"], commands))


def check(bench):
    """Copies of an example of ours, each as a flow of its own."""
    text = EXAMPLE.read_text()
    names = [bench.write(f"{i}.toml", text.replace("ModelRefreshFlow", f"Flow{i}")) for i in range(FILES)]
    commands = {"toml++": [bench.program("parse"), *names], "qflow": [bench.qflow, "check", *names]}
    return Measured(bench.in_turns(bench.scale["slow"], commands, warm_ups=1))


def sensor_scan(bench):
    """In the process of the program that reads the folder without qflow."""
    folder = bench.folder / "watched"
    folder.mkdir()
    lines = bench.printed_by(bench.built("sensor_scan"), folder, str(WATCHED), str(bench.scale["long"])).splitlines()
    floors, looks = zip(*(map(int, line.split()) for line in lines))
    return Measured({"readdir and fstatat": floors, "qflow": looks})


ROWS = [
    Row("check", "check of 10,000 flow files", check, {"toml++": times(1.5)}),
    Row("put", "put of a file of 1 GiB", put, {"cp and fsync": times(1.1)}),
    Row("get", "a step that takes a file of 1 GiB", get, {"the same of 1 KiB": times(1.1)}),
    Row("sensor-scan", "a sensor's look at 100,000 files", sensor_scan, {"readdir and fstatat": times(2.5)}),
]
