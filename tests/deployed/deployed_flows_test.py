#!/usr/bin/env python3
"""What deployed flows do at the command line, fact by fact, each in a store of its own.

usage: deployed_flows_test.py QFLOW [CASE...]
"""
import concurrent.futures
import os
import subprocess
import sys
import time

from desk import CASES, Broken, Desk
from faults import heed_signals

import activation_cases  # noqa: F401
import busy_cases  # noqa: F401
import crash_cases  # noqa: F401
import deploy_cases  # noqa: F401
import explain_cases  # noqa: F401
import publish_cases  # noqa: F401
import race_cases  # noqa: F401
import room_cases  # noqa: F401
import schedule_cases  # noqa: F401
import sensor_cases  # noqa: F401
import server_sensor_cases  # noqa: F401
import trigger_cases  # noqa: F401
import upkeep_cases  # noqa: F401

AT_ONCE = 4


def broken(qflow, case):
    """Why the case fails; nothing when it holds."""
    try:
        with Desk(qflow) as desk:
            case(desk)
    except (Broken, subprocess.TimeoutExpired) as error:
        return str(error)
    except Exception as error:  # an answer that has not the shape that the case reads
        return f"{type(error).__name__}: {error} (line {error.__traceback__.tb_next.tb_lineno})"


def timed(qflow, case):
    began = time.monotonic()
    return broken(qflow, case), time.monotonic() - began


def main():
    heed_signals()
    qflow = os.path.abspath(sys.argv[1])
    wanted = [case for case in CASES if not sys.argv[2:] or case.__name__ in sys.argv[2:]]
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        results = list(pool.map(lambda case: timed(qflow, case), wanted))
    for case, (why, seconds) in zip(wanted, results):
        if os.environ.get("TIMES"):
            print(f"{seconds:5.1f} {case.__name__}")
        if why:
            print(f"{case.__name__}: {why}")
    failed = sum(why is not None for why, _ in results)
    print(f"cases: {len(wanted)}, failed: {failed}")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
