"""The sender of a service's requests in a generated test."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from causeway_core.export.regression.wording import quoted
from causeway_core.proof.running.requests import Request, Requests
from causeway_core.storage.recording import Recording

_WIDTH = 118


@dataclass(frozen=True, slots=True)
class Sender:
    """Either a command (`words`) or the requests themselves; false if the program needs none."""

    words: tuple[str, ...] = ()
    requests: tuple[Request, ...] = ()

    @classmethod
    def of(cls, recording: Recording) -> Sender:
        """The sender for a recording. Its interpreter becomes "python", since the test has its own."""
        words = recording.meta.launch.drive
        words = ("python", *words[1:]) if words[:1] == (recording.meta.launch.python,) else words
        return cls(words, Requests.of(recording).sent)

    def __bool__(self) -> bool:
        return bool(self.words or self.requests)

    def run_arguments(self) -> Mapping[str, Any]:
        """The keyword arguments of `causeway.order.run`."""
        if self.requests:
            return {"requests": [request.document() for request in self.requests]}
        return {"drive": self.words} if self.words else {}

    def argument_source(self) -> str:
        """Their source text, to stand after other arguments."""
        if self.requests:
            return ", requests=REQUESTS"
        return f", drive=[{', '.join(map(quoted, self.words))}]" if self.words else ""

    def definitions(self) -> list[str]:
        """The source text of the definitions that `argument_source` needs."""
        if not self.requests:
            return []
        lines = ["# The recorded requests in order of arrival, without secrets.", "REQUESTS = ["]
        lines += [line for request in self.requests for line in _lines(request)]
        return ["\n".join([*lines, "]"])]


def _lines(request: Request) -> list[str]:
    words = [quoted(request.method), quoted(request.target)]
    if request.body:
        words.append(_text(request.body))
    if request.headers:
        words.append(f"headers=[{', '.join(f'({quoted(name)}, {quoted(text)})' for name, text in request.headers)}]")
    line = f"    order.request({', '.join(words)}),"
    if len(line) <= _WIDTH:
        return [line]
    return [f"    order.request({', '.join(words[:2])},", *(f"        {word}," for word in words[2:]), "    ),"]


def _text(body: bytes) -> str:
    try:
        return quoted(body.decode())
    except UnicodeDecodeError:
        return repr(body)
