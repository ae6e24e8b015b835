#!/usr/bin/env python3
"""Answers GET requests on a free port of 127.0.0.1, which it prints first, as the files of a folder say.

The answer to /NAME is NAME.json there: status, headers, body (a text), repeat (how often it is sent), conditional
(304 where the request's condition holds), hang (no answer), trickle (a byte now and then, without end), drop (the
connection is closed), cut (the body is half of what was announced), unannounced (a body without Content-Length).
/hops/N redirects N times before it answers. Each request is noted in the file `requests`, one JSON text per line.

usage: web_server.py FOLDER [CERTIFICATE KEY]
"""
import gzip
import http.server
import json
import pathlib
import ssl
import sys
import threading
import time

FOLDER = pathlib.Path(sys.argv[1])
LOCK = threading.Lock()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def note(self):
        headers = {name.lower(): value for name, value in self.headers.items()}
        with LOCK, (FOLDER / "requests").open("a") as requests:
            requests.write(json.dumps({"path": self.path, "headers": headers}) + "\n")

    def rule(self):
        name = self.path.split("?")[0].lstrip("/")
        if name.startswith("hops/"):
            left = int(name[5:])
            headers = {"Location": f"/hops/{left - 1}"} if left else {}
            return {"status": 302 if left else 200, "headers": headers, "body": f"hop {left}"}
        file = FOLDER / (name + ".json")
        return json.loads(file.read_text()) if file.exists() else {"status": 404, "body": "nothing here"}

    def condition_holds(self, headers):
        if "If-None-Match" in self.headers:
            return self.headers["If-None-Match"] == headers.get("ETag")
        return "If-Modified-Since" in self.headers and self.headers["If-Modified-Since"] == headers.get("Last-Modified")

    def do_GET(self):
        self.note()
        rule = self.rule()
        if rule.get("hang"):
            time.sleep(60)
        if rule.get("hang") or rule.get("drop"):
            self.close_connection = True
            return
        headers = rule.get("headers", {})
        status = rule.get("status", 200)
        if rule.get("conditional") and self.condition_holds(headers):
            status = 304
        self.answer(status, headers, rule)

    def answer(self, status, headers, rule):
        body = rule.get("body", "").encode()
        if headers.get("Content-Encoding") == "gzip":
            body = gzip.compress(body, mtime=0)
        repeat = rule.get("repeat", 1)
        self.send_response_only(status)
        if "Date" not in headers:
            self.send_header("Date", self.date_time_string())
        for name, value in headers.items():
            self.send_header(name, value)
        if rule.get("unannounced") or rule.get("trickle"):
            self.send_header("Connection", "close")
        elif status != 304:
            self.send_header("Content-Length", str(len(body) * repeat * (2 if rule.get("cut") else 1)))
        self.end_headers()
        if rule.get("trickle"):
            while self.wfile.write(b".") and not self.wfile.flush():
                time.sleep(0.02)
        for _ in range(repeat if status != 304 else 0):
            self.wfile.write(body)
        self.close_connection = self.close_connection or bool(rule.get("cut"))


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        pass  # clients may break off


def main():
    server = Server(("127.0.0.1", 0), Handler)
    if len(sys.argv) > 2:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(sys.argv[2], sys.argv[3])
        server.socket = context.wrap_socket(server.socket, server_side=True)
    print(server.server_address[1], flush=True)
    server.serve_forever()


main()
