"""The versions of the daily models.

Version 2 of the model of 2021-09-13 is the file daily_model_2021-09-13/2.json in the folder of models, and was made by
one run of DailyFlow. What has become of it is said by the tags of that run: generated, validated, deployed.
"""
import json
import os
import pathlib
from datetime import date, timedelta

import data

STAGES = ("deployed", "validated", "generated")


class Version:
    def __init__(self, day, number):
        self.day = day
        self.number = number
        self.text = f"daily_model_{day}/{number}"
        self.file = pathlib.Path(data.known("models")["daily_model"]) / f"{self.text}.json"

    def weights(self):
        return data.read(self.file)["model"]

    def run(self):
        return data.read(self.file)["run"]

    def tag(self, *tags):
        data.qflow("tag", self.run(), *tags)


def find(text):
    name, number = text.split("/")
    return Version(name.removeprefix("daily_model_"), int(number))


def versions(day):
    folder = Version(day, 0).file.parent
    return [Version(day, number) for number in sorted(int(file.stem) for file in folder.glob("[0-9]*.json"))]


def next_number(day):
    """A run that is started anew after a crash goes on with the version that it has made."""
    known = versions(day)
    if known and known[-1].run() == os.environ["QFLOW_RUN"]:
        return known[-1].number
    return known[-1].number + 1 if known else 1


def register(day, number, model):
    version = Version(day, number)
    data.write(version.file, {"run": os.environ["QFLOW_RUN"], "model": model})
    return version


def base_of(day):
    """The version to go on from: the newest of the best stage, of that day or the day before. None: there is none."""
    found = []
    for one in (day, str(date.fromisoformat(day) - timedelta(days=1))):
        runs = [json.loads(line) for line in data.qflow("runs", "DailyFlow", "--context", one).splitlines()]
        tags = {run["id"]: run["tags"] for run in runs if run["id"] != os.environ["QFLOW_RUN"]}
        found += [(tags[version.run()], version) for version in reversed(versions(one)) if version.run() in tags]
    return next((version for stage in STAGES for tags, version in found if stage in tags), None)
