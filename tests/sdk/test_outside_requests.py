"""Requests that come in are kept with what the program read of them, whichever server received them."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from causeway_core.storage import Recording

from tests.support.commands import CAUSEWAY

AIOHTTP = """\
from aiohttp import web

async def echo(request):
    if request.path == "/unread":
        return web.Response(text="unread")
    return web.Response(text=str(len(await request.read())))

app = web.Application(client_max_size=1 << 22)
app.router.add_route("*", "/{path:.*}", echo)
web.run_app(app, host="127.0.0.1", port=0, print=None)
"""

UVICORN = """\
import uvicorn

async def app(scope, receive, send):
    size, more = 0, scope["type"] == "http" and scope["path"] != "/unread"
    while more:
        message = await receive()
        size, more = size + len(message.get("body", b"")), message.get("more_body", False)
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": str(size).encode()})

uvicorn.run(app, host="127.0.0.1", port=0, log_level="error", lifespan="off")
"""

FLASK = """\
import logging
from flask import Flask, request

app = Flask(__name__)
logging.getLogger("werkzeug").disabled = True

@app.route("/<path:path>", methods=["GET", "POST", "PUT"])
def echo(path):
    return "unread" if path == "unread" else str(len(request.get_data()))

if __name__ == "__main__":
    app.run(host="127.0.0.1", port=0, threaded=True)
"""

HTTP_SERVER = """\
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        size = 0
        if self.path != "/unread":
            size = len(self.rfile.read(int(self.headers.get("Content-Length", 0))))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(str(size).encode())

    do_POST = do_PUT = do_GET

    def log_message(self, *words):
        pass

server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
try:
    server.serve_forever()
except KeyboardInterrupt:
    pass
"""

CLIENT = '''\
import gzip
import http.client
import json
import sys

class InOnePiece(http.client.HTTPConnection):
    """A server that answers before it has read all closes the connection: what is sent after that would fail."""

    pieces = b""

    def send(self, data):
        self.pieces += data

    def getresponse(self):
        super().send(self.pieces)
        return super().getresponse()

def send(method, target, body=None, **headers):
    connection = InOnePiece("127.0.0.1", int(sys.argv[1]), timeout=60)
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    connection.request(method, target, body, named, encode_chunked="transfer_encoding" in headers)
    print(target, connection.getresponse().status)
    connection.close()

order = json.dumps({"item": "apple", "password": "pass-for-nobody"}).encode()
send("GET", "/plain?size=3&token=key-for-nobody", authorization="Bearer key-for-nobody")
send("POST", "/json", order, content_type="application/json")
send("PUT", "/gzip", gzip.compress(b"packed"), content_encoding="gzip", content_type="text/plain")
send("POST", "/large", b"x" * 200_000, content_type="text/plain")
send("POST", "/huge", b"x" * 1_500_000, content_type="text/plain")
send("POST", "/unread", b"nobody reads this", content_type="text/plain")
send("POST", "/chunks", iter([b"one", b"two"]), content_type="text/plain", transfer_encoding="chunked")
'''

SERVERS = {
    "aiohttp": (["service.py"], AIOHTTP),
    "uvicorn": (["service.py"], UVICORN),
    "flask": (["service.py"], FLASK),
    "gunicorn": (["gunicorn", "--threads", "2", "--bind", "127.0.0.1:0", "--log-level", "error", "service:app"], FLASK),
    "http.server": (["service.py"], HTTP_SERVER),
}

Kept = list[tuple[str, bytes | None, str | None]]


def kept(path: Path) -> tuple[Kept, list[dict[str, Any]]]:
    with Recording.open(path) as recording:
        rows = [row for row in recording.answers() if row.kind == "request"]
    return [(row.what, row.body, row.missing) for row in rows], [dict(row.value["headers"]) for row in rows]


def unread_of(path: str) -> tuple[str, None, str]:
    return f"POST {path}", None, "the program did not read its body to the end"


@pytest.mark.parametrize("server", SERVERS)
def test_requests_are_kept_without_secrets(server: str, tmp_path: Path) -> None:
    words, text = SERVERS[server]
    (tmp_path / "service.py").write_text(text)
    (tmp_path / "client.py").write_text(CLIENT)
    done = subprocess.run(
        [CAUSEWAY, "record", "--no-analyze", "--replayable", "-o", "run.causeway", "--drive", "python client.py {port}", *words],
        cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert [line.split()[1] for line in done.stdout.splitlines() if line.startswith("/")] == ["200"] * 7, done.stdout + done.stderr
    rows, headers = kept(tmp_path / "run.causeway")
    assert rows[:5] == [
        ("GET /plain?size=3&token=[redacted]", None, None),
        ("POST /json", json.dumps({"item": "apple", "password": "[redacted]"}).encode(), None),
        ("PUT /gzip", b"packed", None),
        ("POST /large", b"x" * 200_000, None),
        ("POST /huge", None, "its body is larger than 1 MiB"),
    ]
    unread, chunks = rows[5:]
    if server in ("aiohttp", "flask", "gunicorn"):
        # These read on to where the next request begins; flask's server only what has arrived by then.
        assert unread in [("POST /unread", b"nobody reads this", None), *([unread_of("/unread")] if server == "flask" else [])]
    else:
        assert unread == unread_of("/unread")
    if server == "http.server":
        assert chunks == unread_of("/chunks")  # this server leaves them to the handler, which looks for a length
    else:
        assert chunks == ("POST /chunks", b"onetwo", None)
    assert {name.lower(): text for name, text in headers[0].items()}["authorization"] == "[redacted]"
    stored = (tmp_path / "run.causeway").read_bytes()
    assert b"key-for-nobody" not in stored and b"pass-for-nobody" not in stored
