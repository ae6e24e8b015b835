"""Schedules: due instants, catch-up, clocks that jump, backfill. The clock is turned, so that no case waits."""
import concurrent.futures
import datetime
import json
import time

from desk import case, contains, equal, expect, flow, lines, on

LOG = "echo $QFLOW_SCHEDULED_AT >> ran"


def environment_at(desk, instant):
    """In which it is that time of 2026-03-04, a Wednesday, in UTC."""
    wanted = datetime.datetime.fromisoformat(f"2026-03-04T{instant}+00:00")
    shift = wanted - datetime.datetime.now(datetime.timezone.utc)
    return {**desk.environment, "QFLOW_CLOCK_SHIFT": str(shift // datetime.timedelta(microseconds=1))}


def at(desk, instant, *arguments, **options):
    return desk.ask(*arguments, environment=environment_at(desk, instant), **options)


def deploy_at(desk, instant, *texts):
    return at(desk, instant, "deploy", *desk.write_flows(*texts))


def tick_at(desk, instant):
    return desk.ask("tick", "--wait", "--at", f"2026-03-04T{instant}Z")


def hourly(name, more="", run=""):
    return flow(name, f"type = 'schedule'\nschedule = '0 * * * *'\n{more}", run=run)


hour = "2026-03-04T{}:00:00Z".format


def due(desk, name):
    """The hours and minutes of the runs, in their order."""
    return [run["scheduled_at"][11:16] for run in desk.runs(name)]


@case
def an_instant_starts_one_run(desk):
    out, _ = deploy_at(desk, "09:59:30", hourly("F", run=LOG))
    expect("fires no" not in out, out)
    for instant in ("09:59:40", "10:00:00", "10:00:10", "10:00:10", "10:00:50"):
        tick_at(desk, instant)
    equal(due(desk, "F"), ["10:00"])
    trigger = desk.inspect("F/1")["trigger"]
    equal([event["name"] for event in trigger["events"]], ["qflow.schedule.F.schedule"])
    equal([event["type"] for event in trigger["events"]], ["schedule"])
    equal([event["timestamp"] for event in trigger["events"]], ["2026-03-04T10:00:00Z"])
    equal(desk.text_of("ran"), "2026-03-04T10:00:00Z\n")
    tick_at(desk, "11:01:20")
    equal(due(desk, "F"), ["10:00", "11:00"])


@case
def three_hours_of_downtime(desk):
    names = ("last", "none", "all")
    flows = [hourly(name.title(), f"catchup = '{name}'") for name in names]
    deploy_at(desk, "09:30:00", *flows)
    tick_at(desk, "12:30:00")
    equal({name: due(desk, name.title()) for name in names},
          {"last": ["12:00"], "none": [], "all": ["10:00", "11:00", "12:00"]})
    missed = desk.explain("None")[0]["filtered"][0]
    equal(missed["outcome"], "expired")
    contains(missed["reason"], "3 instants from 2026-03-04T10:00:00Z to 2026-03-04T12:00:00Z", 'catchup is "none"')
    equal(desk.events("qflow.schedule.None.schedule")[0]["payload"]["count"], 3)
    contains(at(desk, "12:30:00", "explain", "Last")[0], "missed 2 instants", "next: 2026-03-04T13:00:00Z")


@case
def an_instant_is_on_time_for_two_minutes(desk):
    deploy_at(desk, "09:30:00", hourly("None", "catchup = 'none'"), hourly("Last"), hourly("Late", "catchup = 'none'"))
    desk.ask("disable", "Late")
    tick_at(desk, "12:01:20")
    equal((due(desk, "None"), due(desk, "Last")), (["12:00"], ["12:00"]))
    at(desk, "12:30:00", "enable", "Late")
    tick_at(desk, "13:02:01")
    equal(due(desk, "Late"), [])


@case
def the_window_bounds_what_is_caught_up(desk):
    deploy_at(desk, "05:30:00", hourly("All", "catchup = 'all'\ncatchup_window = '91m'"),
              hourly("Last", "catchup_window = '10m'"))
    tick_at(desk, "12:30:00")
    equal((due(desk, "All"), due(desk, "Last")), (["11:00", "12:00"], []))


@case
def a_clock_that_jumps_repeats_nothing(desk):
    deploy_at(desk, "09:30:00", hourly("F"))
    for instant in ("12:00:10", "10:00:10", "11:00:10", "12:00:10", "13:00:10"):
        tick_at(desk, instant)
    equal(due(desk, "F"), ["12:00", "13:00"])
    coming = json.loads(at(desk, "10:30:00", "next", "F", "-n", "1", "--json")[0])
    equal(coming["utc"], "2026-03-04T14:00:00Z")


@case
def ticks_at_once_share_the_instants(desk):
    deploy_at(desk, "09:30:00", *(hourly(f"F{number}", "catchup = 'all'", run=LOG) for number in range(3)))
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: tick_at(desk, "12:00:10"), range(4)))
    equal(sorted(desk.text_of("ran").split()), sorted(3 * [f"2026-03-04T{hour}:00:00Z" for hour in (10, 11, 12)]))
    equal([due(desk, f"F{number}") for number in range(3)], 3 * [["10:00", "11:00", "12:00"]])


@case
def deploying_and_enabling_fire_nothing(desk):
    deploy_at(desk, "09:30:00", hourly("F"))
    at(desk, "09:40:00", "disable", "F/schedule")
    tick_at(desk, "11:00:10")
    at(desk, "11:01:00", "enable", "F/schedule")
    tick_at(desk, "11:01:10")
    equal(due(desk, "F"), [])
    tick_at(desk, "12:00:10")
    equal(due(desk, "F"), ["12:00"])


@case
def an_edit_keeps_what_is_due_unless_it_changes_the_schedule(desk):
    deploy_at(desk, "09:30:00", hourly("F"))
    deploy_at(desk, "10:00:30", hourly("F", "description = 'other'"))
    tick_at(desk, "10:00:40")
    equal(due(desk, "F"), ["10:00"])
    deploy_at(desk, "11:00:30", flow("F", "type = 'schedule'\nschedule = '30 * * * *'"))
    tick_at(desk, "11:00:40")
    equal(due(desk, "F"), ["10:00"])
    contains(desk.explain("F")[0]["filtered"][0]["reason"], "missed 2026-03-04T11:00:00Z: changed by deploy 3")
    tick_at(desk, "11:30:10")
    equal(due(desk, "F"), ["10:00", "11:30"])


@case
def what_is_disabled_or_gone_misses_its_instants(desk):
    deploy_at(desk, "09:30:00", hourly("Off"), hourly("Gone"))
    at(desk, "10:00:30", "disable", "Off")
    at(desk, "10:00:30", "undeploy", "Gone")
    tick_at(desk, "10:00:40")
    equal((due(desk, "Off"), due(desk, "Gone")), ([], []))
    contains(desk.explain("Off")[0]["filtered"][0]["reason"], "disabled")
    equal(desk.events("qflow.schedule.Gone.schedule")[0]["payload"]["count"], 1)


@case
def what_a_disabled_schedule_missed_is_told(desk):
    """While it is disabled, and afterwards: once, as one event, whichever way it came about."""
    deploy_at(desk, "09:30:00", hourly("F"), hourly("Off", "enabled = false"),
              flow("G", "id = 'hour'\ntype = 'schedule'\nschedule = '0 * * * *'", on("e", more="id = 'e'"),
                   "id = 'g'\ntype = 'group'\nmatch = 'hour || e'"))
    for what in ("F/schedule", "G/hour"):
        equal("missed" in at(desk, "09:40:00", "disable", what)[1], False)
    contains(at(desk, "09:50:00", "explain", "F")[0], "disabled")
    tick_at(desk, "12:30:00")
    contains(at(desk, "12:30:00", "explain", "F")[0],
             "  missed while disabled: 3 instants from 2026-03-04T10:00:00Z to 2026-03-04T12:00:00Z\n")
    contains(at(desk, "12:30:00", "explain", "G")[0], "  hour: missed while disabled: 3 instants")
    told = lines(at(desk, "12:30:00", "explain", "F", "--json")[0])[0]
    equal((told["missed"], told["next"]), ([{"trigger": "schedule", "count": 3, "first": hour(10), "last": hour(12)}], None))
    at(desk, "12:40:00", "disable", "F", "--reason", "moving")
    at(desk, "12:45:00", "enable", "F/schedule")
    deploy_at(desk, "12:50:00", hourly("F", "description = 'other'"))
    equal(desk.rows("SELECT name FROM events"), [])
    span = ("--from", hour(10), "--until", hour(13)[:-3] + "01Z")
    backfill = ("trigger", "--flow-id", "F", "--trigger-id", "schedule", *span)
    contains(at(desk, "13:10:00", "enable", "F")[1], f"F/schedule missed 4 instants from {hour(10)} to {hour(13)}; qflow {' '.join(backfill)} runs that")
    equal([event["payload"] for event in desk.events("qflow.schedule.F.schedule")], [{"count": 4, "first": hour(10), "last": hour(13)}])
    equal(desk.explain("F")[0]["missed"], [])
    contains(desk.explain("F")[0]["filtered"][0]["reason"], "missed 4 instants", ": disabled")
    missed = at(desk, "13:20:00", "enable", "G/hour")[1]
    contains(missed, "G/hour missed 4 instants")
    expect("runs that" not in missed, missed)
    equal(desk.events("qflow.schedule.G.hour")[0]["payload"]["count"], 4)
    at(desk, "13:25:00", "undeploy", "G")
    equal(len(desk.events("qflow.schedule.G.hour")), 1)
    contains(deploy_at(desk, "13:30:00", hourly("Off"))[1], "trigger schedule missed 4 instants")
    equal(desk.events("qflow.schedule.Off.schedule")[0]["payload"]["count"], 4)
    tick_at(desk, "14:00:10")
    equal((due(desk, "F"), due(desk, "Off")), (["14:00"], ["14:00"]))
    at(desk, "14:10:00", *backfill)
    equal(due(desk, "F")[1:], ["10:00", "11:00", "12:00", "13:00"])
    late = at(desk, "15:10:00", "disable", "F")[1]
    contains(late, "F/schedule missed 2026-03-04T15:00:00Z")
    expect("runs that" not in late, late)
    at(desk, "16:10:00", "undeploy", "F")
    equal([event["payload"]["count"] for event in desk.events("qflow.schedule.F.schedule") if "count" in event["payload"]], [1, 1, 4])


@case
def branches_of_a_flow_have_their_own_instants(desk):
    desk.write("f.toml", hourly("F"))
    for branch in ("a", "b"):
        at(desk, "09:30:00", "deploy", "f.toml", "--project", "p", "--branch", branch)
    tick_at(desk, "10:00:10")
    equal([run["namespace"] for run in desk.runs("F")], ["p.test.a", "p.test.b"])


@case
def a_backfill_runs_the_instants_in_order(desk):
    deploy_at(desk, "09:30:00", hourly("F", run=LOG + "; test $(date -d $QFLOW_SCHEDULED_AT +%H) != 05"))
    tick_at(desk, "10:00:10")
    span = ("--from", "2026-03-04T04:00:00Z", "--until", "2026-03-04T07:00:00Z")
    out, err = at(desk, "10:30:00", "trigger", "--flow-id", "F", "--trigger-id", "schedule", *span, status=1)
    contains(out, "F/2", "F/3", "F/4")
    contains(err, "1 of 3: 2026-03-04T04:00:00Z")
    equal(desk.text_of("ran").split(), [f"2026-03-04T{hour}:00:00Z" for hour in ("10", "04", "05", "06")])
    equal(desk.statuses("F"), ["succeeded", "succeeded", "failed", "succeeded"])
    equal(desk.inspect("F/2")["trigger"]["events"][0]["timestamp"], "2026-03-04T04:00:00Z")
    tick_at(desk, "11:00:10")
    equal(due(desk, "F")[-1], "11:00")


@case
def a_backfilled_leg_goes_through_its_group(desk):
    legs = [on("orders", more="id = 'orders'"), "id = 'nightly'\ntype = 'schedule'\nschedule = '@daily'"]
    group = "id = 'g'\ntype = 'group'\nmatch = 'orders {} nightly'\n"
    deploy_at(desk, "09:30:00",
              flow("Day", *legs, group.format("&&") + "correlate = 'event.timestamp.substring(0, 10)'"),
              flow("Late", *legs, group.format("||") + "when = \"event.timestamp > '2026-03-02T12:00:00Z'\""))
    at(desk, "09:31:00", "publish", "orders", "--timestamp", "2026-03-03T10:00:00Z")
    named, span = ("--trigger-id", "nightly"), ("--from", "2026-03-01", "--until", "2026-03-04")
    out, _ = at(desk, "10:30:00", "trigger", "--flow-id", "Day", *named, *span, status=4)
    equal(out.split(), ["Day/1"])
    equal(sorted(event["timestamp"] for event in desk.inspect("Day/1")["trigger"]["events"]), ["2026-03-03T00:00:00Z", "2026-03-03T10:00:00Z"])
    _, err = at(desk, "10:31:00", "trigger", "--flow-id", "Late", *named, *span)
    contains(err, "2026-03-01T00:00:00Z is filtered", "2026-03-02T00:00:00Z is filtered")
    equal([run["scheduled_at"] for run in desk.runs("Late") if run["scheduled_at"]], ["2026-03-03T00:00:00Z"])


@case
def what_cannot_be_backfilled(desk):
    deploy_at(desk, "09:30:00", flow("F", "id = 'hours'\ntype = 'schedule'\nschedule = '0 * * * *'", on("e")))
    named = ("trigger", "--flow-id", "F", "--trigger-id", "hours")
    span = ("--from", "2026-03-04", "--until", "2026-03-05")
    desk.refused(*named, "--from", "2026-03-04", status=2, said="belong together")
    desk.refused("trigger", "--flow-id", "F", *span, status=2, said="--trigger-id")
    desk.refused(*named, *span, "--detach", status=2, said="--detach")
    desk.refused(*named, "--from", "2026-03-05", "--until", "2026-03-04", status=2, said="not later than --from")
    desk.refused(*named, "--from", "2026-03-04T00:10:00Z", "--until", "2026-03-04T00:20:00Z", status=2, said="nothing is due")
    desk.refused(*named, "--from", "noon", "--until", "2026-03-04", status=2, said="noon")
    desk.refused("trigger", "--flow-id", "F", "--trigger-id", "event", *span, status=2, said="no schedule")
    desk.refused("trigger", "--flow-id", "F", "--trigger-id", "nights", *span, status=3, said="hours")
    deploy_at(desk, "09:31:00", flow("Often", "type = 'schedule'\nevery = '1s'"))
    desk.refused("trigger", "--flow-id", "Often", "--trigger-id", "schedule", "--from", "2020-01-01", "--until", "2026-01-01",
                 status=2, said=["more than 100000 instants are due by 2020-01-02T03:46:40Z", "--until"])
    equal(desk.runs("F") + desk.runs("Often"), [])


@case
def the_turned_clock_is_that_of_the_runs_too(desk):
    deploy_at(desk, "09:30:00", hourly("F", run='"$QFLOW_BIN" publish told'))
    tick_at(desk, "10:00:10")
    told = desk.events("told")[0]
    equal((told["recorded_at"][:15], desk.runs("F")[0]["started_at"][:15]), 2 * ("2026-03-04T10:0",))
    desk.refused("tick", "--at", "tomorrow", status=2, said="tomorrow")
    desk.refused("flows", status=2, said="QFLOW_CLOCK_SHIFT",
                 environment={**desk.environment, "QFLOW_CLOCK_SHIFT": "soon"})


@case
def a_schedule_joins_what_else_a_group_waits_for(desk):
    legs = "id = 'hour'\ntype = 'schedule'\nschedule = '0 * * * *'", on("data", more="id = 'data'")
    deploy_at(desk, "09:30:00", flow("F", *legs, "id = 'both'\ntype = 'group'\nmatch = 'hour && data'"))
    tick_at(desk, "10:00:10")
    equal(desk.runs("F"), [])
    contains(at(desk, "10:10:00", "explain", "F")[0], "qflow.schedule.F.hour", "waits for: data",
             "next: 2026-03-04T11:00:00Z")
    at(desk, "10:20:00", "publish", "data")
    equal(due(desk, "F"), ["10:00"])


@case
def what_is_overdue_is_said(desk):
    deploy_at(desk, "09:30:00", hourly("F"), hourly("G"))
    contains(at(desk, "10:10:00", "flows")[1], "2 schedules overdue")
    contains(at(desk, "10:10:00", "explain", "F")[0], "overdue: 2026-03-04T10:00:00Z")
    out, _ = desk.ask("tick", "--dry-run", "--at", "2026-03-04T10:10:00Z")
    equal(out.splitlines(), [f"schedule\t{name}/schedule\t2026-03-04T10:00:00Z" for name in "FG"])
    equal(desk.runs("F"), [])
    shown = json.loads(at(desk, "09:40:00", "flows", "--json")[0].splitlines()[0])
    equal(shown["triggers"][0]["next"], "2026-03-04T10:00:00Z")


@case
def a_dry_run_says_what_catch_up_would_do(desk):
    deploy_at(desk, "09:30:00", hourly("Last"), hourly("None", "catchup = 'none'"))
    out, _ = desk.ask("tick", "--dry-run", "--at", "2026-03-04T12:30:00Z")
    equal(out.splitlines(), ["missed\tLast/schedule\t2 instants from 2026-03-04T10:00:00Z to 2026-03-04T11:00:00Z",
                             "schedule\tLast/schedule\t2026-03-04T12:00:00Z",
                             "missed\tNone/schedule\t3 instants from 2026-03-04T10:00:00Z to 2026-03-04T12:00:00Z"])
    out, _ = desk.ask("tick", "--dry-run", "--json", "--at", "2026-03-04T12:30:00Z")
    equal([(row["kind"], row["flow"], row["at"], row["missed"]) for row in map(json.loads, out.splitlines())],
          [("missed", "Last", None, {"count": 2, "first": hour(10), "last": hour(11)}),
           ("schedule", "Last", hour(12), None),
           ("missed", "None", None, {"count": 3, "first": hour(10), "last": hour(12)})])


@case
def the_namespace_of_a_schedule_stands_beside_its_flow(desk):
    at(desk, "09:30:00", "deploy", *desk.write_flows(hourly("F")), "--project", "foo", "--production")
    for command in (("next", "-n", "1"), ("next", "foo.prod.F", "-n", "1"), ("tick", "--dry-run", "--at", "2026-03-04T10:00:01Z")):
        row = json.loads(at(desk, "09:40:00", *command, "--json")[0])
        equal((row["flow"], row["namespace"], row["trigger"]), ("F", "foo.prod", "schedule"), command)
    contains(at(desk, "09:40:00", "next", "-n", "1")[0], "\tfoo.prod.F/schedule\t")


@case
def a_flow_whose_schedules_are_disabled_has_some(desk):
    deploy_at(desk, "09:30:00", hourly("F"), hourly("G", "enabled = false"), flow("H", on("e")))
    desk.ask("disable", "F")
    for what in ("F", "G", "flow1.toml"):
        notes = at(desk, "09:40:00", "next", what)[1]
        contains(notes, "/schedule is disabled")
        expect("has no schedule" not in notes, notes)
    contains(at(desk, "09:40:00", "next", "H")[1], "H has no schedule")


@case
def a_backfill_leaves_out_what_when_filters(desk):
    deploy_at(desk, "09:30:00", hourly("F", "when = 'event.timestamp != \"2026-03-04T05:00:00Z\"'", run=LOG))
    named = ("trigger", "--flow-id", "F", "--trigger-id", "schedule", "--from")
    _, err = desk.ask(*named, "2026-03-04T04:00:00Z", "--until", "2026-03-04T07:00:00Z")
    contains(err, "2026-03-04T05:00:00Z is filtered: event.timestamp")
    equal([line[11:13] for line in desk.text_of("ran").split()], ["04", "06"])
    desk.ask(*named, "2026-03-04T05:00:00Z", "--until", "2026-03-04T05:30:00Z", status=4)


@case
def runs_of_a_later_time_are_not_waited_for(desk):
    deploy_at(desk, "09:30:00", hourly("F", run="exit 1"))
    desk.ask("tick", "--wait", "--at", "2099-03-04T10:00:10Z", status=1)
    for words in (("tick", "--wait"), ("publish", "e", "--wait")):
        _, err = desk.ask(*words)
        expect("F/1" not in err, err)


@case
def a_disabled_leg_is_named(desk):
    legs = "id = 'hour'\ntype = 'schedule'\nschedule = '0 * * * *'", on("data", more="id = 'data'")
    out, _ = deploy_at(desk, "09:30:00", flow("F", *legs, "id = 'both'\ntype = 'group'\nmatch = 'hour && data'"))
    equal(out.count("F runs"), 1)
    desk.ask("disable", "F/hour")
    contains(desk.ask("explain", "F")[0], "its leg hour is disabled")
    equal(desk.explain("F")[0]["disabled_legs"], ["hour"])


@case
def a_tick_that_finds_nothing_spares_the_next_ones_the_ledger(desk):
    half_past = (datetime.datetime.now(datetime.timezone.utc).minute + 30) % 60  # not while this case looks on
    desk.deploy(flow("F", on("a")), flow("Hourly", f"type = 'schedule'\nschedule = '{half_past} * * * *'"))

    def tick_opens_the_ledger():
        shared = desk.store / "ledger.db-shm"  # whoever opens it makes that again
        shared.unlink(missing_ok=True)
        desk.ask("tick")
        return shared.exists()

    time.sleep(3.1)  # a younger change of the ledger is not trusted
    equal([tick_opens_the_ledger() for _ in range(3)], [True, False, False])
    desk.publish("a")
    desk.work()
    equal(desk.statuses("F"), ["succeeded"])
    time.sleep(3.1)
    equal([tick_opens_the_ledger() for _ in range(2)], [True, False])
    desk.work(environment=desk.later(3600))
    equal(desk.statuses("Hourly"), ["succeeded"])


@case
def a_tick_in_a_turned_time_passes_its_own_on(desk):
    """To its runs, also when its own time was turned already."""
    desk.deploy(flow("F", on("a")))
    ahead = {**desk.environment, "QFLOW_CLOCK_SHIFT": str(864_000_000_000)}
    desk.publish("a", environment=ahead)
    desk.ask("tick", "--wait=20s", "--at", "2099-01-01T00:00:00Z", environment=ahead)
    run = desk.runs("F")[0]
    equal((run["status"], run["started_at"][:4]), ("succeeded", "2099"))
