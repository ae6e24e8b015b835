"""A Redis server of a test's own, on a free port of this machine."""
import shutil
import socket
import subprocess
import tempfile
import time


class RedisServer:
    def __enter__(self):
        if not shutil.which("redis-server"):
            raise RuntimeError("there is no redis-server: scripts/bootstrap test installs it")
        self.folder = tempfile.mkdtemp(prefix="qflow-redis-")
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port = probe.getsockname()[1]
        self.process = subprocess.Popen(
            ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--dir", self.folder, "--save", ""],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.url = f"redis://127.0.0.1:{self.port}"
        end = time.monotonic() + 30
        while subprocess.run(["redis-cli", "-e", "-u", self.url, "PING"], capture_output=True).returncode != 0:
            if time.monotonic() > end:
                raise RuntimeError("redis-server does not answer")
            time.sleep(0.02)
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def ask(self, *arguments):
        """What redis-cli prints."""
        done = subprocess.run(["redis-cli", "-e", "-u", self.url, *arguments], capture_output=True, text=True)
        if done.returncode != 0:
            raise RuntimeError(f"redis-cli {' '.join(arguments)}: {done.stdout}{done.stderr}")
        return done.stdout.strip()
