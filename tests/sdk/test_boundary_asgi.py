"""ASGI and WSGI servers as boundaries: Starlette and FastAPI under uvicorn and a test client, Flask under werkzeug, wsgiref."""

from __future__ import annotations

from pathlib import Path

import pytest
from causeway_core.storage import Recording

from tests.sdk.recorded import Run, run_both
from tests.sdk.test_boundary_http import messages
from tests.support.commands import causeway
from tests.support.recordings import Recorded, record

STARLETTE = """
    from starlette.applications import Starlette
    from starlette.responses import PlainTextResponse, StreamingResponse
    from starlette.routing import Mount, Route
    async def one(request): return PlainTextResponse("one", status_code=201)
    def threaded(request): return PlainTextResponse("threaded")
    async def fails(request): raise ValueError("no")
    async def stream(request):
        async def parts():
            for part in "abc": yield part
        return StreamingResponse(parts())
    inner = Starlette(routes=[Route("/threaded", threaded)])
    app = Starlette(routes=[Route("/one", one), Route("/fails", fails), Route("/stream", stream), Mount("/in", inner)])
"""
FASTAPI = """
    from fastapi import FastAPI
    from fastapi.responses import PlainTextResponse, StreamingResponse
    app = FastAPI()
    @app.get("/one", status_code=201)
    async def one(): return "one"
    @app.get("/in/threaded")
    def threaded(): return "threaded"
    @app.get("/fails")
    async def fails(): raise ValueError("no")
    @app.get("/stream")
    async def stream(): return StreamingResponse(iter("abc"))
"""
FLASK = """
    from flask import Flask, Response
    app = Flask("app")
    @app.get("/one")
    def one(): return "one", 201
    @app.get("/in/threaded")
    def threaded(): return "threaded"
    @app.get("/fails")
    def fails(): raise ValueError("no")
    @app.get("/stream")
    def stream(): return Response(iter("abc"))
"""
UVICORN = """
    import logging, threading, uvicorn
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_config=None, http="h11"))
    ready = threading.Event()
    class Watched(uvicorn.Server):
        async def startup(self, sockets=None):
            await super().startup(sockets)
            ready.set()
    logging.getLogger("uvicorn").setLevel(logging.CRITICAL + 1)
    server = Watched(server.config)
    thread = threading.Thread(target=server.run)
    thread.start()
    ready.wait()
    base = "http://127.0.0.1:%d" % server.servers[0].sockets[0].getsockname()[1]
    def stop():
        server.should_exit = True
        thread.join()
"""
WERKZEUG = """
    import logging, threading
    from werkzeug.serving import make_server
    logging.getLogger("werkzeug").setLevel(logging.CRITICAL + 1)
    app.logger.disabled = True
    server = make_server("127.0.0.1", 0, app)
"""
WSGIREF = """
    import sys, threading
    from wsgiref.simple_server import WSGIRequestHandler, make_server
    class Quiet(WSGIRequestHandler):
        def log_message(self, *args): pass
        def get_stderr(self): return open("/dev/null", "w")
    def plain(environ, start_response):
        start_response({"/one": "201 Created", "/fails": "500 No"}.get(environ["PATH_INFO"], "200 OK"), [("Content-Type", "text/plain")])
        return [b"abc"]
    server = make_server("127.0.0.1", 0, plain, handler_class=Quiet)
"""
SERVE = """
    base = "http://127.0.0.1:%d" % server.server_port
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    def stop():
        server.shutdown()
        thread.join()
        server.server_close()
"""
CLIENT = """
    import urllib.error, urllib.request
    def get(path):
        try:
            with urllib.request.urlopen(base + path) as response: response.read(); return response.status
        except urllib.error.HTTPError as error: error.close(); return error.code
    print([get(path) for path in ("/one?token=canary-query&x=1", "/in/threaded", "/fails", "/stream")])
    stop()
"""
SERVERS = {
    "starlette": STARLETTE + UVICORN, "fastapi": FASTAPI + UVICORN, "flask": FLASK + WERKZEUG + SERVE, "wsgiref": WSGIREF + SERVE,
}  # fmt: skip


@pytest.fixture(scope="module", params=list(SERVERS))
def served(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The same four requests to every server."""
    return run_both(tmp_path_factory.mktemp("served"), SERVERS[request.param] + CLIENT)


def spans(recorded: Run, kind: str) -> list[tuple[str, object]]:
    """Name and status of the spans of a kind, in the order in which they began."""
    found = recorded.facts("SPAN")
    ended = {fact["span"]: fact for fact in found if fact["phase"] == "end"}
    begun = [fact for fact in found if fact["phase"] == "begin" and fact["attributes"].get("span.kind") == kind]
    return [(fact["name"], ended[fact["span"]]["attributes"].get("http.response.status_code")) for fact in begun]


def test_each_request_is_one_span_with_its_status(served: Run) -> None:
    expected = [("GET /one", 201), ("GET /in/threaded", 200), ("GET /fails", 500), ("GET /stream", 200)]
    assert spans(served, "server") == expected
    assert spans(served, "client") == expected
    assert {gap["hook"] for gap in served.gaps()} <= {"uvloop"} and b"canary" not in served.raw()


def test_requests_and_answers_pair(served: Run) -> None:
    found = messages(served)
    requests = [key for key in found if not key.endswith(":r")]
    assert len(requests) == 4
    for key in requests:
        send, receive, answer = found[key]["send"], found[key]["receive"], found[f"{key}:r"]
        assert receive["from"] == [f"{served.process.uid:016x}", send["stream"], send["position"]]
        assert send["ns"] < receive["ns"] < answer["send"]["ns"] < answer["receive"]["ns"]


CONTEXTS = """
    headers = {"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "tracestate": "rojo=1"}
    def get(path, headers):
        response = client.get(path, headers=headers)
        print(response.status_code, response.content if hasattr(response, "content") else response.get_data())
    get("/one", headers)
    own = "00-11111111111111111111111111111111-2222222222222222-01;0123456789abcdef.0.10"
    get("/stream", {"X-Causeway-Trace": own})
"""


@pytest.mark.parametrize("program", [
    STARLETTE + "    from starlette.testclient import TestClient\n    client = TestClient(app)\n" + CONTEXTS,
    FLASK + "    client = app.test_client()\n" + CONTEXTS,
], ids=["starlette", "flask"])  # fmt: skip
def test_a_test_client_needs_no_server_and_context_is_taken_up(tmp_path: Path, program: str) -> None:
    recorded = run_both(tmp_path, program)
    server = [
        fact for fact in recorded.facts("SPAN")
        if fact["phase"] == "begin" and fact["attributes"].get("span.kind") == "server"
    ]  # fmt: skip
    assert (server[0]["trace_id"], server[0]["parent"]) == ("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331")
    assert (server[1]["trace_id"], server[1]["parent"]) == ("11111111111111111111111111111111", "2222222222222222")
    assert [status for _, status in spans(recorded, "server")] == [201, 200]
    (received,) = [said for said in recorded.facts("MESSAGE") if said["id"] == "2222222222222222" and said["direction"] == "receive"]
    assert received["from"] == ["0123456789abcdef", 0, 16]


def why(recorded: Recorded, question: str) -> str:
    """What `causeway why` says."""
    return causeway("why", recorded.path, question).stdout


SERVICES = Path(__file__).parents[1] / "programs" / "asgi_services.py"


def test_the_chain_of_causes_crosses_from_the_server_into_its_caller(tmp_path: Path) -> None:
    """One recording of a client process and a Starlette process: the handler's write was caused by the client's request."""
    recorded = record(SERVICES, tmp_path)
    assert (recorded.code, recorded.stdout) == (0, "balance 70\n"), recorded.stderr
    with Recording.open(recorded.path) as recording:
        services = {process.id: process for process in recording.processes()}
        assert len(services) == 2
        sql = """SELECT source.process, target.process FROM edge JOIN stream source ON source.id = edge.src >> 40
                 JOIN stream target ON target.id = edge.dst >> 40 WHERE edge.kind = 'message' AND edge.hard AND edge.note = 'http'"""
        assert [tuple(row) for row in recording.query(sql).rows] == [(1, 2)]
        (answer,) = recording.query("SELECT send_at FROM message WHERE key LIKE '%:r'").rows
    told = why(recorded, f"s{answer[0] >> 40}@{answer[0] & (1 << 40) - 1}")
    assert f"{SERVICES.name}:{recorded.line('ask')}" in told, told
