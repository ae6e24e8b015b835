"""What a row is: a thing that is measured, beside what it is compared with, and the bounds that it should keep."""

import dataclasses
import statistics


@dataclasses.dataclass(frozen=True)
class Bound:
    """A goal. `kind` says what it bounds: `times` the ratio to something else, `more` the milliseconds more than
    something else takes, `most` and `least` a value of its own in `unit`."""

    kind: str
    limit: float
    unit: str = ""


def times(limit):
    return Bound("times", limit, "×")


def more(limit):
    return Bound("more", limit, "ms")


def most(limit, unit):
    return Bound("most", limit, unit)


def least(limit, unit):
    return Bound("least", limit, unit)


@dataclasses.dataclass
class Measured:
    """`times` has one list of nanoseconds per command, taken in turns; the command "qflow" is compared with each of the
    others. `values` has lists of what else was seen, by name."""

    times: dict = dataclasses.field(default_factory=dict)
    values: dict = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True)
class Row:
    """`goals` and `units` are by the name of what is compared with, or of a value."""

    name: str
    what: str
    measure: object
    goals: dict = dataclasses.field(default_factory=dict)
    units: dict = dataclasses.field(default_factory=dict)


@dataclasses.dataclass
class Figure:
    """One line of the table."""

    row: str
    what: str
    beside: str
    unit: str
    median: float
    low: float
    high: float
    beside_ms: float = None
    qflow_ms: float = None
    goal: str = ""
    kind: str = ""  # of its bound
    strain: float = None  # how much of what the goal allows is used: met up to 1
    strain_low: float = None
    strain_high: float = None
    strain_best: float = None  # of the quickest of each: what noise touches least

    @property
    def met(self):
        return None if self.strain is None else self.strain <= 1


def strain(bound, value):
    return bound.limit / value if bound.kind == "least" else value / bound.limit


def judged(figure, bound, best):
    if bound is None:
        return figure
    sign = {"times": "≤ ", "more": "≤ +", "most": "≤ ", "least": "≥ "}[bound.kind]
    figure.goal = f"{sign}{bound.limit:,} {bound.unit}"
    figure.kind = bound.kind
    figure.strain = strain(bound, figure.median)
    ends = [strain(bound, value) for value in (figure.low, figure.high)]
    figure.strain_low, figure.strain_high = min(ends), max(ends)
    figure.strain_best = strain(bound, best)
    return figure


def compared(row, beside, measured):
    """qflow's times against those of one other command, round by round."""
    bound = row.goals.get(beside)
    others, ours = measured.times[beside], measured.times["qflow"]
    if bound is not None and bound.kind == "more":
        unit, against = "ms more", lambda other, qflow: (qflow - other) / 1e6
    else:
        unit, against = "×", lambda other, qflow: qflow / other
    values = list(map(against, others, ours))
    figure = Figure(
        row.name, row.what, beside, unit, statistics.median(values), min(values), max(values),
        statistics.median(others) / 1e6, statistics.median(ours) / 1e6,
    )
    return judged(figure, bound, against(min(others), min(ours)))


def valued(row, name, values):
    bound = row.goals.get(name)
    unit = bound.unit if bound is not None else row.units.get(name, "")
    figure = Figure(row.name, row.what, name, unit, statistics.median(values), min(values), max(values))
    best = max(values) if bound is not None and bound.kind == "least" else min(values)
    return judged(figure, bound, best)


def figures(row, measured):
    """The lines of one row: first what it is compared with, then values."""
    lines = [compared(row, beside, measured) for beside in measured.times if beside != "qflow"]
    return lines + [valued(row, name, values) for name, values in measured.values.items()]
