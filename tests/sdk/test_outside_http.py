"""Every way of asking a service gives the same answer when the service is gone: by each client, of each kind of response."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.sdk.test_outside import World
from tests.support.outside import outside

TOP = """\
import os
URL = os.environ["SERVICE"]
NOBODY = "http://127.0.0.1:1/refused"
PATHS = ("/plain", "/gzip", "/deflate", "/chunked", "/until-closed", "/redirect", "/busy", "/nothing", "/long")

def show(path, status, reason, body, twice, redirects):
    body = body.replace(b"s3cr3t-of-the-service", b"[redacted]")
    print(path, status, reason, len(body), body[:90], twice, redirects)

"""

AIOHTTP = TOP + """\
import aiohttp, asyncio

async def pieces():
    for _ in range(3):
        yield b"piece"

async def main():
    async with aiohttp.ClientSession() as session:
        for path in PATHS:
            async with session.get(URL + path) as response:
                body = await response.read()
                show(path, response.status, response.reason, body, response.headers.getall("X-Twice"), len(response.history))
        async with session.head(URL + "/plain") as response:
            print(response.headers["Content-Type"], await response.read())
        async with session.post(URL + "/plain", data=b"x" * 300_000) as response:
            print((await response.json())["number"])
        async with session.post(URL + "/plain", data=pieces()) as response:
            print((await response.json())["number"])
        async with session.get(URL + "/chunked") as response:
            print(b"".join([part async for part in response.content.iter_chunked(9)])[:30])
        try:
            await session.get(NOBODY)
        except aiohttp.ClientError as error:
            print(type(error).__name__)

asyncio.run(main())
"""

HTTPX = TOP + """\
import asyncio, httpx

def shown(path, response):
    show(path, response.status_code, response.reason_phrase, response.content, response.headers.get_list("X-Twice"), len(response.history))

with httpx.Client(follow_redirects=True) as client:
    for path in PATHS:
        shown(path, client.get(URL + path))
    with client.stream("GET", URL + "/chunked") as response:
        print(b"".join(response.iter_bytes())[:30])
    try:
        client.get(NOBODY)
    except httpx.HTTPError as error:
        print(type(error).__name__)

async def main():
    async with httpx.AsyncClient(follow_redirects=True) as client:
        for path in PATHS:
            shown(path, await client.post(URL + path, content=b"x"))
        response = await client.head(URL + "/plain")
        print(response.headers["Content-Type"], response.content)
        async with client.stream("GET", URL + "/until-closed") as response:
            print(b"".join([part async for part in response.aiter_bytes()])[:30])
        try:
            await client.get(NOBODY)
        except httpx.HTTPError as error:
            print(type(error).__name__)

asyncio.run(main())
"""

REQUESTS = TOP + """\
import requests, urllib3

with requests.Session() as session:
    for path in PATHS:
        response = session.get(URL + path)
        show(path, response.status_code, response.reason, response.content, response.headers["X-Twice"], len(response.history))
    response = session.head(URL + "/plain")
    print(response.headers["Content-Type"], response.content)
    print(session.post(URL + "/plain", data=(b"piece" for _ in range(3))).json()["number"])
    with session.get(URL + "/until-closed", stream=True) as response:
        print(b"".join(response.iter_content(7))[:30])
    try:
        session.get(NOBODY)
    except requests.RequestException as error:
        print(type(error).__name__)

pool = urllib3.PoolManager()
response = pool.request("GET", URL + "/plain", preload_content=False)
print(response.read(20), response.status)
print(response.read()[:5])
response.release_conn()
print(pool.request("POST", URL + "/deflate", body=b"x").data[:40])
"""

URLLIB = TOP + """\
import http.client, urllib.error, urllib.request

for path in PATHS:
    try:
        with urllib.request.urlopen(URL + path) as response:
            show(path, response.status, response.reason, response.read() if path not in ("/gzip", "/deflate") else b"", "", 0)
    except urllib.error.HTTPError as error:
        print(error.code, error.read()[:30])
try:
    urllib.request.urlopen(NOBODY)
except urllib.error.URLError as error:
    print(type(error.reason).__name__, error.reason)
connection = http.client.HTTPConnection(URL.removeprefix("http://"))
for _ in range(2):
    connection.request("GET", "/plain")
    response = connection.getresponse()
    start = bytearray(9)
    print(response.readinto(start), bytes(start), response.read(1), response.readline()[:9], response.read()[:0])
connection.close()
"""


@pytest.mark.parametrize("text", [AIOHTTP, HTTPX, REQUESTS, URLLIB], ids=["aiohttp", "httpx", "requests", "urllib"])
def test_a_service_that_is_gone_answers_as_it_did(tmp_path: Path, text: str) -> None:
    world = World(tmp_path)
    with outside() as url:
        printed = world.record(text, SERVICE=url)
    assert printed.count("\n") > 10
    again = world.isolated()
    assert (again.stdout, again.stderr, again.returncode) == (printed, "", 0)
    assert "s3cr3t" not in world.kept()


SERVES_ITSELF = """\
import http.client, http.server, os, threading, urllib.request

class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(os.environ["PYTHON_WORD"].encode())

    def log_message(self, *words):
        pass

server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
print(urllib.request.urlopen(f"http://127.0.0.1:{server.server_address[1]}/").read())
print(urllib.request.urlopen(os.environ["SERVICE"] + "/plain").status)
server.shutdown()
"""


def test_a_service_of_the_program_itself_runs_again(tmp_path: Path) -> None:
    """At another port; what it says is what it says now."""
    world = World(tmp_path)
    with outside() as url:
        assert world.record(SERVES_ITSELF, SERVICE=url, PYTHON_WORD="then") == "b'then'\n200\n"
    again = world.isolated(PYTHON_WORD="now")
    assert (again.stdout, again.stderr) == ("b'now'\n200\n", "")
