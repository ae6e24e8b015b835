#!/usr/bin/env python3
"""Installs a build into an empty folder, compiles the C++ programs of a document against it as a stranger would, under
the name that the next sentence gives each, and runs them: the next toml block is their flow file, and the next text
block what is typed (after "$ ") and printed.

usage: installed_library_test.py BUILD DOCUMENT COMPILER [FLAG...]
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

LONGEST = 30  # lines of a trigger type of one's own


def output_of(words, **options):
    done = subprocess.run(words, text=True, capture_output=True, **options)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, words))}: status {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def programs(text):
    """Source, name, flow file and session of each."""
    return re.findall(r"^```cpp\n(.*?)^```$.*? -o (\w+) .*?^```toml\n(.*?)^```$.*?^```text\n(.*?)^```$", text, re.M | re.S)


def play(session, folder):
    for part in re.split(r"^\$ ", session, flags=re.M)[1:]:
        command, _, expected = part.partition("\n")
        printed = output_of(["sh", "-c", command], cwd=folder)
        if printed != expected:
            sys.exit(f"$ {command}\nprints:\n{printed}instead of:\n{expected}")


def main(build, document, compiler, *flags):
    found = programs(pathlib.Path(document).read_text())
    if not found:
        sys.exit(f"{document} has no program")
    with tempfile.TemporaryDirectory() as folder:
        output_of(["cmake", "--install", build, "--prefix", folder])
        environment = {**os.environ, "PKG_CONFIG_PATH": f"{folder}/share/pkgconfig"}
        for source, name, flow, session in found:
            if source.count("\n") > LONGEST:
                sys.exit(f"a program of {document} has more than {LONGEST} lines")
            pathlib.Path(folder, "program.cpp").write_text(source)
            used = output_of(["pkg-config", "--cflags", "--libs", "qflow"], env=environment).split()
            output_of([compiler, "-std=c++20", *flags, "program.cpp", *used, "-o", name], cwd=folder)
            file = re.search(r"\w+\.toml", session).group()
            pathlib.Path(folder, file).write_text(flow)
            play(session, folder)
    print(f"programs: {len(found)}, failed: 0")


if __name__ == "__main__":
    main(*[word for word in sys.argv[1:] if word])
