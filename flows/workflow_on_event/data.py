"""Where the datasets lie, and what is in them. A dataset is a list of {"pixels": 64 numbers, "digit": 0 to 9}."""
import csv
import functools
import gzip
import json
import os
import pathlib
import subprocess
import sys
from datetime import datetime


def qflow(*words):
    """What the qflow command prints: JSON, of lists one object per line."""
    return subprocess.check_output([os.environ["QFLOW_BIN"], *words, "--json"], text=True)


@functools.cache
def known(name):
    """What init.toml left under that name."""
    return json.loads(qflow("get", f"artifacts.{name}", "--run", "InitFlow/latest"))


def folder(name):
    return pathlib.Path(known("datasets")[name])


def digits():
    """All images, in two parts: what the hours are drawn from, and what models are validated with."""
    with gzip.open(folder("digits"), "rt", newline="") as file:
        rows = [[int(cell) for cell in row] for row in csv.reader(file)]
    images = [{"pixels": row[:-1], "digit": row[-1]} for row in rows]
    border = len(images) * 80 // 100
    return images[:border], images[border:]


def scaled(images):
    """Pixels are numbers from 0 to 16; models learn from numbers from 0 to 1."""
    return [{**image, "pixels": [pixel / 16 for pixel in image["pixels"]]} for image in images]


def read(file):
    return json.loads(file.read_text())


def write(file, value):
    """Readers see the whole file or none."""
    file.parent.mkdir(exist_ok=True)
    part = file.with_name(f".{file.name}.{os.getpid()}")
    part.write_text(json.dumps(value))
    part.replace(file)


def hours(day):
    return [f"{day}T{hour:02}" for hour in range(24)]


def missing(day):
    """The hours of the day that are not prepared yet."""
    return [hour for hour in hours(day) if not (folder("daily_data") / day / f"{hour}.json").exists()]


def hour(context):
    """The context of the run, which names an hour and so becomes the name of a file."""
    return _checked(context, "%Y-%m-%dT%H", "--context 2021-09-13T15")


def day(context):
    return _checked(context, "%Y-%m-%d", "--context 2021-09-13")


def _checked(context, form, example):
    try:
        if datetime.strptime(context or "", form).strftime(form) == context:
            return context
    except ValueError:
        pass
    sys.exit(f"the context of the run, {context!r}, says nothing about when; give one such as {example}")
