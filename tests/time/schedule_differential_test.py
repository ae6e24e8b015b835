#!/usr/bin/env python3
"""Compares due instants with a search over every minute, which shares nothing with the program but the rules:
qflow-flow(5), crontab(5) of cronie, and zoneinfo for what clocks show.

usage: schedule_differential_test.py SCHEDULE_LINES [--count N] [--seed N]
"""
import argparse
import calendar
import random
import subprocess
import sys
from datetime import date, datetime, timedelta, timezone
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

# Whole and half hours, 2 hours, gaps at midnight and of a day, negative daylight saving, offsets of odd minutes.
ZONES = ["Europe/Berlin", "America/New_York", "Europe/Dublin", "Australia/Lord_Howe", "Pacific/Apia",
         "Africa/Casablanca", "America/St_Johns", "Pacific/Chatham", "America/Caracas", "Antarctica/Troll",
         "America/Santiago", "Asia/Gaza"]
YEARS = [1995, 2007, 2010, 2011, 2016, 2026, 2027, 2045, 2090]
MINUTE = timedelta(minutes=1)
AROUND = timedelta(hours=40)
NAMES = {name: i for i, name in enumerate("SUN MON TUE WED THU FRI SAT".split())}
NAMES |= {name: i + 1 for i, name in enumerate("JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC".split())}
BOUNDS = [(0, 59), (0, 23), (1, 31), (1, 12), (0, 6)]
MOST = 60


def local_of(moment, zone):
    return moment.astimezone(zone).replace(tzinfo=None)


@lru_cache(maxsize=None)
def changes(name):
    """The first minute after each change of the clock in YEARS."""
    zone, found = ZoneInfo(name), []
    for year in YEARS:
        moment = datetime(year, 1, 1, tzinfo=timezone.utc)
        while moment.year == year:
            later = moment + timedelta(days=1)
            low, high = moment, later
            if low.astimezone(zone).utcoffset() != high.astimezone(zone).utcoffset():
                while high - low > MINUTE:
                    middle = low + timedelta(minutes=(high - low) // MINUTE // 2)
                    same = middle.astimezone(zone).utcoffset() == low.astimezone(zone).utcoffset()
                    low, high = (middle, high) if same else (low, middle)
                found.append(high)
            moment = later
    return found


@lru_cache(maxsize=None)
def minutes_around(name, change):
    """[(instant, local)] of each minute around a change."""
    zone = ZoneInfo(name)
    moment, until, rows = change - AROUND, change + AROUND, []
    while moment < until:
        rows.append((int(moment.timestamp()), local_of(moment, zone)))
        moment += MINUTE
    return rows


class Field:
    def __init__(self, text, low, high):
        self.star = text[0] in "*?"
        self.values = set()
        self.special = []
        for item in text.split(","):
            base, _, step = item.partition("/")
            cycle = high - low + 1
            if base in "*?":
                first, last = low, high
            elif base[-1] in "LW" or "#" in base:
                self.special.append(base)
                continue
            else:
                begin, dash, end = base.partition("-")
                first = NAMES[begin] if begin in NAMES else int(begin)
                last = (NAMES[end] if end in NAMES else int(end)) if dash else first
                if step and not dash:
                    last = max(high, first)
                if last < first:
                    last += cycle
            for value in range(first, last + 1, int(step or 1)):
                self.values.add((value - low) % cycle + low)


class Expression:
    def __init__(self, text):
        self.text = text
        self.fields = [Field(field, *bounds) for field, bounds in zip(text.split(), BOUNDS, strict=True)]
        self.elapsed = self.fields[0].star or self.fields[1].star

    def day_matches(self, day):
        _, _, days, months, weekdays = self.fields
        if day.month not in months.values:
            return False
        by_day = day.day in days.values or any(self.special_day(one, day) for one in days.special)
        weekday = day.isoweekday() % 7
        by_weekday = weekday in weekdays.values or any(self.special_weekday(one, day) for one in weekdays.special)
        return by_day and by_weekday if days.star or weekdays.star else by_day or by_weekday

    @staticmethod
    def special_day(text, day):
        last = calendar.monthrange(day.year, day.month)[1]
        if text == "L":
            return day.day == last
        wanted = last if text == "LW" else int(text[:-1])
        if wanted > last or day.isoweekday() > 5:
            return False
        working = [d for d in range(1, last + 1) if date(day.year, day.month, d).isoweekday() <= 5]
        # A Saturday's nearest is the Friday, a Sunday's the Monday.
        return day.day == min(working, key=lambda d: abs(d - wanted))

    @staticmethod
    def special_weekday(text, day):
        if text.endswith("L"):
            return day.isoweekday() % 7 == int(text[:-1]) % 7 and (day + timedelta(days=7)).month != day.month
        weekday, _, nth = text.partition("#")
        return day.isoweekday() % 7 == int(weekday) % 7 and (day.day - 1) // 7 + 1 == int(nth)

    def matching(self, rows):
        """The rows whose local time matches."""
        minutes, hours = self.fields[0].values, self.fields[1].values
        days = {}
        for row in rows:
            local = row[1]
            if local.minute in minutes and local.hour in hours:
                day = local.date()
                if day not in days:
                    days[day] = self.day_matches(day)
                if days[day]:
                    yield row


def due_minutes(expression, rows, gap, overlap):
    if expression.elapsed:
        return [instant for instant, _ in expression.matching(rows)]
    due = set()
    held = {}
    for instant, local in expression.matching(rows):
        held.setdefault(local, []).append(instant)
    for instants in held.values():
        due.update(instants if overlap == "both" else [min(instants) if overlap == "first" else max(instants)])
    for (_, before), (instant, after) in zip(rows, rows[1:]):
        missing, local = [], before + MINUTE
        while local < after:
            missing.append((0, local))
            local += MINUTE
        if gap == "shift" and any(expression.matching(missing)):
            due.add(instant)
    return sorted(due)


class Dice(random.Random):
    def value(self, low, high, near):
        return self.choice(near) if near and self.random() < 0.6 else self.randint(low, high)

    def item(self, index, near):
        low, high = BOUNDS[index]
        kind = self.random()
        value = self.value(low, high, near)
        if kind < 0.5:
            return str(value)
        other = self.randint(low, high)
        step = f"/{self.randint(1, 7)}" if self.random() < 0.4 else ""
        if kind < 0.55:
            return f"{value}/{self.randint(1, high)}"
        if index == 2 and kind < 0.7:
            return self.choice(["L", "LW", f"{value}W"])
        if index == 4 and kind < 0.7:
            return self.choice([f"{value}L", f"{value}#{self.randint(1, 5)}", "7"])
        if index == 4 and kind < 0.8:
            return "-".join(self.sample("SUN MON TUE WED THU FRI SAT".split(), 2)) + step
        return f"{value}-{other}{step}"

    def field(self, index, near, star):
        if self.random() < star:
            kind = self.random()
            if kind < 0.6:
                return "*"
            return f"*/{self.randint(1, BOUNDS[index][1])}" if kind < 0.9 else "*," + self.item(index, near)
        return ",".join(self.item(index, near) for _ in range(self.choice([1, 1, 1, 2, 3])))

    def expression(self, local=None, stars=(0.25, 0.25, 0.6, 0.8, 0.6)):
        near = [[], [], [], [], []]
        if local:
            hours = [(local.hour + d) % 24 for d in (-2, -1, 0, 1, 2)]
            near = [[0, 30], hours, [local.day, max(local.day - 1, 1)], [local.month], [local.isoweekday() % 7]]
        return " ".join(self.field(i, near[i], stars[i]) for i in range(5))


def ask(program, lines):
    done = subprocess.run([program], input="".join(line + "\n" for line in lines), text=True, capture_output=True)
    assert done.returncode == 0, f"it ended with {done.returncode}: {done.stderr}"
    answers = done.stdout.splitlines()
    assert len(answers) == len(lines), f"{len(answers)} answers to {len(lines)} questions"
    return answers


def never(text):
    expression = Expression(text)
    day, until = date(2000, 1, 1), date(2028, 1, 1)
    while day < until and not expression.day_matches(day):
        day += timedelta(days=1)
    return day == until


def check_minutes(program, dice, count):
    """Around changes of the clock, forward and backward."""
    questions, expected = [], []
    for _ in range(count):
        zone = dice.choice(ZONES)
        change = dice.choice(changes(zone))
        rows = minutes_around(zone, change)
        text = dice.expression(local_of(change, ZoneInfo(zone)))
        gap, overlap = dice.choice(["shift", "skip"]), dice.choice(["first", "last", "both"])
        # So far from both ends of the rows every twin of a local time is among them.
        first, last = rows[60 * 12][0], rows[-60 * 12][0]
        due = [one for one in due_minutes(Expression(text), rows, gap, overlap) if first <= one < last]
        start = dice.choice([first - 1, first + dice.randrange(0, last - first)])
        forward = [one for one in due if one > start][:MOST]
        backward = [one for one in reversed(due) if one < start][:MOST]
        for direction, wanted in (("next", forward), ("previous", backward)):
            questions.append("\t".join([text, zone, gap, overlap, direction, str(start), str(MOST)]))
            expected.append((wanted, first, last))
    failures = 0
    assert sum(len(wanted) for wanted, _, _ in expected) > count, "hardly anything was due"
    for question, (wanted, first, last), answer in zip(questions, expected, ask(program, questions)):
        if answer.startswith("error: it can never match") and never(question.split("\t")[0]):
            continue
        got = [int(one) for one in answer.split()] if not answer.startswith("error") else answer
        if isinstance(got, list):
            got = [one for one in got if first <= one < last]
        if got != wanted:
            failures += 1
            print(f"{question!r}\n  wanted {shown(wanted)}\n  got    {shown(got)}")
    return len(questions), failures


def shown(instants):
    if isinstance(instants, str):
        return instants
    return " ".join(f"{datetime.fromtimestamp(one, timezone.utc):%Y-%m-%dT%H:%MZ}" for one in instants[:8])


def check_days(program, dice, count):
    """Rare ones, day by day over eight years."""
    questions, expected = [], []
    for _ in range(count):
        text = dice.expression(stars=(0, 0, 0.2, 0.2, 0.3))
        expression = Expression(text)
        day = date(dice.randint(1990, 2090), dice.randint(1, 12), dice.randint(1, 28))
        start = int(datetime(day.year, day.month, day.day, tzinfo=timezone.utc).timestamp()) - 1
        until = day + timedelta(days=8 * 365)
        while day < until and not expression.day_matches(day):
            day += timedelta(days=1)
        time = timedelta(hours=min(expression.fields[1].values), minutes=min(expression.fields[0].values))
        due = datetime(day.year, day.month, day.day, tzinfo=timezone.utc) + time
        questions.append("\t".join([text, "UTC", "shift", "first", "next", str(start), "1"]))
        expected.append((int(due.timestamp()), day < until))
    failures = 0
    for question, (wanted, found), answer in zip(questions, expected, ask(program, questions)):
        if answer.startswith("error: it can never match") and never(question.split("\t")[0]):
            continue
        right = answer == str(wanted) if found else answer.isdigit() and int(answer) >= wanted
        if not right:
            failures += 1
            print(f"{question!r}\n  wanted {wanted}\n  got    {answer}")
    return len(questions), failures


def check_zones(program, dice, count):
    """Every zone of the system, from the times before standard time to those that only its rule knows."""
    questions, expected = [], []
    names = sorted(name for name in available_timezones() if name not in ("localtime", "posixrules"))
    for name in names:
        zone = ZoneInfo(name)
        for _ in range(count):
            instant = dice.randrange(-2 ** 31, 2 ** 32)
            questions.append(f"{name}\t{instant}")
            local = datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(seconds=instant)
            expected.append(str(int(local.astimezone(zone).utcoffset().total_seconds())))
    wrong = [(q, w, a) for q, w, a in zip(questions, expected, ask(program, questions)) if w != a]
    for question, wanted, answer in wrong:
        print(f"{question!r}: wanted {wanted}, got {answer}")
    return len(questions), len(wrong)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--count", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 32))
    arguments = parser.parse_args()
    dice = Dice(arguments.seed)
    failures = 0
    for check, count in ((check_minutes, arguments.count), (check_days, arguments.count // 10),
                         (check_zones, arguments.count // 100)):
        asked, failed = check(arguments.program, dice, count)
        print(f"{check.__name__}: {asked} questions, {failed} wrong answers")
        failures += failed
    if failures:
        sys.exit(f"repeat with --seed {arguments.seed}")


if __name__ == "__main__":
    main()
