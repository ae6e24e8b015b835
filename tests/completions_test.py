#!/usr/bin/env python3
"""Loads the completion scripts in the shells that are installed, and completes lines with them.

usage: completions_test.py QFLOW COMPLETIONS
"""
import os
import pathlib
import pty
import select
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

BINARY, SCRIPTS = (pathlib.Path(argument).resolve() for argument in sys.argv[1:3])

# The words of a line, and what must and must not be among its candidates.
LINES = [
    ("qflow ins", ["inspect"], ["run", "--json"]),
    ("qflow ru", ["run", "runs"], ["tag"]),
    ("qflow --store .qflow insp", ["inspect"], ["run"]),
    ("qflow run --tr", ["--trigger"], ["--tag"]),
    ("qflow run --qu", ["--quiet"], ["--tag"]),
    ("qflow --color al", ["always"], ["auto"]),
    ("qflow graph --format m", ["mermaid"], ["dot"]),
    ("qflow completion z", ["zsh"], ["bash"]),
    ("qflow help exit", ["exit-status"], ["run"]),
    ("qflow help ins", ["inspect"], ["complete"]),
    ("qflow check flo", ["flow.toml"], ["check"]),
    ("qflow inspect Hello/", ["Hello/latest", "Hello/1"], ["flow.toml"]),
    ("qflow runs Hel", ["Hello"], ["Hello/1"]),
    ("qflow run flow.toml -p na", ["name="], ["flow.toml"]),
    ("qflow run flow.toml --trigger Hello/l", ["Hello/latest"], ["flow.toml"]),
    ("qflow tag Hello/1 can", ["candidate"], ["check"]),
    ("qflow tag Hello/1 ", ["candidate", "nightly"], ["Hello/1", "Hello/latest", "latest"]),
    ("qflow tag Hello ", ["latest"], ["candidate", "Hello/1"]),
    ("qflow tag Hello latest n", ["nightly"], ["latest"]),
    ("qflow inspect Hello ", ["latest"], ["Hello/1"]),
    ("qflow inspect --json Hello ", ["latest"], ["Hello/1"]),
    ("qflow --store .qflow logs Hello ", ["latest"], ["Hello/1"]),
    ("qflow cancel Hello/1 ", [], ["latest", "Hello/1"]),
    ("qflow resume Watch/1 ", ["s"], ["latest", "Watch/1"]),
    ("qflow resume Watch ", ["latest"], ["s", "Watch/1"]),
    ("qflow resume --jobs 2 Watch latest ", ["s"], ["latest"]),
    ("qflow next ", ["Watch/nightly", "Watch", "watch.toml"], ["Watch/other", "Watch/files"]),
    ("qflow publish --wait d", ["data_updated"], ["only_recorded"]),
    ("qflow publish --type x d", ["data_updated"], ["deploy"]),
    ("qflow publish ", ["data_updated"], ["only_recorded"]),
    ("qflow events ", ["data_updated", "only_recorded"], []),
    ("qflow events only", ["only_recorded"], ["data_updated"]),
    ("qflow explain Watch ", [], ["Watch/other"]),
    ("qflow run --config-value project {} wat", ["watch.toml"], []),
    ("qflow check watch.toml wat", ["watch.toml"], []),
    ("qflow comple", ["completion"], ["complete"]),
    ("qflow sensor ", ["peek", "reset"], ["Watch/files"]),
    ("qflow sensor peek W", ["Watch/files"], ["peek"]),
    ("qflow sensor peek ", ["Watch/files"], ["peek", "reset", "Watch/other"]),
    ("qflow explain Watch/o", ["Watch/other"], ["Watch/files"]),
    ("qflow undeploy W", ["Watch"], ["Watch/files"]),
    ("qflow trigger --flow-id W", ["Watch"], ["Watch/files"]),
    ("qflow trigger --flow-id Watch --trigger-id ot", ["other"], ["files"]),
    ("qflow trigger --flow-id Watch -p da", ["day="], ["files"]),
    ("qflow run watch.toml --trigger data_u", ["data_updated"], ["Hello/1"]),
    ("qflow run ~/flow.toml -p na", ["name="], ["flow.toml"]),
    ("qflow run $HOME/flow.toml -p na", ["name="], ["flow.toml"]),
    ("qflow --store ~/.qflow tag Hello/1 can", ["candidate"], ["check"]),
    ("qflow --store $HOME/.qflow inspect Hello/l", ["Hello/latest"], ["Hello/1"]),
]

# The words of a line as they are typed, quotes and all, and what completes the last one.
QUOTED = [
    (["qflow", "run", "\"my dir/flow a.toml\"", "-p", "na"], "name="),
    (["qflow", "run", "'my dir/flow a.toml'", "-p", "na"], "name="),
    (["qflow", "run", "my\\ dir/flow\\ a.toml", "-p", "na"], "name="),
    (["qflow", "run", "\"$HOME/my dir/flow a.toml\"", "-p", "na"], "name="),
    (["qflow", "run", "~/my\\ dir/it\\'s.toml", "-p", "na"], "name="),
]

# An option with its value in one word: in bash these are three.
VALUES = [
    ("qflow run flow.toml --param", "na", "name="),
    ("qflow run watch.toml --trigger", "data_u", "data_updated"),
    ("qflow runs --tag", "can", "candidate"),
    ("qflow get --run", "Hello/l", "Hello/latest"),
    ("qflow graph --format", "m", "mermaid"),
]

WATCH = '''id = "Watch"
[parameters.day]
default = "monday"
[[triggers]]
id = "files"
type = "sensor"
sensor_type = "directory"
path = "."
[[triggers]]
id = "nightly"
type = "schedule"
schedule = "@daily"
[[triggers]]
id = "other"
type = "event"
event = "data_updated"
[[steps]]
id = "s"
'''


class Completions(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp()
        cls.environment = {k: v for k, v in os.environ.items() if not k.startswith("QFLOW_")}
        cls.environment.update(PATH=f"{BINARY.parent}:{cls.environment['PATH']}", HOME=cls.folder, LC_ALL="C.UTF-8",
                               XDG_CONFIG_HOME=cls.folder, XDG_DATA_HOME=cls.folder, TERM="xterm")
        pathlib.Path(cls.folder, "watch.toml").write_text(WATCH)
        pathlib.Path(cls.folder, "my dir").mkdir()
        for line in ("init", "run flow.toml", "tag Hello latest candidate nightly", "deploy watch.toml", "run watch.toml",
                     "publish only_recorded"):
            subprocess.run([BINARY, *line.split()], cwd=cls.folder, env=cls.environment, check=True, capture_output=True)
        for name in ("flow a.toml", "it's.toml"):
            shutil.copy(f"{cls.folder}/flow.toml", f"{cls.folder}/my dir/{name}")

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder, ignore_errors=True)

    def shell(self, *command):
        done = subprocess.run(command, cwd=self.folder, env=self.environment, text=True, capture_output=True, timeout=60)
        self.assertEqual(done.stderr, "")
        return done.stdout.splitlines()

    def check_lines(self, complete):
        for line, wanted, unwanted in LINES:
            with self.subTest(line):
                found = complete(line)
                for word in wanted:
                    self.assertIn(word, found)
                for word in unwanted:
                    self.assertNotIn(word, found)

    @unittest.skipUnless(shutil.which("bash"), "bash is not installed")
    def test_bash(self):
        def complete(line):
            return complete_words(line.split(" "))

        def complete_words(words):
            program = f'source "{SCRIPTS}/qflow.bash"\nCOMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _qflow\n' \
                      'printf "%s\\n" "${COMPREPLY[@]}"'
            return self.shell("bash", "--norc", "-c", program, "bash", *words)
        self.check_lines(complete)
        self.assertIn("always", complete("qflow --color = al"))
        self.assertIn("always", complete("qflow --color ="))
        self.assertIn("-p", complete("qflow run -"))
        self.assertEqual(complete("qflow publish --wait ="), [""])
        self.assertIn("data_updated", complete("qflow publish --wait = 5m data"))
        subprocess.run([BINARY, "tag", "Hello", "latest", "two words"], cwd=self.folder, env=self.environment, check=True,
                       capture_output=True)
        self.assertIn("two\\ words", complete("qflow tag Hello/1 two"))
        self.assertIn("two\\ words", complete("qflow tag Hello/1 two\\"))
        self.assertIn("two\\ words", complete_words(["qflow", "tag", "Hello/1", "two\\ w"]))
        self.assertIn("two words", complete_words(["qflow", "tag", "Hello/1", "\"two w"]))
        self.assertIn("name=", complete("qflow run ${HOME}/flow.toml -p na"))
        for words, wanted in QUOTED:
            with self.subTest(words):
                self.assertIn(wanted, complete_words(words))
        for line, begun, wanted in VALUES:
            with self.subTest(line):
                self.assertIn(wanted, complete(f"{line} = {begun}"))

    @unittest.skipUnless(shutil.which("fish"), "fish is not installed")
    def test_fish(self):
        def complete(line):
            program = f'source "{SCRIPTS}/qflow.fish"; complete -C "$argv[1]"'
            return [found.split("\t")[0] for found in self.shell("fish", "--no-config", "-c", program, line)]
        self.check_lines(complete)
        for words, wanted in QUOTED:
            with self.subTest(words):
                self.assertIn(wanted, complete(" ".join(words)))
        for line, begun, wanted in VALUES:
            with self.subTest(line):
                option = line[line.rindex(" ") + 1:]
                self.assertIn(f"{option}={wanted}", complete(f"{line}={begun}"))

    @unittest.skipUnless(shutil.which("zsh"), "zsh is not installed")
    def test_zsh(self):
        # A shell on a terminal of its own. Only lines with one candidate: the shell then writes the whole word.
        process, terminal = pty.fork()
        if process == 0:
            os.chdir(self.folder)
            os.execvpe("zsh", ["zsh", "-f", "-i"], self.environment)
        try:
            setup = f"fpath=({SCRIPTS} $fpath); autoload -Uz compinit; compinit -u -D; unsetopt zle_bracketed_paste; " \
                    "PS1='rea''dy>'\n"
            os.write(terminal, setup.encode())
            self.read_until(terminal, "ready>", 60)
            lines = [(line, line[:line.rindex(" ") + 1] + wanted[0]) for line, wanted, _ in LINES if len(wanted) == 1]
            lines += [(" ".join(words), " ".join([*words[:-1], wanted])) for words, wanted in QUOTED]
            lines += [(f"{line}={begun}", f"{line}={wanted}") for line, begun, wanted in VALUES]
            for line, whole in lines:
                with self.subTest(line):
                    os.write(terminal, (line + "\t").encode())
                    self.assertIn(whole, self.read_until(terminal, whole, 20))
                os.write(terminal, b"\x15\n")
                self.read_until(terminal, "ready>", 20)
        finally:
            os.close(terminal)
            os.kill(process, 9)
            os.waitpid(process, 0)

    @staticmethod
    def read_until(terminal, text, seconds):
        """What the terminal shows until it has shown the text, or nothing more comes."""
        end = time.monotonic() + seconds
        shown = ""
        while text not in shown and time.monotonic() < end:
            if select.select([terminal], [], [], 1)[0]:
                shown += os.read(terminal, 4096).decode(errors="replace")
        return shown


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
