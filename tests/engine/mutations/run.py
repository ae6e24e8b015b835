#!/usr/bin/env python3
"""Breaks one rule of the engine at a time and demands that the property test notices.

Usage: run.py [BUILD_DIR [NAME...]]

Each NAME.patch here says in its first line the rule that it breaks. The source is copied into BUILD_DIR/mutations,
configured like BUILD_DIR, and built once; then each patch is applied to the copy, the engine's tests are built again and
the property test has to fail. QFLOW_STREAMS and QFLOW_SEED mean the same as to the test. Without BUILD_DIR it demands
only that each patch still fits the source.
"""
import filecmp
import pathlib
import re
import shutil
import subprocess
import sys
import time

FOLDER = pathlib.Path(__file__).resolve().parent
SOURCE = FOLDER.parents[2]
TARGET = "qflow_engine_tests"
TEST_CASE = "random streams become what the rules say"
SECONDS_TO_RUN = 300  # a mutation may make the engine loop
KEPT_OPTIONS = r"(CMAKE_BUILD_TYPE|CMAKE_CXX_COMPILER|CMAKE_CXX_FLAGS_\w+|CMAKE_EXE_LINKER_FLAGS|QFLOW_\w+):\w+=(.*)"


def run(arguments, **options):
    return subprocess.run(arguments, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **options)


def succeed(arguments, **options):
    result = run(arguments, **options)
    if result.returncode != 0:
        sys.exit(f"{' '.join(map(str, arguments))}\n{result.stdout}")


def copy_source(copy):
    """Only what differs, with a new time: what an interrupted run has left is built again, all else is not."""
    wanted = {"CMakeLists.txt", "CMakePresets.json"}
    for folder in ("cmake", "include", "src", "tests", "python"):
        wanted |= {str(path.relative_to(SOURCE)) for path in (SOURCE / folder).rglob("*") if path.is_file()}
    for path in [path for path in copy.rglob("*") if path.is_file()]:
        name = path.relative_to(copy)
        if str(name) not in wanted and name.parts[0] != "build":
            path.unlink()
    for name in wanted:
        place = copy / name
        if place.exists() and filecmp.cmp(SOURCE / name, place, shallow=False):
            continue
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(SOURCE / name, place)


def configure(copy, build_dir):
    cache = (build_dir / "CMakeCache.txt").read_text()
    options = [f"-D{name}={value}" for name, value in re.findall(f"^{KEPT_OPTIONS}$", cache, re.M) if value]
    succeed(["cmake", "-G", "Ninja", "-S", copy, "-B", copy / "build", *options])


def build(copy):
    return run(["cmake", "--build", copy / "build", "-j1", "--target", TARGET])


def property_test(copy):
    """What the test says, and whether it passes; None when it does not end."""
    try:
        result = run([copy / "build" / "tests" / TARGET, f"--test-case={TEST_CASE}"], timeout=SECONDS_TO_RUN)
    except subprocess.TimeoutExpired:
        return "it does not end", None
    return result.stdout, result.returncode == 0


def difference(output):
    found = re.search(r"^---\n(?: .*\n)*(.+)$", output, re.M)
    return found.group(1) if found else output.strip().splitlines()[-1]


def verdict(copy, patch):
    """What happened, and whether that is what has to happen."""
    succeed(["patch", "-p1", "-s", "-d", copy, "-i", patch])
    built = build(copy)
    output, passed = property_test(copy) if built.returncode == 0 else (built.stdout, None)
    succeed(["patch", "-p1", "-s", "-R", "-d", copy, "-i", patch])
    if built.returncode != 0:
        return "it does not build\n" + output, False
    return ("NOT CAUGHT", False) if passed else (difference(output), True)


def misfits():
    """The patches that fit the source no longer."""
    command = ["patch", "-p1", "-s", "-f", "--dry-run", "-d", SOURCE, "-i"]
    return [patch.stem for patch in sorted(FOLDER.glob("*.patch")) if run([*command, patch]).returncode != 0]


def main():
    if len(sys.argv) < 2:
        stale = misfits()
        print(f"mutations that do not fit the source: {' '.join(stale) or 'none'}")
        return 1 if stale else 0
    build_dir = pathlib.Path(sys.argv[1]).resolve()
    patches = [FOLDER / f"{name}.patch" for name in sys.argv[2:]] or sorted(FOLDER.glob("*.patch"))
    copy = build_dir / "mutations"
    copy_source(copy)
    configure(copy, build_dir)
    built = build(copy)
    output, passed = property_test(copy) if built.returncode == 0 else (built.stdout, False)
    if not passed:
        sys.exit(f"the engine itself fails\n{output}")
    missed = []
    for patch in patches:
        started = time.monotonic()
        what, caught = verdict(copy, patch)
        print(f"{patch.stem}: {what} ({time.monotonic() - started:.0f} s)", flush=True)
        if not caught:
            missed.append(patch.stem)
    print(f"{len(patches)} mutations, {len(missed)} not caught {' '.join(missed)}".rstrip())
    return 1 if missed or not patches else 0


if __name__ == "__main__":
    sys.exit(main())
