"""The commands that work with a store, each as a case: how the store is before, the command, and what is true once the
work is done. Those that break something in the middle of the work share them.
"""
import json
import subprocess
import typing

# A value in the ledger, one in a file, a file, and a folder; the second step takes them all, unless all is spoilt.
FLOW = """id = "Made"
{head}
[[triggers]]
type = "event"
event = "wanted"
[[triggers]]
type = "schedule"
schedule = "0 3 * * *"
timezone = "UTC"
[[steps]]
id = "make"
retries = 2
run = '''
mkdir "$QFLOW_OUT/folder"
echo inside > "$QFLOW_OUT/folder/inside"
echo '{{"n": 1}}' > "$QFLOW_OUT/small.json"
{{ printf '"'; head -c 70000 /dev/zero | tr '\\0' x; printf '"'; }} > "$QFLOW_OUT/large.json"
head -c 30000 /dev/zero | tr '\\0' y > "$QFLOW_OUT/file"
'''
[[steps]]
id = "take"
needs = ["make"]
retries = 2
run = '''
test ! -e "{place}/spoilt"
test "$(cat "$QFLOW_IN/folder/inside") $(wc -c < "$QFLOW_IN/file") $(wc -c < "$QFLOW_IN/large.json")" = "inside 30000 70002"
echo "$QFLOW_RUN" >> "{place}/taken"
echo true > "$QFLOW_OUT/taken.json"
'''
"""

SENSOR = """id = "Sees"
[[triggers]]
id = "files"
type = "sensor"
sensor_type = "directory"
path = "in"
poll = "10ms"
settle = "0s"
baseline = "fire"
[[steps]]
id = "s"
run = "true"
"""

ARTIFACTS = {"folder", "small", "large", "file", "taken"}
TOMORROW, DAY_AFTER = "2099-01-02T03:00:30Z", "2099-01-03T03:00:30Z"


class Case(typing.NamedTuple):
    """`is_done` and `may_be_so` (place) say what is wrong, or "": `is_done` once all is done, `may_be_so` after the command
    has ended with status 0; by default it must have done all."""
    name: str
    prepare: typing.Callable    # (place): what comes before
    arguments: tuple
    is_done: typing.Callable
    may_be_so: typing.Callable = None
    go_on: typing.Callable = None  # (place): does what is left; by default the same command again


def write_flow(place, head=""):
    place.write("flow.toml", FLOW.format(place=place.folder, head=head))


def deployed(place):
    write_flow(place)
    place.call("deploy", "flow.toml")
    place.write(".qflow/config.toml", "max_workers = 1\n")


def with_a_queued_run(place):
    deployed(place)
    place.call("publish", "wanted")


def with_a_new_file(place):
    (place.folder / "in").mkdir()
    place.write("flow.toml", SENSOR)
    place.call("deploy", "flow.toml")
    place.write("in/new", "new")


def with_a_failed_run(place):
    write_flow(place)
    place.write("spoilt", "")
    place.call("run", "flow.toml", status=1)
    (place.folder / "spoilt").unlink()


def with_old_results(place):
    write_flow(place, head='[run]\nkeep = "1ms"')
    for _ in range(2):
        place.call("run", "flow.toml")
    place.change("UPDATE objects SET put_at = 0")


def with_damaged_objects(place):
    """One is gone that the ledger has, and the others can be written."""
    write_flow(place)
    place.call("run", "flow.toml")
    [[small]] = place.rows("SELECT min(sha256) FROM objects WHERE bytes IS NOT NULL")
    for file in (place.store / "objects").glob("??/*"):
        if file.parent.name + file.name == small:
            file.unlink()
        elif file.is_file():
            file.chmod(0o644)


def batch_of_events(place):
    deployed(place)
    lines = [{"name": "wanted", "idempotency_key": str(n), "payload": {"n": n}} for n in range(3)]
    place.write("events.jsonl", "".join(json.dumps(line) + "\n" for line in lines))


def numbers(place, query):
    found = place.rows(query)
    return tuple(found[0]) if found else ()


def demand(wanted, found):
    return "" if found == wanted else f"{found} instead of {wanted}"


def events_and_runs(events, runs):
    return lambda place: demand((events, runs), numbers(
        place, "SELECT (SELECT count(*) FROM events WHERE name = 'wanted'), (SELECT count(*) FROM runs)"))


def newest_has_succeeded(place):
    if not place.newest("Made"):
        return "there is no run"
    run = place.inspect("Made/latest")
    if run["status"] != "succeeded":
        return f"the newest run: {run['status']}: {run.get('reason')}"
    return demand(ARTIFACTS, set(run["artifacts"]))


def there_is_one_run(place):
    return demand((1,), numbers(place, "SELECT count(*) FROM runs"))


def execute_to_the_end(place):
    """What tick recovers goes on by itself; what has failed does not."""
    while place.rows("SELECT 1 FROM runs WHERE ended_at IS NULL"):
        subprocess.run([place.qflow, "tick", "--wait"], cwd=place.folder, env=place.environment, capture_output=True, timeout=120)
    resume_unless_succeeded(place)


def resume_unless_succeeded(place):
    if newest_has_succeeded(place):
        place.call("resume", "Made/latest")


def cancel_unless_cancelled(place):
    if was_cancelled(place):
        place.call("cancel", "Made/1")


def was_cancelled(place):
    return demand(("cancelled",), numbers(place, "SELECT status FROM runs"))


def look_tomorrow(place):
    """A sensor whose look failed waits longer for the next one."""
    place.call("tick", "--at", DAY_AFTER)


def nothing_is_left_to_collect(place):
    left = json.loads(place.call("gc", "--dry-run", "--json"))
    return demand((0, 0, 0), (left["runs"], left["folders"], left["objects"]))


def is_enabled(wanted):
    return lambda place: demand((wanted,), numbers(place, "SELECT enabled FROM deployments"))


def nothing_was_started(place):
    return demand((0,), numbers(place, "SELECT count(*) FROM runs"))


def both_were_started(place):
    """Once each: by the event, by the schedule."""
    return demand((2, 1), numbers(place, "SELECT count(*), count(scheduled_at) FROM runs"))


def was_seen_once_at_most(place):
    return there_is_one_run(place) and nothing_was_started(place)


def disabled(place):
    deployed(place)
    place.call("disable", "Made")


CASES = (
    Case("publish", deployed, ("publish", "wanted", "--idempotency-key", "k"), events_and_runs(1, 1)),
    Case("publish --batch", batch_of_events, ("publish", "--batch", "events.jsonl"), events_and_runs(3, 3)),
    Case("deploy", write_flow, ("deploy", "flow.toml"), is_enabled(1)),
    Case("disable", deployed, ("disable", "Made"), is_enabled(0)),
    Case("enable", disabled, ("enable", "Made"), is_enabled(1)),
    Case("tick", with_a_queued_run, ("tick", "--at", TOMORROW), both_were_started),
    Case("tick with a sensor", with_a_new_file, ("tick",), there_is_one_run, may_be_so=was_seen_once_at_most, go_on=look_tomorrow),
    Case("work", with_a_queued_run, ("work",), newest_has_succeeded, may_be_so=there_is_one_run, go_on=execute_to_the_end),
    Case("run", write_flow, ("run", "flow.toml"), newest_has_succeeded),
    Case("resume", with_a_failed_run, ("resume", "Made/latest"), newest_has_succeeded, go_on=resume_unless_succeeded),
    Case("cancel", with_a_queued_run, ("cancel", "Made/1"), was_cancelled, go_on=cancel_unless_cancelled),
    Case("sensor peek", with_a_new_file, ("sensor", "peek", "Sees"), nothing_was_started),
    Case("gc", with_old_results, ("gc",), nothing_is_left_to_collect),
    Case("fsck", with_damaged_objects, ("fsck",), lambda place: demand("the store is whole\n", place.call("fsck"))),
)
