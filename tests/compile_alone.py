"""Prints what does not compile of the files of src/, each by itself.

usage: compile_alone.py BUILD_FOLDER

Other builds compile the files of a layer together, where an include that one lacks is often there from the one before.
Of the build the precompiled header must be there, and nothing else is made.
"""
import concurrent.futures
import json
import os
import pathlib
import shlex
import subprocess
import sys

SOURCES = pathlib.Path(__file__).resolve().parent.parent / "src"


def check(entry):
    """What the compiler says of the file; None when it is right."""
    command = shlex.split(entry["command"])
    output = command.index("-o")
    command[output : output + 2] = ["-fsyntax-only"]
    compiled = subprocess.run(command, cwd=entry["directory"], stderr=subprocess.PIPE, text=True)
    return None if compiled.returncode == 0 else compiled.stderr


def main():
    entries = json.loads((pathlib.Path(sys.argv[1]) / "compile_commands.json").read_text())
    entries = [entry for entry in entries if pathlib.Path(entry["file"]).is_relative_to(SOURCES)]
    with concurrent.futures.ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        wrong = [errors for errors in pool.map(check, entries) if errors is not None]
    for errors in wrong:
        print(errors, end="")
    print(f"{len(entries)} files, {len(wrong)} do not compile alone")
    return 1 if wrong or not entries else 0


if __name__ == "__main__":
    sys.exit(main())
