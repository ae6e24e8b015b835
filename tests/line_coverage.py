"""Prints how many lines of src/ the tests have reached that ran since a build with QFLOW_COVERAGE.

usage: line_coverage.py BUILD_FOLDER

Reads what gcov says of each object file: of lines that stand in several (headers, templates) one that was reached counts.
"""
import concurrent.futures
import json
import os
import pathlib
import subprocess
import sys

SOURCES = pathlib.Path(__file__).resolve().parent.parent / "src"


def lines_of(counts):
    """{(file, line): reached} of one object file."""
    said = subprocess.run(["gcov", "--json-format", "--stdout", counts], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True)
    report = json.loads(said.stdout)
    lines = {}
    for file in report["files"]:
        path = pathlib.Path(report["current_working_directory"], file["file"])
        if not path.is_relative_to(SOURCES):
            continue
        for line in file["lines"]:
            place = path, line["line_number"]
            lines[place] = lines.get(place, False) or line["count"] > 0
    return lines


def main():
    reached = {}
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for lines in pool.map(lines_of, pathlib.Path(sys.argv[1], "CMakeFiles").rglob("*.gcda")):
            for place, was_reached in lines.items():
                reached[place] = reached.get(place, False) or was_reached
    if not reached:
        sys.exit(f"line_coverage.py: no test has run yet in {sys.argv[1]}")
    count = sum(reached.values())
    print(f"line coverage of src/: {100 * count / len(reached):.1f} % ({count} of {len(reached)})")


if __name__ == "__main__":
    main()
