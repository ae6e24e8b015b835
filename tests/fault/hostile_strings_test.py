#!/usr/bin/env python3
"""Text that looks like something else: quotes, newlines, commands of a shell, templates, control characters, bytes that are
no UTF-8, writing from right to left, a megabyte. It comes as a parameter, as a payload, as a value, sender and context of
an event, as a key, as the name of an event, a tag, a flow, a step, an artifact, a file that a sensor sees.

Proven: the very bytes arrive in the step (in the environment, the file of the parameters, an argument of exec, the item of
a foreach) and in what is told about the event; or all of it is refused with a message, and nothing of it is there; no
command that stands in such a text is ever executed, and no file is made but those that the steps make.

usage: hostile_strings_test.py QFLOW [--long] [--seed N]
"""
import collections
import json
import os
import re
import subprocess

from faults import Place, expect, expect_no_report, main

CANARY = "canary"
MEGABYTE = 1 << 20
LONGEST_VARIABLE = 128 << 10  # Linux: MAX_ARG_STRLEN, with the name

PIECES = [
    b"'", b'"', b"\\", b"`touch canary`", b"$(touch canary)", b"; touch canary;", b"'; touch canary; '", b'"; touch canary; "',
    b"\n", b"\r\n", b"\ntouch canary\n", b"\t", b"{{ params.x }}", b"{{", b"}}", b"${QFLOW_STORE}", b"%s%n", b"| touch canary",
    b"&& touch canary", b"../../../canary", b"/../canary", b"-rf", b"--store=canary", b"*", b"?", b"~", b"#", b" ", b"=",
    b"\x1b[2J", b"\x07", b"\x7f", b"\xff", b"\xc3(", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", "\u202eabc".encode(), "\u0627\u0644".encode(),
    "\ufeff".encode(), "\U0001f600".encode(), "e\u0301".encode(), b"DROP TABLE runs; --", b"'); DROP TABLE events; --", b"null", b"[1]",
]
EVENT_NAME = re.compile(rb"[A-Za-z0-9_.-]{1,255}")
PLAIN = re.compile(rb"[A-Za-z_][A-Za-z0-9_-]{0,127}")
WHOLE = [b"", b"-", b"@/etc/hostname", b"a" * (LONGEST_VARIABLE - 100), b"a" * (LONGEST_VARIABLE + 100), b"\xc3\xa4" * (MEGABYTE // 2 - 500)]

FLOW = """id = "Hostile"
[run]
when_busy = "parallel"
[parameters.x]
type = "string"
default = ""
[[triggers]]
type = "event"
event = "e"
[[steps]]
id = "environment"
run = '''
cp "$QFLOW_PARAMS" got/params
printf %s "${QFLOW_PARAM_x}" > got/environment
'''
[[steps]]
id = "argument"
exec = ["sh", "-c", 'printf %s "$1" > got/argument', "sh", "{{ params.x }}"]
[[steps]]
id = "item"
foreach = "[params.x]"
run = 'printf %s "$QFLOW_ITEM" > got/item'
"""
SENSOR = """id = "Sensor"
[parameters.path]
type = "string"
[parameters.path_base64]
type = "string"
default = ""
[[triggers]]
type = "sensor"
sensor_type = "directory"
path = "in"
poll = "1ms"
settle = "0s"
[[steps]]
id = "a"
run = '''
seen="seen/${QFLOW_RUN#Sensor/}"
if [ -n "$QFLOW_PARAM_path_base64" ]; then echo "$QFLOW_PARAM_path_base64" | base64 -d > "$seen"
else printf %s "$QFLOW_PARAM_path" > "$seen"; fi
'''
"""


def is_text(value):
    try:
        value.decode()
        return True
    except UnicodeDecodeError:
        return False


def json_of(value):
    """As JSON; bytes that are no UTF-8 as they are, between the quotes."""
    parts = []
    for byte in value:
        plain = byte >= 0x20 and byte not in b'"\\\\' and byte != 0x7f
        parts.append(bytes([byte]) if plain else b"\\u%04x" % byte)
    return b'{"x": "' + b"".join(parts) + b'"}'


class Hostile:
    def __init__(self, place, rng):
        self.place, self.rng = place, rng
        self.counts = collections.Counter()
        for folder in ("got", "in", "seen"):
            (place.folder / folder).mkdir()
        place.write("flow.toml", FLOW)
        place.write("sensor.toml", SENSOR)
        place.call("deploy", "flow.toml", "sensor.toml")

    def call(self, *arguments, accepted=(0, 2)):
        process = self.place.start(*arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        out, err = process.communicate(timeout=100)
        shown = " ".join(repr(each)[:60] for each in arguments)
        expect(process.returncode in accepted, f"qflow {shown}: status {process.returncode}\n{err[:2000]}")
        is_refused = process.returncode == 2
        expect(not is_refused or b"error: " in err, f"qflow {shown} is refused without a message: {err}")
        expect(is_text(err) and b"\x1b" not in err and b"\x07" not in err, f"qflow {shown} prints raw bytes: {err[:300]}")
        expect_no_report(err.decode(), f"qflow {shown}")
        self.counts["refused" if is_refused else "accepted"] += 1
        return process.returncode, out

    def rows(self):
        return [self.place.rows(f"SELECT count(*) FROM {table}")[0][0] for table in ("events", "runs", "idempotency_keys")]

    def as_parameter(self, value):
        if len(value) >= LONGEST_VARIABLE - 10 or b"\0" in value:
            return  # no argument of a program is so long
        self.expect_arrives(value, "run", "flow.toml", "-p", b"x=" + value)

    def as_payload(self, value):
        (self.place.folder / "payload").write_bytes(json_of(value))
        self.expect_arrives(value, "publish", "e", "--payload", "@payload", "--dispatch", "--wait")

    def expect_arrives(self, value, *arguments):
        before = self.rows()
        for file in (self.place.folder / "got").iterdir():
            file.unlink()
        status, _ = self.call(*arguments, accepted=(0, 1, 2))
        if status == 2:
            expect(self.rows() == before, f"{value[:60]} was refused, but something is there")
            return
        expect(is_text(value), f"{value[:60]} was accepted, but it is no text")
        shown = json.loads((self.place.folder / "got" / "params").read_bytes())["x"].encode() if self.has("params") else None
        got = {name: (self.place.folder / "got" / name).read_bytes() for name in ("environment", "argument", "item") if self.has(name)}
        wrong = {name: each[:60] for name, each in got.items() if each != value}
        expect(not wrong, f"{value[:60]} ({len(value)} bytes) arrived as {wrong}")
        if len(value) < LONGEST_VARIABLE - 200:
            expect(status == 0 and shown == value and len(got) == 3, f"{value[:60]} ({len(value)} bytes) arrived only in {list(got)}")
        else:
            expect(status == 0 or "failed" in self.place.call("runs"), "a run that could not be given its text has not failed")
            self.counts["too long for a variable"] += status == 1

    def has(self, name):
        return (self.place.folder / "got" / name).exists()

    def as_fields(self, value):
        """Of an event that nobody hears."""
        if b"\0" in value or len(value) >= LONGEST_VARIABLE:
            return
        before = self.rows()
        fields = {"value": value, "sender": value, "context": value, "type": value, "namespace": value}
        chosen = self.rng.choice(list(fields))
        status, out = self.call("publish", "unheard", f"--{chosen}={''}".encode() + value, "--idempotency-key", b"k" + value)
        if status == 2:
            expect(self.rows() == before, f"--{chosen} {value[:60]} was refused, but something is there")
            return
        shown = json.loads(self.call("inspect", out.strip(), "--json")[1])
        told = shown.get("event", shown).get(chosen)
        expect((told or "").encode() == value, f"--{chosen} {value[:60]} is shown as {told!r:.60}")

    def as_name(self, value):
        """Names are refused unless they are plain; a plain one comes back as it was."""
        if b"\0" in value or len(value) >= LONGEST_VARIABLE:
            return
        before = self.rows()
        what = self.rng.choice(("publish", "flow", "step", "reference", "tag"))
        if what in ("flow", "step"):
            text = json.dumps(value.decode(errors="surrogateescape"), ensure_ascii=False)
            flow = f'id = {text}\n' if what == "flow" else f'id = "F"\n[[steps]]\nid = {text}\nrun = ":"\n'
            (self.place.folder / "named.toml").write_bytes(flow.encode(errors="surrogateescape"))
            status, _ = self.call("run", "named.toml", "--store", "other.store")
            expect(status == (0 if PLAIN.fullmatch(value) else 2), f"a {what} called {value[:60]}: status {status}")
            return
        arguments = {"publish": ("publish", b"--", value), "reference": ("inspect", b"--", b"Hostile/1/" + value),
                     "tag": ("tag", "Hostile/1", b"--", value)}[what]
        status, _ = self.call(*arguments, accepted=(0, 2, 3))
        if what != "tag":
            is_name = what == "publish" and EVENT_NAME.fullmatch(value)
            expect(is_name or status != 0 and self.rows() == before, f"{what} {value[:60]}: status {status}")
        elif status == 0:
            tags = self.place.rows("SELECT tags FROM runs WHERE flow = 'Hostile' AND number = 1")[0][0]
            expect(value.decode() in json.loads(tags), f"the tag {value[:60]} came out as {tags}")

    def as_file(self, value):
        """A file that appears in a folder that a sensor watches: its name as a parameter of the run that it starts."""
        name = b"f" + value[:200].replace(b"/", b"_") + b"f"
        path = os.fsencode(self.place.folder / "in") + b"/" + name
        with open(path, "wb"):
            pass
        self.files.append(path)

    def play_files(self, values):
        self.files = []
        self.place.call("tick", "--wait")
        for value in dict.fromkeys(values):
            self.as_file(value)
        for _ in range(3):
            self.call("tick", "--wait", accepted=(0, 1))
        found = [path.read_bytes() for path in (self.place.folder / "seen").iterdir()]
        expect(len(found) == len(set(found)) and set(found) <= set(self.files), f"a name arrived otherwise: {set(found) - set(self.files)}")
        missing = set(self.files) - set(found)
        expect(not missing, f"{len(missing)} names did not arrive, for example {sorted(missing)[:3]}")
        return len(found)

    def expect_no_side_effect(self):
        canaries = [path for path in self.place.folder.rglob(CANARY + "*")]
        expect(not canaries, f"a command in a text was executed: {canaries}")
        made = {path.name for path in self.place.folder.iterdir()}
        known = {".qflow", "other.store", "got", "in", "flow.toml", "sensor.toml", "named.toml", "payload", "seen", "coverage"}
        expect(made <= known, f"somebody made {made - known}")
        self.place.call("fsck")


def composed(rng):
    return b"".join(rng.choice(PIECES) for _ in range(rng.randrange(1, 8)))


def test(qflow, is_long, rng):
    strings = PIECES + WHOLE + [composed(rng) for _ in range(250)]
    if not is_long:
        strings = rng.sample(PIECES, 8) + rng.sample(WHOLE, 2) + [composed(rng) for _ in range(4)]
    with Place(qflow) as place:
        hostile = Hostile(place, rng)
        hostile.call("run", "flow.toml")
        for value in strings:
            for way in (hostile.as_parameter, hostile.as_payload, hostile.as_fields, hostile.as_name):
                way(value)
        arrived = hostile.play_files(strings)
        hostile.expect_no_side_effect()
        return (f"{len(strings)} texts, {hostile.counts['accepted']} times accepted, {hostile.counts['refused']} refused whole,"
                f" {hostile.counts['too long for a variable']} runs failed for their length; {arrived} names of files arrived;"
                f" side effects 0")


if __name__ == "__main__":
    main(__doc__.splitlines()[0], test)
