#!/usr/bin/env python3
"""Tests the Python module as a step uses it, in a step's environment made by hand, with a stand-in for the binary.

usage: qflow_test.py [unittest's options]
"""
import contextlib
import copy
import io
import json
import os
import pathlib
import pickle
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import unittest
from datetime import datetime, timezone
from unittest import mock

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.dont_write_bytecode = True
sys.path.insert(0, str(ROOT / "python"))

import qflow  # noqa: E402
from qflow import artifacts, current, publish  # noqa: E402

# Writes its words and its input to calls, and says what answers has for the words.
STAND_IN = """#!{python} -IS
import json, os, sys
here = os.path.dirname(os.path.abspath(__file__))
words = sys.argv[1:]
with open(os.path.join(here, "calls"), "a") as calls:
    calls.write(json.dumps([words, sys.stdin.read()]) + "\\n")
with open(os.path.join(here, "answers")) as answers:
    out, error, status = json.load(answers).get(" ".join(words), ["", "qflow: error: no answer is known\\n", 70])
sys.stdout.write(out)
sys.stderr.write(error)
sys.exit(status)
"""


def event(name, **fields):
    absent = dict.fromkeys(["type", "namespace", "value", "sender", "context", "caused_by"])
    return {"id": "01936e0c-0000-7000-8000-000000000000", "name": name, "timestamp": "2026-11-20T10:00:00Z",
            "recorded_at": "2026-11-20T10:00:00.125Z", "payload": {}, **absent, **fields}


def end_of(run):
    flow = run.partition("/")[0]
    return event(f"qflow.run.{flow}", type="run", caused_by=run, payload={"flow": flow, "run": run})


def trigger_json(kind, sources, trigger_id="t"):
    """trigger.json of runs ("Flow/1") and events (as event() makes them)."""
    runs = [source for source in sources if isinstance(source, str)]
    events = [end_of(source) if isinstance(source, str) else source for source in sources]
    names = [source.partition("/")[0] if isinstance(source, str) else source["name"] for source in sources]
    return {"type": kind, "trigger_id": trigger_id, "events": events, "event": events[0] if len(events) == 1 else None,
            "runs": runs or None, "run": runs[0] if len(runs) == 1 else None, "data": None,
            "named": dict(zip(names, sources))}


class Folder(unittest.TestCase):
    """An empty folder, and an environment without any variable of qflow."""

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        clean = {name: value for name, value in os.environ.items() if not name.startswith("QFLOW_")}
        patch = mock.patch.dict(os.environ, clean, clear=True)
        patch.start()
        self.addCleanup(patch.stop)

    def message(self, kind, action, *arguments):
        with self.assertRaises(kind) as caught:
            action(*arguments)
        return str(caught.exception)


class Step(Folder):
    """A step of PredictionFlow/12, as the runner starts it."""

    def setUp(self):
        super().setUp()
        self.given, self.out = self.folder / "in", self.folder / "out"
        for folder in (self.given, self.out):
            folder.mkdir()
        self.write("params.json", {"window": 3, "latest": "2023-05-01", "config": {"deep": [1, 2.5, None, True]}})
        self.write("answers", {})
        stand_in = self.folder / "stand-in"
        stand_in.write_text(STAND_IN.format(python=sys.executable))
        stand_in.chmod(0o755)
        os.environ.update(
            QFLOW_FLOW="PredictionFlow", QFLOW_RUN="PredictionFlow/12", QFLOW_STEP="score", QFLOW_ATTEMPT="1",
            QFLOW_TASK="PredictionFlow/12/score", QFLOW_PARAMS=str(self.folder / "params.json"),
            QFLOW_IN=str(self.given), QFLOW_OUT=str(self.out), QFLOW_STORE=str(self.folder / "store"),
            QFLOW_BIN=str(stand_in))

    def write(self, path, value):
        """A value at a path in the folder; text in a file that is no JSON stays as it is."""
        path = self.folder / path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(value if isinstance(value, str) and path.suffix != ".json" else json.dumps(value))
        return path

    def answer(self, words, value=None, error="", status=0):
        answers = json.loads((self.folder / "answers").read_text())
        answers[words] = ["" if status else json.dumps(value) + "\n", error, status]
        self.write("answers", json.dumps(answers))

    def calls(self):
        calls = self.folder / "calls"
        return [json.loads(line) for line in calls.read_text().splitlines()] if calls.exists() else []

    def trigger(self, kind, *sources, **fields):
        self.write("trigger.json", {**trigger_json(kind, sources), **fields})
        (self.folder / "data").mkdir(exist_ok=True)
        os.environ.update(QFLOW_TRIGGER=str(self.folder / "trigger.json"), QFLOW_TRIGGER_DATA=str(self.folder / "data"))


class OutsideAStep(Folder):
    def test_there_is_no_trigger(self):
        self.assertIsNone(current.trigger)

    def test_everything_else_says_so(self):
        questions = {
            "flow": lambda: current.flow, "run": lambda: current.run, "step": lambda: current.step,
            "task": lambda: current.task, "attempt": lambda: current.attempt, "params": lambda: current.params,
            "context": lambda: current.context, "scheduled_at": lambda: current.scheduled_at,
            "item": lambda: current.item, "index": lambda: current.index, "read": lambda: artifacts.model,
            "read by key": lambda: artifacts["model"], "names": lambda: list(artifacts),
            "contains": lambda: "model" in artifacts, "file": lambda: artifacts.file("plot.png"),
            "steps": lambda: artifacts.steps, "set": lambda: setattr(artifacts, "model", 1),
            "publish": lambda: publish("food"),
        }
        for name, question in questions.items():
            with self.subTest(name):
                self.assertRegex(self.message(RuntimeError, question), r"^not inside a step of a qflow run; QFLOW_\w+ ")

    def test_tools_that_look_at_it_are_not_disturbed(self):
        self.assertIn("not inside a step", repr(current))
        self.assertIn("artifacts", repr(artifacts))
        self.assertIn("steps", dir(artifacts))
        self.assertFalse(hasattr(artifacts, "__wrapped__"))

    def test_an_old_python_is_told(self):
        program = ("import functools, sys; del functools.cached_property; sys.version_info = (3, 8, 18, 'final', 0); "
                   "import qflow")
        done = subprocess.run([sys.executable, "-S", "-B", "-c", program], cwd=ROOT / "python", text=True,
                              capture_output=True)
        self.assertIn("\nImportError: the module qflow needs Python 3.9 or newer, this is 3.8\n", done.stderr)

    def test_importing_it_imports_no_slow_module(self):
        slow = "'subprocess', 'pathlib', 'difflib', 'datetime', 'typing'"
        program = f"import sys; import qflow; print([name for name in ({slow}) if name in sys.modules])"
        done = subprocess.run([sys.executable, "-S", "-B", "-c", program], cwd=ROOT / "python", text=True,
                              capture_output=True)
        self.assertEqual(done.stdout, "[]\n", done.stderr)


class CurrentStep(Step):
    def test_what_it_is(self):
        facts = [("flow", "PredictionFlow"), ("run", "PredictionFlow/12"), ("step", "score"),
                 ("task", "PredictionFlow/12/score"), ("attempt", 1), ("context", None), ("scheduled_at", None)]
        for name, expected in facts:
            with self.subTest(name):
                self.assertEqual(getattr(current, name), expected)

    def test_context_and_the_instant_it_was_due(self):
        os.environ.update(QFLOW_CONTEXT="2021-09-13T15", QFLOW_SCHEDULED_AT="2026-11-20T10:00:00.250Z")
        self.assertEqual(current.context, "2021-09-13T15")
        self.assertEqual(current.scheduled_at, "2026-11-20T10:00:00.250Z")
        self.assertEqual(current.scheduled_at.datetime, datetime(2026, 11, 20, 10, 0, 0, 250000, tzinfo=timezone.utc))

    def test_it_is_read_only(self):
        for name in ("flow", "trigger", "new"):
            self.message(AttributeError, setattr, current, name, 1)

    def test_parameters_keep_their_types(self):
        self.assertEqual(current.params.window, 3)
        self.assertEqual(current.params["latest"], "2023-05-01")
        self.assertEqual(current.params.config, {"deep": [1, 2.5, None, True]})
        self.assertEqual(dict(current.params)["window"], 3)
        self.assertEqual(list(current.params), ["window", "latest", "config"])
        self.assertIn("window", current.params)

    def test_parameters_are_read_once(self):
        config = current.params.config
        self.write("params.json", {})
        self.assertIs(current.params.config, config)

    def test_an_unknown_parameter_names_the_nearest(self):
        self.assertIn("did you mean 'window'?", self.message(AttributeError, lambda: current.params.windwo))
        self.assertIn("did you mean 'window'?", self.message(KeyError, lambda: current.params["windwo"]))
        self.assertIn("known: window, latest, config", self.message(AttributeError, lambda: current.params.zzz))
        self.assertIsNone(current.params.get("zzz"))

    def test_parameters_are_read_only(self):
        self.message(AttributeError, setattr, current.params, "window", 4)
        self.message(AttributeError, delattr, current.params, "window")

    def test_a_parameter_wins_over_a_method(self):
        self.write("params.json", {"items": 5})
        self.assertEqual(current.params.items, 5)
        self.assertEqual(current.params, {"items": 5})
        self.assertNotEqual(current.params, 5)

    def test_a_parameter_called_keys_leaves_the_method(self):
        values = {"keys": 5, "window": 3}
        self.write("params.json", values)
        self.assertEqual(dict(current.params), values)
        self.assertEqual({**current.params}, values)
        self.assertEqual((current.params["keys"], list(current.params.keys())), (5, ["keys", "window"]))

    def test_copies_are_the_same_view(self):
        for copied in (copy.copy(artifacts), copy.deepcopy(artifacts)):
            self.assertIs(copied, artifacts)
        self.assertIn("can't be pickled", self.message(TypeError, lambda: pickle.dumps(artifacts)))

    def test_of_a_foreach(self):
        self.write("params.json", {"window": 3, "item": {"shard": "a"}, "index": 2})
        os.environ.update(QFLOW_INDEX="2", QFLOW_ITEM='{"shard":"a"}', QFLOW_TASK="PredictionFlow/12/score/2")
        self.assertEqual((current.item, current.index), ({"shard": "a"}, 2))
        self.assertEqual(dict(current.params), {"window": 3})
        self.write("null.json", {"item": None, "index": 0})
        os.environ.update(QFLOW_PARAMS=str(self.folder / "null.json"), QFLOW_INDEX="0")
        self.assertIsNone(current.item)

    def test_without_a_foreach(self):
        self.assertIn("step 'score' is not a foreach", self.message(AttributeError, lambda: current.item))
        self.assertFalse(hasattr(current, "index"))
        self.write("named.json", {"item": 1, "index": 2})
        os.environ["QFLOW_PARAMS"] = str(self.folder / "named.json")
        self.assertEqual(dict(current.params), {"item": 1, "index": 2})


class Leaving(Step):
    def left(self):
        return {path.name: path.read_bytes() for path in self.out.iterdir()}

    def test_values(self):
        rows = [({"x": 1}, '{"x":1}'), ([], "[]"), (None, "null"), (True, "true"), (1.5, "1.5"), ("ä\n", '"ä\\n"'),
                (10**30, "1" + "0" * 30), ((1, 2), "[1,2]"), ({1: "a"}, '{"1":"a"}')]
        for value, text in rows:
            with self.subTest(text):
                artifacts.model = value
                self.assertEqual(self.left(), {"model.json": text.encode()})

    def test_what_json_does_not_have_is_refused(self):
        ring = []
        ring.append(ring)
        rows = [({1, 2}, TypeError), (b"x", TypeError), (datetime(2026, 1, 1), TypeError), (object(), TypeError),
                ({(1, 2): 3}, TypeError), (self.folder, TypeError), (float("nan"), ValueError),
                ([float("-inf")], ValueError), (ring, ValueError), ("\ud800", ValueError)]
        for value, kind in rows:
            with self.subTest(repr(value)):
                self.assertIn("artifact 'model'", self.message(kind, setattr, artifacts, "model", value))
                self.assertEqual(self.left(), {})
        self.assertIn("NaN", self.message(ValueError, setattr, artifacts, "model", float("nan")))
        self.assertIn("artifacts.file", self.message(TypeError, setattr, artifacts, "model", b"x"))

    def test_what_qflow_does_not_read_is_refused(self):
        def nested(levels, value=None):
            for level in range(levels):
                value = [value, "]"] if level % 2 else {"a": "}\\", "b": value}
            return value

        rows = [(10**400, "too large"), ({"x": [1, -2 * 10**308]}, "too large"), (nested(513), "deeper than 512"),
                ([[1], nested(512)], "deeper than 512")]
        for value, reason in rows:
            with self.subTest(reason):
                message = self.message(ValueError, setattr, artifacts, "model", value)
                self.assertIn("artifact 'model' can't be read by qflow", message)
                self.assertIn(reason, message)
                self.assertEqual(self.left(), {})
        self.assertIn("payload of event", self.message(ValueError, publish, "food", {"x": 10**400}))
        for value in (10**308, [-(10**308)], "1" * 400, {'"\\': "2" * 309, "b": [1, 2]}, nested(512), [{}] * 600,
                      "[" * 600, '\\"' + "[{" * 600, [nested(511)] * 3):
            artifacts.model = value
            self.assertEqual(artifacts.model, value)

    def test_parameters_become_objects(self):
        artifacts.model = {"by": [current.params]}
        self.assertEqual(artifacts.model, {"by": [dict(current.params)]})
        artifacts.model = current.params
        self.assertEqual(artifacts.model, dict(current.params))

    def test_setting_again_replaces(self):
        artifacts.model = 1
        artifacts.model = 2
        self.assertEqual(self.left(), {"model.json": b"2"})

    def test_names(self):
        for name in ("x", "_", "name-with.dots", "A9", "steps", "file", "__x__", "a" * 200, "a.json"):
            with self.subTest(name):
                artifacts[name] = 1
                self.assertTrue((self.out / f"{name}.json").exists())
                self.assertEqual(artifacts[name], 1)
        for name in ("", ".x", "9a", "-x", "a/b", "../x", "a b", "x\n", "x\0", "é", "a" * 201, 3, None):
            with self.subTest(repr(name)):
                self.assertIn("can't name an artifact", self.message(ValueError, artifacts.__setitem__, name, 1))
                self.message(KeyError if isinstance(name, str) else TypeError, artifacts.__getitem__, name)
                self.message(ValueError, artifacts.file, name)

    def test_names_of_its_own_parts_need_brackets(self):
        for name in ("file", "steps"):
            self.assertIn(f"artifacts['{name}'] =", self.message(AttributeError, setattr, artifacts, name, 1))
        self.message(AttributeError, setattr, artifacts, "__x__", 1)
        self.assertEqual(self.left(), {})

    def test_files(self):
        self.assertEqual(artifacts.file("plot.png"), self.out / "plot.png")
        self.assertEqual(self.left(), {})
        artifacts.file("plot.png").write_bytes(b"png")
        self.assertEqual(artifacts["plot.png"], self.out / "plot.png")
        artifacts.file("folder").mkdir()
        self.assertEqual(artifacts.folder, self.out / "folder")

    def test_a_name_is_a_value_or_a_file(self):
        self.assertIn("the value 'plot'", self.message(ValueError, artifacts.file, "plot.json"))
        artifacts.x = 1
        self.assertIn("'x' is a value already", self.message(ValueError, artifacts.file, "x"))
        artifacts.file("y").write_text("")
        self.assertIn("'y' is a file already", self.message(ValueError, setattr, artifacts, "y", 1))
        self.assertEqual(self.left(), {"x.json": b"1", "y": b""})

    def test_nothing_can_be_deleted(self):
        artifacts.model = 1
        self.message(AttributeError, delattr, artifacts, "model")
        self.message(TypeError, artifacts.__delitem__, "model")
        self.assertEqual(artifacts.model, 1)

    def test_a_write_that_fails_leaves_what_was_there(self):
        artifacts.model = 1
        with mock.patch("os.replace", side_effect=OSError("disk full")):
            self.message(OSError, setattr, artifacts, "model", 2)
        self.assertEqual(self.left(), {"model.json": b"1"})

    def test_what_a_killed_process_leaves_is_no_output(self):
        with mock.patch("os.replace", side_effect=lambda part, path: self.assertEqual(self.left(), {})):
            artifacts.model = 1

    def test_readers_see_whole_values_whoever_writes(self):
        values = [[number] * 20_000 for number in range(4)]
        artifacts.model = values[0]
        problems = []

        def write(value):
            try:
                for _ in range(20):
                    artifacts.model = value
            except OSError as error:
                problems.append(str(error))

        writers = [threading.Thread(target=write, args=(value,)) for value in values]
        for writer in writers:
            writer.start()
        while any(writer.is_alive() for writer in writers):
            if artifacts.model not in values:
                problems.append("torn")
        for writer in writers:
            writer.join()
        self.assertEqual(problems, [])
        self.assertEqual(list(self.left()), ["model.json"])


class Reading(Step):
    def test_values_files_and_folders(self):
        self.write("in/model.json", {"x": 1})
        self.write("in/name-with.dots.json", 3)
        self.write("in/plot.png", "png")
        (self.given / "shards").mkdir()
        self.assertEqual(artifacts.model, {"x": 1})
        self.assertEqual(artifacts["name-with.dots"], 3)
        self.assertEqual(artifacts["plot.png"], self.given / "plot.png")
        self.assertEqual(artifacts.shards, self.given / "shards")
        self.assertEqual(list(artifacts), ["model", "name-with.dots", "plot.png", "shards"])
        self.assertIn("model", artifacts)
        self.assertIn("model", dir(artifacts))
        self.assertTrue(hasattr(artifacts, "model"))

    def test_a_value_is_not_a_file_of_its_file_s_name(self):
        self.write("in/model.json", 1)
        self.message(KeyError, artifacts.__getitem__, "model.json")

    def test_only_what_is_named_is_loaded_and_once(self):
        self.write("in/broken.json", 1).write_text("{")
        model = self.write("in/model.json", {"x": 1})
        first = artifacts.model
        model.write_text("{")
        self.assertIs(artifacts.model, first)
        self.assertRegex(self.message(ValueError, lambda: artifacts.broken), "artifact 'broken' is not JSON")

    def test_own_ones_come_first_and_as_others_will_see_them(self):
        self.write("in/model.json", 1)
        self.assertEqual(artifacts.model, 1)
        value = {"rows": (1, 2)}
        artifacts.model = value
        value["late"] = True
        self.assertEqual(artifacts.model, {"rows": [1, 2]})
        artifacts.model = 2
        self.assertEqual(artifacts.model, 2)
        self.assertEqual(list(artifacts), ["model"])

    def test_a_missing_one_names_the_nearest(self):
        self.write("in/model.json", 1)
        artifacts.rows = 2
        self.assertIn("there is no artifact 'modle' here; did you mean 'model'?",
                      self.message(AttributeError, lambda: artifacts.modle))
        self.assertEqual(self.message(KeyError, lambda: artifacts["zzz"]),
                         "there is no artifact 'zzz' here; known: model, rows")
        self.assertFalse(hasattr(artifacts, "zzz"))

    def test_where_there_is_nothing_at_all(self):
        self.given.rmdir()
        self.assertIn("there are none", self.message(AttributeError, lambda: artifacts.model))
        self.assertEqual(list(artifacts.steps), [])

    def test_one_step_s_own(self):
        self.write("in/.steps/train/model.json", {"x": 1})
        self.write("in/.steps/train/plot.png", "png")
        self.write("in/model.json", {"x": 2})
        train = artifacts.steps["train"]
        self.assertEqual(train.model, {"x": 1})
        self.assertEqual(train["plot.png"], self.given / ".steps/train/plot.png")
        self.assertEqual(list(train), ["model", "plot.png"])
        self.assertEqual(artifacts.model, {"x": 2})
        self.assertEqual(list(artifacts), ["model"])
        self.assertEqual((list(artifacts.steps), len(artifacts.steps)), (["train"], 1))
        self.assertIn("did you mean 'model'?", self.message(AttributeError, lambda: train.modell))
        self.assertIn("did you mean 'train'?", self.message(KeyError, lambda: artifacts.steps["trian"]))
        self.assertIn("read-only", self.message(AttributeError, setattr, train, "model", 1))
        self.assertIn("read-only", self.message(TypeError, train.__setitem__, "model", 1))
        self.message(TypeError, lambda: train[0])

    def test_a_step_by_its_bare_name_unless_an_artifact_has_it(self):
        self.write("in/.steps/train/model.json", 1)
        self.write("in/model.json", 1)
        self.assertEqual(artifacts.train.model, 1)
        self.write("in/train.json", "an artifact")
        self.assertEqual(artifacts.train, "an artifact")

    def test_of_a_foreach(self):
        for index in (0, 2, 10):
            self.write(f"in/.steps/train/{index}/model.json", index)
        tasks = artifacts.steps["train"]
        self.assertEqual(tasks[2].model, 2)
        self.assertEqual(tasks[10]["model"], 10)
        self.assertEqual([task.model for task in tasks], [0, 2, 10])
        self.assertEqual(len(tasks), 3)
        self.assertIn("known: 0, 2, 10", self.message(IndexError, lambda: tasks[1]))
        self.message(IndexError, lambda: tasks[-1])
        (self.given / ".steps/train/1").mkdir()
        self.assertEqual([list(task) for task in artifacts.steps["train"]], [["model"], [], ["model"], ["model"]])
        self.assertIn("there is no 'model'", self.message(AttributeError, lambda: artifacts.steps["train"][1].model))
        self.assertIn("not by True", self.message(TypeError, lambda: artifacts.steps["train"][True]))
        self.message(TypeError, lambda: tasks["model"])
        self.assertIn("name a task", self.message(AttributeError, lambda: tasks.model))
        self.assertEqual(len(copy.copy(tasks)), 3)

    def test_of_a_foreach_that_had_nothing_to_do(self):
        (self.given / ".steps/each").mkdir(parents=True)
        self.assertEqual([task for task in artifacts.each], [])
        self.assertEqual((len(artifacts.steps["each"]), list(artifacts.steps)), (0, ["each"]))
        self.assertIn("there are none", self.message(IndexError, lambda: artifacts.each[0]))
        self.assertIn("name a task", self.message(AttributeError, lambda: artifacts.each.model))
        self.assertIn("there is no artifact 'rows' here", self.message(AttributeError, lambda: artifacts.rows))

    def test_an_ambiguous_one_lists_the_candidates(self):
        self.write("in/.steps/left/rows.json", 1)
        self.write("in/.steps/right/rows.json", 2)
        self.write("in/.steps/right/other.json", 2)
        message = self.message(AttributeError, lambda: artifacts.rows)
        self.assertIn("artifact 'rows' is ambiguous", message)
        self.assertIn("artifacts.steps['left'].rows, artifacts.steps['right'].rows;", message)
        self.assertEqual(eval(message.rpartition(": ")[2]), 1)
        self.message(KeyError, lambda: artifacts["rows"])
        artifacts.rows = 3
        self.assertEqual(artifacts.rows, 3)

    def test_an_ambiguous_one_of_a_step_below_another(self):
        for step, value in (("above", 1), ("below", 2), ("other", 3)):
            self.write(f"in/.steps/{step}/rows.json", value)
        self.answer('get artifacts["rows"] --json', status=1,
                    error="qflow: error: artifact 'rows' is ambiguous: 'below.rows' and 'other[0].rows' have different "
                          "values; name the step: artifacts.below.rows\n")
        message = self.message(AttributeError, lambda: artifacts.rows)
        self.assertIn("differ in artifacts.steps['below'].rows, artifacts.steps['other'].rows;", message)

    def test_an_ambiguous_one_of_a_foreach(self):
        for index in range(12):
            self.write(f"in/.steps/train/{index}/a-b.json", index)
        message = self.message(KeyError, lambda: artifacts["a-b"])
        self.assertIn("artifacts.steps['train'][0]['a-b'], artifacts.steps['train'][1]['a-b'], ", message)
        self.assertIn(" and 6 more; ", message)
        self.assertEqual(eval(message.rpartition(": ")[2]), 0)


class Printing(Step):
    """qflow starts Python unbuffered; a line of a print is still one write."""

    def buffering(self, **variables):
        program = "import sys, qflow; print(sys.stdout.line_buffering, sys.stdout.write_through)"
        environment = {**os.environ, "PYTHONPATH": str(ROOT / "python"), "PYTHONDONTWRITEBYTECODE": "1", **variables}
        return subprocess.run([sys.executable, "-c", program], env=environment, text=True, capture_output=True).stdout

    def test_lines_are_whole(self):
        self.assertEqual(self.buffering(PYTHONUNBUFFERED="1"), "True False\n")

    def test_who_wants_blocks_has_them(self):
        self.assertEqual(self.buffering(PYTHONUNBUFFERED=""), "False False\n")


class ChangedInPlace(Step):
    """What looks as if it were kept is noted at the end of the process."""

    def run_step(self, *lines):
        program = "\n".join(("import os, sys", "from qflow import artifacts, current", *lines))
        environment = {**os.environ, "PYTHONPATH": str(ROOT / "python"), "PYTHONDONTWRITEBYTECODE": "1"}
        done = subprocess.run([sys.executable, "-c", program], env=environment, text=True, capture_output=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stderr

    def note(self, name, value):
        return f"qflow: note: {name} was changed in place, which is not kept: set it again, {name} = {value}\n"

    def test_what_is_handed_out_is_the_same_each_time(self):
        self.write("in/rows.json", [1])
        self.assertIs(artifacts.rows, artifacts.rows)
        artifacts.rows = [2]
        self.assertEqual(artifacts.rows, [2])
        self.assertIs(artifacts.rows, artifacts.rows)
        for value in range(20):
            artifacts.rows = [value]
            self.assertEqual(artifacts.rows, [value])
            artifacts.rows = ["x"]
            artifacts.rows = [value + 1]
            self.assertEqual(artifacts.rows, [value + 1])

    def test_what_another_process_wrote_is_read(self):
        artifacts.rows = [1]
        self.assertEqual(artifacts.rows, [1])
        self.write("out/rows.json", [1, 2])
        self.assertEqual(artifacts.rows, [1, 2])
        (self.out / "rows.json").unlink()
        self.message(AttributeError, lambda: artifacts.rows)

    def test_a_change_is_noted(self):
        self.write("in/rows.json", [1])
        self.write("in/na.me.json", {"a": [1]})
        self.write("in/file.json", [1])
        self.write("in/class.json", [1])
        rows = [("artifacts.rows.append(2)", "artifacts.rows", "rows"),
                ("artifacts['na.me']['a'][0] = 2", 'artifacts["na.me"]', "value"),
                ("artifacts['file'].clear()", 'artifacts["file"]', "file"),
                ("artifacts['class'].clear()", 'artifacts["class"]', "value"),
                ("artifacts.own = {}; artifacts.own['x'] = 1", "artifacts.own", "own"),
                ("artifacts.rows = [3]; artifacts.rows.append(2)", "artifacts.rows", "rows"),
                ("artifacts.rows.append(2); artifacts.rows.append(object()); sys.exit()", "artifacts.rows", "rows")]
        for line, name, value in rows:
            with self.subTest(line):
                self.assertEqual(self.run_step(line), self.note(name, value))

    def test_of_others_it_is_only_noted(self):
        self.write("in/.steps/train/rows.json", [1])
        self.write("in/.steps/each/3/rows.json", [1])
        self.trigger("RUN", "TrainingFlow/34")
        self.write("data/TrainingFlow/rows.json", [1])
        rows = [("artifacts.steps['train']", "step 'train'"), ("artifacts.train", "step 'train'"),
                ("artifacts.steps['each'][3]", "task each[3]"), ("current.trigger.data", "TrainingFlow/34")]
        for view, owner in rows:
            with self.subTest(view):
                self.assertEqual(self.run_step(f"{view}.rows.append(2)"), f"qflow: note: artifact 'rows' of {owner} "
                                 "was changed in place, which is not kept\n")

    def test_what_is_no_loss_is_not_noted(self):
        self.write("in/rows.json", [1])
        self.write("in/text.json", "x")
        self.write("in/many.json", ["x" * 2**20])
        for lines in (("artifacts.rows", "artifacts.text"), ("artifacts.many.append(1)",),
                      ("rows = artifacts.rows", "rows.append(2)", "artifacts.rows = rows", "rows.append(3)"),
                      ("artifacts.own = [1]", "rows = artifacts.own", "rows.append(2)", "artifacts.own = rows"),
                      ("artifacts.rows.append(2)", "artifacts.rows.pop()"),
                      ("artifacts.rows", "if os.fork() == 0: artifacts.rows.append(2); sys.exit()", "os.wait()")):
            with self.subTest(lines[-1]):
                self.assertEqual(self.run_step(*lines), "")

    def test_nothing_fails_because_of_it(self):
        self.write("in/rows.json", [1])
        unequal = ("class Unequal:", "    def __eq__(self, other): raise RuntimeError", "artifacts.rows[:] = [Unequal()]")
        for lines in (unequal, ("os.remove(os.environ['QFLOW_IN'] + '/rows.json')",),
                      ("open(os.environ['QFLOW_IN'] + '/rows.json', 'w').write('{')",), ("sys.stderr.close()",),
                      ("sys.stderr = None",)):
            with self.subTest(lines[-1]):
                self.write("in/rows.json", [1])
                self.assertEqual(self.run_step("artifacts.rows.append(2)", *lines), "")

    def test_the_end_of_a_process_is_asked_for_once_and_only_where_it_is_needed(self):
        registered = ("import atexit; calls = []; atexit.register = calls.append", "artifacts.x = 1; artifacts.x",
                      "assert calls == []", "artifacts.x = [1]; artifacts.x; artifacts.x", "assert len(calls) == 1")
        self.assertEqual(self.run_step(*registered), "")


class TriggeredByARun(Step):
    def setUp(self):
        super().setUp()
        self.trigger("RUN", "TrainingFlow/34")
        for folder in ("data", "data/TrainingFlow"):
            self.write(f"{folder}/model.json", {"x": 1})
            self.write(f"{folder}/weights.bin", "bin")

    def test_what_needs_no_question(self):
        trigger = current.trigger
        self.assertEqual(str(trigger.run), "TrainingFlow/34")
        self.assertEqual(f"{trigger.run}", "TrainingFlow/34")
        self.assertEqual(trigger.run.id, "TrainingFlow/34")
        self.assertEqual((trigger.run.flow, trigger.run.number), ("TrainingFlow", 34))
        self.assertEqual(trigger.runs, ["TrainingFlow/34"])
        self.assertEqual((trigger.type, trigger.trigger_id), ("RUN", "t"))
        self.assertEqual(trigger.event.name, "qflow.run.TrainingFlow")
        self.assertEqual(trigger.event.timestamp, "2026-11-20T10:00:00Z")
        self.assertEqual(trigger.event.timestamp.datetime, datetime(2026, 11, 20, 10, tzinfo=timezone.utc))
        self.assertEqual([event.caused_by for event in trigger.events], ["TrainingFlow/34"])
        self.assertEqual(trigger["TrainingFlow"], "TrainingFlow/34")
        self.assertEqual(list(trigger), ["TrainingFlow"])
        self.assertIn("TrainingFlow", trigger)
        self.assertEqual(trigger.data.model["x"], 1)
        self.assertEqual(trigger["TrainingFlow"].data.model, {"x": 1})
        self.assertEqual(trigger.runs[0].data.model, {"x": 1})
        self.assertEqual(trigger.data["weights.bin"], self.folder / "data/TrainingFlow/weights.bin")
        self.assertEqual(list(trigger.data), ["model", "weights.bin"])
        self.assertTrue(trigger)
        self.assertEqual(self.calls(), [])

    def test_one_artifact_is_loaded_at_a_time(self):
        broken = self.write("data/TrainingFlow/broken.json", 1)
        broken.write_text("{")
        self.assertEqual(current.trigger.data.model, {"x": 1})
        self.message(ValueError, lambda: current.trigger.data.broken)

    def test_what_is_asked_for_is_asked_once(self):
        rows = [("status", "succeeded"), ("reason", None), ("context", "day"), ("started_at", "2026-11-20T09:00:00Z"),
                ("ended_at", "2026-11-20T09:30:00.5Z")]
        for field, value in rows:
            self.answer(f"get trigger.run.{field} --json", value)
            with self.subTest(field):
                self.assertEqual(getattr(current.trigger.run, field), value)
                self.assertEqual(getattr(current.trigger.run, field), value)
        asked = [["get", f"trigger.run.{field}", "--json"] for field, _ in rows]
        self.assertEqual([words for words, _ in self.calls()], asked)
        self.assertEqual(current.trigger.run.started_at.datetime.hour, 9)

    def test_parameters_of_the_run(self):
        self.answer("get trigger.run.params --json", {"window": 7})
        self.assertEqual(current.trigger.run.params.window, 7)
        self.assertIn("did you mean 'window'?", self.message(AttributeError, lambda: current.trigger.run.params.windo))
        self.answer('get trigger["TrainingFlow"].params --json', {"window": 8})
        self.assertEqual(current.trigger["TrainingFlow"].params.window, 8)

    def test_the_chain(self):
        self.answer("get trigger.run.trigger --json", trigger_json("RUN", ["ETLFlow/3"]))
        self.answer("get trigger.run.trigger.run.trigger --json", None)
        self.answer('get trigger.run.trigger.run.data["rows"] --json', [1, 2])
        self.answer('get trigger.run.trigger.run.data["path"] --json', os.environ["QFLOW_STORE"] + "/objects/ab/cd")
        self.answer("get trigger.run.trigger.run.data --json", {"rows": [1, 2], "path": "…"})
        self.answer('get trigger.run.trigger["ETLFlow"].status --json', "succeeded")
        etl_run = current.trigger.run.trigger.run
        self.assertEqual(etl_run, "ETLFlow/3")
        self.assertEqual(current.trigger.run.trigger.event.name, "qflow.run.ETLFlow")
        self.assertEqual((etl_run.data.rows, etl_run.data.rows), ([1, 2], [1, 2]))
        self.assertEqual(etl_run.data.path, self.folder / "store/objects/ab/cd")
        self.assertEqual(list(etl_run.data), ["path", "rows"])
        self.assertEqual(current.trigger.run.trigger["ETLFlow"].status, "succeeded")
        self.assertIsNone(etl_run.trigger)
        self.assertEqual(len(self.calls()), 6)

    def test_what_its_folder_lacks_is_explained(self):
        error = "qflow: error: artifact 'rows' is ambiguous: a.rows and b.rows; name the step: artifacts.a.rows\n"
        self.answer('get trigger.run.data["rows"] --json', error=error, status=1)
        message = self.message(AttributeError, lambda: current.trigger.data.rows)
        self.assertEqual(message, "artifacts of TrainingFlow/34: " + error.strip()[len("qflow: error: "):])
        self.message(KeyError, lambda: current.trigger.data["rows"])
        self.answer('get trigger.run.data["train"] --json', {"rows": 1})
        self.assertEqual(current.trigger.data.train, {"rows": 1})

    def test_names_that_cannot_be_are_not_asked_for(self):
        for name in ('x"]', "../model", ""):
            self.message(KeyError, lambda: current.trigger.data[name])
        self.assertEqual(self.calls(), [])

    def test_a_link_to_nothing_is_explained(self):
        (self.folder / "data/TrainingFlow/old.json").symlink_to(self.folder / "gone")
        self.answer('get trigger.run.data["old"] --json', error="qflow: error: gc removed it\n", status=3)
        self.assertIn("gc removed it", self.message(AttributeError, lambda: current.trigger.data.old))

    def test_a_store_in_trouble_is_no_missing_artifact(self):
        self.answer('get trigger.run.data["rows"] --json', error="qflow: error: can't open the store\n", status=7)
        with self.assertRaises(qflow.QflowError) as caught:
            current.trigger.data.rows
        self.assertEqual((str(caught.exception), caught.exception.status), ("can't open the store", 7))
        os.environ["QFLOW_BIN"] = str(self.folder / "nowhere")
        self.assertIn("nowhere", self.message(RuntimeError, lambda: current.trigger.run.status))

    def test_a_run_is_its_id_wherever_text_goes(self):
        artifacts.source = current.trigger.run
        self.assertEqual(artifacts.source, "TrainingFlow/34")
        self.assertEqual(pickle.loads(pickle.dumps(current.trigger.run)).number, 34)
        self.assertEqual({current.trigger.run: 1}["TrainingFlow/34"], 1)


class TriggeredByMany(Step):
    def test_two_runs(self):
        self.trigger("MANY-RUNS", "TrainingFlow/34", "DataFlow/12")
        self.write("data/TrainingFlow/model.json", {"x": 1})
        self.write("data/DataFlow/rows.json", 5)
        self.answer('get trigger["TrainingFlow"].params --json', {"seed": 1})
        self.answer("get trigger.runs[1].params --json", {"day": 2})
        trigger = current.trigger
        self.assertEqual((trigger.run, trigger.event, trigger.data), (None, None, None))
        self.assertEqual(trigger.runs, ["TrainingFlow/34", "DataFlow/12"])
        self.assertEqual(trigger["DataFlow"], "DataFlow/12")
        self.assertEqual(trigger["TrainingFlow"].data.model["x"], 1)
        self.assertEqual(trigger.runs[1].data.rows, 5)
        self.assertEqual(trigger.events[0].name, "qflow.run.TrainingFlow")
        self.assertEqual(trigger["TrainingFlow"].params.seed, 1)
        self.assertEqual(trigger.runs[1].params.day, 2)

    def test_of_two_runs_of_a_flow_the_folder_has_the_newest(self):
        self.trigger("MANY-RUNS", "TrainingFlow/33", "TrainingFlow/34")
        self.write("data/TrainingFlow/model.json", 34)
        self.answer('get trigger.runs[0].data["model"] --json', 33)
        self.assertEqual([run.data.model for run in current.trigger.runs], [33, 34])
        self.assertEqual(current.trigger["TrainingFlow"].data.model, 34)

    def test_two_events(self):
        self.trigger("MANY-EVENTS", event("first", payload={"x": 1}, sender="me"), event("second"))
        trigger = current.trigger
        self.assertEqual(trigger["first"].timestamp, "2026-11-20T10:00:00Z")
        self.assertEqual(trigger["first"].payload["x"], 1)
        self.assertEqual((trigger["first"].sender, trigger["first"].type, trigger["first"].value), ("me", None, None))
        self.assertEqual(trigger["first"].recorded_at.datetime.microsecond, 125000)
        self.assertTrue(trigger["first"].id)
        self.assertEqual([event.name for event in trigger.events], ["first", "second"])
        self.assertEqual((trigger.run, trigger.runs, trigger.data, trigger.event), (None,) * 4)
        self.assertEqual(self.calls(), [])

    def test_an_event_and_a_run(self):
        self.trigger("MIXED", event("first"), "DataFlow/12")
        self.assertEqual(current.trigger["first"].name, "first")
        self.assertEqual(current.trigger["DataFlow"].number, 12)
        self.assertEqual(current.trigger.run, "DataFlow/12")

    def test_an_unknown_name_lists_the_known_ones(self):
        self.trigger("MANY-EVENTS", event("first"), event("second"))
        self.answer('get trigger["frist"] --json', status=3,
                    error="qflow: error: trigger has no 'frist'; did you mean 'first'?\n")
        self.assertEqual(self.message(KeyError, lambda: current.trigger["frist"]),
                         "trigger has no 'frist'; did you mean 'first'? known: first, second")
        self.answer('get trigger["zzz"] --json', status=3,
                    error="qflow: error: trigger has no 'zzz'; known: first, second, third\n")
        self.assertEqual(self.message(KeyError, lambda: current.trigger["zzz"]),
                         "trigger has no 'zzz'; known: first, second, third")
        for name in ('x"]', "", 0):
            self.assertIn("known: first, second", self.message(KeyError, lambda: current.trigger[name]))
        self.assertEqual(len(self.calls()), 2)

    def test_names_that_only_qflow_knows(self):
        self.trigger("ONE-OF-EVENTS", event("foo.prod.food"), named={"food": event("foo.prod.food")})
        self.answer('get trigger["foo.prod.food"] --json', event("foo.prod.food", payload={"x": 2}))
        self.answer('get trigger["declared"] --json', None)
        self.assertEqual(current.trigger["food"].name, "foo.prod.food")
        self.assertEqual(current.trigger["foo.prod.food"].payload, {"x": 2})
        self.assertIsNone(current.trigger["declared"])
        self.assertIsNone(current.trigger["declared"])
        self.assertNotIn("declared", current.trigger)
        self.assertEqual(len(self.calls()), 2)


class Publishing(Step):
    ANSWER = {"id": "0193", "name": "food", "duplicate": False, "effects": []}

    def test_the_words_and_the_input(self):
        rows = [
            ({}, ["--safe"], ""),
            ({"safe": False}, [], ""),
            ({"namespaced": True}, ["--safe", "--namespaced"], ""),
            ({"payload": {"x": "ä"}}, ["--safe", "--payload", "-"], '{"x":"ä"}'),
            ({"payload": {}, "safe": False}, ["--payload", "-"], "{}"),
            ({"payload": qflow.Params({"x": 1})}, ["--safe", "--payload", "-"], '{"x":1}'),
            ({"payload": {"x": qflow.Params({"y": 1})}}, ["--safe", "--payload", "-"], '{"x":{"y":1}}'),
            ({"safe": False, "type": "t", "idempotency_key": "-k", "context": ""},
             ["--type=t", "--idempotency-key=-k", "--context="], ""),
            ({"safe": False, "dispatch": True, "require_match": False, "value": None}, ["--dispatch"], ""),
            ({"safe": False, "wait": "10m"}, ["--wait=10m"], ""),
            ({"safe": False, "wait": True}, ["--wait"], ""),
            ({"safe": False, "timestamp": datetime(2026, 1, 2, tzinfo=timezone.utc)},
             ["--timestamp=2026-01-02T00:00:00+00:00"], ""),
        ]
        for options, words, text in rows:
            with self.subTest(str(options)):
                expected = ["publish", *words, "--json", "--", "food"]
                self.answer(" ".join(expected), self.ANSWER)
                self.assertEqual(publish("food", **options), self.ANSWER)
                self.assertEqual(self.calls()[-1], [expected, text])

    def test_what_it_cannot_pass_on_is_refused(self):
        rows = [({"payload": [1]}, "must be a dict"), ({"payload": {"x": {1}}}, "payload of event 'food'"),
                ({"sendr": "me"}, "did you mean 'sender'?"), ({"sender": 3}, "must be text"),
                ({"dispatch": "yes"}, "must be True or False"), ({"timestamp": datetime(2026, 1, 2)}, "must be aware"),
                ({"timestamp": 3}, "must be text or an aware datetime"), ({"safe": "no"}, "must be True or False"),
                ({"type": True}, "must be text"), ({"wait": 10}, 'must be True, False or how long, as in "10m"')]
        for options, expected in rows:
            with self.subTest(str(options)):
                self.assertIn(expected, self.message(TypeError, lambda: publish("food", **options)))
        self.assertIn("NaN", self.message(ValueError, lambda: publish("food", {"x": float("nan")})))
        self.assertNotIn("artifacts.file", self.message(TypeError, lambda: publish("food", {"x": {1}})))
        self.assertEqual(self.calls(), [])

    def test_what_no_command_line_passes_on_is_refused(self):
        for name in (None, b"food", 3):
            self.assertIn(f"the name of an event must be text, not {name!r}", self.message(TypeError, publish, name))
        for text, problem in (("a\0b", "a NUL character"), ("a\ud800b", "half of a surrogate pair"),
                              ("a\udc80b", "half of a surrogate pair")):
            with self.subTest(repr(text)):
                self.assertIn(f"the name of an event has {problem} in it", self.message(ValueError, publish, text))
                for option in ("sender", "timestamp", "wait"):
                    self.assertIn(f"option {option!r} of publish has {problem} in it",
                                  self.message(ValueError, lambda: publish("food", **{option: text})))
        self.assertEqual(self.calls(), [])

    def test_a_refusal_is_an_error_with_the_message(self):
        self.answer("publish --safe --json -- fo od", status=2,
                    error="qflow: error: 'fo od' is not a valid event name\n")
        with self.assertRaises(qflow.QflowError) as caught:
            publish("fo od")
        self.assertEqual(str(caught.exception), "'fo od' is not a valid event name")
        self.assertEqual((caught.exception.status, caught.exception.event_id), (2, None))

    def test_what_is_said_beside_a_refusal_is_no_part_of_it(self):
        said = {"L/1 succeeded\nqflow: note: L/2 failed: step s\n": "L/2 failed: step s",
                "L/1 succeeded\nqflow: note: n\nqflow: error: it is over\nadvice\n": "it is over\nadvice"}
        for number, (text, message) in enumerate(said.items()):
            self.answer(f"publish --safe --json -- e{number}", error=text, status=6)
            error = io.StringIO()
            with self.assertRaises(qflow.QflowError) as caught, contextlib.redirect_stderr(error):
                publish(f"e{number}")
            self.assertEqual(str(caught.exception), message)
            self.assertTrue(error.getvalue().startswith("L/1 succeeded\n"))

    def test_an_event_that_is_stored_all_the_same_is_named(self):
        answers = {"publish --safe --require-match --json -- food":
                   [json.dumps(self.ANSWER) + "\n", "qflow: note: no deployed flow listens to food\n", 4]}
        self.write("answers", json.dumps(answers))
        with self.assertRaises(qflow.QflowError) as caught:
            publish("food", require_match=True)
        self.assertEqual(str(caught.exception), "no deployed flow listens to food (the event is stored as 0193)")
        self.assertEqual((caught.exception.status, caught.exception.event_id), (4, "0193"))

    def test_what_is_only_said_is_passed_on(self):
        answers = {"publish --safe --json -- food": ["would publish food\n", "qflow: note: a local run\n", 0]}
        self.write("answers", json.dumps(answers))
        out, error = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(error):
            self.assertIsNone(publish("food"))
        self.assertEqual((out.getvalue(), error.getvalue()), ("would publish food\n", "qflow: note: a local run\n"))


class Examples(Step):
    """The Python of flows/python, each step as qflow would start it."""

    FLOWS = ROOT / "flows" / "python"

    def run_step(self, *words):
        environment = {**os.environ, "PYTHONPATH": str(ROOT / "python"), "PYTHONDONTWRITEBYTECODE": "1"}
        done = subprocess.run([sys.executable, *words], cwd=self.FLOWS, env=environment, text=True, capture_output=True)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return done.stdout.splitlines()

    def left(self, name):
        return json.loads((self.out / f"{name}.json").read_text())

    def test_training(self):
        self.run_step("training.py")
        self.assertEqual(self.left("model"), {"x": 1})

    def test_prediction(self):
        self.assertEqual(self.run_step("prediction.py"), ["No trigger"])
        self.trigger("RUN", "TrainingFlow/34")
        self.write("data/TrainingFlow/model.json", {"x": 1})
        self.assertEqual(self.run_step("prediction.py"), [
            "Triggering Run object TrainingFlow/34", "Triggering event name qflow.run.TrainingFlow",
            "Triggering timestamp 2026-11-20T10:00:00Z", "Model value 1"])
        self.assertEqual(self.left("model"), {"x": 1})

    def test_prediction_after_two(self):
        self.assertEqual(self.run_step("prediction_two_upstreams.py"), ["No trigger"])
        self.trigger("MANY-RUNS", "TrainingFlow/34", "DataFlow/12")
        self.write("data/TrainingFlow/model.json", {"x": 1})
        self.assertEqual(self.run_step("prediction_two_upstreams.py"), [
            "Triggering TrainingFlow's Run object TrainingFlow/34", "Triggering DataFlow's Run object DataFlow/12",
            "Triggering event name qflow.run.TrainingFlow", "Triggering timestamp 2026-11-20T10:00:00Z",
            "Model value 1"])

    def test_data(self):
        program = re.search(r"^run\s*= '''\n(.*?)'''", (self.FLOWS / "data.toml").read_text(), re.M | re.S).group(1)
        self.assertEqual(self.run_step("-c", program), ["No trigger"])
        self.trigger("MANY-EVENTS", event("first", payload={"x": 1}), event("second", timestamp="2026-11-20T11:00:00Z"))
        self.assertEqual(self.run_step("-c", program), [
            "Triggering 'first' event timestamp 2026-11-20T10:00:00Z",
            "Triggering 'second' event timestamp 2026-11-20T11:00:00Z", "Payload of 'first' {'x': 1}"])

    def test_model_refresh(self):
        os.environ["QFLOW_STEP"] = "start"
        self.run_step("model_refresh.py")
        self.assertEqual(self.left("start_date"), "2023-04-28T00:00:00")
        (self.out / "start_date.json").rename(self.given / "start_date.json")
        os.environ["QFLOW_STEP"] = "train"
        self.assertEqual(self.run_step("model_refresh.py"), ["loading data since 2023-04-28T00:00:00"])
        self.assertEqual(self.left("model"), [1, 2, 3])

    def test_every_step_that_a_flow_names_is_there(self):
        for file in sorted(self.FLOWS.glob("*.toml")):
            for script in re.findall(r'"python3", "([^"]+)"', file.read_text()):
                self.assertTrue((self.FLOWS / script).exists(), f"{file.name}: {script}")


if __name__ == "__main__":
    unittest.main()
