"""The requests that a recorded service received from outside, to be sent to its re-runs."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from causeway.outside.answers import UNREAD
from causeway.resend import CONNECTION_HEADERS, prepared

from causeway_core.storage.recording import Recording
from causeway_core.storage.rows import Answer

REQUEST = "request"
"""The kind under which requests are stored among the answers."""
MOST_REQUESTS = 1000
_CLIENTS = CONNECTION_HEADERS | {"user-agent", "accept", "accept-language", "referer", "origin", "dnt", "cache-control", "pragma", "priority"}
"""Headers about the client and its connection, not about the request."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request, without secrets and without headers of its connection. `target`: path and query."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def document(self) -> dict[str, Any]:
        """As `causeway.resend` reads it."""
        body = base64.b64encode(self.body).decode("ascii")
        return {"method": self.method, "target": self.target, "headers": [list(pair) for pair in self.headers], "body": body}


@dataclass(frozen=True, slots=True)
class Requests:
    """The requests of a recording in order of arrival, or why they cannot be sent again (`lacking`)."""

    sent: tuple[Request, ...] = ()
    lacking: str = ""

    @classmethod
    def of(cls, recording: Recording) -> Requests:
        """The requests that came from outside the recording. Empty if it has a command that sends them (`--drive`)."""
        if recording.meta.launch.drive:
            return cls()
        rows = recording.answers(REQUEST)
        if rows:
            spans = {span.span_id for span in recording.spans() if span.attributes.get("span.kind") == "client"}
            rows = [row for row in rows if _sender(row) not in spans]
        ports = {_header(row, "host").rpartition(":")[2] for row in rows}
        if len(ports) > 1:
            return cls(lacking=f"requests came in at several ports ({', '.join(sorted(ports))}), and one command can only serve one of them")
        if len(rows) > MOST_REQUESTS:
            return cls(lacking=f"more than {MOST_REQUESTS} requests came in")
        for row in rows:
            if row.missing is not None and row.missing != UNREAD:
                return cls(lacking=f"the request {row.what} cannot be sent again: {row.missing}")
        return cls(tuple(map(_request, rows)))

    def words(self, python: str, place: Path) -> tuple[str, ...]:
        """The command that sends them, from a file it writes in the folder `place`; empty where there are none."""
        if not self.sent:
            return ()
        return tuple(prepared((request.document() for request in self.sent), str(place / "requests.json"), python))


def drive_of(recording: Recording, place: Path) -> tuple[str, ...]:
    """The command that sends the re-runs of a recorded service its requests, with what it needs in the folder `place`; empty where there is none."""
    return recording.meta.launch.drive or Requests.of(recording).words(recording.meta.launch.python, place)


def is_driven(recording: Recording) -> bool:
    """Whether re-runs are sent requests, so that their outcome depends on when these arrive."""
    return bool(recording.meta.launch.drive or Requests.of(recording).sent)


def _headers(row: Answer) -> list[tuple[str, str]]:
    value: Mapping[str, Any] = row.value if isinstance(row.value, Mapping) else {}
    return [(str(name).lower(), str(text)) for name, text in value.get("headers") or ()]


def _header(row: Answer, name: str) -> str:
    return next((text for known, text in _headers(row) if known == name), "")


def _sender(row: Answer) -> str:
    """The id of the sender's span, from its `traceparent`."""
    return _header(row, "traceparent")[36:52]


def _request(row: Answer) -> Request:
    method, _, target = row.what.partition(" ")
    headers = tuple(pair for pair in _headers(row) if pair[0] not in _CLIENTS)
    return Request(method, target, headers, row.body or b"")
