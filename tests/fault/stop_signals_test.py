#!/usr/bin/env python3
"""Ends runs by signals to qflow, by qflow cancel and by SIGKILL to parts of them, while two steps have three generations of
children each that ignore every signal but SIGKILL, one of them in a session of its own.

Proven: a second signal ends all of them, and without one they are gone after the grace time of 10 s, in 5 s each
(--long); the exit status tells the signal, the ledger says cancelled, and why, and agrees with itself; a step that is
killed fails the run and takes its group along; after SIGKILL to everything the next command records the run as crashed; a
hook that does not end is ended by a signal, by qflow cancel, and after SIGKILL to its caller by the next command; nobody
who reads what qflow prints can hold up a run, or its end, and who reads late misses nothing; a run that a step has
detached goes on; a signal that qflow was started to ignore is ignored; one that comes while qflow run reads the event
of --trigger ends it.

usage: stop_signals_test.py QFLOW [--long] [--seed N]
"""
import array
import concurrent.futures
import fcntl
import json
import os
import signal
import subprocess
import termios
import time

from faults import Place, expect, kill_and_wait, main, printed_by, wait_for

GRACE_TIME = 10
PATIENCE = 5  # seconds, of the built program as users have it: in the long form
HANG = 60

STEP = """[[steps]]
id = "{id}"
run = '''
trap '' TERM INT HUP
echo $$ > {id}.pid
sh -c 'sh -c "sleep 1000 & wait" & wait' &
setsid sh -c 'sleep 1000 & wait' &
wait
'''
"""
FLOW = 'id = "Deaf"\n[run]\njobs = 2\n' + STEP.format(id="a") + STEP.format(id="b")
PROCESSES = 2 * 6
ESCAPED = 2 * 2
RUN = "Deaf/1"

# name → (sends it, exit status of qflow run, the run's reason)
WAYS = {
    "SIGINT": (lambda place, process: process.send_signal(signal.SIGINT), 130, "SIGINT"),
    "SIGTERM": (lambda place, process: process.send_signal(signal.SIGTERM), 143, "SIGTERM"),
    "SIGHUP": (lambda place, process: process.send_signal(signal.SIGHUP), 129, "SIGHUP"),
    "qflow cancel": (lambda place, process: place.start("cancel", RUN), 1, "qflow cancel"),
}


def start(place, flow=FLOW):
    """The executor, once every process of its steps is there."""
    place.write("flow.toml", flow)
    process = place.start("run", "flow.toml")

    def is_ready():
        expect(process.poll() is None, f"the run has ended: {printed_by(process)}")
        return len(place.processes(RUN)) == PROCESSES
    wait_for(is_ready, f"{PROCESSES} processes of {RUN}")
    return process


def leader_of(place, step):
    return int((place.folder / f"{step}.pid").read_text())


def expect_ended(place, status, reason, steps):
    """What everybody who asks is told about the run; and that the ledger agrees with itself."""
    found = place.inspect(RUN)
    expect((found["status"], found["reason"]) == (status, reason), f"inspect says {found['status']}: {found['reason']}")
    told = {step["id"]: step["status"] for step in found["steps"]}
    expect(told == steps, f"inspect says of the steps: {told}")
    listed = json.loads(place.call("runs", "--json"))
    expect(listed["status"] == status, f"runs says {listed['status']}")
    unended = place.rows("SELECT step, status FROM attempts WHERE ended_at IS NULL")
    expect(not unended, f"attempts without an end: {unended}")
    place.call("fsck")


def stop(qflow, way, is_patient, patience):
    send, exit_status, reason = WAYS[way]
    with Place(qflow) as place:
        process = start(place)
        send(place, process)
        began = time.monotonic()
        if is_patient:
            process.wait(timeout=600)
            limit = GRACE_TIME + patience
            expect(time.monotonic() - began >= GRACE_TIME, f"{way}: the steps had no grace time")
        else:
            wait_for(lambda: "once more ends them at once" in printed_by(process), f"{way}: qflow takes notice")
            began = time.monotonic()
            send(place, process)
            process.wait(timeout=600)
            limit = patience
        took = time.monotonic() - began
        expect(not place.processes(RUN), f"{way}: processes are left when qflow has ended")
        expect(took <= limit, f"{way}: gone after {took:.1f} s instead of {limit} s")
        expect(process.returncode == exit_status, f"{way}: status {process.returncode}\n{printed_by(process)}")
        expect_ended(place, "cancelled", reason, {"a": "cancelled", "b": "cancelled"})


def kill_step(qflow, kill, what):
    """SIGKILL to the first process of a step, or to its whole group; what has left the group is let alone."""
    with Place(qflow) as place:
        place.write("flow.toml", FLOW.replace(STEP.format(id="b"), ""))
        process = place.start("run", "flow.toml")
        wait_for(lambda: len(place.processes(RUN)) == PROCESSES // 2, f"{what}: the step's processes")
        kill(leader_of(place, "a"), signal.SIGKILL)
        process.wait(timeout=600)
        expect(process.returncode == 1, f"{what}: status {process.returncode}\n{printed_by(process)}")
        left = place.processes(RUN)
        in_group = [each for each in left if os.getpgid(each) == leader_of(place, "a")]
        expect(not in_group, f"{what}: its group is left")
        expect(len(left) == ESCAPED // 2, f"{what}: {len(left)} processes are left outside of the group")
        expect_ended(place, "failed", "step a: signal 9 (SIGKILL)", {"a": "failed"})


def kill_everything(qflow):
    with Place(qflow) as place:
        process = start(place)
        process.kill()
        for each in place.processes(RUN):
            kill_and_wait(each)
        process.wait()
        expect(place.inspect(RUN)["status"] == "crashed", "a run without a process is not shown as crashed")
        place.write("other.toml", "id = 'Other'\n")
        place.call("run", "other.toml")
        reason = "the process that executed the run was killed"
        expect(place.inspect(RUN)["status"] == "crashed", "the next command has not recorded the crash")
        expect(place.rows("SELECT status, reason FROM runs WHERE flow = 'Deaf'") == [("crashed", reason)], "the ledger")
        expect(not place.processes(RUN), "processes are left after everything was killed")
        place.call("fsck")


def cancel_crashed(qflow):
    """Nobody executes the run any more, but its steps live on outside of their groups: qflow cancel ends them, and
    records that the run has crashed."""
    with Place(qflow) as place:
        process = start(place)
        process.kill()
        process.wait()
        place.call("cancel", RUN, status=4)
        expect(not place.processes(RUN), "processes are left after qflow cancel")
        crash = "the process that executed the run was killed"
        expect(place.rows("SELECT status, reason FROM runs WHERE flow = 'Deaf'") == [("crashed", crash)], "the ledger")
        place.call("cancel", RUN, status=4)


def stop_hook(qflow):
    """The run has ended; a signal ends the hook that does not."""
    with Place(qflow) as place:
        hook = "echo > hooked; sleep 1000 & wait"
        place.write("flow.toml", f"id = 'Deaf'\n[hooks]\non_success = '{hook}'\n")
        process = place.start("run", "flow.toml")
        wait_for((place.folder / "hooked").exists, "the hook begins")
        process.send_signal(signal.SIGINT)
        wait_for(lambda: process.poll() is not None, "qflow ends with its hook")
        expect(process.returncode == 0, f"the hook: status {process.returncode}\n{printed_by(process)}")
        expect("a hook of Deaf/1: it failed" in printed_by(process), f"the hook's end is no note: {printed_by(process)}")
        expect_ended(place, "succeeded", None, {})


def leave_hook(qflow):
    """Who called the hook is killed: the next command ends what the hook has started, once."""
    with Place(qflow) as place:
        hook = "echo hooked >> hooked; sleep 1000; echo no >> hooked"
        place.write("flow.toml", f"id = 'Deaf'\n[hooks]\non_success = '{hook}'\n")
        place.write("other.toml", "id = 'Other'\n[hooks]\non_success = 'true'\n")
        for number, command in enumerate((["tick"], ["run", "other.toml"], ["fsck"]), 1):
            process, run = place.start("run", "flow.toml"), f"Deaf/{number}"
            wait_for((place.folder / "hooked").exists, "the hook begins")
            wait_for(lambda: len(place.processes(run)) == 2, "the program that the hook has started")
            process.kill()
            process.wait()
            place.call(*command)
            expect(not place.processes(run), f"{command[0]}: processes of the hook are left")
            expect((place.folder / "hooked").read_text() == "hooked\n", f"{command[0]}: the hook went on")
            (place.folder / "hooked").unlink()
            expect(not list((place.store / "hooks").iterdir()), f"{command[0]}: the mark of the hook is left")
            expect(place.inspect(run)["status"] == "succeeded", f"{command[0]}: the run has changed")
            place.call("fsck")
            place.call("cancel", run, status=4)


def cancel_hook(qflow):
    """qflow cancel ends the hook of a run that has ended, and lets alone what a step has left running on purpose."""
    with Place(qflow) as place:
        step = '[[steps]]\nid = "a"\nrun = "setsid sleep 999 > /dev/null 2>&1 & sleep 0.5"\n'
        place.write("flow.toml", f"id = 'Deaf'\n{step}[hooks]\non_success = 'echo > hooked; sleep 1000 & wait'\n")
        place.call("run", "flow.toml", "--detach")
        wait_for((place.folder / "hooked").exists, "the hook begins")
        place.call("cancel", RUN, status=4)
        wait_for(lambda: len(place.processes(RUN)) == 1, "the hook's end")
        wait_for(lambda: not list((place.store / "hooks").iterdir()), "the end of its caller")
        expect_ended(place, "succeeded", None, {"a": "succeeded"})
        expect(len(place.processes(RUN)) == 1, "what the step left on purpose is gone")


def start_unread(place, steps):
    """A run whose standard output nobody reads, and the pipe."""
    place.write("flow.toml", f"id = 'Deaf'\n[run]\njobs = 2\n{steps}")
    read_end, write_end = os.pipe()
    process = place.start("run", "flow.toml", stdout=write_end, stderr=subprocess.DEVNULL)
    os.close(write_end)
    return process, read_end


def read_all(descriptor):
    with open(descriptor, encoding="utf-8") as file:
        return file.read()


LOUD = "[[steps]]\nid = 'loud'\nrun = 'seq 200000'\n"
LIMITED = "[[steps]]\nid = 'limited'\nrun = 'sleep 1000'\ntimeout = '1s'\n"
ENDLESS = "[[steps]]\nid = 'endless'\nrun = 'seq 1000000000'\n"


def has_stalled(place):
    """More was printed than a pipe takes."""
    log = place.store / "runs" / RUN / "steps" / "endless" / "1" / "log"
    return log.exists() and log.stat().st_size > 1024 * 1024


def stall_and_read(qflow):
    """The run goes on and ends while nobody reads what it prints; who reads later finds all of it."""
    with Place(qflow) as place:
        process, read_end = start_unread(place, LOUD + LIMITED)
        wait_for(lambda: place.newest("Deaf") and place.inspect(RUN)["status"] == "failed", "the end of the run")
        expect_ended(place, "failed", "step limited: timed out", {"loud": "succeeded", "limited": "failed"})
        expect(process.poll() is None, "qflow has not waited for the reader")
        text = read_all(read_end)
        expect(text == "".join(f"loud | {i}\n" for i in range(1, 200_001)) + f"{RUN}\n", f"the output: {len(text)} bytes")
        expect(process.wait(timeout=600) == 1, f"status {process.returncode}")


def stall_and_stop(qflow, patience):
    """While nobody reads, timers, qflow cancel and signals end steps that print without end; qflow stays small."""
    with Place(qflow) as place:
        process, read_end = start_unread(place, ENDLESS.replace("run", "timeout = '2s'\nrun"))
        wait_for(lambda: place.newest("Deaf") and place.inspect(RUN)["status"] == "failed", "the end of the run")
        with open(f"/proc/{process.pid}/status") as file:
            peak = int(next(line for line in file if line.startswith("VmHWM")).split()[1])
        expect(peak < 100_000, f"qflow has taken {peak} KB")
        process.send_signal(signal.SIGTERM)
        expect(process.wait(timeout=600) == -signal.SIGTERM, f"waiting for a reader: status {process.returncode}")
        os.close(read_end)
    for signals, status in ((signal.SIGINT,), 130), ((signal.SIGTERM,) * 2, 143):
        with Place(qflow) as place:
            process, read_end = start_unread(place, ENDLESS)
            wait_for(lambda: has_stalled(place), "the stall")
            for each in signals:
                process.send_signal(each)
            began = time.monotonic()
            expect(process.wait(timeout=600) == status, f"{signals}: status {process.returncode}")
            expect(time.monotonic() - began < patience, f"{signals}: the end took {time.monotonic() - began:.1f} s")
            expect_ended(place, "cancelled", signals[0].name, {"endless": "cancelled"})
            os.close(read_end)
    with Place(qflow) as place:
        process, read_end = start_unread(place, ENDLESS)
        wait_for(lambda: has_stalled(place), "the stall")
        place.call("cancel", RUN)
        expect_ended(place, "cancelled", "qflow cancel", {"endless": "cancelled"})
        expect(read_all(read_end).endswith(f"\n{RUN}\n"), "the end of the output")
        expect(process.wait(timeout=600) == 1, f"status {process.returncode}")


def stop_hook_of_crashed(qflow):
    """A run of another flow calls the hook that a crashed one is owed, and can be stopped while it does."""
    with Place(qflow) as place:
        place.write("other.toml", "id = 'Other'\n")
        process = start(place, FLOW + "[hooks]\non_failure = 'echo > hooked; sleep 1000 & wait'\n")
        process.kill()
        process.wait()
        other = place.start("run", "other.toml")
        wait_for((place.folder / "hooked").exists, "the hook begins")
        other.send_signal(signal.SIGINT)
        wait_for(lambda: other.poll() is not None, "qflow ends the hook of the crashed run")


def ignore_hangup(qflow):
    with Place(qflow) as place:
        command = "echo > begun; until test -e go; do sleep 0.01; done"
        place.write("flow.toml", f"id = 'Deaf'\n[[steps]]\nid = 'a'\nrun = '{command}'\n")
        process = place.start("run", "flow.toml", under=("nohup",))
        wait_for((place.folder / "begun").exists, "the step begins")
        process.send_signal(signal.SIGHUP)
        place.write("go", "")
        expect(process.wait(timeout=600) == 0, f"nohup: status {process.returncode}\n{printed_by(process)}")


def is_drained(pipe):
    unread = array.array("i", [0])
    fcntl.ioctl(pipe, termios.FIONREAD, unread)
    return unread[0] == 0


def stop_reading(qflow):
    """What has begun to read the event of --trigger, from standard input or a named pipe, and waits for its end."""
    for argument in ("-", "@events"):
        for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            with Place(qflow) as place:
                place.write("flow.toml", "id = 'Deaf'\n")
                os.mkfifo(place.folder / "events")
                events = os.open(place.folder / "events", os.O_RDWR)
                os.write(events, b"{")
                process = place.start("run", "flow.toml", "--trigger", argument, stdin=events)
                wait_for(lambda: is_drained(events), f"{argument} is read")
                process.send_signal(each)
                wait_for(lambda: process.poll() is not None, f"{argument}: the end by {each.name}")
                os.close(events)
                expect(process.returncode == -each, f"{argument}: status {process.returncode}\n{printed_by(process)}")
                expect(not place.store.exists(), f"{argument}: a store is left")


def keep_detached(qflow):
    """A run that a step started with --detach is none of its processes."""
    with Place(qflow) as place:
        place.write("other.toml", "id = 'Other'\n[[steps]]\nid = 'a'\nrun = 'until test -e go; do sleep 0.01; done'\n")
        process = start(place, FLOW.replace("trap", '"$QFLOW_BIN" run other.toml --detach\ntrap', 1))
        wait_for(lambda: place.newest("Other") and len(place.processes(RUN)) == PROCESSES, "the detached run")
        place.call("cancel", RUN)
        expect(process.wait(timeout=600) == 1, f"status {process.returncode}\n{printed_by(process)}")
        place.write("go", "")
        wait_for(lambda: place.inspect("Other/1")["status"] != "running", "the end of the detached run")
        expect(place.inspect("Other/1")["status"] == "succeeded", "the detached run was ended too")


def test(qflow, is_long, _):
    patience = PATIENCE if is_long else HANG
    tasks = [(stop, way, False, patience) for way in WAYS]
    tasks += [(stop, way, True, patience) for way in WAYS if is_long]
    tasks += [(kill_step, os.kill, "a step"), (kill_step, os.killpg, "its group")]
    tasks += [(kill_everything,), (cancel_crashed,), (keep_detached,)]
    tasks += [(stop_hook,), (stop_hook_of_crashed,), (leave_hook,), (cancel_hook,), (ignore_hangup,)]
    tasks += [(stop_reading,), (stall_and_read,), (stall_and_stop, patience)]
    with concurrent.futures.ThreadPoolExecutor(max_workers=4) as pool:
        for done in [pool.submit(task, qflow, *rest) for task, *rest in tasks]:
            done.result()
    return f"{len(tasks)} runs ended, by {', '.join(WAYS)} and SIGKILL; nothing left"


if __name__ == "__main__":
    main(__doc__.splitlines()[0], test)
