"""Sensors of deployed flows: what a tick sees, once, and what happens when one fails or is slow. What each kind of
sensor sees is tested in tests/sensor."""
import base64
import concurrent.futures
import json
import os
import pathlib
import time

from desk import case, contains, equal, expect, flow, lines, on
from faults import processes_with, wait_for

SHOW = "echo \"$QFLOW_PARAM_path\" >> ran"
PATH_PARAMETER = "path]\ntype = 'string'\ndefault = ''\n"


def folder_sensor(more="", name="files"):
    return f"id = '{name}'\ntype = 'sensor'\nsensor_type = 'directory'\npath = 'in'\npoll = '1ms'\nsettle = '0s'\n{more}\n"


def program(script, more="", name="program"):
    return f"id = '{name}'\ntype = 'sensor'\nsensor_type = 'exec'\npoll = '1ms'\ncommand = ['sh', '-c', '''{script}''']\n{more}\n"


def watching(name, *sensors, run=SHOW, head=""):
    return flow(name, *sensors, run=run, head=head, params=("[parameters." + PATH_PARAMETER,))


def put(desk, name, text="x"):
    (desk.folder / "in").mkdir(exist_ok=True)
    (desk.folder / "in" / name).write_text(text)


def paths(desk):
    return sorted(line.rsplit("/", 1)[-1] for line in desk.text_of("ran").splitlines())


def sensor_state(desk, what):
    return desk.explain(what)[0]["sensors"][0]


def processes_named(desk, name):
    """Those of this place that run the program."""
    def runs(process):
        try:
            return pathlib.Path(f"/proc/{process}/comm").read_text().strip() == name
        except OSError:  # it has ended meanwhile
            return False

    return [each for each in processes_with(desk.mark) if runs(each)]


def sensed(desk, name):
    return [event["payload"] for event in reversed(desk.events(name))]


@case
def what_was_there_at_deploy_does_not_fire_and_what_comes_does_once(desk):
    put(desk, "old.csv")
    report = desk.deploy(watching("F", folder_sensor()))[0]
    equal(report["notes"], ["trigger files sees 1 file now; what changes later fires"])
    put(desk, "new.csv", "1,2\n")
    desk.work()
    desk.work()
    equal(paths(desk), ["new.csv"])
    event = desk.events("qflow.sensor.F.files")[0]
    equal(event["type"], "sensor")
    payload = event["payload"]
    equal(sorted(payload), ["event_type", "mtime", "name", "path", "replaced", "size"])
    equal([payload["name"], payload["size"], payload["event_type"], payload["replaced"]], ["new.csv", 4, "created", False])
    equal(payload["path"], str(desk.folder / "in" / "new.csv"))


@case
def a_baseline_that_fires_fires_at_the_first_tick(desk):
    put(desk, "old.csv")
    equal(desk.deploy(watching("F", folder_sensor("baseline = 'fire'")))[0]["notes"], [])
    equal(desk.runs("F"), [])
    desk.work()
    desk.work()
    equal(paths(desk), ["old.csv"])


@case
def a_tick_waits_until_a_file_has_settled(desk):
    put(desk, "old.csv")
    desk.deploy(watching("F", folder_sensor().replace("settle = '0s'", "settle = '300ms'")))
    put(desk, "new.csv")
    desk.work()
    equal(paths(desk), ["new.csv"])


@case
def odd_names_reach_a_step_unharmed(desk):
    names = ["it's \"quoted\".csv", "two\nlines.csv", "$(touch hacked).csv", "`id`;.csv", "ünï.csv", "-rf.csv"]
    put(desk, "old")
    desk.deploy(watching("F", folder_sensor("pattern = '*.csv'"), run='cat "$QFLOW_PARAM_path" >> ran'))
    for name in names:
        put(desk, name, name + "\n")
    desk.work()
    equal(sorted(desk.text_of("ran")), sorted("".join(name + "\n" for name in names)))
    expect(not (desk.folder / "hacked").exists(), "a name became shell code")
    equal(desk.statuses("F"), ["succeeded"] * len(names))


@case
def a_name_that_is_no_utf8_is_carried_in_base64(desk):
    put(desk, "old")
    desk.deploy(watching("F", folder_sensor(), run="true"))
    (desk.folder / "in").joinpath("x").write_text("")
    os.rename(os.fsencode(desk.folder / "in" / "x"), os.fsencode(desk.folder / "in") + b"/b\xff.csv")
    desk.work()
    payload = sensed(desk, "qflow.sensor.F.files")[0]
    equal(payload["name"], "b�.csv")
    equal(base64.b64decode(payload["path_base64"]), os.fsencode(desk.folder / "in") + b"/b\xff.csv")


@case
def thousands_of_files_are_reported_in_portions_each_once(desk):
    put(desk, "old")
    desk.deploy(watching("F", folder_sensor("when = 'event.payload.size > 100'")))
    for number in range(2100):
        put(desk, f"{number}.csv")
    for _ in range(3):  # one looks 10 s long, which on a busy machine may not be enough
        desk.ask("tick")
    names = desk.rows("SELECT payload FROM events WHERE name = 'qflow.sensor.F.files'")
    equal(sorted(json.loads(row[0])["name"] for row in names), sorted(f"{number}.csv" for number in range(2100)))


@case
def a_batch_is_one_event(desk):
    put(desk, "old")
    desk.deploy(watching("F", folder_sensor("per = 'batch'"), run="true"))
    for name in ("a.csv", "b.csv"):
        put(desk, name)
    desk.work()
    equal([[file["name"] for file in payload["files"]] for payload in sensed(desk, "qflow.sensor.F.files")],
          [["a.csv", "b.csv"]])


@case
def two_ticks_at_once_look_once(desk):
    desk.deploy(flow("F", program("echo x >> looks; sleep 1; echo {}", "timeout = '30s'")
                     .replace("poll = '1ms'", "poll = '1h'")))
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: desk.ask("tick"), range(4)))
    equal(desk.text_of("looks"), "x\n")
    equal(len(desk.events("qflow.sensor.F.program")), 1)


@case
def a_slow_sensor_delays_neither_the_others_nor_schedules(desk):
    put(desk, "old")
    slow = flow("Slow", program("sleep 30; echo {}", "timeout = '10s'"))
    desk.deploy(slow, watching("F", folder_sensor(), run="date +%s.%N >> ran"))
    put(desk, "new.csv")
    began = time.time()
    desk.work()
    ran = float(desk.text_of("ran").split()[0])
    expect(ran - began < 9.9, f"the run began {ran - began} s after the tick")
    error = sensor_state(desk, "Slow/program")["error"]
    contains(error, "'sh' took longer than 10s")


@case
def a_failing_sensor_backs_off_stays_visible_and_misses_nothing(desk):
    desk.deploy(flow("F", program("cat go || { echo no such luck >&2; exit 3; }", "timeout = '5s'").replace("1ms", "10s")))
    equal(desk.ask("tick"), ("", ""))
    state = sensor_state(desk, "F/program")
    equal([state["failures"], state["looked_at"]], [1, None])
    contains(state["error"], "'sh' ended with status 3: no such luck")
    trigger = lines(desk.ask("flows", "--json")[0])[0]["triggers"][0]
    contains(trigger["error"], "no such luck")
    contains(desk.ask("flows")[0], "failing: 'sh' ended with status 3")
    contains(desk.ask("explain", "F")[0], "failing since")
    later = desk.later(12)
    desk.ask("tick", environment=later)
    equal(sensor_state(desk, "F/program")["failures"], 2)
    later = desk.later(25)
    equal(desk.ask("tick", "--dry-run", environment=later)[0], "")
    desk.write("go", '{"payload": {"n": 1}}\n')
    later = desk.later(90)
    desk.ask("tick", "--wait", environment=later)
    equal([state["error"] for state in [sensor_state(desk, "F/program")]], [None])
    equal(sensed(desk, "qflow.sensor.F.program"), [{"n": 1}])


@case
def a_program_reports_events_and_gets_its_cursor_back(desk):
    script = """echo "${QFLOW_CURSOR-unset}" >> cursors
    echo '{"payload": {"n": 1}, "timestamp": "2026-01-02T03:04:05Z", "value": "v", "sender": "s", "context": "c"}'
    echo '{"payload": {"n": 2}, "idempotency_key": "same"}'
    echo '{"cursor": {"at": [1, "two"]}}'"""
    desk.deploy(flow("F", program(script)))
    desk.work()
    desk.work()
    equal(desk.text_of("cursors"), 'unset\n{"at":[1,"two"]}\n')
    events = list(reversed(desk.events("qflow.sensor.F.program")))
    equal([event["payload"]["n"] for event in events], [1, 2, 1])
    equal([events[0][key] for key in ("timestamp", "value", "sender", "context")], ["2026-01-02T03:04:05Z", "v", "s", "c"])


@case
def peek_refuses_what_a_look_would(desk):
    line = '{"payload": {"n": %d}, "idempotency_key": "same"}\n'
    desk.deploy(flow("F", program("cat lines")))
    desk.write("lines", line % 1 + line % 1)
    contains(desk.ask("sensor", "peek", "F")[0], "would report 1 change:", "1 change is known by its idempotency key")
    desk.write("lines", line % 1 + line % 2)
    wrong = "line 2 of its output: the idempotency key 'same' stands with other content in another event of this look"
    desk.refused("sensor", "peek", "F", status=2, said=wrong)
    desk.ask("tick")
    contains(sensor_state(desk, "F/program")["error"], wrong)
    equal(desk.rows("SELECT count(*) FROM events"), [(0,)])


@case
def what_a_program_prints_wrongly_records_nothing_and_says_where(desk):
    rows = [("echo nonsense", "line 1 of its output: no JSON object: 'nonsense'"),
            ("echo '{}'; echo '[]'", "line 2 of its output: no JSON object"),
            ("echo '{\"name\": \"other\"}'", "`name` can't be chosen"),
            ("echo '{\"paylod\": 1}'", "unknown key 'paylod'"),
            ("echo '{\"value\": 1}'", "`value` is no text"),
            ("echo '{\"payload\": null}'", "line 1 of its output: `payload` must be an object; is null"),
            ("echo '{\"payload\": [1]}'", "`payload` must be an object; is a list"),
            ("echo '{\"timestamp\": \"now\"}'", "`timestamp`:"),
            ("echo '{\"cursor\": 1}'; echo '{}'", "it comes after the cursor"),
            ("echo '{\"cursor\": 1, \"payload\": {}}'", "the cursor stands alone"),
            ("head -c 70000 /dev/zero | tr '\\0' x | sed 's/.*/{\"cursor\": \"&\"}/'", "the cursor has 70002 bytes"),
            ("echo '{}'; echo '{\"timestamp\": \"2999-01-01\"}'",
             "line 2 of its output: the timestamp is more than 24 h ahead"),
            ("kill -9 $$", "was ended by signal 9"),
            ("exec ./absent", "ended with status 127")]
    desk.deploy(*(flow(f"F{number}", program("echo '{}' >/dev/null; " + script)) for number, (script, _) in enumerate(rows)))
    desk.ask("tick")
    for number, (script, said) in enumerate(rows):
        contains(sensor_state(desk, f"F{number}")["error"] or f"nothing is wrong with {script}", said)
    equal(desk.rows("SELECT name FROM events"), [])


@case
def a_missing_program_is_named(desk):
    desk.deploy(flow("F", "type = 'sensor'\nsensor_type = 'exec'\ncommand = ['no-such-program']"))
    desk.ask("tick")
    contains(sensor_state(desk, "F")["error"], "can't start 'no-such-program'")


@case
def a_program_has_what_was_recorded_at_deploy_and_nothing_of_a_run(desk):
    desk.deploy(flow("F", program("""echo "{\\"payload\\": {\\"run\\": \\"${QFLOW_RUN-}\\", \\"pwd\\": \\"$PWD\\"}}" """)))
    desk.ask("tick", environment={**desk.environment, "QFLOW_RUN": "G/1"})
    equal(sensed(desk, "qflow.sensor.F.program"), [{"run": "", "pwd": str(desk.folder)}])


@case
def what_happens_while_a_sensor_is_disabled_does_not_fire(desk):
    put(desk, "old")
    desk.deploy(watching("F", folder_sensor("baseline = 'fire'\npattern = '*.csv'")))
    put(desk, "1.csv")
    desk.work()
    desk.ask("disable", "F/files")
    put(desk, "2.csv")
    desk.work()
    desk.ask("enable", "F/files")
    put(desk, "3.csv")
    desk.work()
    equal(paths(desk), ["1.csv", "3.csv"])


@case
def a_redeploy_keeps_what_a_sensor_knows_unless_it_looks_at_something_else(desk):
    put(desk, "old.csv")
    desk.deploy(watching("F", folder_sensor("pattern = '*.csv'")))
    put(desk, "1.csv")
    desk.deploy(watching("F", folder_sensor("pattern = '*.csv'\ndescription = 'x'")))
    desk.work()
    equal(paths(desk), ["1.csv"])
    put(desk, "2.txt")
    desk.deploy(watching("F", folder_sensor("pattern = '*.txt'")))
    put(desk, "3.txt")
    desk.work()
    equal(paths(desk), ["1.csv", "3.txt"])
    desk.ask("undeploy", "F")
    put(desk, "4.txt")
    desk.deploy(watching("F", folder_sensor("pattern = '*.txt'")))
    desk.work()
    equal(paths(desk), ["1.csv", "3.txt"])


@case
def peek_records_nothing_and_reset_begins_anew(desk):
    desk.deploy(watching("F", folder_sensor("baseline = 'fire'")))
    put(desk, "a.csv")
    desk.work()
    put(desk, "b.csv")
    for _ in range(2):
        seen = json.loads(desk.ask("sensor", "peek", "F/files", "--json")[0])
        equal([change["payload"]["name"] for change in seen["changes"]], ["b.csv"])
        equal([seen["first"], seen["seen"], seen["more"]], [False, "2 files", False])
    contains(desk.ask("sensor", "peek", "F")[0], "would report 1 change:", "b.csv")
    desk.work()
    equal(paths(desk), ["a.csv", "b.csv"])
    equal(desk.ask("sensor", "reset", "F")[0], "F/files begins anew with the next tick\n")
    desk.work()
    equal(paths(desk), ["a.csv", "a.csv", "b.csv", "b.csv"])


@case
def the_sensor_command_refuses_what_it_does_not_know(desk):
    desk.deploy(flow("F", on("e")), watching("Two", folder_sensor(name="x"), folder_sensor(name="y")))
    desk.refused("sensor", "look", "F", status=2, said="sensor has no 'look'")
    desk.refused("sensor", "peek", "F", status=2, said="F has no sensor")
    desk.refused("sensor", "peek", "F/event", status=2, said="F/event is no sensor")
    desk.refused("sensor", "peek", "G", status=3, said="no flow 'G' is deployed")
    desk.refused("sensor", "reset", "Two", status=2, said=["Two has 2 sensors", "Two/x, Two/y"])
    desk.refused("sensor", "reset", "Two/z", status=3, said="z")


@case
def branches_of_one_flow_have_sensors_of_their_own(desk):
    put(desk, "old")
    text = watching("F", folder_sensor(), head="[project]\nname = 'foo'")
    names = desk.write_flows(text)
    for branch in ("one", "two"):
        desk.ask("deploy", *names, "--branch", branch)
    put(desk, "new.csv")
    desk.work()
    spaces = ["foo.test.one", "foo.test.two"]
    equal(sorted(run["namespace"] for run in desk.runs("F")), spaces)
    equal(sorted(event["namespace"] for event in desk.events("qflow.sensor.F.files")), spaces)
    again = lines(desk.ask("simulate", "--from", "2026-01-01", "--until", "2100-01-01", "--json")[0])
    equal(sorted(row["namespace"] for row in again if "flow" in row and "run" in row), spaces, again)


@case
def a_sensor_is_joined_with_events_in_a_group(desk):
    put(desk, "old")
    group = "id = 'both'\ntype = 'group'\nmatch = 'files && ready'"
    desk.deploy(watching("F", folder_sensor(), "id = 'ready'\n" + on("ready"), group))
    put(desk, "new.csv")
    desk.work()
    equal(desk.runs("F"), [])
    contains(desk.explain("F")[0]["waiting"][0]["missing"], "ready")
    desk.publish("ready")
    desk.work()
    equal(paths(desk), ["new.csv"])


@case
def a_folder_that_is_gone_is_an_error_and_comes_back_without_doubling(desk):
    put(desk, "a.csv")
    desk.deploy(watching("F", folder_sensor("event_type = 'all'")))
    (desk.folder / "in").rename(desk.folder / "away")
    desk.ask("tick")
    expect(sensor_state(desk, "F")["error"], "no error")
    (desk.folder / "away").rename(desk.folder / "in")
    put(desk, "b.csv")
    desk.ask("sensor", "peek", "F")
    time.sleep(0.01)
    desk.work()
    equal(paths(desk), ["b.csv"])


@case
def what_the_ledger_refuses_is_the_sensor_s_failure(desk):
    desk.deploy(flow("F", program("""head -c 2000000 /dev/zero | tr '\\0' x | sed 's/.*/{"payload": {"t": "&"}}/'""")))
    desk.ask("tick")
    contains(sensor_state(desk, "F")["error"], "max_payload")
    equal(desk.rows("SELECT name FROM events"), [])


@case
def a_sensor_is_free_for_the_next_tick_while_another_is_slow(desk):
    put(desk, "old")
    look = program("touch begun; sleep 100; echo {}", "timeout = '60s'")
    desk.deploy(flow("Slow", look), watching("F", folder_sensor()))
    slow = desk.start("tick")
    wait_for((desk.folder / "begun").exists, "the slow look")
    put(desk, "new.csv")
    wait_for(lambda: desk.ask("tick") and desk.rows("SELECT 1 FROM events WHERE name = 'qflow.sensor.F.files'"),
             "a look of another tick")
    expect(slow.poll() is None, "the slow tick is over")


@case
def what_a_killed_look_has_started_ends_before_the_next_one(desk):
    script = """if [ ! -e begun ]; then trap '' TERM; echo >> begun; setsid sleep 1000 & sleep 1000 & wait; fi
    echo '{"payload": {}}'"""
    desk.deploy(flow("F", program(script)))
    tick = desk.start("tick")
    wait_for(lambda: len(processes_named(desk, "sleep")) == 2, "the program's children")
    tick.kill()
    tick.wait()
    wait_for(lambda: not processes_named(desk, "sh"), "the end of the program")
    equal(len(processes_named(desk, "sleep")), 2)
    desk.work()
    equal(len(processes_named(desk, "sleep")), 1, "who went away on purpose stays")
    equal(len(sensed(desk, "qflow.sensor.F.program")), 1)
    equal([path.read_text() for path in (desk.store / "sensors").glob("*.lock")], [""])


@case
def keys_of_programs_belong_to_the_deployment(desk):
    names = desk.write_flows(flow("F", program("echo '{\"payload\": {}, \"idempotency_key\": \"k\"}'"),
                                  head="[project]\nname = 'foo'"))
    for branch in ("one", "two"):
        desk.ask("deploy", *names, "--branch", branch)
    desk.work()
    desk.work()
    equal(sorted(run["namespace"] for run in desk.runs("F")), ["foo.test.one", "foo.test.two"])
    contains(desk.explain("foo.test.one.F")[0]["would_fire"], "--flow-id foo.test.one.F ")
    desk.ask("trigger", "--flow-id", "foo.test.one.F", "--trigger-id", "program")


@case
def a_look_survives_what_becomes_of_other_triggers(desk):
    put(desk, "old")
    script = "touch begun; until [ -e go ]; do sleep 0.05; done; echo '{\"payload\": {\"n\": 1}}'"
    desk.deploy(flow("F", program(script, "timeout = '20s'"), folder_sensor()))
    tick = desk.start("tick")
    wait_for((desk.folder / "begun").exists, "the look")
    desk.ask("disable", "F/files")
    desk.ask("enable", "F/files")
    desk.write("go", "")
    tick.wait()
    equal(sensed(desk, "qflow.sensor.F.program"), [{"n": 1}])


@case
def a_look_at_something_else_does_not_count(desk):
    slow = "touch begun; until [ -e go ]; do sleep 0.05; done; echo '{\"payload\": {\"n\": 1}}'"
    desk.deploy(flow("F", program(slow, "timeout = '20s'")))
    tick = desk.start("tick")
    wait_for((desk.folder / "begun").exists, "the look")
    desk.ask("undeploy", "F")
    desk.deploy(flow("F", program("echo '{\"payload\": {\"n\": 2}}'")))
    desk.write("go", "")
    tick.wait()
    desk.work()
    equal({payload["n"] for payload in sensed(desk, "qflow.sensor.F.program")}, {2})


@case
def a_clock_that_was_ahead_stops_no_sensor(desk):
    put(desk, "old")
    desk.deploy(watching("F", folder_sensor()))
    desk.ask("tick", "--at", "2099-01-01T00:00:00Z")
    put(desk, "new.csv")
    desk.work()
    equal(paths(desk), ["new.csv"])


@case
def a_file_that_is_made_anew_fires_as_created(desk):
    put(desk, "out.csv")
    desk.deploy(watching("F", folder_sensor()))
    for number in range(3):
        (desk.folder / "in" / "out.csv").unlink()
        put(desk, "out.csv", f"{number}")
        desk.work()
    equal(paths(desk), ["out.csv"] * 3)


@case
def one_bad_sensor_stops_no_other(desk):
    put(desk, "old")
    desk.deploy(watching("F", folder_sensor()), flow("Bad", folder_sensor(name="x")))
    row = desk.rows("SELECT trigger, watched FROM sensors WHERE watched LIKE '%in%' ORDER BY trigger DESC")[0]
    for lock in (desk.store / "sensors").glob(f"{row[0]}-*.lock"):
        lock.unlink()
        lock.mkdir()
    put(desk, "new.csv")
    desk.work()
    equal(paths(desk), ["new.csv"])
    expect(sensor_state(desk, "Bad")["error"], "the bad sensor shows no error")


@case
def many_sensors_need_no_more_files_than_a_process_may_have(desk):
    put(desk, "old")
    desk.deploy(*(watching(f"F{number}", folder_sensor(), run="true") for number in range(150)))
    put(desk, "new.csv")
    desk.ask("tick", limits=200)
    equal(desk.rows("SELECT count(*) FROM events WHERE type = 'sensor'"), [(150,)])


@case
def a_flow_that_was_deployed_before_sensors_were_looked_at_gets_its_own(desk):
    put(desk, "old")
    text = watching("F", folder_sensor())
    desk.deploy(text)
    desk.change("DELETE FROM sensors")
    equal(desk.deploy(text)[0]["unchanged"], True)
    put(desk, "new.csv")
    desk.work()
    equal(paths(desk), ["new.csv"])


@case
def passwords_in_addresses_are_not_shown(desk):
    out = "".join(desk.ask("deploy", *desk.write_flows(
        flow("F", "type = 'sensor'\nsensor_type = 'http'\nurl = 'http://bob:hunter2@127.0.0.1:1/x?token=abc'"))))
    for arguments in (["tick"], ["flows"], ["explain", "F"], ["explain", "F", "--json"]):
        out += "".join(desk.ask(*arguments))
    contains(out, "http://127.0.0.1:1/x")
    for secret in ("hunter2", "bob", "abc"):
        expect(secret not in out, f"{secret} is in {out}")


@case
def more_slow_sensors_than_look_at_once_are_all_looked_at(desk):
    desk.deploy(*(flow(f"F{number}", program("sleep 1; echo {}", "timeout = '20s'")) for number in range(140)))
    desk.ask("tick")
    equal(desk.rows("SELECT count(*) FROM events WHERE type = 'sensor'"), [(140,)])


@case
def a_look_that_ended_in_time_counts_however_late_it_is_recorded(desk):
    """Another writer keeps the first of the two from being recorded until the time of both is over."""
    scripts = [f"touch began{number}; sleep 1; echo {{}}" for number in (1, 2)]
    desk.deploy(*(flow(f"F{number}", program(script, "timeout = '5s'")) for number, script in enumerate(scripts)))
    tick = desk.start("tick")
    wait_for(lambda: len(list(desk.folder.glob("began?"))) == 2, "both looks")
    desk.write_long(6)
    equal(tick.wait(timeout=60), 0)
    equal(desk.rows("SELECT count(*) FROM events WHERE type = 'sensor'"), [(2,)])


@case
def a_batch_fits_what_the_store_takes(desk):
    put(desk, "old")
    desk.deploy(watching("F", folder_sensor("per = 'batch'"), run="true"))
    desk.write(".qflow/config.toml", 'max_payload = "4KiB"\n')
    names = [f"{number:03}.csv" for number in range(60)]
    for name in names:
        put(desk, name)
    desk.work()
    payloads = sensed(desk, "qflow.sensor.F.files")
    expect(len(payloads) > 1, "all in one")
    equal(sorted(file["name"] for payload in payloads for file in payload["files"]), names)


@case
def flows_says_what_a_sensor_saw(desk):
    put(desk, "a.csv")
    desk.deploy(watching("F", folder_sensor()))
    contains(desk.ask("flows")[0], "\tsees 1 file\t")


@case
def completion_offers_sensors_alone(desk):
    (desk.folder / "in").mkdir()
    sensor = "id = 'files'\ntype = 'sensor'\nsensor_type = 'directory'\npath = 'in'"
    desk.deploy(flow("F", on("a"), sensor))
    equal(desk.ask("complete", "sensor")[0], "F/files\tsensor\n")
