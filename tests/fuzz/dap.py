"""Live conversations with the debug adapter over a real recording: random requests, many of them damaged. Each gets exactly one response."""

from __future__ import annotations

import json
import random
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from causeway_adapter.dap.adapter import Adapter
from causeway_adapter.dap.connection import Connection
from causeway_adapter.dap.requests.table import HANDLERS, NOT_SERVED

from tests.fuzz.loop import run
from tests.support.recordings import PROGRAMS, Recorded, record

_REQUESTS = 60
_EXPRESSIONS = (
    "account.balance",
    "amount",
    "why account.balance",
    "why F1",
    "history account.balance",
    "races",
    "help",
    "seen +",
    "[x for x in range(9)]",
    "9**9**9",
    "account",
    "'😀' * 3",
    "__import__('os')",
    "",
    "(" * 200,
    "account.balance[0]",
    "len(account)",
    "\x00",
    "why s0@1",
    "a" * 5000,
)
_JUNK: tuple[Any, ...] = (
    None,
    True,
    False,
    0,
    -1,
    1 << 31,
    1 << 63,
    1 << 200,
    0.5,
    -1e308,
    "",
    "x",
    "\ud800",
    "a" * 10_000,
    "s0@4",
    "F1",
    [],
    {},
    [[]],
    [None],
    {"path": 3},
    [{}],
)


@cache
def recorded() -> Recorded:
    """The recording that all conversations are about."""
    return record(PROGRAMS / "lost_update.py", Path(tempfile.mkdtemp()))


class Client:
    """Both ends of the connection's bytes: makes up the next message when the adapter reads, and keeps account of what it writes."""

    def __init__(self, choice: random.Random) -> None:
        self._choice = choice
        self._seq = 0
        self._sent = 0
        self._outgoing = b""
        self._incoming = b""
        self.open: list[int] = []
        self.closed = False
        self.known: dict[str, list[Any]] = {"thread": [1], "frame": [1], "variables": [1], "step": [1], "goto": [1], "data": ["x"]}

    # What the adapter reads.

    def readline(self, limit: int, /) -> bytes:
        """The next header line."""
        if not self._outgoing:
            self._next()
        end = self._outgoing.find(b"\n") + 1 or len(self._outgoing)
        line, self._outgoing = self._outgoing[: min(end, limit)], self._outgoing[min(end, limit) :]
        return line

    def read(self, size: int, /) -> bytes:
        """The next body."""
        data, self._outgoing = self._outgoing[:size], self._outgoing[size:]
        return data

    def _next(self) -> None:
        assert not self.open, f"no response to {self.open}"
        self._sent += 1
        choice = self._choice
        if self._sent > _REQUESTS or choice.random() < 0.002:
            self._outgoing = choice.choice((b"", b"Content-Length: 10\r\n\r\n{}", b"nonsense\r\n", b"Content-Length: -1\r\n\r\n"))
            self.closed = True
            return
        message = self._message()
        body = json.dumps(message).encode()
        if choice.random() < 0.03:
            data = bytearray(body)
            for _ in range(choice.randrange(1, 4)):
                data[choice.randrange(len(data))] = choice.randrange(256)
            body = bytes(data)
        self._expect(body)
        self._outgoing = b"Content-Length: %d\r\n\r\n" % len(body) + body

    def _expect(self, body: bytes) -> None:
        """A request is what is still one after the damage."""
        try:
            message = json.loads(body)
        except (ValueError, RecursionError):
            return
        if isinstance(message, dict) and message.get("type") == "request":
            seq = message.get("seq")
            self.open.append(seq if isinstance(seq, int) else 0)

    def _message(self) -> dict[str, Any]:
        self._seq += 1
        choice = self._choice
        if self._sent == 1 and choice.random() < 0.95:
            command, arguments = "initialize", {"adapterID": "fuzz", "linesStartAt1": choice.random() < 0.5, "supportsProgressReporting": True}
        elif self._sent == 2 and choice.random() < 0.95:
            command, arguments = "attach", {"recording": str(recorded().path), "at": choice.choice(("F1", "start", "end", "s0@4", None))}
        elif self._sent == 3 and choice.random() < 0.95:
            command, arguments = "configurationDone", {}
        else:
            command = choice.choice((*HANDLERS, *NOT_SERVED, "frobnicate"))
            if command in ("disconnect", "terminate") and choice.random() < 0.9:
                command = "stackTrace"
            arguments = self._arguments(command)
            if choice.random() < 0.3:
                arguments = self._damaged(arguments)
        message = {"seq": self._seq, "type": "request", "command": command, "arguments": arguments}
        if choice.random() < 0.03:
            message[choice.choice(("seq", "type", "command", "arguments"))] = choice.choice(_JUNK)
        return message

    def _arguments(self, command: str) -> dict[str, Any]:
        choice, known = self._choice, self.known
        path = str(recorded().script)
        everything = {
            "threadId": choice.choice(known["thread"]),
            "frameId": choice.choice(known["frame"]),
            "variablesReference": choice.choice(known["variables"]),
            "targetId": choice.choice(known["step"] + known["goto"]),
            "source": {"path": path, "name": "lost_update.py"},
            "line": choice.randrange(30),
            "endLine": choice.randrange(40),
            "column": choice.randrange(20),
            "expression": choice.choice(_EXPRESSIONS),
            "text": choice.choice(_EXPRESSIONS),
            "context": choice.choice(("repl", "hover", "watch", "clipboard")),
            "name": choice.choice(("account", "account.balance", "amount", "balance")),
            "breakpoints": [self._breakpoint(command) for _ in range(choice.randrange(3))],
            "granularity": choice.choice(("line", "statement")),
            "filters": choice.sample(("uncaught", "raised", "race", "deadlock", "cancelled", "unretrieved", "what"), 2),
            "start": choice.randrange(3),
            "count": choice.randrange(5),
            "filter": choice.choice(("named", "indexed")),
            "levels": choice.randrange(5),
            "startFrame": choice.randrange(5),
            "sourceReference": choice.randrange(3),
            "sourceModified": False,
            "format": {"hex": True},
        }
        needed = ("threadId", "frameId", "variablesReference", "source", "line", "expression", "text", "name", "breakpoints", "filters", "targetId")
        kept = {key: value for key, value in everything.items() if key in needed or choice.random() < 0.3}
        if command in ("stepIn", "evaluate", "dataBreakpointInfo") and choice.random() < 0.5:
            kept.pop(choice.choice(("targetId", "frameId", "variablesReference")), None)
        return kept

    def _breakpoint(self, command: str) -> dict[str, Any]:
        choice = self._choice
        one: dict[str, Any] = {"line": choice.randrange(30), "name": choice.choice(("withdraw", "main")), "dataId": choice.choice(self.known["data"])}
        for key in ("condition", "hitCondition", "logMessage"):
            if choice.random() < 0.2:
                one[key] = choice.choice(("amount > 10", "2", ">= 2", "{amount} {", "%", *_EXPRESSIONS))
        return one

    def _damaged(self, arguments: Any) -> Any:
        choice = self._choice
        if choice.random() < 0.05:
            return choice.choice(_JUNK)
        key = choice.choice(list(arguments) or ["x"])
        value = arguments.get(key)
        if isinstance(value, list) and value and choice.random() < 0.7:
            value = [self._damaged(one) if isinstance(one, dict) else choice.choice(_JUNK) for one in value]
        elif isinstance(value, dict) and choice.random() < 0.7:
            value = self._damaged(value)
        else:
            value = choice.choice(_JUNK)
        arguments = {**arguments, key: value}
        if choice.random() < 0.3:
            del arguments[key]
        return arguments

    # What the adapter writes.

    def write(self, data: bytes, /) -> object:
        """One whole message."""
        head, _, body = data.partition(b"\r\n\r\n")
        assert head == b"Content-Length: %d" % len(body), head
        message = json.loads(body)
        if message["type"] == "response":
            seq = message["request_seq"]
            assert self.open and self.open.pop(0) == seq, f"a response that nobody asked for: {body[:300]!r}"
            assert "failed inside Causeway" not in (message.get("message") or ""), message["message"]
            self._learn(message.get("body") or {})
        return None

    def flush(self) -> object:
        """Nothing is held back."""
        return None

    def _learn(self, body: dict[str, Any]) -> None:
        known = self.known
        known["thread"] += [one["id"] for one in body.get("threads", ())]
        known["frame"] += [one["id"] for one in body.get("stackFrames", ())]
        known["variables"] += [
            one["variablesReference"] for one in (*body.get("scopes", ()), *body.get("variables", ())) if one["variablesReference"]
        ]
        known["step"] += [one["id"] for one in body.get("targets", ()) if "id" in one]
        known["data"] += [body["dataId"]] if body.get("dataId") else []
        for kind in known:
            known[kind] = known[kind][-8:]


def attempt(choice: random.Random, folder: Path) -> None:
    """One conversation."""
    client = Client(choice)
    Adapter(Connection(client, client), accepts=lambda given: True).run()
    assert not client.open, f"no response to {client.open}"


if __name__ == "__main__":
    recorded()
    run(attempt)
