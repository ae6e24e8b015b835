#!/usr/bin/env python3
"""Twenty secrets as canaries: half of them from the environment, half from files; with newlines, quotes, backslashes, and
pairs of which one begins as the other. Steps print them whole, split over writes and streams, in arguments and errors,
leave them in outputs that are refused, and fail with them; hooks print their environment.

Proven: none stands in any file of the store but secrets/, in what inspect, logs, runs and run print (as text and as
JSON), or on the terminal; and the steps had the right values.

usage: secrets_test.py QFLOW [--long] [--seed N]
"""
import hashlib
import json
import os
import string

from faults import Place, expect, main, printed_by

SHAPES = ("{0}", "{0}", "{0}\n{1}", "\n{0}", "{0}\t{1}", "'{0}'", '"{0}"', '{0}"{1}', "\\{0}\\n", "{0} {1}", "%s{0}", "${{{0}}}",
          "{0}=", "***{0}", "ä{0}ö")

SPEAKER = r'''
import hashlib, json, os, subprocess, sys, time

def say(stream, *parts):
    for part in parts:
        os.write(stream, part)
        time.sleep(0.002)

for name in sorted(os.environ):
    if not name.startswith("CANARY_"):
        continue
    value = os.environb[name.encode()]
    middle = len(value) // 2
    for stream in (1, 2):
        say(stream, b"whole " + value + b".\n")
        say(stream, b"split " + value[:middle], value[middle:] + b"\n")
        say(stream, value[:-1], value[-1:] + value, b"\n")
        say(stream, b"x" * (65536 - middle) + value + b"\n")
    say(1, value[:middle])
    say(2, value[middle:])
    say(1, b"\n")
    say(2, b"\n")
    subprocess.run(["sh", "-c", 'echo "$1" | cat; no-such-program "$1"; cd "/$1"; kill "$1"', "sh", value])
    subprocess.run(["sh", "-xc", 'true "$CANARY"'], env={**os.environ, "CANARY": os.environ[name]})
os.write(1, b"last words")
sums = {name: hashlib.sha256(os.environb[name.encode()]).hexdigest() for name in os.environ if name.startswith("CANARY_")}
open(os.environ["QFLOW_OUT"] + "/sums.json", "w").write(json.dumps(sums))
'''

# In each the last line of the script is an error with a secret in it.
ERRORS = {
    "raises": "import os\nraise ValueError(os.environ['{name}'])",
    "refused_json": "import os\nopen(os.environ['QFLOW_OUT'] + '/x.json', 'w').write(os.environ['{name}'] + ' {{')",
    "refused_name": "import os\nopen(os.environ['QFLOW_OUT'] + '/' + os.environ['{name}'] + ' ', 'w')",
    "refused_link": "import os\nos.symlink('/' + os.environ['{name}'], os.environ['QFLOW_OUT'] + '/x')",
    "leaves_bytes": "import os, sys\nos.write(1, os.environb[b'{name}'])\nos.kill(os.getpid(), 9)",
}


def make_secrets(rng):
    def word(size):
        return "".join(rng.choices(string.ascii_letters + string.digits, k=size))
    values = [shape.format(word(rng.randint(6, 40)), word(rng.randint(6, 40))) for shape in SHAPES]
    values += [values[0] + word(6), values[1] + "\n", values[2] + "'", word(6), word(5000)]
    return {f"CANARY_{number:02}": value for number, value in enumerate(values)}


def step(name, secrets, script, rest=""):
    return f"[[steps]]\nid = '{name}'\nshell = 'python3'\nsecrets = {json.dumps(sorted(secrets))}\n{rest}\nrun = '''{script}'''\n"


def flow(secrets):
    """The plain one is in the steps whose messages quote it: encoded forms are not masked."""
    plain = "CANARY_00"
    steps = [step("speak", secrets, SPEAKER)]
    for name, script in ERRORS.items():
        steps.append(step(name, [plain], script.format(name=plain), "retries = 1\nallow_failure = true"))
    steps.append(step("none", [], "import os\nprint('saw', [name for name in os.environ if name.startswith('CANARY')])"))
    steps.append(step("fails", [plain], ERRORS["refused_name"].format(name=plain), f"needs = {['speak', *ERRORS]}"))
    hooks = "[hooks]\non_failure = 'env; env >&2; echo \"$QFLOW_REASON\"'\n"
    return "id = 'Canaries'\n" + "".join(steps) + hooks


def forms(value):
    """As it is, and as it would stand in JSON."""
    return {value.encode(), json.dumps(value)[1:-1].encode(), json.dumps(value, ensure_ascii=False)[1:-1].encode()}


def expect_none(secrets, where, content):
    for name, value in secrets.items():
        expect(not any(form in content for form in forms(value)), f"{name} stands in {where}")


def files_of(store):
    for folder, folders, names in os.walk(store):
        if folder == str(store) and "secrets" in folders:
            folders.remove("secrets")
        yield from (os.path.join(folder, name) for name in names + folders)


def play(qflow, rng):
    secrets = make_secrets(rng)
    names = sorted(secrets)
    rng.shuffle(names)
    in_files = set(names[:10])
    in_environment = {name: value for name, value in secrets.items() if name not in in_files}
    with Place(qflow, **in_environment) as place:
        (place.store / "secrets").mkdir(parents=True)
        for name in in_files:
            place.write(f".qflow/secrets/{name}", secrets[name] + "\n")
        place.write("flow.toml", flow(secrets))

        process = place.start("-v", "run", "flow.toml")
        process.wait(timeout=600)
        printed = {"run": printed_by(process)}
        expect(process.returncode == 1, f"run: status {process.returncode}\n{printed['run']}")
        expect("saw []" in printed["run"], "a step has secrets that it does not list")
        expect(printed["run"].count("***") > 100, "hardly anything was masked")
        sums = json.loads(place.call("get", "artifacts.speak.sums", "--run", "Canaries/1"))
        expected = {name: hashlib.sha256(value.encode()).hexdigest() for name, value in secrets.items()}
        expect(sums == expected, "a step had other values")

        printed["run --json"] = place.call("run", "flow.toml", "--json", status=1)
        printed["resume"] = place.call("resume", "Canaries/1", status=1)
        for words in (("inspect", "Canaries/1"), ("logs", "Canaries/1"), ("logs", "Canaries/1", "--failed"), ("runs",)):
            printed[" ".join(words)] = place.call(*words)
            printed[" ".join(words) + " --json"] = place.call(*words, "--json")
        for what, text in printed.items():
            expect_none(secrets, f"what qflow {what} prints", text.encode())
        expect("hook | QFLOW_REASON=step fails: the output" in printed["resume"], "the hook did not print its environment")
        # What failed attempts left is kept for inspection until then, and is not masked.
        place.call("gc")
        files = list(files_of(place.store))
        for file in files:
            expect_none(secrets, "a file's name", file.encode())
            if os.path.isfile(file):
                with open(file, "rb") as content:
                    expect_none(secrets, file, content.read())
        return len(files)


def test(qflow, is_long, rng):
    rounds = 20 if is_long else 1
    files = sum(play(qflow, rng) for _ in range(rounds))
    return f"{rounds} times 20 secrets, none in {files} files of the store nor in what was printed"


if __name__ == "__main__":
    main(__doc__.splitlines()[0], test)
