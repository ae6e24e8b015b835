"""A server of S3 of a test's own, which checks signatures (the package s3rver of npm), with one bucket, "data"."""
import os
import pathlib
import shutil
import subprocess
import tempfile

SOURCE = pathlib.Path(__file__).resolve().parent.parent.parent
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "S3RVER", "AWS_SECRET_ACCESS_KEY": "S3RVER", "no_proxy": "127.0.0.1"}


class S3Server:
    def __enter__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="qflow-s3-"))
        (self.folder / "data").mkdir()
        packages = pathlib.Path(os.environ.get("QFLOW_NPM", SOURCE / "build/npm")) / "node_modules"
        if not packages.exists():
            raise RuntimeError(f"no packages of npm in {packages.parent}: scripts/bootstrap test installs them")
        # It makes its continuation tokens with DES, which OpenSSL 3 calls legacy.
        self.process = subprocess.Popen(
            ["node", "--openssl-legacy-provider", "--no-deprecation", SOURCE / "tests/sensor/npm/s3_server.js", packages, self.folder],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.endpoint = f"http://127.0.0.1:{self.process.stdout.readline().strip()}"
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def put(self, key, text):
        """In the form in which the server keeps objects."""
        path = self.folder / "data" / f"{key}._S3rver_object"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.with_name(path.name + ".md5").unlink(missing_ok=True)
