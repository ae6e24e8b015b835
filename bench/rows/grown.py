"""Stores as they look after years, made by SQL: deployed flows with schedules, past runs and events."""

import os
import pathlib
import shutil
import sqlite3

CHAIN = 100

LISTENER = """id = "Listener"
[[triggers]]
type = "event"
event = "heard"
[[steps]]
id = "s"
run = ":"
"""

CHAINED = """id = "Chained"
[[triggers]]
type = "flow"
source_flow_id = "Chained"
"""

# Rows as qflow itself writes them, without their folders.
GROWTH = """
PRAGMA synchronous = OFF;
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {deployed})
 INSERT INTO deployments(flow, namespace, branch, version, definition, flow_file, environment, umask, one_by_one,
 deployed_at, enabled, disabled_reason) SELECT 'Flow' || i, '', '', 1, 1, '/flows/f.toml', '{{}}', 18, 0, 0, 1, '' FROM n;
INSERT INTO triggers(deployment, id, position, enabled, disabled_reason, shape)
 SELECT deployment, 'event', 0, 1, '', '' FROM deployments WHERE flow <> 'Listener';
INSERT INTO subscriptions(name, deployment) SELECT 'event' || deployment, deployment FROM deployments
 WHERE flow <> 'Listener';
INSERT INTO schedules(trigger, rhythm, due) SELECT trigger, '0 0 1 1 * UTC', 4102444800000000 + trigger FROM triggers
 WHERE id = 'event';
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {past})
 INSERT INTO runs(flow, number, namespace, status, reason, origin, params, tags, created_at, started_at, ended_at,
 definition, flow_file, git_commit, git_dirty, crashes, depth, correlation, deployment)
 SELECT 'Past', i, '', 'succeeded', '', 'deployed', '{{}}', '[]', i, i, i, 1, '/flows/f.toml', '', 0, 0, 1, '', 1 FROM n;
INSERT INTO run_counters(flow, last) VALUES('Past', {past});
INSERT INTO events(id, name, timestamp, recorded_at, payload, caused_by, simulated)
 SELECT printf('%08x-0000-7000-8000-000000000000', number), 'qflow.run.Past', number, number, '{{}}', run, 0 FROM runs
 WHERE flow = 'Past';
"""


def make_store(bench, store, past, deployed):
    """The command of a store with so many past runs and events and deployed flows, a listener, and a chain of runs."""
    bench.write("listener.toml", LISTENER)
    chained = bench.write("chained.toml", CHAINED)
    command = [bench.qflow, "-q", "--store", str(store)]
    bench.call(*command, "deploy", "listener.toml")
    bench.call(*command, "run", chained)
    for number in range(1, CHAIN):
        bench.call(*command, "run", chained, "--trigger", f"Chained/{number}")
    ledger = sqlite3.connect(pathlib.Path(store) / "ledger.db")
    ledger.executescript(GROWTH.format(past=past, deployed=deployed))
    ledger.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    ledger.close()
    bench.call(*command, "tick")
    os.sync()
    return command


def grown_store(bench):
    """The command of the one large store of all rows that leave it nearly as it was."""
    store = bench.home / "grown"
    if store.exists():
        return [bench.qflow, "-q", "--store", str(store)]
    return make_store(bench, store, bench.scale["past"], bench.scale["deployed"])


def own_grown_store(bench):
    """The command of a copy of that store."""
    grown = grown_store(bench)
    store = bench.folder / "grown"
    shutil.copytree(grown[-1], store, symlinks=True)
    os.sync()
    return [*grown[:-1], str(store)]
