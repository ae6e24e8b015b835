#!/usr/bin/env python3
"""Runs the commands of tests/golden/cli with the binary that is given, and compares what they print, exactly.

usage: run.py QFLOW [--update] [CASE...]

A case is a folder with
  args     command lines without "qflow", one per line; all but the last prepare, and have to succeed
  files/   what lies in the working folder before (optional)
  stdin    what the last command reads (optional)
  stdout, stderr, exit   what the last command prints, and its status; absent: empty, empty, 0

What differs from run to run is replaced before it is compared: the working folder by <HERE>, times by <TIME>,
durations by <DURATION>, event ids by <ID>, SHA-256 hashes by <SHA256>. --update writes what was printed.
"""
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

CASES = pathlib.Path(__file__).resolve().parent / "cli"

PLACEHOLDERS = [
    (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", "<TIME>"),
    (r"\b[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}\b", "<ID>"),
    (r"\b[0-9a-f]{2}/[0-9a-f]{62}\b|\b[0-9a-f]{64}\b", "<SHA256>"),
    (r"(?<![\w.])(<1ms|\d+(\.\d+)?m?s)(?![\w.])( {3,})?", "<DURATION>"),
]


def plain(text, folder):
    text = text.replace(str(folder), "<HERE>")
    for pattern, name in PLACEHOLDERS:
        text = re.sub(pattern, lambda match: name + ("  " if match.group(0).endswith(" ") else ""), text)
    return text


def environment(folder):
    kept = {name: os.environ[name] for name in ("PATH", "ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS") if name in os.environ}
    return {**kept, "HOME": str(folder), "LANG": "C.UTF-8", "TZ": "UTC", "USER": "tester"}


def run_case(binary, case):
    """The differences of one case, by the name of the file; and what was printed."""
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name).resolve()
        if (case / "files").is_dir():
            shutil.copytree(case / "files", folder, dirs_exist_ok=True)
        lines = (case / "args").read_text().splitlines()
        stdin = case / "stdin"
        for line in lines:
            last = line is lines[-1]
            done = subprocess.run([binary, *shlex.split(line)], cwd=folder, env=environment(folder), capture_output=True,
                                  input=stdin.read_bytes() if last and stdin.exists() else b"", timeout=120)
            if not last and done.returncode != 0:
                raise RuntimeError(f"qflow {line}: status {done.returncode}\n{done.stderr.decode()}")
        return {
            "stdout": plain(done.stdout.decode(errors="backslashreplace"), folder),
            "stderr": plain(done.stderr.decode(errors="backslashreplace"), folder),
            "exit": "" if done.returncode == 0 else f"{done.returncode}\n",
        }


def expected(case, name):
    file = case / name
    return file.read_text() if file.exists() else ""


def update(case, found):
    for name, text in found.items():
        if text:
            (case / name).write_text(text)
        else:
            (case / name).unlink(missing_ok=True)


def main(arguments):
    binary = str(pathlib.Path(arguments[0]).resolve())
    wanted = [argument for argument in arguments[1:] if argument != "--update"]
    cases = [case for case in sorted(CASES.iterdir()) if not wanted or case.name in wanted]
    failed = 0
    for case in cases:
        found = run_case(binary, case)
        if "--update" in arguments:
            update(case, found)
            continue
        wrong = [name for name, text in found.items() if text != expected(case, name)]
        failed += bool(wrong)
        for name in wrong:
            print(f"--- {case.name}/{name}: expected\n{expected(case, name)}--- found\n{found[name]}")
    print(f"{len(cases)} cases, {failed} failed")
    return 1 if failed or not cases else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
