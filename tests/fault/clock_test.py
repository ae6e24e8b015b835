#!/usr/bin/env python3
"""The clock of the machine jumps between ticks: by an hour or a year, ahead or back, and to 1970, 2038 and 2100, in a random
order. Schedules of all kinds are deployed, in zones with and without daylight saving time, and a debounce and a window of
an hour hold events.

Proven: no instant of a schedule has started a run twice, wherever the clock went; none started a run before it came; each
tick ends, with nothing to say; the store is sound. With --long: no tick takes 100 ms of processor time more than an idle
one.

usage: clock_test.py QFLOW [--long] [--seed N]
"""
import datetime
import os
import time

from faults import Place, expect, main, printed_by

LONGEST_LOOP = 0.1
DATES = ((1970, 1, 1), (2038, 1, 19), (2100, 3, 1))
STEPS = (3600, -3600, 365 * 86400, -365 * 86400)

SCHEDULES = {
    "Every": 'every = "15m"\ncatchup = "all"\ncatchup_window = "6h"',
    "EveryLast": 'every = "1s"',
    "Hourly": 'schedule = "@hourly"\ncatchup = "all"\ncatchup_window = "2d"',
    "Night": 'schedule = "30 2 * * *"\ntimezone = "Europe/Berlin"\ndst_overlap = "both"\ncatchup = "all"',
    "Seconds": 'schedule = "*/10 * * * * *"\ntimezone = "America/New_York"\ncatchup = "last"',
    "Leap": 'schedule = "0 0 29 2 *"\ntimezone = "Asia/Tokyo"\ncatchup = "all"\ncatchup_window = "1000d"',
    "Punctual": 'schedule = "* * * * *"\ncatchup = "none"',
    "Ended": 'schedule = "0 12 * * *"\nend = "2030-01-01T00:00:00Z"\ncatchup = "all"\ncatchup_window = "30d"',
}
SCHEDULED = """id = "{flow}"
[run]
when_busy = "parallel"
[[triggers]]
type = "schedule"
{keys}
"""
HEARING = """id = "Hearing"
[run]
when_busy = "parallel"
[[triggers]]
id = "later"
type = "event"
event = "held"
debounce = "1m"
max_wait = "1h"
[[triggers]]
id = "both"
type = "event"
events = ["held", "other"]
within = "1h"
"""


class Jumps:
    """One store, and the time that the commands are told."""

    def __init__(self, place, rng):
        self.place, self.rng = place, rng
        self.ahead = 0.0
        self.ticks = 0
        place.write("Hearing.toml", HEARING)
        for flow, keys in SCHEDULES.items():
            place.write(f"{flow}.toml", SCHEDULED.format(flow=flow, keys=keys))
        self.call("deploy", "Hearing.toml", *(f"{flow}.toml" for flow in SCHEDULES))

    def jump(self):
        date = self.rng.choice((*DATES, None, None, None))
        if date:
            there = datetime.datetime(*date, tzinfo=datetime.timezone.utc).timestamp()
            self.ahead = there - time.time() + self.rng.uniform(0, 3600)
        else:
            self.ahead += self.rng.choice(STEPS)

    def publish(self):
        for name in self.rng.sample(("held", "other"), self.rng.randrange(3)):
            self.call("publish", name)

    def tick(self):
        """The seconds of processor time that it took."""
        self.ticks += 1
        if self.rng.random() < 0.5:
            return self.call("tick")
        now = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc) + datetime.timedelta(seconds=time.time() + self.ahead)
        return self.call("tick", "--at", now.strftime("%Y-%m-%dT%H:%M:%SZ"), shifted=False)

    def call(self, *arguments, shifted=True):
        shift = str(round(self.ahead * 1_000_000)) if shifted else "0"
        process = self.place.start(*arguments, env={**self.place.environment, "QFLOW_CLOCK_SHIFT": shift})
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        what = f"qflow {' '.join(arguments)}, {self.ahead:.0f} s ahead"
        expect(process.returncode == 0, f"{what}: status {process.returncode}\n{printed_by(process)}")
        return used.ru_utime + used.ru_stime

    def expect_once(self):
        """The number of instants that have started a run."""
        twice = self.place.rows("SELECT flow, scheduled_at, count(*) FROM runs WHERE scheduled_at IS NOT NULL"
                                " GROUP BY 1, 2 HAVING count(*) > 1 LIMIT 5")
        expect(not twice, f"instants that started several runs: {twice}")
        early = self.place.rows("SELECT flow, scheduled_at, created_at FROM runs WHERE scheduled_at > created_at LIMIT 5")
        expect(not early, f"instants that started a run before they came: {early}")
        self.place.call("fsck")
        return self.place.rows("SELECT count(*) FROM runs WHERE scheduled_at IS NOT NULL")[0][0]


def test(qflow, is_long, rng):
    jumps = 300 if is_long else 25
    with Place(qflow) as place:
        clock = Jumps(place, rng)
        clock.call("tick")
        idle = min(clock.call("tick") for _ in range(5))
        took = []
        for _ in range(jumps):
            clock.jump()
            clock.publish()
            took.append(clock.tick() - idle)
        if is_long:
            expect(max(took) <= LONGEST_LOOP, f"a tick took {1000 * max(took):.0f} ms of processor time more than an idle one")
        instants = clock.expect_once()
        expect(instants > 0, "no schedule has started a run")
        return (f"{jumps} jumps of the clock, {instants} instants started one run each; the longest tick took"
                f" {1000 * max(took):.0f} ms of processor time more than an idle one")


if __name__ == "__main__":
    main(__doc__.splitlines()[0], test)
