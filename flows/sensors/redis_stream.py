"""The messages of a Redis stream, for a sensor of type exec.

usage: redis_stream.py STREAM GROUP

qflow gives the cursor back only after the events that came with it are in the ledger. So the ids in it are what can be
acknowledged now. Whatever was delivered but not acknowledged is printed again, and its idempotency key keeps it from
becoming a second event.
"""
import json
import os
import subprocess
import sys

AT_ONCE = "100"


def redis(*arguments, may_say=""):
    """The answer of the server as JSON; its error ends the program, unless it begins with `may_say`."""
    server = ["-u", os.environ["REDIS_URL"]] if "REDIS_URL" in os.environ else []
    done = subprocess.run(["redis-cli", "-e", "--json", *server, *arguments], capture_output=True, text=True)
    if done.returncode == 0:
        return json.loads(done.stdout)
    said = (done.stdout + done.stderr).strip()
    if not may_say or may_say not in said:
        sys.exit(f"redis: {said}")


def messages(stream, group, since):
    """[(id, fields)] of the stream: with since "0" those that were delivered to us before, with ">" further ones."""
    answer = redis("XREADGROUP", "GROUP", group, "qflow", "COUNT", AT_ONCE, "STREAMS", stream, since) or {}
    for message, fields in answer.get(stream, []):
        yield message, dict(zip(fields[::2], fields[1::2])) if fields else {}


def main(stream, group):
    redis("XGROUP", "CREATE", stream, group, "0", "MKSTREAM", may_say="BUSYGROUP")
    done = json.loads(os.environ.get("QFLOW_CURSOR", "[]"))
    if done:
        redis("XACK", stream, group, *done)
    found = [*messages(stream, group, "0"), *messages(stream, group, ">")]
    for message, fields in found:
        print(json.dumps({"payload": fields, "idempotency_key": message}))
    print(json.dumps({"cursor": [message for message, _ in found]}))


main(*sys.argv[1:])
