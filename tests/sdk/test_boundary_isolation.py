"""Every boundary hook is made to fail: the program goes on as ever, and the recording says what it misses."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.sdk.recorded import Run, run

PROGRAM = """
    import asyncio, aiohttp, causeway, http.client, json, logging, os, sqlite3, sys, threading
    from aiohttp import web
    from http.server import BaseHTTPRequestHandler, HTTPServer
    import httpx

    {sabotage}

    async def handler(request): return web.json_response({{"ok": True}})
    async def main():
        app = web.Application(); app.router.add_get("/", handler)
        runner = web.AppRunner(app); await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0][:2]
        async with aiohttp.ClientSession() as session:
            for _ in range(2):
                async with session.get(f"http://{{host}}:{{port}}/") as response: print(response.status, await response.text())
        async with httpx.AsyncClient() as client: print((await client.get(f"http://{{host}}:{{port}}/")).json())
        await runner.cleanup()
    asyncio.run(main())

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self): self.send_response(200); self.end_headers(); self.wfile.write(b"hello")
        def log_message(self, *args): pass
    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever); thread.start()
    for _ in range(2):
        connection = http.client.HTTPConnection("127.0.0.1", server.server_port)
        connection.request("GET", "/"); print(connection.getresponse().read())
    server.shutdown(); thread.join()
    database = sqlite3.connect("x.db")
    for statement in ("create table t(a)", "insert into t values (1)", "select * from t"): print(database.execute(statement).fetchall())
    database.commit(); database.close()
    logging.basicConfig(stream=sys.stdout)
    for _ in range(2): logging.warning("a %s", 1)
    open("f.txt", "w").close(); os.remove("f.txt")
    with causeway.trace("span", a=1): causeway.event("event")
    print(causeway.create_trace().serialize() != "")
"""

SABOTAGE = """
    def fail(*args, **kwargs): raise RuntimeError("sabotage")
    if "causeway.spans" in sys.modules:
        import importlib
        module = importlib.import_module("causeway.{module}")
        assert hasattr(module, "{name}")
        module.{name} = fail
"""


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return run(tmp_path_factory.mktemp("plain"), PROGRAM.format(sabotage=""), recorded=False)


@pytest.mark.parametrize(("module", "name", "hook"), [
    ("boundary.aiohttp", "client_begin", "ClientRequest.send"),
    ("boundary.aiohttp", "client_end", "ClientResponse.start"),
    ("boundary.aiohttp", "server_begin", "RequestHandler._handle_request"),
    ("boundary.aiohttp", "server_answer", "StreamResponse._start"),
    ("boundary.aiohttp", "server_end", "RequestHandler._handle_request"),
    ("boundary.httpx", "client_begin", "AsyncHTTPTransport.handle_async_request"),
    ("boundary.httpx", "client_end", "AsyncHTTPTransport.handle_async_request"),
    ("boundary.httpclient", "client_begin", "HTTPConnection.endheaders"),
    ("boundary.httpclient", "client_end", "HTTPConnection.getresponse"),
    ("boundary.httpserver", "server_begin", "BaseHTTPRequestHandler.parse_request"),
    ("boundary.httpserver", "server_answer", "BaseHTTPRequestHandler.flush_headers"),
    ("boundary.httpserver", "server_end", "BaseHTTPRequestHandler.handle_one_request"),
    ("boundary.sqlite3", "_prepare", "sqlite3.Connection.execute"),
    ("boundary.sqlite3", "_ended", "sqlite3.Connection.commit"),
    ("boundary.sqlite3", "Connection", "sqlite3.connect/handle"),
    ("boundary.logs", "scrub", "Logger.callHandlers"),
    ("boundary.files", "_file", "open"),
    ("spans", "begin", "causeway.api"),
    ("spans", "name_json", "causeway.api"),
])  # fmt: skip
def test_a_failing_hook_is_a_gap_and_nothing_else(tmp_path: Path, plain: Run, module: str, name: str, hook: str) -> None:
    recorded = run(tmp_path, PROGRAM.format(sabotage=SABOTAGE.format(module=module, name=name)))
    assert (recorded.stdout, recorded.stderr, recorded.code) == (plain.stdout, "", 0)
    assert any(hook in gap["hook"] for gap in recorded.gaps()), recorded.gaps()


def test_without_sabotage_there_is_no_gap(tmp_path: Path, plain: Run) -> None:
    recorded = run(tmp_path, PROGRAM.format(sabotage=""))
    assert (recorded.stdout, recorded.stderr, recorded.code) == (plain.stdout, "", 0)
    assert recorded.gaps() == []
