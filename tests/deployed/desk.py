"""What the tests of deployed flows share: a place with a store of its own, and short ways to write flows and to ask."""
import json
import os
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "fault"))

from faults import Broken, Place, expect, kill_and_wait  # noqa: E402

CASES = []


def case(function):
    CASES.append(function)
    return function


def equal(found, wanted, what=""):
    expect(found == wanted, f"{what}: {found!r} instead of {wanted!r}")


def contains(text, *parts):
    for part in parts:
        expect(part in text, f"{part!r} is not in:\n{text}")


def lines(text):
    return [json.loads(line) for line in text.splitlines()]


def flow(name, *triggers, head="", run="", params=()):
    """A flow of one step; each trigger is the TOML below its [[triggers]]."""
    text = f'id = "{name}"\n{head}\n' if "[" not in head else f'id = "{name}"\n\n{head}\n'
    text += "".join(f"[parameters.{each}]\n" if "\n" not in each else each for each in params)
    text += "".join(f"[[triggers]]\n{trigger}\n" for trigger in triggers)
    return text + f"[[steps]]\nid = 's'\n" + (f"run = '''{run}'''\n" if run else "")


def on(*events, more=""):
    """A trigger that listens to the events."""
    return "type = 'event'\n" + (f"event = '{events[0]}'" if len(events) == 1 else f"events = {list(events)}") + "\n" + more


def after(source, more=""):
    return f"type = 'flow'\nsource_flow_id = '{source}'\n{more}"


class Desk(Place):
    def ask(self, *arguments, given=b"", status=0, environment=None, limits=None):
        """Standard output and standard error as text; `limits`: so many files may be open."""
        within = ["prlimit", f"--nofile={limits}"] if limits else []
        done = subprocess.run([*within, self.qflow, *arguments], cwd=self.folder, env=environment or self.environment, input=given,
                              capture_output=True, timeout=120)
        out, err = (stream.decode(errors="replace") for stream in (done.stdout, done.stderr))
        accepted = status if isinstance(status, tuple) else (status,)
        expect(done.returncode in accepted,
               f"qflow {' '.join(map(repr, arguments))[:300]}: status {done.returncode} instead of {status}\n{out}{err}")
        return out, err

    def refused(self, *arguments, status, said, **options):
        """Fails with the status, says why, and is one message of qflow."""
        out, err = self.ask(*arguments, status=status, **options)
        contains(err, *([said] if isinstance(said, str) else said))
        expect("qflow: error: " in err, f"no message of qflow: {err}")
        return err

    def write_flows(self, *texts):
        names = []
        for number, text in enumerate(texts):
            names.append(f"flow{number}.toml")
            self.write(names[-1], text)
        return names

    def deploy(self, *texts, more=()):
        """The reports."""
        return lines(self.ask("deploy", *self.write_flows(*texts), *more, "--json")[0])

    def publish(self, *arguments, status=0, **options):
        """What was published, one object per event."""
        return lines(self.ask("publish", *arguments, "--json", status=status, **options)[0])

    def effects(self, name, payload=None, *more):
        """[(flow/trigger, outcome)] of one event, in their order."""
        given = () if payload is None else ("--payload", json.dumps(payload))
        return [(f"{each['flow']}/{each['trigger']}", each["outcome"]) for each in
                self.publish(name, *given, *more)[0]["effects"]]

    def outcomes(self, event):
        """[(outcome, reason)] of one event as they are now."""
        return [(each["outcome"], each["reason"] or "") for each in self.inspect(event)["outcomes"]]

    def later(self, seconds):
        """The environment of commands whose clock is ahead."""
        return {**self.environment, "QFLOW_CLOCK_SHIFT": str(seconds * 1_000_000)}

    def work(self, status=0, environment=None):
        self.ask("tick", "--wait", status=status, environment=environment)

    def kill_workers(self):
        """What executes the deployed runs of this store."""
        for process in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{process}/cmdline", "rb") as file:
                    words = file.read().split(b"\0")
            except OSError:
                continue
            if b"work" in words and str(self.store).encode() in words:
                kill_and_wait(int(process))

    def runs(self, flow):
        """Of the flow, by number."""
        runs = [run for run in lines(self.ask("runs", "--json")[0]) if run["flow"] == flow]
        return sorted(runs, key=lambda run: run["number"])

    def statuses(self, flow):
        return [run["status"] for run in self.runs(flow)]

    def listed(self, *command):
        return lines(self.ask(*command, "--json")[0])

    def events(self, *arguments):
        return self.listed("events", *arguments)

    def explain(self, what):
        return lines(self.ask("explain", what, "--json")[0])

    def text_of(self, name):
        path = self.folder / name
        return path.read_text() if path.exists() else ""
