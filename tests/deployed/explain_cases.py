"""What explain, flows and the notes say, and that the command they print does what it says."""
import json
import shlex

from desk import case, contains, equal, expect, flow, on

OK_A, OK_B = "events = [{ name = 'a', value = 'ok' }]", "events = [{ name = 'b', value = 'ok' }]"
PATH = "[parameters.path]\nrequired = true\n"


def leg(name, more):
    return f"id = '{name}'\ntype = 'event'\n{more}\n"


def group(match, more=""):
    return f"id = 'g'\ntype = 'group'\nmatch = '{match}'\n{more}\n"


def would_fire(desk, what="F"):
    return desk.explain(what)[0]["would_fire"]


def fires(desk, flow, times=1):
    """Types the command that explain prints, with values for what it leaves open."""
    before = len(desk.runs(flow))
    for command in would_fire(desk, flow).replace('"..."', '"x"').replace("=...", "=x").split(" && "):
        desk.ask(*shlex.split(command)[1:])
    equal(len(desk.runs(flow)) - before, times, would_fire(desk, flow))


@case
def sensors_are_not_overdue_before_their_time(desk):
    desk.deploy(flow("F", "type = 'sensor'\nsensor_type = 'exec'\npoll = '1h'\ncommand = ['true']\n"))
    expect("overdue" not in desk.ask("flows")[1], "right after the deploy")
    contains(desk.ask("explain", "F")[0], "next look: with the next tick")
    contains(desk.ask("flows", environment=desk.later(300))[1], "no tick yet; 1 sensor overdue")
    desk.work()
    expect("overdue" not in desk.ask("flows")[1], "right after a tick")
    expect("overdue" not in desk.ask("flows", environment=desk.later(600))[1], "long before its next look")
    expect("overdue" not in desk.ask("flows", environment=desk.later(-3600))[1], "when the clock went back")
