"""HTTP boundaries with real clients and servers on the loopback interface."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.sdk.recorded import Run, run_both, said_by

SERVER = """
    import json, threading
    from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        def do_GET(self):
            if self.path.startswith("/redirect"):
                self.send_response(302); self.send_header("Location", "/target?token=canary-query&x=1")
                self.send_header("Content-Length", "0"); self.end_headers()
                return
            if self.path == "/missing":
                self.send_error(404)
                return
            body = json.dumps({k: self.headers.get_all(k) for k in ("traceparent", "tracestate")}).encode()
            self.send_response(200); self.send_header("Content-Length", str(len(body))); self.end_headers(); self.wfile.write(body)
        do_POST = do_GET
        def log_message(self, *args): pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}"
"""

CLIENTS = {
    "urllib": """
    import urllib.request
    def get(path, headers={}):
        request = urllib.request.Request(url + path, headers=headers)
        try:
            with urllib.request.urlopen(request) as response: return response.status, response.read()
        except urllib.error.HTTPError as error: return error.code, b""
""",
    "requests": """
    import requests
    session = requests.Session()
    def get(path, headers={}):
        response = session.get(url + path, headers=headers)
        return response.status_code, response.content
""",
    "httpx": """
    import httpx
    client = httpx.Client(follow_redirects=True)
    def get(path, headers={}):
        response = client.get(url + path, headers=headers)
        return response.status_code, response.content
""",
    "httpx async": """
    import asyncio, httpx
    def get(path, headers={}):
        async def go():
            async with httpx.AsyncClient(follow_redirects=True) as client:
                return await client.get(url + path, headers=headers)
        response = asyncio.run(go())
        return response.status_code, response.content
""",
    "aiohttp": """
    import asyncio, aiohttp
    def get(path, headers={}):
        async def go():
            async with aiohttp.ClientSession() as session, session.get(url + path, headers=headers) as response:
                return response.status, await response.read()
        return asyncio.run(go())
""",
}
USE = """
    status, body = get("/one")
    print(status, get("/redirect")[0], get("/missing")[0])
    own = get("/own", {"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "tracestate": "rojo=1,congo=2"})
    signed = get("/signed", {"Authorization": "AWS4-HMAC-SHA256 Credential=canary-auth/20260101/x"})
    open("answers.json", "w").write(json.dumps([json.loads(body), json.loads(own[1]), json.loads(signed[1])]))
    server.shutdown()
"""


@pytest.fixture(scope="module", params=list(CLIENTS))
def exchange(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The same conversation held by every client."""
    return run_both(tmp_path_factory.mktemp("http"), SERVER + CLIENTS[request.param] + USE)


def answers(recorded: Run) -> list[dict[str, Any]]:
    import json

    found: list[dict[str, Any]] = json.loads((recorded.spool.parent / "answers.json").read_text())
    return found


BELOW = ("socket:", "selector:")
"""What the messages of sockets and selectors are called, which carry the requests."""


def messages(recorded: Run) -> dict[str, dict[str, dict[str, Any]]]:
    """Message id → direction → record; without those of the sockets below, and of the processes that a library starts when it is imported."""
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for message in recorded.facts("MESSAGE"):
        if message["id"].startswith(("spawn:", "exit:", *BELOW)):
            continue
        found.setdefault(message["id"], {})[message["direction"]] = message
    return found


def test_every_request_pairs_with_its_receipt_and_its_answer(exchange: Run) -> None:
    found = messages(exchange)
    requests = {key: pair for key, pair in found.items() if not key.endswith(":r")}
    # one, redirect, its target, missing, own, signed: the signed one carried nothing, so nobody can pair it
    assert len(requests) == 6
    paired = [key for key, pair in requests.items() if "receive" in pair]
    assert len(paired) == 5
    for key in paired:
        send, receive = requests[key]["send"], requests[key]["receive"]
        assert receive["from"] == [f"{exchange.process.uid:016x}", send["stream"], send["position"]]
        answer = found[f"{key}:r"]
        assert send["ns"] < receive["ns"] < answer["send"]["ns"] < answer["receive"]["ns"]


def test_the_server_sees_the_context_and_the_programs_own_headers(exchange: Run) -> None:
    plain, own, signed = answers(exchange)
    uid = f"{exchange.process.uid:016x}"
    assert len(plain["traceparent"]) == 1 and plain["tracestate"][0].startswith(f"cw={uid}.")
    assert own["traceparent"] == ["00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"]
    assert set(",".join(own["tracestate"]).split(",")) >= {"rojo=1", "congo=2"} and f"cw={uid}." in ",".join(own["tracestate"])
    assert signed == {"traceparent": None, "tracestate": None}


def test_spans_say_what_opentelemetry_would(exchange: Run) -> None:
    spans = exchange.facts("SPAN")
    begun = [fact for fact in spans if fact["phase"] == "begin"]
    client = [fact for fact in begun if fact["attributes"]["span.kind"] == "client"]
    server = [fact for fact in begun if fact["attributes"]["span.kind"] == "server"]
    assert len(client) == len(server) == 6
    assert [fact["name"] for fact in client] == ["GET /one", "GET /redirect", "GET /target", "GET /missing", "GET /own", "GET /signed"]
    assert server[0]["parent"] == client[0]["span"] and server[0]["trace_id"] == client[0]["trace_id"]
    assert server[4]["trace_id"] == "0af7651916cd43dd8448eb211c80319c"
    assert client[0]["attributes"]["url.full"].endswith("/one")
    ended = {fact["span"]: fact for fact in spans if fact["phase"] == "end"}
    assert [ended[fact["span"]]["attributes"]["http.response.status_code"] for fact in client] == [200, 302, 200, 404, 200, 200]
    assert [ended[fact["span"]]["attributes"]["http.response.status_code"] for fact in server] == [200, 302, 200, 404, 200, 200]
    assert ended[client[3]["span"]]["status"] == "error" and ended[server[3]["span"]]["status"] == "ok"
    operations = [(fact["op"], fact["phase"]) for fact in exchange.facts("IO") if fact["op"].startswith("http")]
    assert operations.count(("http.client", "begin")) == operations.count(("http.client", "end")) == 6
    assert operations.count(("http.server", "begin")) == operations.count(("http.server", "end")) == 6


def test_secrets_of_the_conversation_stay_out(exchange: Run) -> None:
    raw = exchange.raw()
    assert b"canary-query" not in raw and b"canary-auth" not in raw


def test_nothing_is_missing(exchange: Run) -> None:
    assert exchange.gaps() == []


def test_a_connection_that_fails_ends_its_span_with_the_error(tmp_path: Path) -> None:
    recorded = run_both(tmp_path, """
        import asyncio, socket, urllib.request, urllib.error
        listener = socket.create_server(("127.0.0.1", 0))

        async def hang_up(reader, writer):
            await reader.readuntil(b"\\r\\n\\r\\n")
            writer.close()

        async def main():
            server = await asyncio.start_server(hang_up, "127.0.0.1", 0)
            port = server.sockets[0].getsockname()[1]
            import aiohttp
            async with aiohttp.ClientSession() as session:
                try:
                    await session.post(f"http://127.0.0.1:{port}/")
                except aiohttp.ServerDisconnectedError as error:
                    print(type(error).__name__)
            def blocking():
                try: urllib.request.urlopen(f"http://127.0.0.1:{port}/")
                except OSError as error: print(type(error).__name__)
            await asyncio.to_thread(blocking)
            server.close()
        asyncio.run(main())
    """)
    failed = [fact["attributes"] for fact in recorded.facts("SPAN") if fact["phase"] == "end"]
    assert [attributes["error.type"] for attributes in failed] == ["ServerDisconnectedError", "RemoteDisconnected"]
    assert recorded.gaps() == []


AIOHTTP = """
    import asyncio, aiohttp, causeway
    from aiohttp import web

    @web.middleware
    async def middleware(request, handler):
        with causeway.trace("middleware"):
            return await handler(request)

    async def plain(request):
        async with asyncio.TaskGroup() if hasattr(asyncio, "TaskGroup") else contextlib.nullcontext() as group:
            group.create_task(child())
        return web.json_response({"ok": True})
    async def child():
        with causeway.trace("child"): await asyncio.sleep(0)
    async def boom(request): raise ValueError("boom")
    async def denied(request): raise web.HTTPForbidden()
    async def stream(request):
        response = web.StreamResponse()
        await response.prepare(request)
        for part in (b"a", b"b"): await response.write(part)
        await response.write_eof()
        return response
    async def socket(request):
        ws = web.WebSocketResponse()
        await ws.prepare(request)
        async for message in ws:
            await ws.send_str(message.data.upper())
            if message.data == "bye": await ws.close()
        return ws

    async def main():
        app = web.Application(middlewares=[middleware])
        sub = web.Application(); sub.router.add_get("/plain", plain)
        app.add_subapp("/sub", sub)
        app.add_routes([web.get("/" + f.__name__, f) for f in (plain, boom, denied, stream, socket)])
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        url = "http://%s:%s" % runner.addresses[0][:2]
        import logging; logging.disable()
        async with aiohttp.ClientSession() as session:
            for path in ("plain", "boom", "denied", "stream", "sub/plain"):
                async with session.get(f"{url}/{path}") as response:
                    print(path, response.status, sorted(response.headers), len(await response.read()))
            async with session.ws_connect(f"{url}/socket") as ws:
                await ws.send_str("hello"); print((await ws.receive()).data)
                await ws.send_str("bye"); print((await ws.receive()).data, (await ws.receive()).type)
            print(await asyncio.gather(*(session.get(f"{url}/plain") for _ in range(3))) and "many")
        await runner.cleanup()
    asyncio.run(main())
"""


def test_an_aiohttp_service(tmp_path: Path) -> None:
    recorded = run_both(tmp_path, AIOHTTP)
    begun = [fact for fact in recorded.facts("SPAN") if fact["phase"] == "begin"]
    ended = {fact["span"]: fact for fact in recorded.facts("SPAN") if fact["phase"] == "end"}
    server = {fact["name"]: fact for fact in begun if fact["attributes"].get("span.kind") == "server"}
    codes = {name: ended[fact["span"]]["attributes"]["http.response.status_code"] for name, fact in server.items()}
    assert codes == {"GET /plain": 200, "GET /boom": 500, "GET /denied": 403, "GET /stream": 200, "GET /sub/plain": 200, "GET /socket": 101}
    assert ended[server["GET /boom"]["span"]]["status"] == "error"
    spans = {fact["span"]: fact for fact in begun}
    for fact in begun:
        if fact["name"] == "child":
            middleware = spans[fact["parent"]]
            assert middleware["name"] == "middleware"
            assert spans[middleware["parent"]]["name"] in ("GET /plain", "GET /sub/plain")
    found = messages(recorded)
    assert len(found) == 2 * 9 and all(set(pair) == {"send", "receive"} for pair in found.values())
    assert recorded.gaps() == []


MALFORMED = """
    import asyncio, aiohttp
    from aiohttp import web

    async def handle(request):
        return web.Response(text="fine")

    async def main():
        app = web.Application()
        app.router.add_get("/fine", handle)
        runner = web.AppRunner(app)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        port = site._server.sockets[0].getsockname()[1]
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"no request at all\\r\\n\\r\\n")
        print((await reader.readline()).split()[1])
        writer.close()
        async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{port}/fine") as response:
            print(response.status)
        await runner.cleanup()
    asyncio.run(main())
"""


def test_what_is_no_request_does_not_end_the_recording_of_those_that_follow(tmp_path: Path) -> None:
    recorded = run_both(tmp_path, MALFORMED)
    served = [fact["name"] for fact in recorded.facts("SPAN") if fact.get("attributes", {}).get("span.kind") == "server"]
    assert served == ["GET /fine"]
    assert recorded.gaps() == []


def test_the_handlers_task_receives_the_message(tmp_path: Path) -> None:
    recorded = run_both(tmp_path, AIOHTTP)
    actor: dict[int, list[int]] = {}
    inside: list[tuple[str, str, int]] = []
    labels = {record.id: record.label for record in recorded.process.of("ACTOR")}
    for record in recorded.process.records:
        stack = actor.setdefault(record.stream, [])
        if record.name == "STEP":
            stack.append(record.actor)
        elif record.name == "STEP_END":
            stack.pop()
        elif record.name in ("MESSAGE", "SPAN"):
            said = [each for each in said_by(record) if each["kind"] == "MESSAGE" and not each["id"].startswith(BELOW)]
            inside.extend((each["direction"], labels.get(stack[-1], ""), stack[-1]) for each in said)
    receivers = [number for direction, _, number in inside if direction == "receive"]
    senders = [number for direction, _, number in inside if direction == "send"]
    assert len(set(receivers)) >= 9, "each request has its own task"
    assert set(receivers) & set(senders), "which also sends the answer"


TRANSPORTS = """
    import asyncio, httpx

    def shown(request):
        return sorted(request.headers.keys())

    def echo(request):
        return httpx.Response(200, json=shown(request))

    async def application(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": repr(sorted(scope["headers"])).encode()})

    def wsgi(environ, start_response):
        start_response("200 OK", [])
        return [repr(sorted(name for name in environ if name.startswith("HTTP_"))).encode()]

    async def inside():
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=application)) as client:
            return (await client.get("http://inside/")).text

    seen = []
    hooks = {"request": [lambda request: seen.append(shown(request))], "response": [lambda response: seen.append(shown(response.request))]}
    with httpx.Client(transport=httpx.MockTransport(echo)) as client:
        print(client.get("http://mocked/").json())
    with httpx.Client(transport=httpx.WSGITransport(app=wsgi)) as client:
        print(client.get("http://inside/").text)
    print(asyncio.run(inside()))
    with httpx.Client(event_hooks=hooks, follow_redirects=True) as client:
        request = client.build_request("GET", url + "/redirect")
        response = client.send(request)
        print(shown(request), [shown(each.request) for each in (*response.history, response)], seen)
        print(sorted(httpx.Client(event_hooks=hooks).send(request).request.headers))
        told = []
        client.get(url, extensions={"trace": lambda name, info: told.extend(info["request"].headers) if "request" in info else None})
        print(sorted({name for name, _ in told}))
    server.shutdown()
"""


def test_httpx_shows_the_context_to_nobody_but_the_network(tmp_path: Path) -> None:
    recorded = run_both(tmp_path, SERVER + TRANSPORTS)
    assert len([span for span in recorded.facts("SPAN") if span.get("op") == "http.client" and span["phase"] == "begin"]) == 4
    assert recorded.gaps() == []
