"""A PostgreSQL server of a test's own, on a local socket in its folder."""
import os
import pathlib
import shutil
import subprocess
import tempfile
import time


def programs():
    """The folder of the newest version that is installed."""
    found = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: int(path.parts[-3]))
    if not found:
        raise RuntimeError("there is no server of PostgreSQL: scripts/bootstrap test installs it")
    return found[-1].parent


class PostgresqlServer:
    def __enter__(self):
        self.folder = tempfile.mkdtemp(prefix="qflow-postgresql-")
        self.log = open(pathlib.Path(self.folder) / "log", "ab")
        if os.geteuid() == 0:
            shutil.chown(self.folder, "postgres")
        self.call_as_user(programs() / "initdb", "--no-sync", "--auth=trust", "--username=tester", "--locale=C",
                          "--encoding=UTF8", "--pgdata", f"{self.folder}/data")
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()
        self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def as_user(self, *command):
        """The server refuses to be root."""
        become = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] if os.geteuid() == 0 else []
        return [*become, *map(str, command)]

    def call_as_user(self, *command):
        subprocess.run(self.as_user(*command), cwd=self.folder, stdout=self.log, stderr=self.log, check=True)

    def start(self):
        self.process = subprocess.Popen(
            self.as_user(programs() / "postgres", "-D", f"{self.folder}/data", "-c", "listen_addresses=", "-c", "fsync=off",
                         "-c", f"unix_socket_directories={self.folder}", "-c", "shared_buffers=16MB"),
            cwd=self.folder, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)
        end = time.monotonic() + 60
        while subprocess.run([programs() / "pg_isready", "-h", self.folder], capture_output=True).returncode != 0:
            if time.monotonic() > end:
                raise RuntimeError("the server of PostgreSQL does not answer")
            time.sleep(0.05)

    def stop(self):
        self.process.send_signal(2)  # ends its clients
        self.process.wait()

    def run(self, statements):
        subprocess.run(["psql", "-q", "-v", "ON_ERROR_STOP=1", "-h", self.folder, "-U", "tester", "postgres"], text=True,
                       input=statements, check=True, capture_output=True)
