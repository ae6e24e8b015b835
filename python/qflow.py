"""What a Python step of a qflow run sees and leaves.

    from qflow import current, artifacts, publish

    window = current.params.window              # a parameter of the run
    model = current.trigger.data.model          # an artifact of the run that triggered this one
    rows = artifacts.rows                       # what an earlier step left
    artifacts.model = {"x": 1}                  # leaves a value
    plot(artifacts.file("plot.png"))            # leaves a file
    publish("food", payload={"rows": 3})        # publishes an event

`current` says which run this is and why it exists, `artifacts` is what flows between steps, `publish` makes an event;
help(current), help(artifacts) and help(publish) have the details. Nothing is loaded before it is named. Instants are
text as everywhere in qflow (RFC 3339), with an attribute `datetime`. It needs Python 3.9 or newer.

Outside a step the module can be imported, `current.trigger` is None, and everything else raises a RuntimeError. Several
threads may use it; each artifact is written whole or not at all.
"""

from __future__ import annotations

import sys

# Older versions would stop at a riddle below; what stands above, they can execute.
if sys.version_info < (3, 9):
    raise ImportError(f"the module qflow needs Python 3.9 or newer, this is {'.'.join(map(str, sys.version_info[:2]))}")

import atexit
import json
import os
import re
from _thread import get_ident
from collections.abc import Iterator, Mapping
from functools import cached_property

# Imported only where they are needed are subprocess, pathlib, difflib and datetime: most steps need none of them, and
# they take longer than the rest of a small step.
TYPE_CHECKING = False
if TYPE_CHECKING:
    import datetime as dates
    from pathlib import Path
    from typing import Any, NoReturn, Protocol

    class Source(Protocol):
        """Where a view finds its artifacts."""

        text: str

        def find(self, name: str) -> Any: ...
        def names(self) -> list[str]: ...


__all__ = ["QflowError", "artifacts", "current", "publish"]


class QflowError(RuntimeError):
    """The qflow command refused. The text is its message, `status` its exit status (see qflow help exit-status).

    event_id   of publish: the event that is stored all the same, as with require_match when nobody listens; else None
    """

    def __init__(self, message: str, status: int, event_id: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.event_id = event_id


class UnknownKey(KeyError):
    """A KeyError whose message is printed as it is, without quotes around it."""

    def __str__(self) -> str:
        return str(self.args[0])


class _NotFound(Exception):
    """There is no such artifact; views make it an AttributeError or a KeyError."""


# What runs and events consist of


class Instant(str):
    """An instant as qflow writes it, "2026-11-20T10:00:00Z"; `datetime` is the same as a datetime in UTC."""

    @property
    def datetime(self) -> dates.datetime:
        from datetime import datetime

        return datetime.fromisoformat(self.replace("Z", "+00:00"))  # Python 3.10 does not know the Z


class Params(Mapping[str, object]):
    """The parameters of a run, with their JSON types: `params.window`, `params["window"]`, `dict(params)`.

    A name that the flow does not declare is an AttributeError (KeyError) with the nearest name. A parameter called like
    a method of dictionaries, such as `items`, hides the method; but `keys` stays the method, which dict() needs: such
    a parameter is `params["keys"]`. As an artifact or in a payload it is an object.
    """

    def __init__(self, values: dict[str, Any]) -> None:
        self.__dict__.update(values)

    def __getitem__(self, name: str) -> Any:
        if name in self.__dict__:
            return self.__dict__[name]
        raise UnknownKey(self.__missing(name))

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(self.__missing(name))

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"parameter {name!r} can't be set: parameters are read-only")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"parameter {name!r} can't be deleted: parameters are read-only")

    @property
    def keys(self) -> Any:  # the method would be hidden by a parameter, a property is not
        return super().keys

    def __iter__(self) -> Iterator[str]:
        return iter(self.__dict__)

    def __len__(self) -> int:
        return len(self.__dict__)

    def __eq__(self, other: object) -> bool:  # inherited, it would call `items`
        return isinstance(other, Mapping) and self.__dict__ == dict(other)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Params({self.__dict__!r})"

    def __missing(self, name: str) -> str:
        return f"there is no parameter {name!r}{_hint(name, self.__dict__)}"


class Event:
    """Something that happened: an event that was published, an instant that was due, the end of a run.

    name         its full name: "data_updated", "foo.prod.bar.food", "qflow.run.TrainingFlow"
    timestamp    Instant at which it happened
    type         None unless the publisher gave one; "run", "step", "schedule", … for qflow's own events
    payload      dict
    id           UUIDv7
    recorded_at  Instant at which qflow wrote it down
    namespace, value, sender, context   text, or None
    caused_by    id of the run that published it, or whose end it is; or None
    """

    def __init__(self, fields: dict[str, Any]) -> None:
        self.id: str = fields["id"]
        self.name: str = fields["name"]
        self.timestamp = Instant(fields["timestamp"])
        self.recorded_at = Instant(fields["recorded_at"])
        self.type: str | None = fields["type"]
        self.namespace: str | None = fields["namespace"]
        self.value: str | None = fields["value"]
        self.sender: str | None = fields["sender"]
        self.context: str | None = fields["context"]
        self.payload: dict[str, Any] = fields["payload"]
        self.caused_by: str | None = fields["caused_by"]

    def __repr__(self) -> str:
        return f"Event({self.name!r}, timestamp={str(self.timestamp)!r})"


class Run(str):
    """A run that triggered another one. It is its id as text, "TrainingFlow/34"; what else it has is loaded when named.

    id, flow, number         "TrainingFlow/34", "TrainingFlow", 34
    status, reason           "succeeded", …; why ("exit status 3"), or None
    context                  text, or None
    started_at, ended_at     Instant, or None
    params                   Params
    data                     its artifacts, loaded one by one: `run.data.model`. Where steps left different values under
                             one name, `run.data["train"]["model"]`: all that the step left, with paths of files as text
                             (of a foreach by index: `run.data["train"][3]["model"]`)
    trigger                  why it exists: Trigger, or None. So `run.trigger.run` follows the chain
    """

    _expression: str  # what `qflow get` calls this run
    _folder: str | None  # of links to its artifacts, if there is one

    def __new__(cls, id: str, expression: str = "", folder: str | None = None) -> Run:
        run = super().__new__(cls, id)
        run._expression = expression
        run._folder = folder
        return run

    @property
    def id(self) -> str:
        return str(self)

    @property
    def flow(self) -> str:
        return self.partition("/")[0]

    @property
    def number(self) -> int:
        return int(self.partition("/")[2])

    @cached_property
    def status(self) -> str:
        return self._get("status")

    @cached_property
    def reason(self) -> str | None:
        return self._get("reason")

    @cached_property
    def context(self) -> str | None:
        return self._get("context")

    @cached_property
    def started_at(self) -> Instant | None:
        return _instant(self._get("started_at"))

    @cached_property
    def ended_at(self) -> Instant | None:
        return _instant(self._get("ended_at"))

    @cached_property
    def params(self) -> Params:
        return Params(self._get("params"))

    @cached_property
    def trigger(self) -> Trigger | None:
        fields = self._get("trigger")
        return None if fields is None else Trigger(fields, f"{self._expression}.trigger")

    @cached_property
    def data(self) -> View:
        return View(_RunSource(str(self), f"{self._expression}.data", self._folder))

    def _get(self, field: str) -> Any:
        return _get(f"{self._expression}.{field}")


class Trigger:
    """Why a run exists.

    type         "RUN", "MANY-RUNS", "ONE-OF-RUNS", "EVENT", "MANY-EVENTS", "ONE-OF-EVENTS", "MIXED"
    trigger_id   the entry of [[triggers]]; None for a simulated trigger that no entry matches
    event        the triggering Event; None when several sources triggered: use `events`
    events       all of them, in the order of the declaration
    run          the triggering Run; None when there is none or several: use `runs` or `trigger["TrainingFlow"]`
    runs         list of Run, or None
    data         the artifacts of `run`, loaded one by one: `trigger.data.model`. None when `run` is
    ["NAME"]     the Run of that flow, else the Event of that name; the newest of several. None when it is declared but
                 did not take part; a KeyError that lists the known names when there is no such source

    `"NAME" in trigger` asks whether that flow or event took part; iterating gives the names of those that did.
    """

    def __init__(self, fields: dict[str, Any], expression: str = "trigger", folder: str | None = None) -> None:
        self.type: str = fields["type"]
        self.trigger_id: str | None = fields["trigger_id"]
        self._fields = fields
        self._named: dict[str, Any] = fields["named"]
        self._expression = expression
        self._folder = folder
        self._sources: dict[str, Run | Event | None] = {}

    @cached_property
    def event(self) -> Event | None:
        return None if self._fields["event"] is None else Event(self._fields["event"])

    @cached_property
    def events(self) -> list[Event]:
        return [Event(fields) for fields in self._fields["events"]]

    @cached_property
    def run(self) -> Run | None:
        return None if self._fields["run"] is None else self._run(self._fields["run"], "run")

    @cached_property
    def runs(self) -> list[Run] | None:
        if self._fields["runs"] is None:
            return None
        return [self._run(id, f"runs[{place}]") for place, id in enumerate(self._fields["runs"])]

    @property
    def data(self) -> View | None:
        return None if self.run is None else self.run.data

    def __getitem__(self, name: str) -> Any:
        if name not in self._sources:
            self._sources[name] = self._source(name)
        return self._sources[name]

    def __contains__(self, name: object) -> bool:
        return name in self._named

    def __iter__(self) -> Iterator[str]:
        return iter(self._named)

    def __repr__(self) -> str:
        return f"<trigger {self.type}: {', '.join(self._named)}>"

    def _source(self, name: str) -> Run | Event | None:
        value = self._named[name] if name in self._named else self._unnamed(name)
        if isinstance(value, str):
            return self._run(value, f'["{name}"]')
        return None if value is None else Event(value)

    def _unnamed(self, name: str) -> Any:
        """Sources that did not take part, and the long names of those that did, are known to qflow alone."""
        known = _known(self._named)
        if not isinstance(name, str) or not re.fullmatch(r"[A-Za-z0-9_.-]{1,255}", name):
            raise UnknownKey(f"trigger has no {name!r}{known}")
        try:
            return _get(f'{self._expression}["{name}"]')
        except QflowError as error:
            if not _is_about_expression(error):
                raise
            text = str(error) if "known:" in str(error) else f"{error}{known}"
            raise UnknownKey(text.replace("?; ", "? ")) from None

    def _run(self, id: str, field: str) -> Run:
        """The folder of a flow holds the artifacts of its newest triggering run, the one that is `named`."""
        flow = id.partition("/")[0]
        folder = os.path.join(self._folder, flow) if self._folder and self._named.get(flow) == id else None
        dot = "" if field.startswith("[") else "."
        return Run(id, f"{self._expression}{dot}{field}", folder)


# Artifacts: views for people, and the sources that they read from


class View:
    """Artifacts by name: `view.model`, `view["name-with.dots"]`, `"model" in view`, and iteration over the names.

    A value is what the JSON says; a file or folder artifact is its pathlib.Path. Each is loaded when it is named, and
    once; what is changed in place is not kept, and a note says so at the end. A missing one is an AttributeError
    (KeyError with brackets) with the nearest name; one to which several steps gave different values likewise, with a
    list of them.
    """

    __slots__ = ("__source",)
    __source: Source

    def __init__(self, source: Source) -> None:
        object.__setattr__(self, "_View__source", source)

    def __copy__(self) -> View:
        return self

    def __deepcopy__(self, memo: object) -> View:
        return self

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError(f"{self.__source.text} can't be pickled: take the values out first")

    def __getattr__(self, name: str) -> Any:
        _refuse_special(name)
        try:
            return self.__source.find(name)
        except _NotFound as error:
            raise AttributeError(str(error)) from None

    def __getitem__(self, name: str) -> Any:
        if not isinstance(name, str):
            raise TypeError(f"{self.__source.text} are found by name, not by {name!r}")
        try:
            return self.__source.find(name)
        except _NotFound as error:
            raise UnknownKey(str(error)) from None

    def __contains__(self, name: object) -> bool:
        return name in self.__source.names()

    def __iter__(self) -> Iterator[str]:
        return iter(self.__source.names())

    def __dir__(self) -> list[str]:
        try:
            return [*object.__dir__(self), *self.__source.names()]
        except RuntimeError:
            return list(object.__dir__(self))

    def __repr__(self) -> str:
        return f"<{self.__source.text}>"

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{self.__source.text} are read-only")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"artifact {name!r} can't be deleted: what is left stays, until it is set again")

    def __setitem__(self, name: str, value: object) -> None:
        raise TypeError(f"{self.__source.text} are read-only")

    def __delitem__(self, name: str) -> None:
        raise TypeError(f"artifact {name!r} can't be deleted: what is left stays, until it is set again")


class Tasks:
    """All tasks of a foreach, in their order: `tasks[3].model`, `for task in tasks`, `len(tasks)`, `list(tasks)`.

    An index counts elements of the foreach, from 0. The artifacts of a task that left nothing have no names.
    """

    def __init__(self, step: str, folder: str, cache: dict[str, _Loaded]) -> None:
        self._step = step
        self._folder = folder
        self._cache = cache
        self._indices = dict.fromkeys(sorted(int(entry) for entry in os.listdir(folder) if entry.isdigit()))

    def __getitem__(self, index: int) -> View:
        if not isinstance(index, int) or isinstance(index, bool):
            raise TypeError(f"step {self._step!r} is a foreach: its tasks are found by number, not by {index!r}")
        if index not in self._indices:
            raise IndexError(f"there is no task {self._step}[{index}]{_known(map(str, self._indices))}")
        text = f"artifacts of task {self._step}[{index}]"
        return View(_FolderSource(text, os.path.join(self._folder, str(index)), self._cache))

    def __iter__(self) -> Iterator[View]:
        return (self[index] for index in self._indices)

    def __len__(self) -> int:
        return len(self._indices)

    def __getattr__(self, name: str) -> NoReturn:
        _refuse_special(name)
        raise AttributeError(f"step {self._step!r} is a foreach: name a task, as in artifacts.steps[{self._step!r}][0]")

    def __repr__(self) -> str:
        return f"<artifacts of the {len(self)} tasks of {self._step!r}>"


class Steps(Mapping[str, object]):
    """The steps that left artifacts: `steps["train"].model`, of a foreach `steps["train"][3].model`.

    A foreach is among them even when it had nothing to do: `for task in steps["train"]` does nothing then.
    """

    def __init__(self, folder: str, cache: dict[str, _Loaded]) -> None:
        self._folder = os.path.join(folder, ".steps")
        self._cache = cache

    def __getitem__(self, step: str) -> Any:
        if step not in set(self):
            raise UnknownKey(f"no step {step!r} left artifacts for this one{_hint(step, self)}")
        folder = os.path.join(self._folder, step)
        entries = os.listdir(folder)
        # Without any it is a foreach: another step that left nothing has no folder.
        if not entries or any(entry.isdigit() for entry in entries):
            return Tasks(step, folder, self._cache)
        return View(_FolderSource(f"artifacts of step {step!r}", folder, self._cache))

    def __iter__(self) -> Iterator[str]:
        return iter(_list(self._folder))

    def __len__(self) -> int:
        return len(_list(self._folder))

    def __repr__(self) -> str:
        return f"<artifacts of the steps {', '.join(self)}>"


_PARTS = ("file", "steps")  # of Artifacts itself; as artifacts they are reached by brackets only


class Artifacts(View):
    """What flows between the steps of a run.

    Setting leaves a value: `artifacts.model = {"x": 1}`, `artifacts["name-with.dots"] = 3`. It is anything that the
    json module writes (a tuple becomes a list, a number as a key becomes text), and Params, written at once. What JSON
    does not have is refused with the artifact's name: other objects with a TypeError, NaN and infinities with a
    ValueError; so is what qflow does not read, numbers beyond 1.8e308 and more than 512 levels of nesting. A name
    matches [A-Za-z_][A-Za-z0-9_.-]*, at most 200 characters. Later steps see what this one left when it has succeeded.

    `artifacts.file("plot.png")` is the path to write a file or folder to.

    Reading gives what this step has left, else what the steps before it left; a file or folder artifact is its
    pathlib.Path. A value that was set is what its JSON says, not the object that was set; it is the same object each
    time, until it is set again. To change a value, set it again: `rows = artifacts.rows`, `rows.append(2)`,
    `artifacts.rows = rows`. What is only changed in place is not kept, and a note on stderr says so at the end of the
    process, unless the value is larger than 1 MiB.

    Where several steps gave different values to one name, and after a foreach, name the step:
    `artifacts.steps["train"].model`, `artifacts.steps["train"][3].model`. `artifacts.train.model` is the same, where
    no artifact is called `train`. Missing or ambiguous: AttributeError, with brackets KeyError. Nothing can be deleted.

    Artifacts called `file` and `steps`, or with two underscores on both ends, are reached by brackets only:
    `artifacts["file"]`.
    """

    __slots__ = ("__scope",)
    __scope: _StepScope

    def __init__(self) -> None:
        scope = _StepScope()
        super().__init__(scope)
        object.__setattr__(self, "_Artifacts__scope", scope)

    def file(self, name: str) -> Path:
        """The path to write the file or folder artifact `name` to; nothing is made there.

        A name that ends in .json is a ValueError: such a file would be a value. So is the name of a value that this
        step has set.
        """
        return _as_path(self.__scope.file_to_write(name))

    @property
    def steps(self) -> Steps:
        """The artifacts of each step that this one needs, directly or not: `artifacts.steps["train"].model`."""
        return self.__scope.steps()

    def __setattr__(self, name: str, value: object) -> None:
        if name in _PARTS:
            raise AttributeError(f"{name!r} is a part of artifacts itself: write artifacts[{name!r}] = …")
        _refuse_special(name)
        self.__scope.set(name, value)

    def __setitem__(self, name: str, value: object) -> None:
        self.__scope.set(name, value)


class _FolderSource:
    """A folder with `<name>.json` for values and `<name>` for files and folders."""

    def __init__(self, text: str, folder: str, cache: dict[str, _Loaded]) -> None:
        self.text = text
        self._folder = folder
        self._cache = cache

    def find(self, name: str) -> Any:
        try:
            return _load(self._folder, name, self._cache, self.text)
        except _NotFound:
            raise _NotFound(f"{self.text}: there is no {name!r}{_hint(name, self.names())}") from None

    def names(self) -> list[str]:
        return _artifact_names(self._folder)


class _RunSource:
    """The artifacts of another run: from the folder of links, and what that lacks (all, without one) from qflow."""

    def __init__(self, run: str, expression: str, folder: str | None) -> None:
        self.text = f"artifacts of {run}"
        self._expression = expression
        self._folder = folder
        self._cache: dict[str, _Loaded] = {}
        self._answers: dict[str, Any] = {}

    def find(self, name: str) -> Any:
        if self._folder is not None:
            try:
                return _load(self._folder, name, self._cache, self.text)
            except _NotFound:
                pass  # it may be ambiguous, removed by gc, or a step's name: qflow knows
        if name not in self._answers:
            self._answers[name] = self._ask(name)
        return self._answers[name]

    def names(self) -> list[str]:
        return sorted(_get(self._expression)) if self._folder is None else _artifact_names(self._folder)

    def _ask(self, name: str) -> Any:
        _check_name(name, _NotFound)
        try:
            value = _get(f'{self._expression}["{name}"]')
        except QflowError as error:
            if not _is_about_expression(error):
                raise
            raise _NotFound(f"{self.text}: {error}") from None
        # In an expression a file artifact is its path as text; the store's objects are nothing but artifacts.
        objects = os.path.join(_variable("QFLOW_STORE"), "objects", "")
        return _as_path(value) if isinstance(value, str) and value.startswith(objects) else value


class _StepScope:
    """What this step has left in QFLOW_OUT and, behind it, what it was given in QFLOW_IN."""

    text = "artifacts of this step and of those before it"

    def __init__(self) -> None:
        self._cache: dict[str, _Loaded] = {}

    def find(self, name: str) -> Any:
        own, given = _variable("QFLOW_OUT"), _variable("QFLOW_IN")
        self._forget_outdated(os.path.join(own, str(name)))
        for folder in (own, given):
            try:
                return _load(folder, name, self._cache)
            except _NotFound:
                pass
        self._refuse_ambiguous(name)
        if name in self.steps():
            return self.steps()[name]
        raise _NotFound(f"there is no artifact {name!r} here{_hint(name, self.names())}")

    def names(self) -> list[str]:
        own, given = _variable("QFLOW_OUT"), _variable("QFLOW_IN")
        return sorted({*_artifact_names(own), *_artifact_names(given)})

    def steps(self) -> Steps:
        return Steps(_variable("QFLOW_IN"), self._cache)

    def set(self, name: str, value: object) -> None:
        folder = _variable("QFLOW_OUT")
        _check_name(name, ValueError)
        text = _to_json(value, f"artifact {name!r}", "; leave it as a file: artifacts.file(…)")
        if os.path.lexists(os.path.join(folder, name)):
            raise ValueError(f"artifact {name!r} is a file already, and can't be a value too; choose another name")
        _write_whole(os.path.join(folder, f"{name}.json"), text)
        # A new file can have the number, size and time of one before it.
        self._cache.pop(os.path.join(folder, name), None)
        for place in (folder, os.environ.get("QFLOW_IN", "")):
            _handed_out.pop(os.path.join(place, name), None)

    def file_to_write(self, name: str) -> str:
        folder = _variable("QFLOW_OUT")
        _check_name(name, ValueError)
        if name.endswith(".json"):
            raise ValueError(f"{name!r} would be the value {name[:-5]!r}, not a file: set that, or choose another name")
        if os.path.lexists(os.path.join(folder, f"{name}.json")):
            raise ValueError(f"artifact {name!r} is a value already, and can't be a file too; choose another name")
        return os.path.join(folder, name)

    def _forget_outdated(self, place: str) -> None:
        """Another process of the step may have written a value anew."""
        loaded = self._cache.get(place)
        if loaded is not None and not loaded.is_current():
            self._cache.pop(place, None)

    def _refuse_ambiguous(self, name: str) -> None:
        """What a step before this one left, but is not to be seen by its bare name, has several values."""
        places = {step: self._places(step, name) for step in self.steps()}
        if not any(places.values()):
            return
        nearest = self._nearest(name, [step for step in places if places[step]])
        found = [place for step in nearest for place in places[step]]
        shown = ", ".join(found[:6]) + (f" and {len(found) - 6} more" if len(found) > 6 else "")
        raise _NotFound(f"artifact {name!r} is ambiguous, its values differ in {shown}; name the step: {found[0]}")

    def _nearest(self, name: str, steps: list[str]) -> list[str]:
        """Those of the steps whose artifact no step below them hides: which needs which is known to qflow alone."""
        try:
            _get(f'artifacts["{name}"]')
        except QflowError as error:
            named = set(re.findall(r"'([A-Za-z0-9_-]+)(?:\[[0-9]+\])?\.", str(error)))
            return [step for step in steps if step in named] or steps
        return steps

    def _places(self, step: str, name: str) -> list[str]:
        left = self.steps()[step]
        spelled = f".{name}" if name.isidentifier() else f"[{name!r}]"
        text = f"artifacts.steps[{step!r}]"
        if isinstance(left, View):
            return [text + spelled] if name in left else []
        return [f"{text}[{index}]{spelled}" for index in left._indices if name in left[index]]


_handed_out: dict[str, _Loaded] = {}  # lists and dicts, by their places, of which a change in place can be told


class _Loaded:
    """An artifact as it was handed out; of a value also the state of its file when it was read.

    Its owner is text, "artifacts of step 'train'", and None where this step can set it.
    """

    __slots__ = ("_name", "_owner", "_place", "_process", "_state", "value")

    def __init__(self, place: str, name: str, owner: str | None) -> None:
        self._place, self._name, self._owner = place, name, owner
        self._process = os.getpid()
        self._state: tuple[int, int, int] | None = None
        try:
            self._state, self.value = self._read()
        except FileNotFoundError:
            if name.endswith(".json") or not os.path.exists(place):
                raise _NotFound(name) from None
            self.value = _as_path(place)
        except ValueError as error:
            raise ValueError(f"artifact {name!r} is not JSON: {error}") from error

    def is_current(self) -> bool:
        """Whether its file is still the one that was read."""
        try:
            return self._state == _state(os.stat(self._place + ".json"))
        except OSError:
            return False

    def watch(self) -> None:
        """Has a change in place noted at the end of the process, unless looking for it would take long."""
        if self._state is None or self._state[1] > 2**20 or not isinstance(self.value, (list, dict)):
            return
        if not _handed_out:
            atexit.unregister(_note_changes)
            atexit.register(_note_changes)
        _handed_out[self._place] = self

    def is_changed(self) -> bool:
        """Whether this process was handed it and has changed it in place."""
        if self._process != os.getpid() or not self.is_current():
            return False
        return self.value != self._read()[1]

    def note(self) -> str:
        if self._owner is not None:
            whose = self._owner.replace("artifacts", f"artifact {self._name!r}", 1)
            return f"{whose} was changed in place, which is not kept"
        from keyword import iskeyword

        plain = self._name.isidentifier() and not iskeyword(self._name)
        named = f"artifacts.{self._name}" if plain and self._name not in _PARTS else f'artifacts["{self._name}"]'
        value = self._name if plain else "value"
        return f"{named} was changed in place, which is not kept: set it again, {named} = {value}"

    def _read(self) -> tuple[tuple[int, int, int], Any]:
        with open(self._place + ".json", encoding="utf-8") as file:
            return _state(os.fstat(file.fileno())), json.load(file)


def _state(file: os.stat_result) -> tuple[int, int, int]:
    return file.st_ino, file.st_size, file.st_mtime_ns


def _note_changes() -> None:
    """At the end of the process: changes in place look as if they were kept."""
    for loaded in list(_handed_out.values()):
        try:
            if loaded.is_changed():
                sys.stderr.write(f"qflow: note: {loaded.note()}\n")
        except Exception:
            continue  # nothing fails for a note, whatever was put into a list and can't be compared
    _handed_out.clear()  # two threads can have registered this


# The step itself


class Current:
    """The step that is running, the run that it is part of, and why that run exists.

    flow           "PredictionFlow"
    run            "PredictionFlow/12"
    step           "score"
    task           "PredictionFlow/12/score", of a foreach with its index: "PredictionFlow/12/score/3"
    attempt        1, and more after a retry
    params         Params: `current.params.window`
    context        the run's context as text, or None
    scheduled_at   Instant at which the run was due, inherited down a chain of triggers, or None
    item, index    the element of a foreach and its number from 0; elsewhere an AttributeError
    trigger        why the run exists: Trigger, None when it was not triggered:
                   `current.trigger.run`, `current.trigger.event.name`, `current.trigger.data.model["x"]`,
                   `current.trigger["TrainingFlow"].data.model`, `current.trigger["first"].timestamp`
    """

    __slots__ = ("_cache",)

    def __init__(self) -> None:
        self._cache: dict[tuple[str, str], Any] = {}

    @property
    def flow(self) -> str:
        return _variable("QFLOW_FLOW")

    @property
    def run(self) -> str:
        return _variable("QFLOW_RUN")

    @property
    def step(self) -> str:
        return _variable("QFLOW_STEP")

    @property
    def task(self) -> str:
        return _variable("QFLOW_TASK")

    @property
    def attempt(self) -> int:
        return int(_variable("QFLOW_ATTEMPT"))

    @property
    def params(self) -> Params:
        values = self._load("QFLOW_PARAMS")
        if "QFLOW_INDEX" in os.environ:
            values = {name: value for name, value in values.items() if name not in ("item", "index")}
        return Params(values)

    @property
    def context(self) -> str | None:
        _variable("QFLOW_RUN")
        return os.environ.get("QFLOW_CONTEXT")

    @property
    def scheduled_at(self) -> Instant | None:
        _variable("QFLOW_RUN")
        return _instant(os.environ.get("QFLOW_SCHEDULED_AT"))

    @property
    def item(self) -> Any:
        return self._of_foreach("item")

    @property
    def index(self) -> int:
        return self._of_foreach("index")

    @property
    def trigger(self) -> Trigger | None:
        path = os.environ.get("QFLOW_TRIGGER")
        if path is None:
            return None
        key = ("trigger", path)
        if key not in self._cache:
            self._cache[key] = Trigger(self._load("QFLOW_TRIGGER"), folder=_variable("QFLOW_TRIGGER_DATA"))
        return self._cache[key]

    def __repr__(self) -> str:
        return f"<current task {os.environ.get('QFLOW_TASK', 'none: not inside a step')}>"

    def _of_foreach(self, name: str) -> Any:
        if "QFLOW_INDEX" not in os.environ:
            raise AttributeError(f"there is no {name} here: step {self.step!r} is not a foreach")
        return self._load("QFLOW_PARAMS")[name]

    def _load(self, variable: str) -> dict[str, Any]:
        """The JSON file that a variable names; read once."""
        path = _variable(variable)
        key = ("file", path)
        if key not in self._cache:
            with open(path, encoding="utf-8") as file:
                self._cache[key] = json.load(file)
        return self._cache[key]


# Publishing

_TEXT_OPTIONS = ("branch", "context", "idempotency_key", "namespace", "project", "sender", "timestamp", "type", "value")
_FLAG_OPTIONS = ("dispatch", "dry_run", "no_branch", "no_production", "production", "require_match")


def publish(
    name: str,
    payload: dict[str, Any] | Params | None = None,
    *,
    safe: bool = True,
    namespaced: bool = False,
    **options: Any,
) -> dict[str, Any] | None:
    """Publishes the event `name`; returns once it is durable.

    payload      a dict, or Params
    safe         publish only in a deployed run; in a local one say what would have been published
    namespaced   in the namespace of this run's project and branch, as {project}.{branch}.{name}
    options      type, namespace, value, sender, context, timestamp, idempotency_key, project, branch: text (timestamp
                 also an aware datetime); dispatch, require_match, dry_run, production, no_branch, no_production: True;
                 wait: True, or how long ("10m")

    Returns {id, name, duplicate, effects} as `qflow publish --json` prints it, or None when it printed no such object.
    A refusal, and with require_match that nobody listens, is a QflowError with the message, the exit status and, where
    the event is stored all the same, its id.
    """
    _variable("QFLOW_RUN")
    if not isinstance(name, str):
        raise TypeError(f"the name of an event must be text, not {name!r}")
    _check_text(name, "the name of an event")
    given = {"safe": safe, "namespaced": namespaced, **options}
    words = [word for key, value in given.items() for word in _option(key, value)]
    text = None
    if payload is not None:
        if not isinstance(payload, (dict, Params)):
            raise TypeError(f"payload of event {name!r} must be a dict, not {type(payload).__name__}")
        text = _to_json(payload, f"payload of event {name!r}")
        words += ["--payload", "-"]
    printed = _call(["publish", *words, "--json", "--", name], text)
    answer = _published(printed)
    if answer is None:
        sys.stdout.write(printed)
    return answer


def _published(printed: str) -> dict[str, Any] | None:
    """The object that `qflow publish --json` printed, if it is one."""
    try:
        answer = json.loads(printed)
    except ValueError:
        return None
    return answer if isinstance(answer, dict) else None


def _option(name: str, value: Any) -> list[str]:
    """The words of a command line for one option of publish."""
    flag = "--" + name.replace("_", "-")
    if name not in (*_TEXT_OPTIONS, *_FLAG_OPTIONS, "safe", "namespaced", "wait"):
        known = (*_TEXT_OPTIONS, *_FLAG_OPTIONS, "wait")
        raise TypeError(f"publish has no option {name!r}{_hint(name, known)}")
    if value is None or value is False:
        return []
    if value is True and name not in _TEXT_OPTIONS:
        return [flag]
    if name == "timestamp" and hasattr(value, "utcoffset"):
        if value.utcoffset() is None:
            raise TypeError(f"option 'timestamp' of publish must be aware, that is, know its zone; {value!r} does not")
        value = value.isoformat()
    if not isinstance(value, str) or name not in (*_TEXT_OPTIONS, "wait"):
        raise TypeError(f"option {name!r} of publish must be {_allowed(name)}, not {value!r}")
    _check_text(value, f"option {name!r} of publish")
    return [f"{flag}={value}"]


def _allowed(option: str) -> str:
    if option == "timestamp":
        return "text or an aware datetime"
    if option == "wait":
        return 'True, False or how long, as in "10m"'
    return "text" if option in _TEXT_OPTIONS else "True or False"


def _check_text(text: str, what: str) -> None:
    """Words of a command end at a NUL, and are UTF-8."""
    if "\0" in text:
        raise ValueError(f"{what} has a NUL character in it: {text!r}")
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise ValueError(f"{what} has half of a surrogate pair in it: {text!r}") from None


# The environment, the qflow command, and files


def _variable(name: str) -> str:
    value = os.environ.get(name)
    if value is None:
        raise RuntimeError(f"not inside a step of a qflow run; {name} is not set: start this with qflow run")
    return value


def _get(expression: str) -> Any:
    """The value of an expression in this step's scope."""
    return json.loads(_call(["get", expression, "--json"]))


def _call(words: list[str], text: bytes | None = None) -> str:
    """What the qflow command prints; its notes go to stderr, a refusal is a QflowError."""
    import subprocess

    program = _variable("QFLOW_BIN")
    try:
        done = subprocess.run([program, *words], input=text or b"", capture_output=True, check=False)
    except OSError as error:
        raise RuntimeError(f"can't start {program}, which QFLOW_BIN names: {error.strerror}") from error
    said = done.stderr.decode("utf-8", "replace")
    if done.returncode != 0:
        beside, message = _refusal(said)
        sys.stderr.write(beside)
        answer = _published(done.stdout.decode("utf-8", "replace")) if words[0] == "publish" else None
        event_id = answer.get("id") if answer else None
        stored = f" (the event is stored as {event_id})" if event_id else ""
        message = (message or f"qflow {words[0]} failed: status {done.returncode}") + stored
        raise QflowError(message, done.returncode, event_id)
    sys.stderr.write(said)
    return done.stdout.decode("utf-8")


def _refusal(said: str) -> tuple[str, str]:
    """What the command said beside its refusal, and that: the error, else its notes."""
    start = re.search("^qflow: error: ", said, re.MULTILINE)
    if start is not None:
        return said[: start.start()], said[start.end() :].strip()
    lines = said.splitlines(keepends=True)
    notes = [line for line in lines if line.startswith("qflow: note: ")]
    if not notes:
        return "", said.strip()
    message = "".join(line[len("qflow: note: ") :] for line in notes).strip()
    return "".join(line for line in lines if line not in notes), message


def _is_about_expression(error: QflowError) -> bool:
    """Whether the expression could not be evaluated; otherwise the store, the run or the machine is in the way."""
    return error.status in (1, 2, 3)


def _load(folder: str, name: str, cache: dict[str, _Loaded], owner: str | None = None) -> Any:
    """The artifact in a folder of them; _NotFound without a message of its own when it is not there."""
    _check_name(name, _NotFound)
    place = os.path.join(folder, name)
    loaded = cache.get(place)
    if loaded is None:
        loaded = cache[place] = _Loaded(place, name, owner)
        loaded.watch()
    return loaded.value


def _artifact_names(folder: str) -> list[str]:
    return [entry[:-5] if entry.endswith(".json") else entry for entry in _list(folder)]


def _list(folder: str) -> list[str]:
    """The entries of a folder in order, but hidden ones; of one that is not there none."""
    try:
        return sorted(entry for entry in os.listdir(folder) if not entry.startswith("."))
    except FileNotFoundError:
        return []


def _refuse_special(name: str) -> None:
    """Names with two underscores on both ends are Python's own: it asks for some of them at any time."""
    if name.startswith("__") and name.endswith("__"):
        raise AttributeError(name)


def _check_name(name: object, error: type[Exception]) -> None:
    if not isinstance(name, str) or not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_.-]{0,199}", name):
        raise error(f"{name!r} can't name an artifact: a name matches [A-Za-z_][A-Za-z0-9_.-]*, up to 200 characters")


_DEEPEST = 512  # levels of nesting that qflow reads


def _to_json(value: object, what: str, advice: str = "") -> bytes:
    """The advice is for objects that JSON can't write."""
    try:
        text = json.dumps(value, default=_plain, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        content = text.encode("utf-8")
    except TypeError as error:
        raise TypeError(f"{what} can't be written as JSON: {error}{advice}") from None
    except (ValueError, RecursionError) as error:
        reason = f"{error}; JSON has no NaN and no infinities" if "float" in str(error) else str(error)
        raise ValueError(f"{what} can't be written as JSON: {reason}") from None
    problem = _unreadable(content)
    if problem is not None:
        raise ValueError(f"{what} can't be read by qflow: {problem}")
    return content


def _plain(value: object) -> dict[str, Any]:
    """What the json module is to write for an object that it does not know."""
    if isinstance(value, Params):
        return vars(value)
    raise TypeError(f"Object of type {type(value).__name__} is not JSON serializable")


def _unreadable(content: bytes) -> str | None:
    """Why qflow would refuse JSON that the json module wrote."""
    may_be_deep = content.count(b"[") + content.count(b"{") > _DEEPEST
    may_be_large = b"0" * 309 in content.translate(bytes.maketrans(b"123456789", b"0" * 9))
    if not may_be_deep and not may_be_large:
        return None
    bare = b"".join(content.replace(b"\\\\", b"").replace(b'\\"', b"").split(b'"')[::2])  # without what is in quotes
    if may_be_deep and _is_too_deep(bare):
        return f"it is nested deeper than {_DEEPEST} levels"
    if may_be_large and any(float(digits) == float("inf") for digits in re.findall(b"[0-9]{309,}", bare)):
        return "a number in it is too large; the largest is about 1.8e308"
    return None


def _is_too_deep(bare: bytes) -> bool:
    """Peels off the innermost pairs of brackets, level by level, which takes no loop over the values."""
    brackets = bare.translate(bytes.maketrans(b"{}", b"[]"), b"+,-.0123456789:aeflnrstu")
    for _ in range(_DEEPEST):
        brackets = brackets.replace(b"[]", b"")
    return brackets != b""


def _write_whole(path: str, content: bytes) -> None:
    """Readers see the old file or the new one. It grows beside the folder, where a killed process leaves no output."""
    folder = os.path.dirname(path)
    part = os.path.join(os.path.dirname(folder), f"set-{os.path.basename(folder)}.{os.getpid()}.{get_ident()}")
    try:
        with open(part, "wb") as file:
            file.write(content)
        os.replace(part, path)
    except BaseException:
        if os.path.exists(part):
            os.unlink(part)
        raise


def _as_path(text: str) -> Path:
    from pathlib import Path

    return Path(text)


def _instant(text: str | None) -> Instant | None:
    return None if text is None else Instant(text)


def _hint(name: object, known: Any) -> str:
    """The nearest of the known names, else all of them; to be appended to a message."""
    from difflib import get_close_matches

    near = get_close_matches(str(name), list(known), 1)
    return f"; did you mean {near[0]!r}?" if near else _known(known)


def _known(names: Any) -> str:
    names = list(names)
    if not names:
        return "; there are none"
    return "; known: " + ", ".join(names[:20]) + (f" and {len(names) - 20} more" if len(names) > 20 else "")


def _print_whole_lines() -> None:
    """qflow starts Python unbuffered: each word of a print would be a write of its own, which the prints of other
    processes of the step could come between."""
    if "QFLOW_STEP" in os.environ and os.environ.get("PYTHONUNBUFFERED"):
        reconfigure = getattr(sys.stdout, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(line_buffering=True, write_through=False)


_print_whole_lines()
current = Current()
artifacts = Artifacts()
