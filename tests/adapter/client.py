"""A DAP client for tests: drives `causeway dap`, checks every message against the protocol's schema, and keeps the protocol's own rules."""

from __future__ import annotations

import itertools
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

from causeway_adapter.dap.connection import Connection
from jsonschema import Draft4Validator

from docs.tools.dap_types import schema

SCHEMA = schema()
CAUSEWAY = Path(sys.executable).with_name("causeway")


def definition_of(message: dict[str, Any]) -> str:
    """The schema's name for a message from the adapter."""
    if message["type"] == "request":
        return message["command"][0].upper() + message["command"][1:] + "Request"
    if message["type"] == "event":
        return message["event"][0].upper() + message["event"][1:] + "Event"
    if not message["success"]:
        return "ErrorResponse"
    if message["command"].startswith("causeway/"):
        return "Response"  # a request of our own: the protocol knows its frame only
    return message["command"][0].upper() + message["command"][1:] + "Response"


def assert_valid(message: dict[str, Any]) -> None:
    """Fail with the first schema error of `message`."""
    if message["type"] == "event" and message["event"].startswith("debugpy"):
        return  # debugpy's own, which its clients know
    name = definition_of(message)
    assert name in SCHEMA["definitions"], f"no such message in the protocol: {name}"
    validator = Draft4Validator({"$ref": f"#/definitions/{name}", "definitions": SCHEMA["definitions"]})
    errors = sorted(validator.iter_errors(message), key=str)
    assert not errors, f"{name}: {errors[0].message} at {list(errors[0].absolute_path)}"


class Client:
    """One conversation. `events` holds what came and was not yet taken; leaving the `with` block fails if a `stopped` was left unread."""

    def __init__(self, *words: str) -> None:
        self.process = subprocess.Popen([str(CAUSEWAY), "dap", *words], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert self.process.stdin and self.process.stdout
        self._open_conversation(self.process.stdout, self.process.stdin)

    def _open_conversation(self, source: Any, sink: Any) -> None:
        self._sink = sink
        self._incoming = Connection(source, sink)
        self._seq = itertools.count(1)
        self._last_seq = 0
        self.events: list[dict[str, Any]] = []
        self.requests: list[dict[str, Any]] = []
        self._open: dict[int, str] = {}
        self._responses: dict[int, dict[str, Any]] = {}

    def __enter__(self) -> Client:
        return self

    def __exit__(self, kind: object, error: object, traceback: object) -> None:
        if self.process.poll() is None and kind is None:
            self.request("disconnect")
            assert self.process.wait(200) == 0
            self.assert_nothing_unread()
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()

    def assert_nothing_unread(self) -> None:
        """Fail if a stop came that nobody waited for."""
        assert not [event for event in self.events if event["event"] == "stopped"], "a stop was left unread"

    def send_raw(self, data: bytes) -> None:
        """Bytes as they are, for malformed messages."""
        self._sink.write(data)
        self._sink.flush()

    def receive(self) -> dict[str, Any]:
        """The next message of the adapter, checked."""
        message = self._incoming.receive()
        assert message is not None, "the adapter closed the conversation"
        assert message["seq"] == self._last_seq + 1, "seq must grow by one"
        self._last_seq = message["seq"]
        assert_valid(message)
        return message

    def begin(self, command: str, **arguments: Any) -> int:
        """Send a request whose response is to be taken later with `response`."""
        seq = next(self._seq)
        self._open[seq] = command
        self.send_raw(encoded({"seq": seq, "type": "request", "command": command, "arguments": arguments}))
        return seq

    def response(self, seq: int) -> dict[str, Any]:
        """The response to a request, successful or not; what comes before it is kept."""
        while seq not in self._responses:
            self._keep(self.receive())
        return self._responses.pop(seq)

    def _keep(self, message: dict[str, Any]) -> None:
        if message["type"] == "response":
            assert message["command"] == self._open.pop(message["request_seq"]), "each request is answered once"
            self._responses[message["request_seq"]] = message
        elif message["type"] == "request":
            self.requests.append(message)
        else:
            self.events.append(message)

    def answer(self, asked: dict[str, Any], body: dict[str, Any]) -> None:
        """Answer a request of the adapter's with success."""
        message = {"seq": next(self._seq), "type": "response", "request_seq": asked["seq"], "command": asked["command"], "success": True}
        self.send_raw(encoded({**message, "body": body}))

    def wanted(self) -> dict[str, Any]:
        """The next request of the adapter's."""
        while not self.requests:
            self._keep(self.receive())
        return self.requests.pop(0)

    def ask(self, command: str, **arguments: Any) -> dict[str, Any]:
        """Send a request and return its response, successful or not; events before it are kept."""
        return self.response(self.begin(command, **arguments))

    def request(self, command: str, **arguments: Any) -> dict[str, Any]:
        """The body of a response that must be a success."""
        response = self.ask(command, **arguments)
        assert response["success"], response
        return response.get("body") or {}

    def event(self, name: str) -> dict[str, Any]:
        """The body of the next event called `name`; others stay."""
        for index, message in enumerate(self.events):
            if message["event"] == name:
                return self.events.pop(index).get("body") or {}
        while True:
            message = self.receive()
            if message["type"] == "event" and message["event"] == name:
                return message.get("body") or {}
            self._keep(message)

    def attach(self, recording: Path, *, at: str | None = None, before: Any = None) -> dict[str, Any]:
        """Initialize, attach and configure; the first `stopped`. `before(client)` may set breakpoints."""
        self.request("initialize", adapterID="causeway", linesStartAt1=True, columnsStartAt1=True, pathFormat="path")
        self.request("attach", recording=str(recording), **({"at": at} if at else {}))
        self.event("initialized")
        if before:
            before(self)
        self.request("configurationDone")
        return self.event("stopped")

    def launch(self, *, before: Any = None, **configuration: Any) -> None:
        """Initialize, launch a program and configure; the program runs. `before(client)` may set breakpoints."""
        self.request("initialize", adapterID="causeway", linesStartAt1=True, columnsStartAt1=True, pathFormat="path")
        launched = self.begin("launch", **{"console": "internalConsole", **configuration})
        self.event("initialized")
        if before:
            before(self)
        self.request("configurationDone")
        response = self.response(launched)
        assert response["success"], response

    def move(self, command: str, stopped: dict[str, Any], **arguments: Any) -> dict[str, Any]:
        """A movement of the thread that stopped; the next `stopped`."""
        self.request(command, threadId=stopped["threadId"], **arguments)
        return self.event("stopped")

    def top(self, stopped: dict[str, Any]) -> dict[str, Any]:
        """The top frame of the thread that stopped."""
        return self.request("stackTrace", threadId=stopped["threadId"], levels=1)["stackFrames"][0]

    def place(self, stopped: dict[str, Any]) -> tuple[int, str, int]:
        """(thread, file name, line) of a stop."""
        frame = self.top(stopped)
        return stopped["threadId"], Path(frame["source"]["path"]).name, frame["line"]

    def locals(self, stopped: dict[str, Any]) -> dict[str, str]:
        """Names and values of the top frame's locals (in a module: its globals)."""
        scopes = self.request("scopes", frameId=self.top(stopped)["id"])["scopes"]
        reference = next((scope["variablesReference"] for scope in scopes if scope["name"] in ("Locals", "Globals")), 0)
        return {one["name"]: one["value"] for one in self.request("variables", variablesReference=reference)["variables"]} if reference else {}

    def thread_name(self, stopped: dict[str, Any]) -> str:
        """The name of the thread that stopped; it must have been announced."""
        threads = {one["id"]: one["name"] for one in self.request("threads")["threads"]}
        return threads[stopped["threadId"]]


class Shared(Client):
    """A conversation with the server that the tests of a run share, over TCP: for recordings, where starting a process costs most."""

    server: subprocess.Popen[bytes] | None = None
    port = 0

    def __init__(self) -> None:
        self._begin(self._connect())

    @classmethod
    def _connect(cls) -> socket.socket:
        if cls.server is None:
            cls.server = subprocess.Popen([str(CAUSEWAY), "dap", "--port", "0"], stdout=subprocess.PIPE)
            assert cls.server.stdout is not None
            cls.port = int(cls.server.stdout.readline().rpartition(b":")[2])
        return socket.create_connection(("127.0.0.1", cls.port))

    @classmethod
    def stop_server(cls) -> None:
        """At the end of the run."""
        if cls.server is not None:
            assert cls.server.poll() is None, "the server survives what its clients do"
            assert cls.server.stdout is not None
            cls.server.kill()
            cls.server.wait()
            cls.server.stdout.close()
            cls.server = None

    def _begin(self, connection: socket.socket) -> None:
        self._socket = connection
        self._stream = connection.makefile("rwb")
        self._open_conversation(self._stream, self._stream)

    def __exit__(self, kind: object, error: object, traceback: object) -> None:
        if kind is None:
            self.request("disconnect")
            self.assert_nothing_unread()
            assert self._stream.read() == b"", "nothing comes after the answer to disconnect"
        self._stream.close()
        self._socket.close()


def encoded(message: dict[str, Any]) -> bytes:
    """Framed bytes of a message."""
    from causeway_adapter.dap.connection import encode

    return encode(message)
