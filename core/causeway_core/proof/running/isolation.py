"""The recorded answers of the outside world, as re-runs are given them."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from causeway_core.errors import NotReplayable
from causeway_core.proof.running.requests import REQUEST
from causeway_core.storage.recording import Recording
from causeway_core.storage.rows import Answer

ANSWERS_SCHEMA = "causeway.answers/1"
HTTP, DATABASE = "http", "database"
NOT_CAPTURED = "not captured"
"""The kind of result of a re-run that asked for something without a recorded answer. Such a run proves nothing."""
_REDACTED = "redacted"
"""Stands for a variable of the environment whose value was not recorded, unless there is one here."""


@dataclass(frozen=True, slots=True)
class Isolation:
    """`document`: the file of answers (sdk/SPEC.md section 10). `variables`: of the environment, None for those that were not there."""

    document: Mapping[str, Any]
    variables: Mapping[str, str | None]
    hidden: tuple[str, ...] = ()

    @classmethod
    def of(cls, recording: Recording) -> Isolation:
        """What a recording holds. Raises NotReplayable if it was made without `--replayable`."""
        if not recording.meta.launch.replayable:
            raise NotReplayable(
                f"{recording.path} does not hold what came from outside, so --isolated has nothing to give",
                "record it again: causeway record --replayable",
            )
        rows = recording.answers()
        paths = {actor.id: actor.path for actor in recording.actors()}
        variables, hidden = _variables(rows)
        inside, outside = _addresses(recording, rows)
        databases = _databases(rows, Path(recording.meta.root))
        answers = [
            _document(row, paths.get(row.actor, "main"))
            for row in rows
            if row.kind not in ("environment", DATABASE, REQUEST) and not (row.kind == HTTP and address_of(_url(row)) in inside)
        ]
        document = {
            "schema": ANSWERS_SCHEMA, "inside": sorted(inside), "outside": sorted(outside), "databases": databases, "answers": answers,
        }  # fmt: skip
        return cls(document, variables, hidden)

    def replaces(self, path: Path, root: Path) -> bool:
        """Whether a re-run works on a copy of this database."""
        return _key(str(path), root) in self.document["databases"]

    def put(self, base: dict[str, str], file: Path) -> None:
        """Writes the file and adds to the environment of a re-run what points to it, and the recorded variables."""
        file.write_text(json.dumps(self.document))
        base["CAUSEWAY_ANSWERS"] = str(file)
        for name, value in self.variables.items():
            if value is None:
                base.pop(name, None)
            else:
                base[name] = value
        for name in self.hidden:
            base.setdefault(name, _REDACTED)


def address_of(url: str) -> str:
    """`host:port` of a URL."""
    parts = urlsplit(url)
    return f"{parts.hostname or ''}:{parts.port or (443 if parts.scheme == 'https' else 80)}"


def _url(row: Answer) -> str:
    return row.what.partition(" ")[2]


def _addresses(recording: Recording, rows: list[Answer]) -> tuple[set[str], set[str]]:
    """Addresses of services inside the recording, which received what was sent there or bound their ports in it; and of all others."""
    received = {message.key for message in recording.messages() if message.receive_at is not None and message.send_at is not None}
    inside, bound = set(), set()
    for io in recording.io():
        if io.op == "http.client" and io.attributes.get("url.full") and io.attributes.get("span_id") in received:
            inside.add(address_of(str(io.attributes["url.full"])))
        elif io.op == "socket" and io.attributes.get("action") == "bind":
            bound.add(str(io.attributes.get("server.port")))
    asked = {address_of(_url(row)) for row in rows if row.kind == HTTP}
    inside |= {address for address in asked if address.rpartition(":")[2] in bound and is_here(address)}
    return inside, asked - inside


def is_here(address: str) -> bool:
    """Whether a host, `host:port` or socket's path is this machine's own."""
    return address.startswith(("127.", "localhost", "::1", "[::1]", "0.0.0.0", "unix:", "/"))


def missing(file: Path) -> str:
    """The first request of a re-run that the file of answers does not hold; empty if it holds all."""
    try:
        return file.with_name(file.name + ".missing").read_text().partition("\n")[0]
    except OSError:
        return ""


def _variables(rows: list[Answer]) -> tuple[dict[str, str | None], tuple[str, ...]]:
    """Recorded variables by name, and the names of the redacted ones. The first process that reads a variable counts: the others inherit it."""
    found: dict[str, str | None] = {}
    hidden: list[str] = []
    for row in rows:
        if row.kind != "environment" or row.what in found or row.what in hidden:
            continue
        if isinstance(row.value, Mapping):
            hidden.append(row.what)
        else:
            found[row.what] = None if row.value is None else str(row.value)
    return found, tuple(hidden)


def _key(path: str, root: Path) -> str:
    """A database's path as a re-run in a copy of the project knows it."""
    return str(Path(path).relative_to(root)) if Path(path).is_relative_to(root) else path


def _databases(rows: list[Answer], root: Path) -> dict[str, dict[str, str | None]]:
    """Recorded databases by path. The first process that opens a database counts."""
    found: dict[str, dict[str, str | None]] = {}
    for row in rows:
        if row.kind == DATABASE:
            sql = None if row.body is None else row.body.decode("utf-8", "replace")
            found.setdefault(_key(row.what, root), {"sql": sql} if row.missing is None else {"missing": row.missing})
    return found


def _document(row: Answer, actor: str) -> dict[str, Any]:
    found: dict[str, Any] = {"actor": actor, "kind": row.kind, "what": row.what, "value": row.value}
    if row.body:
        found["body"] = base64.b64encode(row.body).decode("ascii")
    if row.missing is not None:
        found["missing"] = row.missing
    return found
