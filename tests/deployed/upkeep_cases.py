"""What is left of old events and of ended runs."""
import json
import shutil
import sqlite3

from desk import after, case, contains, equal, flow, on
from faults import printed_by, processes_with, wait_for


@case
def outcomes_become_daily_counts(desk):
    desk.deploy(flow("F", on("food", more="when = 'event.payload.rows > 1'"), params=("[parameters.rows]\ntype = 'int'\n",)))
    desk.write(".qflow/config.toml", 'keep_events = "1ms"\n')
    fired = desk.publish("food", "--payload", '{"rows": 5}')[0]["id"]
    filtered = desk.publish("food", "--payload", '{"rows": 0}')[0]["id"]
    day = desk.inspect(fired)["recorded_at"][:10]
    contains(desk.ask("gc", "--dry-run")[0], "would remove: ", "outcomes of 2 events, 0 idempotency keys (10 bytes)")
    equal(json.loads(desk.ask("gc", "--json")[0]),
          {"dry_run": False, "runs": 0, "folders": 0, "objects": 0, "events": 2, "keys": 0, "bytes": 10})
    explained = desk.explain("F")[0]
    equal((explained["filtered"], explained["last"]), ([], "F/1"))
    equal(explained["rolled_up"], [{"day": day, "outcome": "filtered", "events": 1},
                                   {"day": day, "outcome": "fired", "events": 1}])
    contains(desk.ask("explain", "F")[0], "  fired last: F/1 ",
             f"  up to {day}, rolled up by qflow gc: 1 filtered, 1 fired\n")
    found = desk.inspect(fired)
    equal((found["outcomes"], found["runs"], found["payload"]), ([], ["F/1"], {"rows": 5}))
    expect_rolled_up(desk, fired)
    expect_rolled_up(desk, filtered)
    contains(desk.ask("inspect", filtered)[0], "removed by qflow gc")
    equal([event["payload"] for event in desk.events("food")], [None, {"rows": 5}])
    contains(desk.ask("simulate", "--from", day, "--until", "2100-01-01")[1],
             "1 event is left out: qflow gc has removed its payload", "1 run")
    equal([line.split("\t")[-1] for line in desk.ask("events", "food")[0].splitlines()], ["-", '{"rows":5}'])
    desk.refused("run", "flow0.toml", "--trigger", filtered, status=3, said="removed the payload")
    desk.work()
    equal(desk.runs("F")[0]["params"], {"rows": 5})
    contains(desk.ask("fsck")[0], "the store is whole")


def expect_rolled_up(desk, event):
    contains(desk.ask("inspect", event)[0], "What it did is counted per day, which qflow explain shows")
    equal(desk.inspect(event)["rolled_up_at"] is None, False)


@case
def what_only_tasks_use_goes_with_the_run(desk):
    desk.write("each.toml", """id = "Each"
[[triggers]]
type = "event"
event = "food"
[[steps]]
id = "list"
run = 'echo "[1, 2]" > "$QFLOW_OUT/items.json"'
[[steps]]
id = "each"
needs = ["list"]
foreach = "artifacts.items"
run = 'test -e "$QFLOW_PARAMS" && echo said && test "$QFLOW_ITEM" = 1'
""")
    desk.ask("deploy", "each.toml")
    desk.ask("publish", "food")
    desk.ask("tick", "--wait", status=1)
    folder = desk.folder / ".qflow" / "runs" / "Each" / "1"
    wait_for(lambda: not (folder / "out").exists() and not (folder / "items").exists(), "the end of what tasks used")
    contains(desk.ask("logs", "Each/1")[0], "said")
    equal(desk.ask("get", "artifacts.items", "--run", "Each/1")[0], "[1,2]\n")
    desk.ask("run", "each.toml", status=1)
    equal((folder.parent / "2" / "out").exists(), True)


@case
def tasks_of_a_foreach_have_few_files_of_parameters(desk):
    """Each task has all of them beside its item: of many tasks they would fill the disk."""
    desk.write("f.toml", "id = 'F'\n[parameters.many]\ntype = 'json'\n"
               "[[steps]]\nid = 'each'\nforeach = 'params.many'\nretries = 1\nretry_backoff = 1\nretry_delay = '0s'\n"
               "run = 'wc -c < $QFLOW_PARAMS >> sizes; test $QFLOW_ATTEMPT = 2'\n")
    for size in (10, 3000):
        items = json.dumps(["x" * size] * 12)
        run = desk.ask("run", "f.toml", "--jobs", "2", "-p", f"many={items}")[0].split()[-1]
        files = list((desk.store / "runs" / run / "items").iterdir())
        equal(len(files) <= 3, True, f"{len(files)} files: of two tasks at once, and of one that is made ready")
    sizes = [int(line) for line in desk.text_of("sizes").splitlines()]
    equal((len(sizes), min(sizes[24:]) > 36000), (48, True), "what each attempt has found")


@case
def the_logs_of_a_foreach_are_open_one_at_a_time(desk):
    desk.write("each.toml", f"id = 'Each'\n[parameters.many]\ntype = 'json'\ndefault = {list(range(70))}\n"
               "[[steps]]\nid = 'each'\nforeach = 'params.many'\nrun = 'echo said'\n")
    desk.ask("run", "each.toml")
    for options in ((), ("-f",)):
        equal(desk.ask("logs", "Each/1", *options, limits=32)[0].count("| said\n"), 70, f"logs {options}")


@case
def what_a_trigger_waits_with_stays(desk):
    def down(name, trigger):
        return flow(name, trigger, run="""test $($QFLOW_BIN get 'trigger["Up"].data.m') = 77""")

    keep = "[run]\nkeep = '1d'"
    desk.deploy(flow("Up", head=keep, run="echo 77 > $QFLOW_OUT/m.json"), flow("Other", head=keep),
                down("Join", "type = 'flow'\nflows = ['Up', 'Other']\nwithin = '7d'"),
                down("Held", after("Up", "debounce = '4d'")),
                down("OfStep", after("Up", "source_task_id = 's'\ndebounce = '4d'")))
    desk.ask("trigger", "--flow-id", "Up")
    desk.work()
    days = [desk.later(day * 86_400) for day in range(6)]
    contains(desk.ask("gc", "--dry-run", environment=days[2])[0], "would remove: the results of 0 runs")
    contains(desk.ask("gc", environment=days[2])[0], "removed: the results of 0 runs")
    desk.ask("trigger", "--flow-id", "Other", environment=days[2])
    desk.work(environment=days[2])
    equal(desk.statuses("Join"), ["succeeded"])
    contains(desk.ask("gc", environment=days[3])[0], "removed: the results of 1 run")
    desk.work(environment=days[5])
    equal((desk.statuses("Held"), desk.statuses("OfStep")), (["succeeded"], ["succeeded"]))
    contains(desk.ask("gc", environment=days[5])[0], "removed: the results of 1 run")


@case
def a_tick_brings_an_older_store_up_to_date(desk):
    desk.deploy(flow("F", on("a")), flow("Hourly", "type = 'schedule'\nevery = '1h'"))
    desk.publish("a")
    with sqlite3.connect(desk.folder / ".qflow" / "ledger.db") as ledger:
        ledger.execute("DROP INDEX runs_by_trigger")
        ledger.execute("DROP INDEX idempotency_keys_by_event")
        ledger.execute("DROP INDEX waiting_joining")
        ledger.execute("ALTER TABLE runs DROP COLUMN caller")
        ledger.execute("DROP INDEX schedules_by_due")
        ledger.execute("ALTER TABLE schedules DROP COLUMN paused")
        ledger.execute("CREATE INDEX schedules_by_due ON schedules(due)")
        ledger.execute("PRAGMA user_version = 5")
    ledger.close()
    desk.refused("explain", "F", status=7, said=["made by an older qflow", "qflow tick"])
    desk.work()
    equal(desk.explain("F")[0]["last"], "F/1")
    desk.work(environment=desk.later(3600))
    equal(desk.statuses("Hourly"), ["succeeded"])


@case
def the_log_of_the_workers_stays_short(desk):
    desk.deploy(flow("F", on("a"), run="echo much said; echo much said >&2"))
    log = desk.folder / ".qflow/worker.log"
    log.write_text("x" * (1024 * 1024))
    desk.publish("a", "--dispatch", "--wait=20s")
    equal(log.stat().st_size, 1024 * 1024, "what steps print is in their logs")
    contains(desk.ask("logs", "F/1")[0], "much said")
    log.write_text("x" * (1024 * 1024 + 1))
    desk.publish("a", "--dispatch", "--wait=20s")
    equal(log.stat().st_size, 0, "a long one begins anew")


@case
def a_tick_says_why_no_process_can_take_a_run(desk):
    desk.deploy(flow("F", on("a")))
    desk.publish("a")
    desk.write(".qflow/runs/F", "in the place of a folder")
    desk.refused("tick", status=7, said="runs/F")
    desk.refused("tick", "--wait", status=7, said="runs/F")
    equal(desk.statuses("F"), ["queued"])
    (desk.folder / ".qflow" / "runs" / "F").unlink()
    lock = desk.folder / ".qflow" / "runs" / "F" / "1" / "lock"
    lock.mkdir(parents=True)
    desk.refused("tick", "--wait", status=7, said=["F/1 ended with status", "worker.log"])
    lock.rmdir()
    desk.work()
    equal(desk.statuses("F"), ["succeeded"])


def change_ledger(desk, statement):
    """As damage would, or another version of qflow."""
    with sqlite3.connect(desk.folder / ".qflow" / "ledger.db", timeout=30) as ledger:
        ledger.execute(statement)
    ledger.close()


@case
def a_flow_that_cant_be_read_holds_up_no_other(desk):
    hourly = "type = 'schedule'\nschedule = '@hourly'"
    late = desk.later(3700)
    held = on("held", more="id = 'held'\ndebounce = '60s'")
    texts = [flow(name, on("ping"), hourly, held) for name in ("Bad", "Good")]
    desk.deploy(*texts)
    desk.publish("held")
    change_ledger(desk, """UPDATE definitions SET text = 'strange = 1' || char(10) || text WHERE text LIKE 'id = "Bad"%'""")
    bad, good = desk.publish("ping")[0]["effects"]
    equal((bad["flow"], bad["outcome"], good["outcome"], good["run"]), ("Bad", "filtered", "fired", "Good/1"))
    contains(bad["reason"], "its definition can't be read: ", "strange")
    contains(desk.ask("tick", "--dry-run", environment=late)[1], "Bad is passed over")
    listed = {each["flow"]: each for each in desk.listed("flows")}
    equal((listed["Bad"]["triggers"], listed["Good"]["error"], len(listed["Good"]["triggers"])), ([], None, 3))
    contains(listed["Bad"]["error"], "its definition can't be read: ", "strange")
    contains(desk.ask("flows")[0], "Bad\t1\t-\tits definition can't be read: ", "Good\t1\theld\t")
    for looking in (("next",), ("simulate", "--from", "2026-01-01", "--until", "2026-01-02")):
        said, noted = desk.ask(*looking)
        contains(said, "Good")
        contains(noted, "Bad is passed over")
    contains(desk.ask("tick", environment=late)[1], "Bad is passed over: its definition can't be read: ")
    equal((len(desk.runs("Good")), desk.runs("Bad")), (3, []))
    # A trigger of a type that only another program knows.
    change_ledger(desk, """UPDATE definitions SET text = replace(text, "type = 'event'", "type = 'own'") WHERE text LIKE '%"Bad"%'""")
    contains(desk.ask("publish", "ping")[1], "Bad is passed over")
    desk.deploy(*(text + "# anew\n" for text in texts))
    equal(desk.ask("tick", "--wait=20s", environment=late)[1].count("passed over"), 0)
    equal(len(desk.runs("Bad")), 2, "what was due and what was held is still there")


@case
def a_run_that_cant_be_recovered_holds_up_no_other(desk):
    run = "[ -e $QFLOW_FLOW ] || { touch $QFLOW_FLOW; sleep 30; }"
    desk.deploy(*(flow(name, on("a"), run=run) for name in ("A", "B")))
    desk.write(".qflow/config.toml", "max_workers = 2\n")
    desk.publish("a", "--dispatch")
    wait_for(lambda: (desk.folder / "A").exists() and (desk.folder / "B").exists(), "the start of both steps")
    desk.kill_workers()
    change_ledger(desk, """DELETE FROM definitions WHERE text LIKE 'id = "A"%'""")
    desk.refused("tick", status=(3, 7), said="A/1")
    wait_for(lambda: desk.statuses("B") == ["succeeded"], "the end of B/1")


def leave_unrecoverable(desk, run):
    """A killed run, whose lock nobody can open."""
    desk.kill_workers()
    lock = desk.folder / ".qflow" / "runs" / run / "lock"
    lock.unlink()
    lock.mkdir()


@case
def a_run_that_cant_be_recovered_is_only_noted_by_who_starts_others(desk):
    """Who repeats a command that has failed would start twice; the tick is told."""
    bad = flow("Bad", on("a"), run="touch begun; sleep 30")
    good = flow("Good", on("b"), head="[run]\nwhen_busy = 'queue'\n", run="case $QFLOW_RUN in */3) until [ -e go ]; do sleep 0.05; done;; esac")
    desk.deploy(bad, good)
    desk.write(".qflow/config.toml", "max_workers = 4\n")
    desk.publish("a", "--dispatch")
    wait_for(lambda: (desk.folder / "begun").exists(), "the start of Bad/1")
    leave_unrecoverable(desk, "Bad/1")
    desk.publish("b", "--dispatch")
    wait_for(lambda: desk.statuses("Good") == ["succeeded"], "the end of Good/1")
    equal(desk.ask("trigger", "--flow-id", "Good", "--detach"), ("Good/2\n", ""))
    wait_for(lambda: desk.statuses("Good") == ["succeeded"] * 2, "the end of Good/2")
    desk.publish("b", "--dispatch")
    by_hand = desk.start("trigger", "--flow-id", "Good")
    wait_for(lambda: "note: Bad/1: " in printed_by(by_hand), "the note")
    desk.write("go", "")
    equal((by_hand.wait(timeout=60), printed_by(by_hand).count("note: Bad/1: ")), (0, 1))
    equal(desk.statuses("Good"), ["succeeded"] * 4)
    desk.refused("publish", "b", "--wait=50s", status=7, said="Bad/1")
    equal(desk.statuses("Good"), ["succeeded"] * 5, "a wait ends when nothing else is left")
    desk.refused("tick", status=7, said="Bad/1")


@case
def who_starts_a_run_waits_for_no_hook_of_another(desk):
    desk.deploy(flow("F", on("a")))
    desk.write("bad.toml", flow("Bad", run="touch begun; sleep 30")
               + "[hooks]\non_failure = 'touch told; until [ -e go ]; do sleep 0.05; done'\n")
    run = desk.start("run", "bad.toml")
    wait_for(lambda: (desk.folder / "begun").exists(), "the start of Bad/1")
    run.kill()
    run.wait()
    equal(desk.ask("trigger", "--flow-id", "F", "--detach")[0], "F/1\n")
    desk.publish("a", "--dispatch")
    wait_for(lambda: desk.statuses("F") == ["succeeded"] * 2, "the runs")
    equal(((desk.folder / "told").exists(), desk.runs("Bad")[0]["status"]), (False, "crashed"))
    tick = desk.start("tick")
    wait_for(lambda: (desk.folder / "told").exists(), "the hook")
    desk.write("go", "")
    equal(tick.wait(timeout=60), 0)


@case
def a_replaced_run_that_cant_be_ended_holds_up_no_other(desk):
    run = "touch $QFLOW_FLOW; sleep 30"
    desk.deploy(*(flow(name, on("a"), head="[run]\nwhen_busy = 'replace'\n", run=run) for name in ("Bad", "Cut")),
                flow("Good", on("b"), "type = 'schedule'\nschedule = '@hourly'"))
    desk.write(".qflow/config.toml", "max_workers = 4\n")
    desk.publish("a", "--dispatch")
    wait_for(lambda: (desk.folder / "Bad").exists() and (desk.folder / "Cut").exists(), "the start of both steps")
    leave_unrecoverable(desk, "Bad/1")
    desk.publish("a")
    desk.publish("b")
    desk.refused("tick", status=7, said="Bad/1", environment=desk.later(3700))
    equal((desk.statuses("Cut")[0], len(desk.runs("Good"))), ("cancelled", 2))
    wait_for(lambda: desk.statuses("Good") == ["succeeded"] * 2, "the runs of Good")


@case
def who_follows_the_log_of_a_killed_run_is_told(desk):
    desk.deploy(flow("Killed", on("a"), run="echo said; touch $QFLOW_ATTEMPT; sleep 30"))
    desk.publish("a", "--dispatch")
    for attempt in ("1", "2", "3"):
        reader = desk.start("logs", "Killed/1", "-f")
        wait_for(lambda: (desk.folder / attempt).exists() and "said" in printed_by(reader), f"attempt {attempt}")
        desk.kill_workers()
        wait_for(lambda: reader.poll() is not None, "the end of qflow logs")
        told = "qflow: note: Killed/1 was cut off; qflow tick goes on with it\n"
        equal((reader.returncode, told in printed_by(reader)), (0, attempt != "3"), printed_by(reader))
        desk.ask("tick")
    equal(desk.statuses("Killed"), ["failed"])


@case
def a_run_whose_results_cant_be_read_fails(desk):
    """With its hook, as one that could not be planned otherwise."""
    desk.deploy(flow("F", on("a"), run="echo 1 > $QFLOW_OUT/x.json") + "[[steps]]\nid = 't'\nneeds = ['s']\n"
                "run = 'touch begun; sleep 30'\n[hooks]\non_failure = 'touch told'\n")
    desk.publish("a", "--dispatch")
    wait_for(lambda: (desk.folder / "begun").exists(), "the start of t")
    desk.kill_workers()
    change_ledger(desk, "UPDATE artifacts SET kind = 'strange'")
    desk.ask("tick", "--wait=20s", status=1)
    failed = desk.runs("F")[0]
    equal(failed["status"], "failed")
    contains(failed["reason"], "strange")
    wait_for(lambda: (desk.folder / "told").exists(), "the hook")


@case
def a_copy_of_a_store_leaves_the_runs_of_the_original_alone(desk):
    """Checking a backup, or going on in a copied project."""
    desk.deploy(flow("Long", on("food"), run="until [ -e go ]; do sleep 0.05; done"))
    desk.publish("food")
    desk.ask("tick")
    wait_for(lambda: desk.statuses("Long") == ["running"], "the start of the run")
    shutil.copytree(desk.folder / ".qflow", desk.folder / "saved")
    contains(desk.ask("fsck", "--store", "saved")[0], "nobody executes it; it was recovered")
    desk.ask("cancel", "Long/1", "--store", "saved", status=(0, 1))
    desk.write("go", "")
    desk.work()
    equal(desk.statuses("Long"), ["succeeded"])


@case
def a_ledger_from_a_backup_gives_numbers_again_and_not_what_was_left_under_them(desk):
    work = 'echo "of $QFLOW_PARAM_n"; test $QFLOW_PARAM_n = 1 || echo lost > "$QFLOW_OUT/lost"'
    text = flow("F", on("food"), params=("n",), run=work)
    desk.deploy(text)
    saved = desk.folder / "saved.db"
    with sqlite3.connect(desk.folder / ".qflow" / "ledger.db") as ledger, sqlite3.connect(saved) as copy:
        ledger.backup(copy)
    ledger.close()
    copy.close()
    desk.publish("food", "--payload", '{"n": "2"}')
    desk.work()
    desk.ask("run", "flow0.toml", "-p", "n=2")
    wait_for(lambda: not processes_with(desk.mark), "the end of the workers, who have the ledger open")
    for name in ("ledger.db-wal", "ledger.db-shm"):
        (desk.folder / ".qflow" / name).unlink(missing_ok=True)
    shutil.copyfile(saved, desk.folder / ".qflow" / "ledger.db")
    desk.publish("food", "--payload", '{"n": "1"}')
    desk.work()
    desk.ask("run", "flow0.toml", "-p", "n=1")
    for run in ("F/1", "F/2"):
        equal(desk.ask("logs", run)[0].splitlines()[-1].split("| ")[-1], "of 1", f"the log of {run}")
        equal("of 2" in desk.ask("logs", run)[0], False, f"lines of another run in the log of {run}")
        equal(json.loads(desk.ask("inspect", run, "--json")[0])["artifacts"], {}, f"artifacts of {run}")
        equal(sorted(path.name for path in (desk.folder / ".qflow" / "runs" / run / "lost").rglob("log*"))[:1],
              ["log"], f"what was left of the other {run}")


@case
def results_stay_as_long_as_their_flow_says_now(desk):
    def texts(grown, shrunk):
        return (flow("Grown", on("food"), head=f"[run]\n{grown}", run="echo 1 > $QFLOW_OUT/m.json"),
                flow("Shrunk", on("food"), head=f"[run]\n{shrunk}", run="echo 2 > $QFLOW_OUT/m.json"))

    desk.deploy(*texts("keep = '1d'", ""))
    desk.publish("food")
    desk.work()
    desk.deploy(*texts("keep = '300d'", "keep = '1d'"))
    contains(desk.ask("gc", environment=desk.later(10 * 86_400))[0], "removed: the results of 1 run")
    equal(desk.ask("get", "artifacts.m", "--run", "Grown/1")[0], "1\n")
    desk.refused("get", "artifacts.m", "--run", "Shrunk/1", status=3, said="gc")


@case
def what_events_carry_is_printed_without_its_control_characters(desk):
    desk.deploy(flow("Pair", on("one", "two", more="correlate = 'event.payload.x'")))
    evil = "ok\x1b[2J\x07\r\nforged\u202e"
    for x in (evil, "other"):
        desk.publish("one", "--payload", json.dumps({"x": x}), "--sender", evil, "--context", evil)
    desk.ask("disable", "Pair", "--reason", evil)
    out = desk.ask("explain", "Pair")[0]
    desk.ask("enable", "Pair")
    out += desk.ask("explain", "Pair")[0]
    out += desk.refused("trigger", "--flow-id", "Pair", "--trigger-id", "event", status=(2, 3), said="wait")
    for bad in ("\x1b", "\x07", "\r", "\nforged", "\u202e"):
        equal(bad in out, False, f"{bad!r} in {out!r}")
    contains(out, r"from ok\x1b[2J\x07\r\nforged\u202e")


@case
def a_run_keeps_to_the_settings_with_which_it_began(desk):
    desk.deploy(flow("F", on("food"), run="while test ! -e go; do sleep 0.01; done"), flow("After", after("F")))
    desk.publish("food")
    desk.ask("tick")
    wait_for(lambda: desk.statuses("F") == ["running"], "the start of the run")
    wait_for(lambda: desk.ask("inspect", "F/1", "--json")[0].count('"running"') > 1, "the start of the step")
    desk.write(".qflow/config.toml", "broken = \n")
    desk.write("go", "")
    wait_for(lambda: desk.rows("SELECT status FROM runs WHERE flow = 'F'") == [("succeeded",)], "the end of the run")
    (desk.folder / ".qflow" / "config.toml").unlink()
    desk.work()
    equal(desk.statuses("After"), ["succeeded"])


@case
def what_nests_as_deep_as_may_be_passes_through_everything(desk):
    json_parameter = ("[parameters.p]\ntype = 'json'\n",)
    desk.deploy(flow("A", on("e"), params=json_parameter), flow("B", on("other")),
                flow("C", "type = 'flow'\nflows = ['A', 'B']"))
    most = '{"p": ' + "[" * 511 + "]" * 511 + "}"
    desk.publish("e", "--payload", most)
    desk.work()
    desk.publish("other")
    desk.work()
    equal([desk.statuses(name) for name in "ABC"], [["succeeded"]] * 3)
    desk.write("get.toml", flow("Get", params=json_parameter, run='$QFLOW_BIN get params.p > got'))
    desk.ask("run", "get.toml", "-p", "p=" + "[" * 512 + "]" * 512)
    equal(desk.text_of("got"), "[" * 512 + "]" * 512 + "\n")
    equal(len(desk.events()) >= 3 and len(desk.explain("C")), 1)
    desk.ask("publish", "--batch", "-", given=f'{{"name": "e", "payload": {most}}}\n'.encode())
    desk.ask("run", "flow0.toml", "--trigger", f'{{"name": "e", "payload": {most}}}')
    refused = desk.ask("publish", "e", "--payload", '{"p": ' + most + "}", status=2)[1]
    contains(refused, "nested deeper than 512 levels")
    desk.write("deep.toml", flow("Deep", params=("[parameters.p]\ntype = 'json'\ndefault.a" + ".a" * 150 + " = 1\n",), run="true"))
    desk.ask("run", "deep.toml")
    desk.ask("run", "deep.toml", "-p", "p=" + "[" * 512 + "]" * 512)
    equal(desk.statuses("Deep"), ["succeeded", "succeeded"])


@case
def of_very_many_values_that_wait_the_newest_are_explained(desk):
    desk.deploy(flow("Pair", on("one", "two", more="correlate = 'event.payload.x'")))
    desk.ask("publish", "--batch", "-", given="".join(f'{{"name": "one", "payload": {{"x": {x}}}}}\n' for x in range(124, 99, -1)).encode())
    out = desk.ask("explain", "Pair")[0]
    contains(out, "not shown: 5 earlier values, which --json lists", "for 100:", "for 119:")
    equal("for 120:" in out, False, out)
    equal(len(desk.explain("Pair")[0]["waiting"]), 25)
