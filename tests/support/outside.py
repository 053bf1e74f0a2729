"""A service that stands for the world outside: an HTTP server of its own process, which nobody records, and which can be taken away."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

SERVER = '''\
import gzip, itertools, json, sys, zlib
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

count = itertools.count(1)

class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.read()
        body = json.dumps({"path": self.path, "number": next(count), "token": "s3cr3t-of-the-service"}).encode()
        status, headers = 200, {"Content-Type": "application/json", "Set-Cookie": "sid=s3cr3t-cookie"}
        if "/gzip" in self.path:
            body, headers["Content-Encoding"] = gzip.compress(body), "gzip"
        elif "/deflate" in self.path:
            body, headers["Content-Encoding"] = zlib.compress(body * 9), "deflate"
        elif "/redirect" in self.path:
            status, body, headers["Location"] = 302, b"", "/end"
        elif "/busy" in self.path:
            status = 503
        elif "/long" in self.path:
            body *= 4000
        elif "/nothing" in self.path:
            status, body = 204, None
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("X-Twice", "one")
        self.send_header("X-Twice", "two")
        self.answer(body)

    do_POST = do_HEAD = do_GET

    def answer(self, body):
        if body is None:
            self.end_headers()
        elif "/chunked" in self.path:
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            for at in range(0, len(body), 7):
                part = body[at : at + 7]
                self.wfile.write(b"%x\\r\\n%s\\r\\n" % (len(part), part))
            self.wfile.write(b"0\\r\\n\\r\\n")
        elif "/until-closed" in self.path:
            self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(body)
            self.close_connection = True
        else:
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body if self.command != "HEAD" else b"")

    def read(self):
        if self.headers.get("Transfer-Encoding") == "chunked":
            while size := int(self.rfile.readline(), 16):
                self.rfile.read(size + 2)
            self.rfile.readline()
        else:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def log_message(self, *args):
        pass

server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_address[1], flush=True)
server.serve_forever()
'''


@contextmanager
def outside() -> Iterator[str]:
    """The service's URL, while it runs. It numbers its answers, so that no two are the same, and each holds a secret."""
    with subprocess.Popen([sys.executable, "-c", SERVER], stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            yield f"http://127.0.0.1:{server.stdout.readline().strip()}"
        finally:
            server.kill()
