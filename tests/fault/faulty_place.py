"""A place in which the program faulty_qflow is called too: qflow, but for its calls of the C library (system_calls.cpp)."""
import ctypes
import os
import pathlib
import shutil
import signal
import subprocess

from faults import Place, expect

PR_SET_CHILD_SUBREAPER = 36


class FaultyPlace(Place):
    def __init__(self, qflow):
        self.faulty = str(pathlib.Path(qflow).with_name("faulty_qflow"))
        expect(os.path.exists(self.faulty), f"there is no {self.faulty}: build it")
        super().__init__(qflow)
        self.notes = self.folder.with_suffix(".notes")
        # Not in the folder: that is emptied and filled again and again.
        self.coverage = self.folder.with_suffix(".coverage")
        self.environment["GCOV_PREFIX"] = str(self.coverage)
        # What the processes that are called here leave behind becomes this process's own: found without a search.
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)

    def __exit__(self, *_):
        super().__exit__()
        self.notes.unlink(missing_ok=True)
        shutil.rmtree(self.coverage, ignore_errors=True)

    def call_faulty(self, *arguments, **variables):
        return subprocess.run([self.faulty, *arguments], cwd=self.folder, env={**self.environment, **variables},
                              stdin=subprocess.DEVNULL, capture_output=True, timeout=120)

    def end_processes(self):
        while children := pathlib.Path("/proc/thread-self/children").read_text().split():
            for child in map(int, children):
                os.kill(child, signal.SIGKILL)
                os.waitpid(child, 0)

    def empty(self):
        self.end_processes()
        shutil.rmtree(self.folder)
        self.folder.mkdir(mode=0o700)
