"""Publishing, ticks and questions in a large store, most of them beside `qflow version`: what the command itself costs."""

import datetime
import json
import pathlib
import sqlite3
import subprocess
import time

from rows.grown import CHAIN, grown_store, own_grown_store
from rows.row import Measured, Row, more, most

DUE = 1_000
BATCH = 1_000
LISTENERS = 10
SETTLED = 4  # seconds from which on an idle tick trusts that a ledger's time of change tells of every change


def beside_version(bench, *words, store=grown_store):
    commands = {"qflow version": [bench.qflow, "version"], "qflow": [*store(bench), *words]}
    return Measured(bench.in_turns(bench.scale["short"], commands))


def publish(bench):
    store = grown_store(bench)
    commands = {
        "qflow version": [bench.qflow, "version"],
        "raw SQLite": [bench.program("insert"), f"{store[-1]}/ledger.db", "1"],
        "qflow": [*store, "publish", "unheard"],
    }
    return Measured(bench.in_turns(bench.scale["short"], commands))


def publish_beside_another(bench):
    """While another process has the store open, as a run has."""
    other = sqlite3.connect(f"{grown_store(bench)[-1]}/ledger.db")
    other.execute("SELECT count(*) FROM deployments").fetchall()
    measured = publish(bench)
    other.close()
    return measured


def idle_ticks(bench):
    """Each after another idle one, as cron's are; and such as find a ledger that has changed, which they have to open."""
    command = [*grown_store(bench), "tick"]
    bench.call(*command)  # makes the log anew where others have taken it away
    time.sleep(SETTLED)
    bench.call(*command)
    measured = beside_version(bench, "tick")
    opening = []
    for _ in range(bench.scale["short"]):
        (pathlib.Path(command[-2]) / "last_tick").unlink()
        opening.append(bench.once(*command) / 1e6)
    measured.values["after a change"] = opening
    return measured


def ticks_with_due(bench):
    """One tick per hour, each with 1,000 schedules due; what it queues is done before the next."""
    flows = [f'id = "Hourly{i}"\n[[triggers]]\ntype = "schedule"\nschedule = "0 * * * *"\n' for i in range(DUE)]
    names = [bench.write(f"hourly{i}.toml", text) for i, text in enumerate(flows)]
    call = [bench.qflow, "-q", "--store", "due"]
    bench.call(*call, "deploy", *names)
    hour = datetime.datetime.now(datetime.timezone.utc).replace(minute=0, second=30, microsecond=0)
    taken = {"qflow version": [], "qflow": []}
    for _ in range(bench.scale["slow"]):
        hour += datetime.timedelta(hours=1)
        taken["qflow version"].append(bench.once(bench.qflow, "version"))
        taken["qflow"].append(bench.once(*call, "tick", "--at", hour.strftime("%Y-%m-%dT%H:%M:%SZ")))
        bench.call(*call, "tick", "--wait")
    return Measured(taken)


def decisions(bench):
    """A batch of events that 10 flows hear and filter, against one that nobody hears."""
    command = own_grown_store(bench)
    trigger = '[[triggers]]\ntype = "event"\nevent = "many"\nwhen = "event.payload.n < 0"\n'
    names = [bench.write(f"ten{i}.toml", f'id = "Ten{i}"\n{trigger}') for i in range(LISTENERS)]
    bench.call(*command, "deploy", *names)
    batches = {}
    for label, name in (("the same, unheard", "unheard"), ("qflow", "many")):
        lines = (json.dumps({"name": name, "payload": {"n": n}}) for n in range(BATCH))
        batches[label] = [*command, "publish", "--batch", bench.write(f"{name}.jsonl", "\n".join(lines))]
    return Measured(bench.in_turns(bench.scale["long"], batches))


def heard_by_all(bench):
    """One event that every deployed flow listens to, and how long others who publish meanwhile wait at most."""
    command = own_grown_store(bench)
    ledger = sqlite3.connect(f"{command[-1]}/ledger.db")
    ledger.execute("UPDATE subscriptions SET name = 'heard'")
    ledger.commit()
    ledger.close()
    started, waits = time.monotonic(), []
    crowd = subprocess.Popen([*command, "publish", "heard"], cwd=bench.folder, stdout=subprocess.DEVNULL)
    while crowd.poll() is None:
        waits.append(bench.once(*command, "publish", "unheard") / 1e9)
    return Measured(values={"in all": [time.monotonic() - started], "longest wait of others": [max(waits)]})


def chain(bench):
    inspect = ("inspect", f"Chained/{CHAIN}", "--trigger-chain")
    measured = beside_version(bench, *inspect)
    command, cold = grown_store(bench), []
    for _ in range(bench.scale["slow"]):
        bench.forget_files(command[-1])
        cold.append(bench.once(*command, *inspect) / 1e6)
    measured.values["cold"] = cold
    return measured


ROWS = [
    Row("publish", "publish", publish, {"qflow version": more(1.5)}),
    Row("publish-beside", "publish beside a process that has the store open", publish_beside_another,
        {"qflow version": more(0.8)}),
    Row("publish-heard", "publish that queues a run",
        lambda bench: beside_version(bench, "publish", "heard", store=own_grown_store)),
    Row("tick", "idle tick", idle_ticks, {"qflow version": more(0.5)}, {"after a change": "ms"}),
    Row("tick-due", "tick with 1,000 schedules due", ticks_with_due, {"qflow version": more(10)}),
    Row("decide", "1,000 events for 10 of 100,000 listeners", decisions, {"the same, unheard": more(50)}),
    Row("heard-by-all", "one event for 100,000 listeners", heard_by_all, {"longest wait of others": most(1, "s")},
        {"in all": "s"}),
    Row("chain", "inspect --trigger-chain, 100 deep", chain, {"qflow version": more(1.5), "cold": most(50, "ms")}),
]
