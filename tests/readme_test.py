#!/usr/bin/env python3
"""Runs every toml and console block of a document, in one folder and in order, with the binary that is given.

usage: readme_test.py QFLOW DOCUMENT

A toml block is written to the file that FILES names for its flow; a console block's lines after `$ ` are commands, and
what stands below one is exactly its standard output (nothing below it: any output). Every command must succeed.
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

FILES = {"TrainingFlow": "training.toml", "PredictionFlow": "prediction.toml", "ModelRefreshFlow": "refresh.toml",
         "DailyFlow": "daily.toml", "NightlyFlow": "nightly.toml", "PairFlow": "pair.toml",
         "IncomingFlow": "incoming.toml", "OrdersFlow": "orders.toml", "ReportFlow": "report.toml"}


def blocks(text, language):
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.M | re.S)


def commands(block):
    parts = re.split(r"^\$ ", block, flags=re.M)
    for part in parts[1:]:
        command, _, output = part.partition("\n")
        yield command, output


def main(binary, document):
    text = pathlib.Path(document).read_text()
    environment = {k: v for k, v in os.environ.items() if not k.startswith("QFLOW_")}
    environment["PATH"] = f"{pathlib.Path(binary).resolve().parent}:{environment['PATH']}"
    environment["PYTHONDONTWRITEBYTECODE"] = "1"
    failures = 0
    count = 0
    with tempfile.TemporaryDirectory() as folder:
        for block in blocks(text, "toml"):
            flow = re.search(r'^id\s*=\s*"(\w+)"', block, re.M).group(1)
            pathlib.Path(folder, FILES[flow]).write_text(block)
        for block in blocks(text, "console"):
            for command, expected in commands(block):
                count += 1
                done = subprocess.run(command, shell=True, cwd=folder, env=environment, text=True, capture_output=True,
                                      stdin=subprocess.DEVNULL)
                if done.returncode != 0 or (expected and done.stdout != expected):
                    failures += 1
                    print(f"$ {command}\nexpected:\n{expected}\nstatus {done.returncode}:\n{done.stdout}{done.stderr}")
    print(f"{count} commands of {document}, {failures} failed")
    return 1 if failures or count == 0 else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
