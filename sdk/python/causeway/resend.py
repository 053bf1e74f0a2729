"""Sends a service the requests that it got when it was recorded: `python -m causeway.resend FILE PORT`.

FILE is `{"schema": "causeway.requests/1", "requests": [{"method", "target", "headers": [[name, text]…], "body": base64, or "text"}…]}`. They are sent
in their order, each when the one before it is answered, or has waited a while: a request that an order holds is overtaken, as it would be by another
client. What came back is printed, a line a request, in the same order. Nothing of it is recorded.
"""

from __future__ import annotations

import base64
import http.client
import json
import sys
import threading
from collections.abc import Iterable, Mapping
from typing import Any

SCHEMA = "causeway.requests/1"
OVERTAKES_SECONDS = 0.1
"""After this a request that is not answered yet is overtaken by the next one."""
ANSWER_SECONDS = 60.0
LARGEST_SHOWN = 4000
CONNECTION_HEADERS = frozenset({
    "host", "connection", "keep-alive", "content-length", "content-encoding", "transfer-encoding", "accept-encoding", "expect", "te", "upgrade",
    "traceparent", "tracestate", "x-causeway-trace",
})  # fmt: skip
"""Headers that are about one connection, or one trace: these requests have their own."""


def prepared(requests: Iterable[Mapping[str, Any]], path: str, python: str) -> list[str]:
    """Writes the file of some requests; the command that has an interpreter send them, with `{port}` for where."""
    with open(path, "w", encoding="utf-8") as file:
        json.dump({"schema": SCHEMA, "requests": list(map(dict, requests))}, file)
    return [python, "-m", "causeway.resend", path, "{port}"]


class _Request(threading.Thread):
    """One request; `said` is its line once `answered` is set."""

    def __init__(self, port: int, one: dict[str, Any]) -> None:
        super().__init__(daemon=True)
        self._port = port
        self._method, self._target = str(one["method"]), str(one["target"])
        self._headers = [(str(name), str(text)) for name, text in one.get("headers") or () if str(name).lower() not in CONNECTION_HEADERS]
        self._body = base64.b64decode(one["body"]) if one.get("body") else str(one.get("text") or "").encode()
        self.answered = threading.Event()
        self.said = "no answer"

    def run(self) -> None:
        try:
            self.said = self._exchange()
        except (OSError, http.client.HTTPException, ValueError) as error:
            self.said = f"no answer: {type(error).__name__}"
        self.answered.set()

    def _exchange(self) -> str:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=ANSWER_SECONDS)
        try:
            connection.putrequest(self._method, self._target, skip_accept_encoding=True)
            for name, text in self._headers:
                connection.putheader(name, text)
            if self._body or self._method in ("POST", "PUT", "PATCH"):
                connection.putheader("Content-Length", str(len(self._body)))
            connection.endheaders(self._body or None)
            answer = connection.getresponse()
            text = " ".join(answer.read().decode("utf-8", "backslashreplace").split())
        finally:
            connection.close()
        return f"{answer.status} {text[:LARGEST_SHOWN]}".rstrip()

    def line(self) -> str:
        """What is printed of it."""
        return f"{self._method} {self._target}: {self.said}"


def send(requests: Iterable[dict[str, Any]], port: int) -> list[str]:
    """Sends them to a port of this machine; a line of each, in their order, when all are answered."""
    sent: list[_Request] = []
    for one in requests:
        if sent:
            sent[-1].answered.wait(OVERTAKES_SECONDS)
        request = _Request(port, one)
        request.start()
        sent.append(request)
    for request in sent:
        request.answered.wait()
    return [request.line() for request in sent]


def main(words: list[str]) -> int:
    """The command; 2 if its file is none of requests."""
    try:
        path, port = words
        with open(path, encoding="utf-8") as file:
            said = json.load(file)
        if said["schema"] != SCHEMA:
            raise ValueError(f"its schema is not {SCHEMA}")
        requests, number = list(said["requests"]), int(port)
    except (OSError, ValueError, KeyError, TypeError) as error:
        print(f"causeway: no requests can be sent: {error}\n  usage: python -m causeway.resend FILE PORT", file=sys.stderr)
        return 2
    for line in send(requests, number):
        print(line)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
