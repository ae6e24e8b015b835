#!/usr/bin/env python3
"""Runs the flows of flows/ as the documents that they come from say, with the binary that is given.

usage: examples_test.py QFLOW FLOWS
"""
import json
import os
import pathlib
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "support"))

from redis_server import RedisServer  # noqa: E402

BINARY, FLOWS = (pathlib.Path(argument).resolve() for argument in sys.argv[1:3])
FIRST = '{"name": "first", "fields": {"x": 1}}'


class Examples(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        shutil.copytree(FLOWS, self.folder / "flows")
        self.environment = {k: v for k, v in os.environ.items() if not k.startswith("QFLOW_")}

    def qflow(self, *arguments, status=0):
        done = subprocess.run([BINARY, *arguments], cwd=self.folder, env=self.environment, text=True,
                              capture_output=True, stdin=subprocess.DEVNULL)
        self.assertEqual(done.returncode, status, f"qflow {' '.join(arguments)}\n{done.stdout}{done.stderr}")
        return done.stdout

    def run_flow(self, name, *arguments):
        """The lines that the steps said, and the run's id."""
        lines = self.qflow("run", f"flows/{name}.toml", *arguments).splitlines()
        said = [line.split(" | ", 1)[1] for line in lines[:-1] if " | " in line]
        return said, lines[-1]

    def get(self, expression, run):
        return json.loads(self.qflow("get", expression, "--json", "--run", run))

    def test_every_flow_is_right(self):
        files = sorted(str(path.relative_to(self.folder)) for path in (self.folder / "flows").rglob("*.toml"))
        self.assertGreater(len(files), 8)
        self.qflow("check", *files)

    # Seed 000, "Chaining flows with trigger_on_finish" and "Testing trigger_on_finish Locally".
    def test_a_flow_is_triggered_by_a_run(self):
        _, training = self.run_flow("training")
        self.assertEqual(training, "TrainingFlow/1")
        self.assertEqual(self.get("artifacts.model", training), {"x": 1})
        said, run = self.run_flow("prediction", "--trigger", training)
        self.assertEqual(run, "PredictionFlow/1")
        self.assertEqual(said[0], "Triggering run TrainingFlow/1")
        self.assertEqual(said[1], "Triggering event name qflow.run.TrainingFlow")
        self.assertRegex(said[2], r"^Triggering timestamp \d{4}-\d\d-\d\dT")
        self.assertEqual(said[3], "Model value 1")
        self.assertEqual(self.get("trigger.type", run), "RUN")
        self.assertEqual(self.get("trigger.trigger_id", run), "after_training")
        self.assertEqual(self.get("trigger.runs", run), ["TrainingFlow/1"])
        self.assertEqual(self.get('trigger["TrainingFlow"].data.model.x', run), 1)

    # "If you don't specify --trigger, the current.trigger object is set to None."
    def test_without_a_trigger_it_is_null(self):
        said, run = self.run_flow("prediction")
        self.assertEqual(said, ["No trigger"])
        self.assertIsNone(self.get("trigger", run))

    def test_latest_is_the_newest_ended_run(self):
        self.run_flow("training")
        self.run_flow("training")
        said, _ = self.run_flow("prediction", "--trigger", "TrainingFlow/latest")
        self.assertEqual(said[0], "Triggering run TrainingFlow/2")

    # "Inspecting triggering runs using the Client API": a chain of triggered runs is followed.
    def test_the_chain_is_followed(self):
        self.run_flow("training")
        self.run_flow("prediction", "--trigger", "TrainingFlow/1")
        said, run = self.run_flow("prediction", "--trigger", "PredictionFlow/1")
        self.assertEqual(run, "PredictionFlow/2")
        self.assertEqual(self.get("trigger.run.trigger.run", run), "TrainingFlow/1")
        chain = self.qflow("inspect", "PredictionFlow", "latest", "--trigger-chain")
        self.assertIn("TrainingFlow/1", chain)
        tree = json.loads(self.qflow("inspect", "PredictionFlow/2", "--trigger-chain", "--json"))
        self.assertEqual(tree["trigger"]["runs"][0]["trigger"]["runs"][0]["id"], "TrainingFlow/1")
        down = json.loads(self.qflow("inspect", "TrainingFlow/1", "--downstream", "--json"))["downstream"]
        self.assertEqual(down[0]["run"], "PredictionFlow/1")
        self.assertEqual(down[0]["downstream"][0]["run"], "PredictionFlow/2")

    # "Flows triggered by multiple runs".
    def test_two_upstream_flows(self):
        self.run_flow("training")
        self.run_flow("data", "--trigger", "first", "--trigger", "second")
        said, run = self.run_flow("prediction_two_upstreams", "--trigger", "TrainingFlow/1", "--trigger", "DataFlow/1")
        self.assertIn("Model value 1", said)
        self.assertTrue(any("TrainingFlow/1" in line for line in said))
        self.assertTrue(any("DataFlow/1" in line for line in said))
        self.assertEqual(self.get("trigger.type", run), "MANY-RUNS")
        self.assertIsNone(self.get("trigger.event", run))
        self.assertIsNone(self.get("trigger.run", run))
        self.assertEqual(self.get("size(trigger.events)", run), 2)

    # "Flow triggered by an external event" and "Testing trigger_on locally".
    def test_two_events(self):
        said, run = self.run_flow("data", "--trigger", "first", "--trigger", "second")
        self.assertEqual(len([line for line in said if "timestamp" in line]), 2)
        self.assertEqual(self.get("trigger.type", run), "MANY-EVENTS")
        _, run = self.run_flow("data", "--trigger", FIRST, "--trigger", "second")
        self.assertEqual(self.get('trigger["first"].payload', run), {"x": 1})
        self.assertEqual(self.get("trigger.events[1].name", run), "second")
        self.assertRegex(self.get('trigger["first"].timestamp', run), r"^\d{4}-")

    def test_reset_is_an_option_and_others_are_refused(self):
        self.run_flow("data_reset", "--trigger", "first", "--trigger", "second")
        file = self.folder / "flows" / "data_reset.toml"
        file.write_text(file.read_text().replace("reset", "rest"))
        self.qflow("check", "flows/data_reset.toml", status=2)

    # Seed 001, "Triggering Flows Based on External Events".
    def test_fresh_data(self):
        said, run = self.run_flow("fresh_data", "--trigger", "data_updated")
        self.assertIn("processing fresh data!", said)
        self.assertEqual(self.get("trigger.type", run), "EVENT")
        self.assertEqual(self.get("trigger.event.name", run), "data_updated")

    # "Passing parameters in events".
    def test_a_payload_sets_parameters_of_its_names(self):
        _, run = self.run_flow("model_refresh", "--trigger",
                               '{"name": "data_updated", "payload": {"latest": "2026-11-20", "other": 1}}')
        self.assertEqual(self.get("params", run), {"latest": "2026-11-20", "window": 3})

    # "Mapping parameter names": only what is mapped is set.
    def test_a_mapping_turns_the_default_off(self):
        _, run = self.run_flow("model_refresh_mapped", "--trigger",
                               '{"name": "some_event", "payload": {"how_many_days": 8, "latest": "2026-11-20"}}')
        self.assertEqual(self.get("params", run), {"latest": "2023-05-01", "window": 8})

    def test_each_of_two_events_sets_its_own(self):
        _, run = self.run_flow("model_refresh_two_events", "--trigger",
                               '{"name": "one_event", "payload": {"how_many_days": 8}}', "--trigger",
                               '{"name": "another_event", "timestamp": "2026-11-20T10:00:00Z"}')
        self.assertEqual(self.get("params", run), {"latest": "2026-11-20T10:00:00Z", "window": 8})

    def assert_namespace(self, name_space, *options):
        """Both flows deployed there; a run of the first starts the second."""
        self.qflow("deploy", str(FLOWS / "namespaces/hello_upstream.toml"), *options)
        self.qflow("deploy", str(FLOWS / "namespaces/hello_downstream.toml"), *options)
        self.qflow("trigger", "--flow-id", "HelloFlowUpstream", *options)
        self.qflow("tick", "--wait")
        newest = json.loads(self.qflow("inspect", "HelloFlowDownstream/latest", "--json"))
        self.assertEqual((newest["namespace"], newest["status"]), (name_space, "succeeded"))
        self.assertEqual(newest["trigger"]["event"]["name"], name_space + ".food")
        self.assertEqual(newest["trigger"]["event"]["payload"], {"key": "value"})
        self.assertEqual(self.qflow("logs", "HelloFlowDownstream/latest/start"),
                         f"Triggered by namespaced event {name_space}.food\n")

    def test_events_stay_in_their_project_and_branch(self):
        self.environment["PATH"] = "/usr/bin:/bin"  # steps find qflow all the same
        self.assert_namespace("foo.prod.bar", "--branch", "bar", "--production")
        self.assert_namespace("foo.test.baaz", "--config-value", "project", '{"branch": "baaz"}')
        self.environment["QFLOW_USER"] = "alice"
        self.assert_namespace("foo.user.alice", "--no-branch")
        self.assertEqual(len(self.qflow("runs", "HelloFlowDownstream").splitlines()), 3)

    def test_the_demo_learns_to_read_digits(self):
        self.run_flow("digits/training")
        _, run = self.run_flow("digits/prediction", "--trigger", "TrainingFlow/1")
        self.assertGreaterEqual(self.get("artifacts.accuracy", run), 0.90)
        predictions = self.get("size(artifacts.predictions)", run)
        self.assertGreater(predictions, 100)
        matrix = self.get("artifacts.confusion_matrix", run)
        self.assertEqual(len(matrix), 10)
        self.assertEqual(sum(sum(row) for row in matrix), predictions)

    # Seed 003, the example workflow_on_event.
    def test_a_day_of_hourly_data_trains_a_daily_model(self):
        self.run_flow("workflow_on_event/init")
        names = ("hourly_data", "hourly_preprocess", "complete_day", "daily")
        self.qflow("deploy", *(f"flows/workflow_on_event/{name}.toml" for name in names))
        day = "2021-09-13"
        hours = [f"{day}T{hour:02}" for hour in range(24)]
        for hour in hours:
            self.trigger("HourlyDataFlow", "--context", hour, "-p", "samples=4", "--detach")
        self.qflow("tick", "--wait")
        self.assertEqual(self.rows("runs", "--status", "failed"), [])

        preprocessed = self.rows("runs", "HourlyPreprocessFlow")
        self.assertEqual(sorted(run["context"] for run in preprocessed), hours)
        self.assertEqual(self.contexts("events", "daily_data"), [day])
        self.assertEqual(self.contexts("events", "day_complete"), [day])
        self.assertEqual(self.contexts("runs", "CompleteDayFlow"), [day])
        self.assertEqual(self.get("size(trigger.events)", "CompleteDayFlow/1"), 24)
        self.assertEqual(self.contexts("runs", "DailyFlow"), [day])
        self.assertEqual(self.get("trigger.event.name", "DailyFlow/1"), "daily_data")
        self.assertEqual(self.version(1), {"version": f"daily_model_{day}/1", "base": None})
        self.assertEqual(self.stages(), [["generated"]])
        chain = self.qflow("inspect", "DailyFlow", "latest", "--trigger-chain")
        self.assertRegex(chain, r"^DailyFlow/1 ← event daily_data ← HourlyPreprocessFlow/\d+ ← event hourly_data ← Hour")

        # An hour that comes again finds the day complete; it publishes the same event, and waits for another 23 hours.
        self.qflow("publish", "hourly_data", "--namespace", "workflow_on_event", "--type", "DATA_EVENT", "--value",
                   "ready", "--context", hours[7], "--wait")
        self.assertEqual(self.get("artifacts.missing", "HourlyPreprocessFlow/25"), [])
        for name in ("daily_data", "day_complete"):
            self.assertEqual(self.contexts("events", name), [day])
        self.assertIn("1 of 24", self.qflow("explain", "CompleteDayFlow"))
        self.assertEqual(self.contexts("runs", "DailyFlow"), [day])

        # With so few images the second version is better than the first one, and the third is not.
        self.trigger("DailyFlow", "--context", day)
        self.assertEqual(self.version(2), {"version": f"daily_model_{day}/2", "base": f"daily_model_{day}/1"})
        self.assertGreater(self.get("artifacts.score", "DailyFlow/2"), self.get("artifacts.score", "DailyFlow/1"))
        self.assertEqual(self.stages(), [["generated"], ["generated", "validated"]])
        self.assertIs(self.get("artifacts.validated", "DailyFlow/2"), True)
        self.trigger("DailyFlow", "--context", day)
        self.assertEqual(self.version(3), {"version": f"daily_model_{day}/3", "base": f"daily_model_{day}/2"})
        self.assertLess(self.get("artifacts.score", "DailyFlow/3"), self.get("artifacts.base_score", "DailyFlow/3"))
        self.assertEqual(self.stages(), [["generated"], ["generated", "validated"], ["generated"]])
        self.assertIs(self.get("artifacts.validated", "DailyFlow/3"), False)

        # The next day goes on from this day's validated model, from a deployed one sooner; the day after knows neither.
        data = self.folder / "data" / "daily_data"
        for other in ("2021-09-14", "2021-09-16"):
            shutil.copytree(data / day, data / other)
        self.trigger("DailyFlow", "--context", "2021-09-14")
        self.assertEqual(self.version(4), {"version": "daily_model_2021-09-14/1", "base": f"daily_model_{day}/2"})
        self.qflow("tag", "DailyFlow/1", "deployed")
        self.trigger("DailyFlow", "--context", "2021-09-14")
        self.assertEqual(self.version(5), {"version": "daily_model_2021-09-14/2", "base": f"daily_model_{day}/1"})
        self.trigger("DailyFlow", "--context", "2021-09-16")
        self.assertEqual(self.version(6), {"version": "daily_model_2021-09-16/1", "base": None})

    def test_a_context_that_names_no_day_is_refused(self):
        self.run_flow("workflow_on_event/init")
        for context in ("../2021-09-13", "2021-9-13", "2021-09-13T15"):
            self.qflow("run", "flows/workflow_on_event/daily.toml", "--context", context, status=1)
            self.assertIn("--context 2021-09-13\n", self.qflow("logs", "DailyFlow/latest"))

    def trigger(self, flow, *arguments):
        return self.qflow("trigger", "--flow-id", flow, *arguments)

    def rows(self, *arguments):
        return [json.loads(line) for line in self.qflow(*arguments, "--json").splitlines()]

    def contexts(self, *arguments):
        return [row["context"] for row in self.rows(*arguments)]

    def version(self, number):
        return self.get("{'version': artifacts.version, 'base': artifacts.base}", f"DailyFlow/{number}")

    def stages(self):
        """The tags of the runs of DailyFlow, from the first one on, without that of the flow."""
        runs = reversed(self.rows("runs", "DailyFlow"))
        return [sorted(tag for tag in run["tags"] if tag != "workflow_on_event") for run in runs]


    # A file fires once it is whole, and only then.
    def test_incoming_files(self):
        (self.folder / "incoming").mkdir()
        self.qflow("deploy", "flows/sensors/incoming.toml")
        (self.folder / "incoming" / "part.csv.part").write_text("1\n")
        (self.folder / "incoming" / "whole.csv").write_text("1\n2\n")
        self.tick_at("+1m")
        self.assertEqual(self.get("artifacts.rows", "IncomingFlow/1"), 2)
        (self.folder / "incoming" / "part.csv.part").rename(self.folder / "incoming" / "part.csv")
        self.tick_at("+2m")
        self.assertEqual(self.get("params.path", "IncomingFlow/2"), str(self.folder.resolve() / "incoming" / "part.csv"))
        self.assertEqual(len(self.qflow("runs").splitlines()), 2)

    def test_new_orders(self):
        shop = sqlite3.connect(self.folder / "shop.db")
        shop.execute("CREATE TABLE orders(id INTEGER PRIMARY KEY, total REAL, created_at TEXT)")
        shop.execute("INSERT INTO orders VALUES(1, 9.5, '2026-11-20 10:00:00')")
        shop.commit()
        self.qflow("deploy", "flows/sensors/orders.toml")
        shop.execute("INSERT INTO orders VALUES(2, 0, '2026-11-20 11:00:00')")
        shop.execute("INSERT INTO orders VALUES(3, 4.5, '2026-11-20 10:00:00')")
        shop.commit()
        shop.close()
        self.tick_at("+1m")
        self.tick_at("+2m")
        self.assertEqual(len(self.qflow("runs").splitlines()), 1)
        self.assertIn("orders after 2026-11-20 10:00:00", self.qflow("logs", "OrdersFlow/1"))

    # A message is done for Redis only after its event is recorded; one that comes again is the same event.
    def test_redis_stream(self):
        with RedisServer() as server:
            self.environment["REDIS_URL"] = server.url
            self.qflow("deploy", "flows/sensors/redis_stream.toml")
            server.ask("XADD", "jobs", "*", "dataset", "it's \"odd\"")
            self.qflow("sensor", "peek", "JobsFlow")
            self.assertEqual(server.ask("XPENDING", "jobs", "qflow").splitlines()[0], "1")
            self.tick_at("+1m")
            self.assertEqual(self.get("params.dataset", "JobsFlow/1"), "it's \"odd\"")
            self.tick_at("+2m")
            self.assertEqual(server.ask("XPENDING", "jobs", "qflow").splitlines()[0], "0")
            server.ask("XADD", "jobs", "*", "dataset", "digits")
            self.tick_at("+3m")
            self.assertEqual(self.get("params.dataset", "JobsFlow/2"), "digits")
            self.assertEqual(len(self.qflow("runs").splitlines()), 2)

    def tick_at(self, later):
        """A tick so many minutes later ("+1m"), which waits for its runs."""
        shift = int(later.strip("+m")) * 60 * 1_000_000
        self.environment["QFLOW_CLOCK_SHIFT"] = str(shift)
        self.qflow("tick", "--wait")
        del self.environment["QFLOW_CLOCK_SHIFT"]


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
