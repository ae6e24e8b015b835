"""Who makes room for queued runs starts them, without a tick; and who waits does not keep them from it."""
import json
import pathlib

from desk import after, case, contains, equal, flow, on
from faults import printed_by, wait_for

UNTIL_GO = "until [ -e go ]; do sleep 0.05; done"


def end_of(desk, flow_name, *statuses):
    wait_for(lambda: desk.statuses(flow_name) == list(statuses), f"{statuses} of {flow_name}")


def dispatch(desk, event, *more):
    desk.publish(event, *more, "--dispatch")


def queued(kind="queue", run="", more=""):
    return flow("F", on("a"), head=f"[run]\nwhen_busy = '{kind}'\n{more}", run=run)


@case
def the_end_of_a_run_by_hand(desk):
    """What has waited for it, and what its end has started."""
    desk.deploy(queued(run=UNTIL_GO), flow("D", after("F"), run=":"))
    first = desk.start("trigger", "--flow-id", "F")
    end_of(desk, "F", "running")
    dispatch(desk, "a")
    desk.write("go", "")
    equal(first.wait(timeout=60), 0)
    end_of(desk, "F", "succeeded", "succeeded")
    end_of(desk, "D", "succeeded", "succeeded")


@case
def the_end_of_a_resumed_run(desk):
    desk.deploy(queued(run=f"[ -e mended ] || exit 1; {UNTIL_GO}"))
    desk.ask("trigger", "--flow-id", "F", status=1)
    desk.write("mended", "")
    resumed = desk.start("resume", "F/1")
    end_of(desk, "F", "failed", "running")
    dispatch(desk, "a")
    desk.write("go", "")
    equal(resumed.wait(timeout=60), 0)
    end_of(desk, "F", "failed", "succeeded", "succeeded")


def killed_once(desk):
    """F/1 is said to be running, and would end at once."""
    desk.deploy(queued(run="[ -e begun ] || { touch begun; sleep 30; }"))
    dispatch(desk, "a")
    wait_for(lambda: (desk.folder / "begun").exists(), "the start of F/1")
    desk.kill_workers()


@case
def a_local_run_that_recovers_another(desk):
    killed_once(desk)
    desk.write("other.toml", flow("Other", run=":"))
    contains(desk.ask("run", "other.toml")[1], "F/1 was cut off; it waits to go on")
    end_of(desk, "F", "succeeded")


@case
def fsck_recovers_a_run(desk):
    killed_once(desk)
    desk.ask("fsck")
    end_of(desk, "F", "succeeded")


@case
def a_cancelled_run_that_had_crashed(desk):
    desk.deploy(queued(run="[ -e begun ] || { touch begun; sleep 30; }", more="on_crash = 'fail'\n"))
    first = desk.start("trigger", "--flow-id", "F")
    wait_for(lambda: (desk.folder / "begun").exists(), "the start of F/1")
    dispatch(desk, "a")
    first.kill()
    first.wait()
    desk.ask("cancel", "F/1", status=4)
    end_of(desk, "F", "crashed", "succeeded")


@case
def a_run_whose_folder_cannot_be_made(desk):
    """It holds no other up."""
    desk.deploy(flow("A", on("a"), run=":"), flow("B", on("b"), run=":"))
    desk.write(".qflow/runs/A", "")
    desk.publish("a")
    desk.publish("b")
    desk.refused("tick", status=7, said="A/1")
    end_of(desk, "B", "succeeded")


@case
def a_step_that_waits_lends_its_place(desk):
    desk.deploy(flow("A", on("a"), run='"$QFLOW_BIN" publish b --wait=40s'),
                flow("B", on("b"), run='"$QFLOW_BIN" publish c --wait=40s'), flow("C", on("c"), run=":"))
    desk.write(".qflow/config.toml", "max_workers = 1\n")
    desk.publish("a")
    desk.publish("a")
    desk.work()
    equal([desk.statuses(name) for name in "ABC"], [["succeeded"] * 2] * 3)


@case
def a_step_waits_for_a_run_of_its_flow_behind_another_context(desk):
    """That one ends without the step's own run, so it is no knot."""
    wait = f'case $QFLOW_RUN in */2) "$QFLOW_BIN" publish a --context x --wait; touch waited;; *) {UNTIL_GO};; esac'
    desk.deploy(queued(run=wait))
    desk.write(".qflow/config.toml", "max_workers = 3\n")
    dispatch(desk, "a", "--context", "x")
    end_of(desk, "F", "running")
    dispatch(desk, "a", "--context", "y")
    end_of(desk, "F", "running", "running", "queued")
    equal((desk.folder / "waited").exists(), False)
    desk.write("go", "")
    end_of(desk, "F", "succeeded", "succeeded", "succeeded")
    first, second, third = desk.runs("F")
    equal(third["ended_at"] <= second["ended_at"], True, "F/2 has waited for F/3")


@case
def nothing_joins_a_run_that_has_begun(desk):
    """Also when it waits to go on after a crash: its first steps have run with what they had."""
    desk.deploy(flow("F", on("a"), head="[run]\nwhen_busy = 'coalesce'\n", params=["[parameters.n]\ntype = 'int'\n"],
                     run=f"echo $QFLOW_RUN $QFLOW_PARAM_n >> ran; {UNTIL_GO}"), flow("Other", run=UNTIL_GO))
    desk.write(".qflow/config.toml", "max_workers = 1\n")
    dispatch(desk, "a", "--payload", '{"n": 1}')
    wait_for(lambda: desk.text_of("ran"), "the start of F/1")
    other = desk.start("trigger", "--flow-id", "Other")
    end_of(desk, "Other", "running")
    desk.kill_workers()
    desk.ask("tick")
    end_of(desk, "F", "queued")
    effect = desk.publish("a", "--payload", '{"n": 2}')[0]["effects"][0]
    equal((effect["outcome"], effect["run"]), ("fired", "F/2"))
    effect = desk.publish("a", "--payload", '{"n": 3}')[0]["effects"][0]
    equal((effect["outcome"], effect["run"]), ("coalesced", "F/2"))
    desk.write("go", "")
    equal(other.wait(timeout=60), 0)
    desk.work()
    equal(desk.text_of("ran"), "F/1 1\nF/1 1\nF/2 3\n")


@case
def a_replaced_run_is_no_failure(desk):
    desk.deploy(queued("replace", "case $QFLOW_RUN in */1) touch begun; sleep 30;; esac"))
    dispatch(desk, "a")
    wait_for(lambda: (desk.folder / "begun").exists(), "the start of F/1")
    desk.publish("a")
    contains(desk.ask("tick", "--wait")[1], "F/1 cancelled: replaced by F/2")


@case
def what_is_dropped_by_hand_is_an_object_too(desk):
    desk.deploy(queued("skip", UNTIL_GO))
    first = desk.start("trigger", "--flow-id", "F")
    end_of(desk, "F", "running")
    dropped = desk.ask("trigger", "--flow-id", "F", "--json", status=5)[0]
    equal(json.loads(dropped), {"run": None, "status": None, "reason": "F is busy: F/1 has not ended"})
    desk.write("go", "")
    equal(first.wait(timeout=60), 0, printed_by(first))


def own_call(more=""):
    return f'"$QFLOW_BIN" trigger --flow-id F {more}'


def no_wait_for_itself(desk, kind, more=""):
    desk.deploy(queued(kind, own_call("--json > json 2> said || echo $? > status"), more))
    desk.ask("trigger", "--flow-id", "F")
    contains(desk.text_of("said"), "F would wait for the end of F/1, which waits for it; its turn comes when that run has ended")
    contains(desk.text_of("json"), '"run":null')
    equal(desk.text_of("status"), "5\n")
    end_of(desk, "F", "succeeded")


@case
def a_step_does_not_wait_for_a_run_behind_its_own(desk):
    """Nothing is left of the one that was refused."""
    no_wait_for_itself(desk, "queue")


@case
def a_step_does_not_wait_for_the_place_of_its_own_run(desk):
    no_wait_for_itself(desk, "parallel", "max_parallel = 1\n")


@case
def a_step_queues_a_run_behind_its_own(desk):
    desk.deploy(queued(run=f"[ $QFLOW_RUN = F/2 ] || {own_call('--detach')}"))
    desk.ask("trigger", "--flow-id", "F")
    end_of(desk, "F", "succeeded", "succeeded")


@case
def what_a_step_starts_is_its_runs_doing(desk):
    """It stands in the chain, and a chain without an end is cut off."""
    desk.deploy(flow("F", on("a"), run=own_call("--detach")))
    desk.write(".qflow/config.toml", "max_chain = 3\n")
    desk.ask("trigger", "--flow-id", "F", "--detach")
    end_of(desk, "F", "succeeded", "succeeded", "failed")
    contains(desk.ask("logs", "F/3")[0], "the chain would have 4 runs, max_chain is 3: F ← F/3 ← F/2 ← F/1")
    contains(desk.ask("inspect", "F/3", "--trigger-chain")[0], "F/1")


@case
def who_waits_for_a_turn_lends_its_place(desk):
    """G/1 comes first, and has no place as long as F/1 keeps the only one."""
    desk.deploy(flow("F", on("a"), run='"$QFLOW_BIN" publish g && "$QFLOW_BIN" trigger --flow-id G'),
                flow("G", on("g"), head="[run]\nwhen_busy = 'queue'\n", run=":"))
    desk.write(".qflow/config.toml", "max_workers = 1\n")
    dispatch(desk, "a")
    end_of(desk, "F", "succeeded")
    end_of(desk, "G", "succeeded", "succeeded")


@case
def tasks_put_files_of_one_name_at_once(desk):
    desk.write("f.toml", """id = "F"
[[steps]]
id = "each"
foreach = "[0, 1, 2, 3]"
run = '''yes $QFLOW_ITEM | head -c 30000000 > ../$QFLOW_INDEX.big; "$QFLOW_BIN" put big --file ../$QFLOW_INDEX.big'''
workdir = "in"
[[steps]]
id = "join"
needs = ["each"]
run = "for i in 0 1 2 3; do uniq $QFLOW_IN/.steps/each/$i/big > $QFLOW_OUT/of_$i; done"
""")
    (desk.folder / "in").mkdir()
    desk.ask("run", "f.toml", "--jobs", "4")
    for index in range(4):
        equal(pathlib.Path(desk.ask("get", f"artifacts.of_{index}", "--run", "F/1")[0].strip()).read_text(), f"{index}\n")
    equal(list(desk.folder.glob(".qflow/runs/F/1/out/put-*")), [])


@case
def what_a_shell_has_started_keeps_its_time(desk):
    """The shell ends at once when it is asked to; its child needs longer than leftovers get."""
    desk.write("save.py", """import signal, sys, time
def save(*_):
    time.sleep(2)
    open("saved", "w").close()
    sys.exit(1)
signal.signal(signal.SIGTERM, save)
open("begun", "w").close()
time.sleep(60)
""")
    desk.write("f.toml", "id = 'F'\n[[steps]]\nid = 's'\ntimeout = '10s'\nrun = 'python3 save.py; :'\n")
    desk.ask("run", "f.toml", status=1)
    equal((desk.folder / "saved").exists(), True)


@case
def a_steps_secret_is_for_nothing_that_it_starts(desk):
    """Runs that are dispatched, executed in the step itself, or local; one that lists it gets it from the step."""
    tell = 'echo "$QFLOW_RUN: ${DB_PASSWORD-none}" >> told'
    desk.deploy(flow("F", on("a"), run=tell), flow("G", on("g"), run=tell))
    desk.write("local.toml", flow("Local", run=tell))
    desk.write("listing.toml", flow("Listing", run=tell).replace("run =", 'secrets = ["DB_PASSWORD"]\nrun ='))
    calls = ('publish a --dispatch', 'trigger --flow-id G', 'run local.toml', 'run listing.toml')
    call = " && ".join(f'"$QFLOW_BIN" -q {words}' for words in calls)
    desk.write("outer.toml", flow("Outer", run=call).replace("run =", 'secrets = ["DB_PASSWORD"]\nrun ='))
    desk.ask("run", "outer.toml", environment={**desk.environment, "DB_PASSWORD": "hunter2hunter2"})
    end_of(desk, "F", "succeeded")
    equal(sorted(desk.text_of("told").splitlines()),
          ["F/1: none", "G/1: none", "Listing/1: hunter2hunter2", "Local/1: none"])


def nested(desk, inner, head=""):
    """F's step runs a local flow, whose step does what `inner` says."""
    desk.write("inner.toml", flow("Inner", run=inner))
    desk.deploy(flow("F", on("a"), head=head, run='"$QFLOW_BIN" run inner.toml'))


@case
def a_local_run_in_a_step_lends_its_callers_place(desk):
    nested(desk, '"$QFLOW_BIN" publish b --wait=40s')
    desk.deploy(flow("B", on("b"), run=":"))
    desk.write(".qflow/config.toml", "max_workers = 1\n")
    desk.publish("a")
    desk.work()
    equal([desk.statuses(name) for name in ("F", "Inner", "B")], [["succeeded"]] * 3)


@case
def a_local_run_in_a_step_does_not_wait_for_its_caller(desk):
    nested(desk, f"{own_call()} || echo $? > status", "[run]\nwhen_busy = 'queue'\n")
    desk.publish("a")
    desk.work()
    equal((desk.text_of("status"), desk.statuses("F"), desk.statuses("Inner")), ("5\n", ["succeeded"], ["succeeded"]))
    contains(desk.ask("inspect", "Inner/1")[0], "called by", "F/1")


@case
def calls_count_for_the_chain(desk):
    """A flow that runs itself, and one that fires itself through a local run, come to an end."""
    nested(desk, '"$QFLOW_BIN" publish a')
    desk.write(".qflow/config.toml", "max_chain = 4\n")
    desk.write("self.toml", flow("Self", run='"$QFLOW_BIN" run self.toml'))
    contains("".join(desk.ask("run", "self.toml", status=1)), "the chain would have 5 runs, max_chain is 4")
    equal(desk.statuses("Self"), ["failed"] * 4)
    desk.publish("a")
    desk.work(status=(0, 1))
    equal((len(desk.runs("F")), len(desk.runs("Inner"))), (2, 2))
