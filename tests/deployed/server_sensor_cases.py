"""Sensors that ask a server, through whole ticks: each change starts one run, also when the server goes away and ticks
are killed. What they see of a change is tested in tests/sensor."""
import http.server
import pathlib
import random
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

from desk import case, contains, equal, flow  # noqa: E402
from support.postgresql_server import PostgresqlServer  # noqa: E402
from support.s3_server import CREDENTIALS, S3Server  # noqa: E402

ROWS = """CREATE TABLE orders (id int, updated_at timestamptz NOT NULL);
INSERT INTO orders VALUES (0, '2026-01-01 00:00:00Z');"""


def sensed(desk, name, key):
    return sorted(event["payload"][key] for event in desk.events(f"qflow.sensor.F.{name}"))


def sensor(name, keys, run=":"):
    return flow("F", f"id = '{name}'\ntype = 'sensor'\npoll = '1ms'\ntimeout = '10s'\n{keys}", run=run)


def kill_ticks(desk, count):
    """Ticks that are killed early or late, or not at all."""
    rng = random.Random(count)
    for _ in range(count):
        tick = desk.start("tick")
        time.sleep(rng.uniform(0, 0.15))
        tick.kill()
        tick.wait()


def trouble(desk):
    """Why the sensor can't look, after a tick to which no back-off is too long."""
    desk.ask("tick", "--wait", environment=desk.later(1000))
    return desk.explain("F")[0]["sensors"][0]["error"]


@case
def rows_of_postgresql_are_reported_once(desk):
    with PostgresqlServer() as server:
        server.run(ROWS)
        desk.deploy(sensor("orders", f"""sensor_type = 'database'
table_name = 'orders'
detection_mode = 'timestamp_column'
timestamp_column = 'updated_at'
engine_config.name = 'postgresql'
engine_config.config = {{ host = '{server.folder}', database = 'postgres', user = 'tester' }}
"""))
        desk.work()
        server.run("INSERT INTO orders VALUES (1, '2026-01-02 00:00:00Z'), (2, '2026-01-02 00:00:00Z')")
        kill_ticks(desk, 6)
        desk.work()
        server.run("INSERT INTO orders VALUES (3, '2026-01-02 00:00:00Z')")
        server.stop()
        contains(trouble(desk), server.folder)
        server.start()
        equal(trouble(desk), None)
    equal(sensed(desk, "orders", "rows"), [1, 2])
    equal(desk.statuses("F"), ["succeeded"] * 2)


@case
def objects_of_s3_start_one_run_each(desk):
    with S3Server() as server:
        desk.environment.update(CREDENTIALS)
        server.put("in/old.csv", "0")
        desk.deploy(sensor("objects", f"""sensor_type = 's3'
bucket = 'data'
prefix = 'in/'
pattern = '*.csv'
endpoint = '{server.endpoint}'
"""))
        for name in ("a.csv", "b.csv", "c.txt", "with space & 'quote'.csv"):
            server.put(f"in/{name}", name)
        kill_ticks(desk, 6)
        desk.work()
    contains(trouble(desk), "127.0.0.1")
    equal(sensed(desk, "objects", "key"), ["in/a.csv", "in/b.csv", "in/with space & 'quote'.csv"])
    equal(desk.statuses("F"), ["succeeded"] * 3)


class Page(http.server.BaseHTTPRequestHandler):
    text = b"one"

    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(Page.text)

    def log_message(self, *_):
        pass


@case
def a_page_starts_a_run_when_it_changes(desk):
    desk.environment["no_proxy"] = "127.0.0.1"
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        desk.deploy(sensor("page", f"sensor_type = 'http'\nurl = 'http://127.0.0.1:{server.server_port}/p'\n"))
        desk.work()
        Page.text = b"two"
        kill_ticks(desk, 4)
        desk.work()
        desk.work()
        server.shutdown()
    equal(desk.statuses("F"), ["succeeded"])
