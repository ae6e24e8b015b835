"""What stays of a run whose process was killed, and who is told."""
import shutil

from desk import case, contains, equal, expect, flow, on

KILLED_ONCE = """echo b, attempt $QFLOW_ATTEMPT
test $QFLOW_ATTEMPT != 1 || {
  until grep -qs 'attempt 1' $QFLOW_STORE/runs/F/1/steps/b/1/log; do sleep 0.05; done
  kill -9 $PPID
  sleep 60
}"""


def two_steps(head=""):
    return (flow("F", on("go"), head=head, run="echo line of a") +
            f"[[steps]]\nid = 'b'\nneeds = ['s']\nrun = '''{KILLED_ONCE}'''\n")


@case
def a_run_that_goes_on_keeps_its_logs(desk):
    desk.deploy(two_steps())
    desk.publish("go", "--dispatch", "--wait")
    desk.work()
    equal(desk.statuses("F"), ["succeeded"])
    contains(desk.ask("logs", "F/1")[0], "s | line of a", "b | b, attempt 1", "b#2 | b, attempt 2")
    equal(desk.ask("logs", "F/1", "--failed")[0], "b | b, attempt 1\n")
    expect(not (desk.store / "runs" / "F" / "1" / "lost").exists(), "what the run had left was set aside")


@case
def what_a_crash_cut_off_counts_as_failed(desk):
    desk.deploy(two_steps("[run]\non_crash = 'fail'\n"))
    desk.publish("go", "--dispatch")
    desk.work(status=(0, 1))
    equal(desk.statuses("F"), ["crashed"])
    equal(desk.ask("logs", "F/1", "--failed")[0], "b | b, attempt 1\n")


@case
def a_hook_is_called_where_the_folder_of_the_flow_is_gone(desk):
    (desk.folder / "project").mkdir()
    desk.write("project/flow.toml", flow("F", on("go"), run=":") + "[hooks]\non_failure = 'no_such_program'\n")
    told = desk.folder / "told"
    desk.ask("deploy", "project/flow.toml")
    desk.write(".qflow/config.toml", f"[hooks]\non_failure = 'echo $QFLOW_RUN > {told}'\n")
    shutil.rmtree(desk.folder / "project")
    desk.publish("go")
    desk.work(status=1)
    equal(desk.statuses("F"), ["failed"])
    equal(told.read_text(), "F/1\n")
    contains((desk.store / "worker.log").read_text(), "a hook of F/1: it failed; its output is in ")
