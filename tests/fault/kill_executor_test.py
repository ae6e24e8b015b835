#!/usr/bin/env python3
"""`kill -9` of the process that executes a local run of twenty steps, at random moments of every phase; then qflow resume,
which recovers first and is killed at random as well, until one succeeds.

Proven: a command that recovers leaves no process of an earlier run, not even in a session of its own; no step that had
succeeded runs again (counted from a file that the steps write, see twenty_steps.py); a run is shown as crashed at once;
in the end everything has succeeded and the ledger is sound.

usage: kill_executor_test.py QFLOW [--long] [--seed N]
"""
import json

from faults import Place, expect, main, printed_by, wait_for
from twenty_steps import FLOW, PHASES, Killer, TwentySteps

KILLED = -9


class Round:
    """One flow in a store of its own, from the first kill to its success."""

    def __init__(self, place, rng, runs, resumes):
        self.place, self.rng, self.runs, self.resumes = place, rng, runs, resumes
        self.flow = TwentySteps(place, rng)
        self.jobs = ("--jobs", str(rng.randint(2, 4)))

    def play(self, wanted):
        """False when the run was quicker than its killer."""
        if not self.kill_run(wanted):
            return False
        while self.resume() != "succeeded":
            pass
        found = self.place.inspect(f"{FLOW}/latest")
        expect(found["status"] == "succeeded", f"the last resume left the run as {found['status']}")
        open_steps = [step["id"] for step in found["steps"] if step["status"] != "succeeded"]
        expect(not open_steps and len(found["steps"]) == 20, f"not every step has succeeded: {open_steps}")
        self.place.expect_sound_ledger()
        return True

    def kill_run(self, wanted):
        """A run that was killed before it existed is started again; it was none of the flow's steps."""
        while True:
            process = self.place.start("run", "flow.toml", *self.jobs)
            killed = self.runs.kill(self.flow, process, wanted)
            if not killed:
                expect(process.returncode == 0, f"run: status {process.returncode}\n{printed_by(process)}")
            if not killed or self.newest_status() == "succeeded":
                return False
            if self.newest_status():
                return True
            wanted = self.runs.any_phase()

    def resume(self):
        """The status of the newest run after one resume, killed or not."""
        wait_for(self.is_shown_as_crashed, "the run is shown as crashed by those who only read")
        process = self.place.start("resume", f"{FLOW}/latest", *self.jobs)
        if self.rng.random() < 0.5:
            self.resumes.kill(self.flow, process, self.resumes.any_phase())
        status = process.wait()
        expect(status in (0, KILLED), f"qflow resume {FLOW}/latest: status {status}\n{printed_by(process)}")
        self.flow.expect_earlier_gone(self.place.newest(FLOW))
        self.flow.expect_nothing_repeated()
        return self.newest_status()

    def is_shown_as_crashed(self):
        newest = json.loads(self.place.call("runs", "--json").splitlines()[0])
        return newest["status"] == "crashed" and self.place.inspect(f"{FLOW}/latest")["status"] == "crashed"

    def newest_status(self):
        """Of the flow's newest run, as the ledger has it; None when there is no run."""
        number = self.place.newest(FLOW)
        found = self.place.rows("SELECT status FROM runs WHERE flow = ? AND number = ?", FLOW, number) if number else []
        return found[0][0] if found else None


def test(qflow, is_long, rng):
    runs, resumes = Killer(rng), Killer(rng)
    rounds = 200 if is_long else 10
    started = 0
    for number in range(rounds):
        for _ in range(100):
            with Place(qflow) as place:
                turn = Round(place, rng, runs, resumes)
                if turn.play(PHASES[number % len(PHASES)]):
                    started += len(turn.flow.starts())
                    break
        else:
            expect(False, "the run is always quicker than its killer")
    return (f"{rounds} runs, killed {runs.text()}; their resumes, killed {resumes.text()}; {started} starts of "
            f"{20 * rounds} steps, none after its success; no process left")


if __name__ == "__main__":
    main(__doc__.splitlines()[0], test)
