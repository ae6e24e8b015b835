#!/usr/bin/env python3
"""Every write, sync, rename, open, start of a process and the like of every command that works with a store fails once,
with each of five errors; so does every read in the long form, with those that read(2) knows. The program faulty_qflow is
qflow, but for its calls of the C library (system_calls.cpp), below what the layer `os` and SQLite make of them.

Proven: no call that fails ends qflow otherwise than by an exit status of its own; a status that is not 0 comes with a
message that names the path and the reason; status 0 means that the work is done; qflow fsck finds the store whole, but
for runs that nobody executes; the same command again does what is left, once.

usage: failing_calls_test.py QFLOW [--long] [--seed N]
"""
import errno
import itertools
import os
import re
import shutil
import subprocess

from faults import Broken, expect, main
from faulty_place import FaultyPlace
from store_work import CASES

READ_ERRORS = (errno.EIO, errno.EINTR)
ERRORS = (*READ_ERRORS, errno.ENOSPC, errno.EMFILE, errno.ENOMEM)
# Those after which EINTR leads to a second call, as file_system.h says. SQLite does so too, but for its syncs.
CALLED_AGAIN = ("open", "write", "sync", "read")
STATUSES = range(8)
CRASHES = ("terminate called", "Sanitizer", "runtime error", "Assertion")
SPECIAL_REASONS = {errno.ENOSPC: ["the disk is full"], errno.ENOMEM: ["out of memory"]}
# What a message calls what has no path.
NAMES = {"a process": "", "a pipe": "", "memory": "", "standard output": "standard output"}
SAMPLE = 6  # of each command, in the short form


class CasePlace(FaultyPlace):
    """One case in a folder that can be set back to how it was before the command."""

    def __init__(self, qflow, case):
        super().__init__(qflow)
        self.case = case
        self.saved = self.folder.with_suffix(".saved")
        case.prepare(self)
        shutil.copytree(self.folder, self.saved, symlinks=True)

    def __exit__(self, *_):
        super().__exit__()
        shutil.rmtree(self.saved)

    def set_back(self):
        self.empty()
        shutil.copytree(self.saved, self.folder, symlinks=True, dirs_exist_ok=True)

    def fail(self, number, error):
        """The command, whose call of this number fails."""
        self.notes.write_bytes(b"")
        return self.call_faulty(*self.case.arguments, FAULT_CALLS=str(self.notes), FAULT_COMMAND=self.case.arguments[0],
                                FAULT_CALL=str(number), FAULT_ERROR=str(error))

    def made_calls(self):
        """(call, path) of each, in their order."""
        lines = self.notes.read_text(errors="replace").splitlines()
        return [tuple(line.rstrip().split(" ", 1)) for line in lines]


def play(place, number, error):
    """The exit status; None when no call had this number."""
    case = place.case
    place.set_back()
    done = place.fail(number, error)
    text = (done.stderr + done.stdout).decode(errors="replace")
    calls = place.made_calls()
    if len(calls) < number:
        expect(done.returncode == 0 and not case.is_done(place), f"{case.name}, no call failed: status {done.returncode}\n{text}")
        return None
    call, path = calls[number - 1]
    try:
        expect(done.returncode in STATUSES and not any(crash in text for crash in CRASHES), f"crashed: status {done.returncode}")
        expect_honest_end(place, done.returncode, text, call, path, error)
        expect_going_on(place)
    except (Broken, subprocess.TimeoutExpired) as broken:
        what = f"{case.name}, call {number} ({call} {path}) with {errno.errorcode[error]}"
        raise Broken(f"{what}: {broken}\nqflow had said: {text}") from broken
    return done.returncode


def expect_honest_end(place, status, text, call, path, error):
    case = place.case
    if error == errno.EINTR and is_called_again(call, path):
        expect(status == 0, "it was not called again")
        expect_nothing_wrong(case.is_done, place, "it was not called again, or not rightly")
    elif status == 0:
        expect_nothing_wrong(case.may_be_so or case.is_done, place, "status 0")
    else:
        expect_message(text, path, error)


def is_called_again(call, path):
    return call in CALLED_AGAIN and not (call == "sync" and "ledger.db" in path)


def expect_nothing_wrong(check, place, what):
    wrong = check(place)
    expect(not wrong, f"{what}, but {wrong}")


def expect_message(text, path, error):
    reasons = [os.strerror(error), *SPECIAL_REASONS.get(error, [])]
    expect(any(reason in text for reason in reasons), "no reason is named")
    name = NAMES.get(path, re.sub("-(wal|shm|journal)$", "", path))
    expect(name in text, "the path is not named")


def expect_going_on(place):
    case = place.case
    ledger = place.store / "ledger.db"
    if ledger.exists() and ledger.stat().st_size > 0:  # an empty one is no store yet: the command makes it
        place.call("fsck")
    if case.go_on:
        case.go_on(place)
    else:
        place.call(*case.arguments)
    expect_nothing_wrong(case.is_done, place, "the next command was to do what was left")


def fail_each(place, calls):
    """The exit statuses, until a pass is clean."""
    for number in itertools.count(1):
        is_read = number <= len(calls) and calls[number - 1][0] == "read"
        statuses = [play(place, number, error) for error in (READ_ERRORS if is_read else ERRORS)]
        yield from (status for status in statuses if status is not None)
        if None in statuses:
            return


def fail_some(place, calls, rng):
    numbers = [number for number, (call, _) in enumerate(calls, 1) if call != "read"]
    for number in rng.sample(numbers, min(SAMPLE, len(numbers))):
        yield play(place, number, rng.choice(ERRORS))


def made_calls(place):
    expect(play(place, 1 << 30, errno.EIO) is None, "a call that is never made was reached")
    return place.made_calls()


def test(qflow, is_long, rng):
    statuses = []
    for case in CASES:
        with CasePlace(qflow, case) as place:
            calls = made_calls(place)
            statuses += fail_each(place, calls) if is_long else fail_some(place, calls, rng)
    reported = sum(map(bool, statuses))
    return f"{len(statuses)} failing calls in {len(CASES)} commands: {reported} were reported, the others made up for"


if __name__ == "__main__":
    main(__doc__.splitlines()[0], test)
